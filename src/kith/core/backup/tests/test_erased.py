"""What was erased after a backup was made is erased again in the database that comes of it."""

import base64
import uuid

import psycopg
import pytest
from django.db import OperationalError, connection

from kith.core import health, trash, writes
from kith.core.access import SYSTEM
from kith.core.backup import erased, listing, restoring
from kith.core.backup.erased import Erased
from kith.core.chain import erasing
from kith.core.chain.models import DueErasure, Erasure
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing import factory

pytestmark = pytest.mark.django_db
ASKED = "asked for by mail"


def person(name="Ada"):
    return writes.create(SYSTEM, registry.get("parties.person"), {"family_name": name, "email": f"{name.lower()}@kith.test"})  # fmt: skip


def said(record):
    """What the ledger holds about a record."""
    found = Change.objects.filter(record_id=record.pk).values_list("title", "before", "after")
    return [row for row in found if row != ("", {}, {})]


def raw():
    """The connection as psycopg knows it, as a restore has one."""
    connection.ensure_connection()
    return connection.connection


def test_a_database_tells_what_was_erased_in_it():
    gone = person()
    trash.purge(SYSTEM, registry.get("parties.person"), [gone])
    erasing.erase(SYSTEM, [("parties.person", gone.pk)], reason=ASKED)
    assert erased.known(raw()) == [Erased("parties.person", gone.pk, ASKED)]


def test_it_is_erased_again_wherever_it_is_and_nothing_else():
    alive, trashed, kept = person(), person("Bob"), person("Eve")
    trash.delete(SYSTEM, registry.get("parties.person"), [trashed.pk])
    everything = [Erased("parties.person", row.pk, ASKED) for row in (alive, trashed)]
    assert erased.leave(raw(), everything) == 2 and erased.leave(raw(), everything) == 0
    assert set(erased.known(raw())) == set(everything), "a restore before they are erased again finds them, too"
    assert DueErasure.objects.count() == 2 and "2 records" in erased.waiting()
    assert erased.again() == [] and erased.waiting() == ""
    rows = registry.get("parties.person").rows
    assert [row.pk for row in (*rows(SYSTEM), *rows(SYSTEM, trashed=True))] == [kept.pk]
    assert not said(alive) and not said(trashed) and said(kept)
    assert set(Erasure.objects.values_list("record_id", "reason")) == {(alive.pk, ASKED), (trashed.pk, ASKED)}
    assert erased.leave(raw(), everything) == 0, "what the database knows is not due again"


def test_what_is_gone_but_stands_in_the_ledger_is_emptied_there():
    gone = person()
    trash.purge(SYSTEM, registry.get("parties.person"), [gone])
    assert said(gone)
    erased.leave(raw(), [Erased("parties.person", gone.pk, ASKED)])
    assert erased.again() == [] and not said(gone)


def test_what_is_in_no_backup_stays_known_for_the_next_one():
    """Neither the record nor a line about it came back; a newer backup may hold both."""
    one = Erased("parties.person", uuid.uuid4(), ASKED)
    erased.leave(raw(), [one])
    assert erased.again() == [] and erased.waiting() == "" and not Erasure.objects.exists()
    assert erased.known(raw()) == [one]


def test_each_stands_for_itself(monkeypatch):
    """One of an unknown kind, one that somebody holds: neither keeps the third, or the start of Kith, waiting."""
    held, kept = person(), person("Bob")
    purge = trash.purge

    def busy(actor, entity, records):
        if records[0].pk == held.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return purge(actor, entity, records)

    monkeypatch.setattr(trash, "purge", busy)
    everything = [("gone.kind", uuid.uuid4()), ("parties.person", held.pk), ("parties.person", kept.pk)]
    erased.leave(raw(), [Erased(*one, ASKED) for one in everything])
    told = erased.again()
    assert len(told) == 2 and "no entity 'gone.kind'" in told[0] and "lock timeout" in told[1]
    assert not said(kept) and said(held) and "2 records" in erased.waiting()
    monkeypatch.undo()
    assert len(erased.again()) == 1 and not said(held)


def test_what_others_still_point_to_waits_and_is_told():
    company = factory.make("parties.company")
    child = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Child", "parent": company.pk})
    erased.leave(raw(), [Erased("parties.company", company.pk, ASKED)])
    (told,) = erased.again()
    assert f"parties.company/{company.pk}" in told and "still point to it" in told
    assert DueErasure.objects.count() == 1 and health.warnings()["erasures"] == erased.waiting() != ""
    assert registry.get("parties.company").rows(SYSTEM).filter(pk=company.pk).exists() and said(company)
    trash.purge(SYSTEM, registry.get("parties.company"), [child])
    assert erased.again() == [] and not said(company)


def backup(place, content):
    """The part of a backup that tells what was erased."""
    place.mkdir()
    erased.write(place, content)
    listing.write(place, {}, [path.name for path in place.iterdir()])


def test_backups_beside_tell_what_they_knew(tmp_path, monkeypatch):
    one, other, third = (Erased("parties.person", uuid.uuid4(), reason) for reason in (ASKED, "просьба", "要求"))
    backup(tmp_path / "2026-11-01", [one])
    monkeypatch.setenv("KITH_BACKUP_KEYS", f"a:{base64.b64encode(bytes(32)).decode()}")
    backup(tmp_path / "2026-11-02", [one, other])
    assert str(one.record_id).encode() not in next((tmp_path / "2026-11-02").glob("erased*")).read_bytes()
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    backup(tmp_path / "elsewhere" / "2026-11-03", [third])
    found, passed_over = erased.beside(tmp_path / "2026-11-01")
    assert (set(found), passed_over) == ({one, other, third}, [])
    monkeypatch.delenv("KITH_BACKUP_KEYS")
    found, passed_over = erased.beside(tmp_path / "2026-11-01")
    assert (set(found), len(passed_over)) == ({one}, 2), "encrypted ones, without their key"


def test_what_this_installation_did_not_write_so_tells_nothing(tmp_path, settings):
    """Who can write where backups lie must not be able to erase records with the next restore."""
    one = Erased("parties.person", uuid.uuid4(), ASKED)
    for name in ("changed", "unlisted", "foreign"):
        backup(tmp_path / name, [one])
    assert erased.beside(tmp_path / "x") == ([one] * 3, [])
    file = tmp_path / "changed" / erased.LIST
    file.write_text(file.read_text().replace("asked", "Asked"))
    (tmp_path / "unlisted" / listing.LIST).unlink()
    listing.write(tmp_path / "unlisted", {}, [])
    own, settings.SECRET_KEY = settings.SECRET_KEY, "of somebody else"
    listing.write(tmp_path / "foreign", {}, [erased.LIST])
    settings.SECRET_KEY = own
    found, passed_over = erased.beside(tmp_path / "x")
    assert (found, len(passed_over)) == ([], 3)


def test_a_damaged_database_forbids_no_restore(tmp_path):
    def damaged():
        raise psycopg.errors.DataCorrupted("invalid page in block 0")

    one, told = Erased("parties.person", uuid.uuid4(), ASKED), []
    backup(tmp_path / "newer", [one])
    assert restoring.gathered(tmp_path / "older", damaged, told.append) == [one]
    assert len(told) == 1 and "erase it again by hand: invalid page" in told[0]
