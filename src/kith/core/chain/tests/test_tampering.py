"""Every kind of tampering is found and told, and what nobody touched verifies."""

import datetime as dt
import uuid

import pytest
from django.db import InternalError, connection
from django.db.utils import DatabaseError
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.chain import anchors, sealer, verifying
from kith.core.chain.models import Seal
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, Change, ChangeSet

from . import ground

pytestmark = pytest.mark.django_db(transaction=True)


def verify(**options):
    return verifying.verify(**options)


def texts(report):
    return [str(finding) for finding in report.findings]


def test_what_nobody_touched_verifies():
    ground.sealed()
    anchor = anchors.latest()
    ground.fill()
    report = verify(anchors=[anchor])
    assert (texts(report), report.seals, dict(report.lines)) == (
        [],
        6,
        {name: 2 * count for name, count in ground.FILLED.items()},
    )
    assert (report.anchors, report.erased, report.waiting) == (1, 0, sum(ground.FILLED.values()))


def test_nothing_sealed_is_no_fault():
    assert texts(verify()) == []
    assert sealer.seal() == 0


def entry(place=1):
    return ground.ids("core_change")[place]


def line(place=2):
    return ground.ids("core_auditevent")[place]


def changeset(place=1):
    return ground.ids("core_changeset")[place]


