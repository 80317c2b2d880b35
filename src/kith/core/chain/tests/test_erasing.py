"""Erasing what is said about a person keeps the chain valid; what only looks like an erasure is found."""

import pytest
from django.db import connection

from kith.core import ledger, writes
from kith.core.access import NOBODY, SYSTEM, actor_of
from kith.core.chain import erasing, verifying
from kith.core.chain.models import Erasure, Seal
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.ledger import AuditEvent, Change, ChangeSet

from . import ground

pytestmark = pytest.mark.django_db(transaction=True)


def texts():
    return [str(finding) for finding in verifying.verify().findings]


def about(record):
    return list(Change.objects.filter(record_id=record.pk).values_list("title", "before", "after", "source"))


def test_the_bodies_of_one_record_go_and_the_chain_stays_valid():
    first = ground.sealed()
    others = Change.objects.exclude(record_id=first.pk).count()
    hashes = [bytes(seal.hash) for seal in Seal.objects.order_by("number")]
    kept = [bytes(seal.commitments) for seal in Seal.objects.order_by("number")]
    salts = [bytes(seal.salts) for seal in Seal.objects.order_by("number")]
    assert erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for on 1 March") == 5
    assert about(first) == [("", {}, {}, {})] * 2
    assert set(AuditEvent.objects.filter(record_id=first.pk).values_list("title")) == {("",)}
    assert [event.detail for event in AuditEvent.objects.filter(record_id=first.pk)] == [{}] * 3
    assert Change.objects.exclude(record_id=first.pk).exclude(title="").count() == others
    assert [bytes(seal.hash) for seal in Seal.objects.order_by("number")] == hashes
    assert [bytes(seal.commitments) for seal in Seal.objects.order_by("number")] == kept
    changed = [bytes(seal.salts) for seal in Seal.objects.order_by("number")]
    zeroed = [sum(after[i : i + 16] == bytes(16) for i in range(0, len(after), 16)) for after in changed]
    assert zeroed == [2, 0, 3, 0, 0, 0]
    assert sum(one != other for one, other in zip(salts, changed, strict=True)) == 2
    record = Erasure.objects.get()
    assert (record.entity, record.record_id, record.reason) == (ground.INDUSTRY, first.pk, "asked for on 1 March")
    report = verifying.verify()
    assert (report.findings, report.erased) == ([], 5)
    assert ground.seal() == 1
    report = verifying.verify()
    assert (report.findings, report.erased, report.lines["erasure"]) == ([], 5, 1)


def test_what_was_not_sealed_yet_is_sealed_empty():
    first = ground.fill()
    assert erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for") == 5
    assert ground.seal() == 17
    assert (texts(), about(first)) == ([], [("", {}, {}, {})] * 2)


def test_erasing_twice_adds_nothing():
    first = ground.sealed()
    erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for")
    assert erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="again") == 0
    assert Erasure.objects.count() == 1
    assert texts() == []


def test_what_a_user_did_stays_without_name_and_address():
    user = writes.create(SYSTEM, registry.get("access.user"), {"name": "Ann Berg", "email": "ann@kith.test"})
    actor = actor_of(user.pk)
    ledger.log(actor, "search", title="halden")
    writes.save(SYSTEM, user, {"language": "ru"})
    ChangeSet.objects.create(actor_id=user.pk, actor_name="Ann Berg", kind="edit", reason="because")
    ground.seal()
    erasing.erase(SYSTEM, [("access.user", user.pk)], reason="left")
    mine = AuditEvent.objects.get(kind="search")
    assert (mine.actor_id, mine.actor_name, mine.ip, mine.agent, mine.title) == (user.pk, "", "", "", "halden")
    by = ChangeSet.objects.get(actor_id=user.pk)
    assert (by.actor_name, by.reason) == ("", "because")
    assert texts() == []


def test_an_erasure_needs_the_right():
    first = ground.sealed()
    with pytest.raises(Forbidden):
        erasing.erase(NOBODY, [(ground.INDUSTRY, first.pk)], reason="no")
    assert Erasure.objects.count() == 0 and about(first)[0][0] != ""


def test_the_announcement_of_the_writer_stands_after_an_erasure():
    first = ground.sealed()
    with maintenance("something"), connection.cursor() as cursor:
        erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for")
        cursor.execute("SELECT current_setting('kith.changeset')")
        assert cursor.fetchone() == ("something",)


def test_an_emptied_body_without_an_erasure_is_found():
    ground.sealed()
    key = ground.ids("core_change")[0]
    ground.attack("UPDATE core_change SET title = '', before = '{}', after = '{}', source = '{}' WHERE id = %s", key)
    ground.attack("UPDATE core_seal SET salts = overlay(salts PLACING %s FROM 1) WHERE number = 1", bytes(16))
    assert texts() == [f"seal 1: entry {key} was emptied, and no erasure says so."]


def test_an_erased_body_that_was_filled_again_is_found():
    first = ground.sealed()
    erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for")
    key = Change.objects.filter(record_id=first.pk).order_by("id")[0].pk
    ground.attack("UPDATE core_change SET title = 'Nothing wrong' WHERE id = %s", key)
    assert texts() == [f"seal 1: entry {key} was changed (values: it was erased and holds something again)."]


def test_an_erasure_that_was_taken_out_is_found():
    first = ground.sealed()
    erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for")
    ground.seal()
    key = Erasure.objects.get().pk
    ground.attack("DELETE FROM core_erasure")
    found = texts()
    assert f"seal 7: erasure {key} is gone." in found
    assert sum("was emptied, and no erasure says so" in text for text in found) == 5


def test_a_record_of_many_seals_is_erased_in_all_of_them():
    first = ground.fill()
    ground.seal()
    for number in range(5):
        writes.save(SYSTEM, registry.get(ground.INDUSTRY).rows(SYSTEM).get(pk=first.pk), {"name": f"Name {number}"})
        ground.seal()
    assert erasing.erase(SYSTEM, [(ground.INDUSTRY, first.pk)], reason="asked for") == 15
    report = verifying.verify()
    assert (report.findings, report.erased) == ([], 15)
