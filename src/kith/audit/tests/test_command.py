"""`kith audit`: what it prints and how it ends."""

import argparse
import uuid

import pytest

from kith.audit.commands import audit
from kith.core import trash, writes
from kith.core.access import SYSTEM
from kith.core.chain import anchors
from kith.core.chain.models import Erasure
from kith.core.chain.tests import ground
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(anchors, "data_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def kith(capsys):
    """Runs the command; its exit code and what it printed."""

    def run(*words):
        parser = argparse.ArgumentParser()
        audit.arguments(parser)
        code = audit.run(parser.parse_args(words))
        return code, capsys.readouterr()

    return run


def test_seal_anchor_verify(kith, place):
    assert kith("anchor")[0] == 1
    ground.fill()
    code, printed = kith("seal")
    assert (code, printed.out.split(" rows")[0]) == (0, "16")
    assert "Anchor of seal 3 written to" in printed.out
    code, printed = kith("anchor")
    assert (code, printed.out.strip()) == (0, (place / "anchors.txt").read_text().strip())
    code, printed = kith("verify")
    assert code == 0
    assert "3 seals with 16 rows (entries 5, change-sets 5, lines of the log 6) compared in" in printed.out
    assert "1 anchors compared.\nAll is as it was sealed.\n" in printed.out


def test_verify_tells_the_first_broken_place(kith):
    ground.sealed()
    first, second = ground.ids("core_change")[0], ground.ids("core_auditevent")[0]
    ground.attack("UPDATE core_auditevent SET count = 9 WHERE id = %s", second)
    ground.attack("UPDATE core_change SET title = 'x' WHERE id = %s", first)
    code, printed = kith("verify")
    assert code == 1
    lines = printed.out.split("Not as it was sealed:\n")[1].splitlines()
    assert lines[0] == f"  - seal 1: entry {first} was changed (values: it holds something else than was sealed)."
    assert len(lines) == 2 and lines[1].startswith(
        f"  - seal 3: line of the log {second} was changed (who, when or what:"
    )
    assert "There was no anchor" in printed.out


def test_an_anchor_kept_elsewhere(kith, place):
    ground.sealed()
    kith("seal")
    elsewhere = place / "mail.txt"
    elsewhere.write_text(f"Anchor of today:\n{anchors.latest()}\n")
    (place / "anchors.txt").unlink(missing_ok=True)
    assert kith("verify", "--anchor", str(elsewhere))[0] == 0
    ground.attack("DELETE FROM core_seal")
    kith("seal")
    (place / "anchors.txt").unlink()
    code, printed = kith("verify", "--anchor", str(elsewhere))
    assert (code, "the chain ends at seal 3" in printed.out) == (1, True)
    code, printed = kith("verify", "--anchor", str(place / "nowhere"))
    assert (code, "cannot read" in printed.err) == (2, True)


def test_erase_only_what_is_gone(kith):
    first = ground.sealed()
    entity = registry.get(ground.INDUSTRY)
    name = f"{entity.slug}/{first.pk}"
    code, printed = kith("erase", name, "--reason", "asked for")
    assert (code, "the record is still there" in printed.err, Erasure.objects.count()) == (2, True, 0)
    writes.delete(SYSTEM, entity, [first.pk])
    assert kith("erase", name, "--reason", "asked for")[0] == 2
    trash.purge(SYSTEM, entity, list(entity.rows(SYSTEM, trashed=True).filter(pk=first.pk)))
    ground.seal()
    code, printed = kith("erase", name, "--reason", "asked for")
    assert (code, printed.out) == (0, "9 bodies erased.\n")
    assert set(Change.objects.filter(record_id=first.pk).values_list("title", flat=True)) == {""}
    kith("seal")
    code, printed = kith("verify")
    assert (code, "9 bodies were erased." in printed.out) == (0, True)


@pytest.mark.parametrize("name", ["people", "people/x", f"nothing/{uuid.UUID(int=7)}"])
def test_erase_refuses_what_names_no_record(kith, name):
    assert kith("erase", name, "--reason", "x")[0] == 2
    assert Erasure.objects.count() == 0


def test_erase_with_the_rights_of_a_user(kith):
    """`--as` acts for that user: refused without the right, and then nothing is emptied."""
    people = make_people()
    entity = registry.get(ground.INDUSTRY)
    first = ground.fill()
    writes.delete(SYSTEM, entity, [first.pk])
    trash.purge(SYSTEM, entity, list(entity.rows(SYSTEM, trashed=True).filter(pk=first.pk)))
    ground.seal()
    name = f"{entity.slug}/{first.pk}"
    for who, expected in ((people.max, 2), (people.eva, 0)):
        code, _printed = kith("erase", name, "--reason", "asked for", "--as", who.email)
        assert (code, Erasure.objects.count()) == (expected, int(expected == 0))
        assert (set(Change.objects.filter(record_id=first.pk).values_list("title", flat=True)) == {""}) == (
            expected == 0
        )