TAMPERING = {
    "value before": (lambda: ground.attack("UPDATE core_change SET before = '{\"name\": \"x\"}' WHERE id = %s", entry()), ["seal 1: entry {entry} was changed (values: it holds something else than was sealed)."]),
    "value after": (lambda: ground.attack("UPDATE core_change SET after = after || '{\"x\": 1}' WHERE id = %s", entry()), ["seal 1: entry {entry} was changed (values: it holds something else than was sealed)."]),
    "title of an entry": (lambda: ground.attack("UPDATE core_change SET title = title || ' ' WHERE id = %s", entry()), ["seal 1: entry {entry} was changed (values: it holds something else than was sealed)."]),
    "who did it": (lambda: ground.attack("UPDATE core_auditevent SET actor_name = 'Somebody else' WHERE id = %s", line()), ["seal 3: line of the log {line} was changed (who: it holds something else than was sealed)."]),
    "address": (lambda: ground.attack("UPDATE core_auditevent SET ip = '10.0.0.1' WHERE id = %s", line()), ["seal 3: line of the log {line} was changed (who: it holds something else than was sealed)."]),
    "detail": (lambda: ground.attack("UPDATE core_auditevent SET detail = '{}' WHERE id = %s", line()), ["seal 3: line of the log {line} was changed (what: it holds something else than was sealed)."]),
    "reason": (lambda: ground.attack("UPDATE core_changeset SET reason = 'asked to' WHERE id = %s", changeset()), ["seal 2: change-set {changeset} was changed (why: it holds something else than was sealed)."]),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
def test_a_changed_body_is_found(what):
    ground.sealed()
    tamper, expected = TAMPERING[what]
    names = {"entry": entry(), "line": line(), "changeset": changeset()}
    assert tamper() == 1
    assert texts(verify()) == [text.format(**names) for text in expected]


HEADERS = {
    "actor": ("core_auditevent", "actor_id = gen_random_uuid()"),
    "kind": ("core_auditevent", "kind = 'list'"),
    "record": ("core_auditevent", "record_id = gen_random_uuid()"),
    "count": ("core_auditevent", "count = count + 1"),
    "moment": ("core_auditevent", "at = at + interval '1 microsecond'"),
    "record of an entry": ("core_change", "record_id = gen_random_uuid()"),
    "operation": ("core_change", "op = 'purge'"),
    "version": ("core_change", "version = version + 1"),
    "through what": ("core_changeset", "origin = 'api'"),
    "who": ("core_changeset", "actor_id = gen_random_uuid()"),
    "confirmed": ("core_changeset", "confirmed = '[\"x\"]'"),
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_changed_header_is_found(what):
    ground.sealed()
    table, change = HEADERS[what]
    key = ground.ids(table)[1]
    assert ground.attack(f"UPDATE {table} SET {change} WHERE id = %s", key) == 1
    (found,) = texts(verify())
    assert f" {key} was changed (who, when or what: [" in found


@pytest.mark.parametrize("table", ["core_change", "core_changeset", "core_auditevent"])
def test_a_deleted_row_is_found(table):
    ground.sealed()
    key = ground.ids(table)[3]
    assert ground.attack(f"DELETE FROM {table} WHERE id = %s", key) == 1
    (found,) = texts(verify())
    assert found.endswith(f" {key} is gone.")


def test_an_emptied_table_is_found():
    ground.sealed()
    keys = ground.ids("core_auditevent")
    ground.attack("TRUNCATE core_auditevent")
    report = verify()
    assert [finding.text for finding in report.findings] == [f"line of the log {key} is gone." for key in keys]


def test_rows_that_changed_places_are_found():
    ground.sealed()
    one, other = ground.ids("core_change")[:2]
    ground.attack("UPDATE core_change SET id = -1 WHERE id = %s", one)
    ground.attack("UPDATE core_change SET id = %s WHERE id = %s", one, other)
    ground.attack("UPDATE core_change SET id = %s WHERE id = -1", other)
    found = texts(verify())
    assert len(found) == 2 and all(f"entry {key} was " in text for key, text in zip((one, other), found, strict=True))


def test_a_row_moved_to_another_transaction_is_found():
    ground.sealed()
    key = ground.ids("core_change")[0]
    last = ground.ids("core_change")[-1]
    ground.attack("UPDATE core_change SET xact = (SELECT xact FROM core_change WHERE id = %s) WHERE id = %s", last, key)
    assert any(f"entry {key} was moved: it bears the transaction number" in text for text in texts(verify()))


def test_a_row_put_among_sealed_ones_is_found():
    ground.sealed()
    ground.attack(
        "INSERT INTO core_auditevent (at, kind, origin, title, xact) SELECT at, 'login', 'ui', 'Eva', xact FROM core_auditevent WHERE id = %s",
        ground.ids("core_auditevent")[1],
    )
    new = AuditEvent.objects.get(title="Eva").pk
    assert texts(verify()) == [f"seal 3: line of the log {new} was put in afterwards, among rows that had been sealed."]


def test_a_back_dated_row_is_found_although_it_was_sealed():
    ground.sealed()
    AuditEvent.objects.create(at=timezone.now() - dt.timedelta(days=40), kind="login", title="An alibi")
    assert ground.seal() == 1
    (found,) = texts(verify())
    assert found.startswith(f"seal 7: line of the log {AuditEvent.objects.get(title='An alibi').pk} says ")
    assert "but was written after" in found


def test_a_row_back_dated_right_after_the_first_seal_is_found():
    ground.fill()
    ground.seal()
    AuditEvent.objects.bulk_create(
        AuditEvent(at=timezone.now() - dt.timedelta(days=3, hours=hour), kind="login", title="An alibi")
        for hour in (0, 5)
    )
    assert ground.seal() == 2
    (found,) = texts(verify())
    assert found.startswith("seal 4: line of the log ") and found.endswith(" So do 1 more of its transaction.")
    assert texts(verify(since=dt.datetime.now(dt.UTC).date())) == [found]


def test_a_row_written_within_a_day_after_its_time_is_no_fault():
    ground.sealed()
    AuditEvent.objects.create(at=timezone.now() - dt.timedelta(hours=23), kind="login", title="A long import")
    ground.seal()
    assert texts(verify()) == []


def test_history_from_before_the_first_seal_is_not_back_dated():
    for days in (400, 300):
        AuditEvent.objects.create(at=timezone.now() - dt.timedelta(days=days), kind="login", title="Long ago")
    assert ground.seal() == 2
    assert texts(verify()) == []


def test_a_row_with_the_number_of_a_later_transaction_is_found():
    ground.sealed()
    ground.attack("INSERT INTO core_auditevent (at, kind, origin, xact) VALUES (now(), 'login', 'ui', 1099511627776)")
    assert sealer.seal() == 0
    (found,) = texts(verify())
    assert "bears the number of a transaction that has not been yet (1 such rows)" in found


# --- the seals themselves ---------------------------------------------------------------------------------------------

SEALS = {
    "a seal is gone": ("DELETE FROM core_seal WHERE number = 3", ["seal 4: the seal before it is gone.", "seal 6: it does not begin where the last seal of its kind ended."]),
    "two seals are gone": ("DELETE FROM core_seal WHERE number IN (3, 4)", ["seal 5: 2 seals before it are gone.", "seal 6: it does not begin where the last seal of its kind ended."]),
    "the first seal is gone": ("DELETE FROM core_seal WHERE number = 1", ["seal 2: the seal before it is gone.", "seal 4: it does not begin where the last seal of its kind ended."]),
    "its time": ("UPDATE core_seal SET sealed_at = sealed_at - interval '1 hour' WHERE number = 2", ["seal 2: it was changed, or does not follow from the seal before it."]),
    "its hash": ("UPDATE core_seal SET hash = sha256(hash) WHERE number = 2", ["seal 2: it was changed, or does not follow from the seal before it.", "seal 3: it was changed, or does not follow from the seal before it."]),
    "its list of rows": ("UPDATE core_seal SET keys = overlay(keys PLACING '\\x0000' FROM 1) WHERE number = 2", None),
    "its leaves": ("UPDATE core_seal SET leaves = overlay(leaves PLACING '\\x0000' FROM 1) WHERE number = 2", None),
    "cut leaves": ("UPDATE core_seal SET leaves = substr(leaves, 33) WHERE number = 2", ["seal 2: it was changed, or does not follow from the seal before it."]),
    "its salts": ("UPDATE core_seal SET salts = overlay(salts PLACING '\\x0000' FROM 1) WHERE number = 2", None),
}  # fmt: skip


@pytest.mark.parametrize("what", SEALS)
def test_a_changed_seal_is_found(what):
    ground.sealed()
    statement, expected = SEALS[what]
    assert ground.attack(statement) >= 1
    found = texts(verify())
    assert found == expected if expected else found and all(text.startswith("seal 2: ") for text in found)


def test_a_changed_row_with_a_recomputed_leaf_is_found_by_the_chain():
    """Somebody who mends commitment and leaf, too, breaks the hash of the seal."""
    ground.sealed()
    ground.attack("UPDATE core_change SET title = 'Other' WHERE id = %s", entry(0))
    stretch = Seal.objects.get(number=1)
    from kith.core.chain.computing import between

    now = between(stretch.of, stretch.after, stretch.until, bytes(stretch.salts), b"", 100)
    ground.attack("UPDATE core_seal SET leaves = %s, commitments = %s WHERE number = 1", now.leaves, now.commitments)
    assert texts(verify()) == ["seal 1: it was changed, or does not follow from the seal before it."]


def make_anew():
    """An attacker who knows the formula changes a row and computes the whole chain again."""
    ground.attack("UPDATE core_change SET title = 'Other' WHERE id = %s", entry(0))
    ground.attack("DELETE FROM core_seal")
    ground.seal()


def test_a_chain_that_was_made_anew_is_found_by_its_anchor_alone():
    ground.sealed()
    anchor = anchors.latest()
    make_anew()
    assert texts(verify()) == []  # the control: without the anchor nothing can be seen
    ground.fill()
    ground.fill()
    for _time in range(3):
        ground.fill()
        ground.seal()
    report = verify(anchors=[anchor])
    assert texts(report) == [f"seal 6: the anchor of {anchor.moment} names another hash: the chain was made anew."]


def test_a_chain_that_was_cut_off_is_found_by_its_anchor():
    ground.sealed()
    anchor = anchors.latest()
    for table in ("core_change", "core_changeset", "core_auditevent"):
        source = {"core_change": "change", "core_changeset": "changeset", "core_auditevent": "event"}[table]
        ground.attack(
            f"DELETE FROM {table} WHERE xact > (SELECT min(until_xact) FROM core_seal WHERE source = %s)", source
        )
    ground.attack("DELETE FROM core_seal WHERE number > 3")
    assert texts(verify()) == []
    assert texts(verify(anchors=[anchor])) == [
        f"seal 6: the anchor of {anchor.moment} names it, but the chain ends at seal 3: what came after was cut off."
    ]


def test_all_is_gone():
    ground.sealed()
    anchor = anchors.latest()
    ground.attack("TRUNCATE core_change, core_auditevent, core_changeset, core_seal")
    assert texts(verify(anchors=[anchor])) == [
        f"seal 6: the anchor of {anchor.moment} names it, but the chain ends at seal 0: what came after was cut off."
    ]


def test_a_forged_anchor_is_found():
    ground.sealed()
    true = anchors.latest()
    forged = anchors.Anchor(true.number, true.moment, "0" * 64, true.signature)
    assert "was not signed with the SECRET_KEY" in texts(verify(anchors=[forged]))[0]


# --- ranges -----------------------------------------------------------------------------------------------------------


def test_a_range_is_verified_alone():
    ground.sealed()
    today = dt.datetime.now(dt.UTC).date()
    ground.attack("UPDATE core_auditevent SET detail = '{\"x\": 1}' WHERE id = %s", line())
    assert len(verify(since=today).findings) == 1
    assert (
        verify(since=today + dt.timedelta(days=1)).findings,
        verify(until=today - dt.timedelta(days=1)).findings,
    ) == ([], [])
    ground.attack(
        "UPDATE core_seal SET sealed_at = sealed_at - interval '3 days' WHERE number <= 3"
    )  # the hashes break, too
    report = verify(since=today)
    assert (texts(report), report.seals) == ([], 3)
    assert [finding.number for finding in verify(until=today - dt.timedelta(days=1)).findings] == [1, 2, 3, 3]


# --- the guard --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["core_change", "core_change_rest", "core_auditevent", "core_auditevent_rest", "core_changeset", "core_seal", "core_erasure"])  # fmt: skip
@pytest.mark.parametrize("deed", ["UPDATE {} SET xact = xact", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_guard_refuses_what_nobody_announced(table, deed):
    ground.sealed()
    deed = deed.replace("xact = xact", "number = number") if table == "core_seal" else deed
    before = (Change.objects.count(), AuditEvent.objects.count(), ChangeSet.objects.count(), Seal.objects.count())
    with (
        pytest.raises((DatabaseError, InternalError), match="the ledger is only ever added to"),
        connection.cursor() as cursor,
    ):
        cursor.execute(deed.format(table))
    assert before == (
        Change.objects.count(),
        AuditEvent.objects.count(),
        ChangeSet.objects.count(),
        Seal.objects.count(),
    )
    assert texts(verify()) == []


def test_undo_still_marks_its_change_set():
    first = ground.sealed()
    done = writes.save(SYSTEM, registry.get(ground.INDUSTRY).rows(SYSTEM).get(pk=first.pk), {"name": "Pulp"})
    assert done is not None
    last = Change.objects.filter(record_id=first.pk).order_by("-id")[0]
    from kith.core import undo

    undo.undo(SYSTEM, last.changeset_id)
    assert ChangeSet.objects.get(pk=last.changeset_id).undone_by is not None
    ground.seal()
    assert texts(verify()) == []
    assert isinstance(last.changeset_id, uuid.UUID)
