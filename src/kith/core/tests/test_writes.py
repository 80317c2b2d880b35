"""The one way to write: authorised, validated, recorded, announced; and the guard against every other way."""

from contextlib import nullcontext, suppress

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kith.core import access, store, undo, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set, running
from kith.core.entity import registry
from kith.core.errors import Conflict, Forbidden, Missing, Refused
from kith.core.ledger import AuditEvent, Change, ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return registry.get("people.orgunit")


def test_a_new_record_is_tidied_recorded_and_logged(units):
    unit = writes.create(SYSTEM, units, {"name": "  Sales "})
    change = Change.objects.get(record_id=unit.pk)
    assert (unit.name, unit.version, change.op, change.after["name"]) == ("Sales", 1, "create", "Sales")
    assert ChangeSet.objects.get(pk=change.changeset_id).records == 1
    assert AuditEvent.objects.get(changeset_id=change.changeset_id).record_id == unit.pk


def test_an_equal_value_is_no_change(units):
    unit = writes.create(SYSTEM, units, {"name": "Sales"})
    before = ChangeSet.objects.count()
    assert writes.save(SYSTEM, unit, {"name": " Sales"}).version == 1
    assert ChangeSet.objects.count() == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"nam": "x"}, "nam"), ({"name": ""}, "name"), ({}, "name"), ({"name": "a\x00b"}, "name"), ({"name": "\ud800"}, "name"), ({"name": 5}, "name"),
        ({"name": "x" * 200}, "name"), ({"name": "x", "kind": "planet"}, "kind"), ({"name": "x", "parent": "no id"}, "parent"),
        ({"name": "x", "parent": "01a20c55-fb95-7d3d-ac67-8b4a387dad17"}, "parent"),
    ],
)  # fmt: skip
def test_bad_values_name_their_field_and_change_nothing(units, values, field):
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, units, values)
    assert list(refused.value.errors) == [field]
    assert (units.rows(SYSTEM).count(), Change.objects.count(), ChangeSet.objects.count()) == (0, 0, 0)


def test_edits_of_different_fields_meet_edits_of_one_field_clash(units):
    unit = writes.create(SYSTEM, units, {"name": "Sales"})
    writes.save(SYSTEM, unit, {"name": "Trade"}, version=1)
    both = writes.save(SYSTEM, unit, {"kind": "branch"}, version=1)
    assert (both.name, both.kind, both.version) == ("Trade", "branch", 3)
    with pytest.raises(Conflict) as conflict:
        writes.save(SYSTEM, unit, {"name": "Shop"}, version=1)
    assert [(clash.field, clash.theirs, clash.yours) for clash in conflict.value.clashes] == [("name", "Trade", "Shop")]
    assert units.rows(SYSTEM).get(pk=unit.pk).name == "Trade"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO core_tag (id) VALUES (gen_random_uuid())",
        "UPDATE people_orgunit SET name = 'x'",
        "DELETE FROM parties_party",
        "TRUNCATE activities_note CASCADE",
    ],
)
def test_the_guard_refuses_unannounced_writes(sql):
    with pytest.raises(DatabaseError, match="unannounced"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_guard_lies_again_after_a_change_set(units):
    unit = writes.create(SYSTEM, units, {"name": "Sales"})
    with pytest.raises(DatabaseError, match="unannounced"), transaction.atomic():
        units.model._base_manager.filter(pk=unit.pk).update(name="x")


def test_every_entity_table_is_guarded():
    from kith.core import guards

    assert guards.missing() == []


def test_the_ledger_is_only_added_to(units):
    writes.create(SYSTEM, units, {"name": "Sales"})
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        Change.objects.update(title="x")


def test_bulk_writes_are_one_change_set(units):
    made = writes.create_many(SYSTEM, units, [{"name": f"Unit {n}"} for n in range(120)])
    outcome = writes.update_many(SYSTEM, units, [unit.pk for unit in made], {"kind": "branch"})
    assert (len(outcome.records), outcome.skipped) == (120, [])
    assert [(c.kind, c.records) for c in ChangeSet.objects.order_by("at")] == [("bulk", 120), ("bulk", 120)]
    assert units.rows(SYSTEM).filter(kind="branch", version=2).count() == 120


def test_bad_rows_of_a_bulk_are_told_by_position(units):
    bad = {}
    made = writes.create_many(
        SYSTEM, units, [{"name": "A"}, {"name": ""}, {"name": "B", "kind": "?"}], on_errors=bad.__setitem__
    )
    assert ([unit.name for unit in made], sorted(bad), list(bad[2])) == (["A"], [1, 2], ["kind"])


def test_trash_takes_parts_along_and_brings_them_back():
    groups, members = registry.get("access.group"), registry.get("access.groupmember")
    outer, inner = writes.create(SYSTEM, groups, {"name": "Outer"}), writes.create(SYSTEM, groups, {"name": "Inner"})
    writes.create(SYSTEM, members, {"group": outer.pk, "child": inner.pk})
    writes.delete(SYSTEM, groups, [outer.pk])
    assert (groups.rows(SYSTEM).count(), members.rows(SYSTEM).count()) == (1, 0)
    writes.restore(SYSTEM, groups, [outer.pk])
    assert (groups.rows(SYSTEM).count(), members.rows(SYSTEM).count()) == (2, 1)


def test_undo_restores_what_nobody_changed_since_and_keeps_the_rest(units):
    made = writes.create_many(SYSTEM, units, [{"name": f"Unit {n}"} for n in range(50)])
    edit = writes.update_many(SYSTEM, units, [unit.pk for unit in made], {"kind": "branch"}).changeset
    for unit in made[:10]:
        writes.save(SYSTEM, unit, {"kind": "division"})
    seen = undo.preview(SYSTEM, edit)
    assert units.rows(SYSTEM).filter(kind="branch").count() == 40
    plan = undo.undo(SYSTEM, edit)
    assert (seen.restored, len(seen.kept), plan.restored, len(plan.kept)) == (40, 10, 40, 10)
    assert units.rows(SYSTEM).filter(kind="department").count() == 40
    with pytest.raises(Refused):
        undo.undo(SYSTEM, edit)


def test_undo_of_a_creation_erases_but_keeps_what_others_use(units):
    creation = writes.create(SYSTEM, units, {"name": "Sales"})
    writes.create(SYSTEM, units, {"name": "North", "parent": creation.pk})
    first = Change.objects.get(record_id=creation.pk).changeset_id
    plan = undo.undo(SYSTEM, first)
    assert (plan.restored, [reason for _e, _t, reason in plan.kept]) == (0, ["other records point to it"])
    assert units.rows(SYSTEM).count() == 2


def test_a_whole_change_set_fails_with_each_of_its_parts(units):
    """Nobody who catches the error goes on writing; elsewhere a part fails alone."""

    def tried(**how):
        with change_set(SYSTEM, **how) as changes:
            writes.create(SYSTEM, units, {"name": "Before"})
            with suppress(Refused):
                writes.create(SYSTEM, units, {"name": ""})
            writes.create(SYSTEM, units, {"name": "After"})
        return changes

    with pytest.raises(TransactionManagementError):
        tried(whole=True)
    assert not units.rows(SYSTEM).filter(name__in=["Before", "After"]).exists() and running() is None
    changes = tried()
    assert ChangeSet.objects.get(pk=changes.id).records == 2
    assert units.rows(SYSTEM).filter(name__in=["Before", "After"]).count() == 2


def test_a_whole_change_set_needs_no_savepoint_for_its_parts(units):
    made, ids = [], []
    for whole in (False, False, True):  # the first one also makes what is made once
        with CaptureQueriesContext(connection) as caught, change_set(SYSTEM, whole=whole) as changes:
            unit = writes.create(SYSTEM, units, {"name": f"Whole {len(made)}"})
            writes.save(SYSTEM, unit, {"name": f"All of it {len(made)}"})
        made.append(sum(query["sql"].startswith("SAVEPOINT") for query in caught))
        ids.append(changes.id)
    assert made[1] == made[2] + 2 and made[2] >= 1  # its own, since a test is a transaction
    for key in ids:
        told = AuditEvent.objects.filter(changeset_id=key).values_list("kind", "count").order_by("kind")
        assert list(told) == [("create", 1), ("update", 1)]


def test_rows_of_several_tables_in_one_statement(units, django_assert_num_queries):
    lines = [AuditEvent(kind="view", title=f"100 % {at} \\ '", entity="people.orgunit", detail={"at": [at, None, "ä"]}) for at in range(2)]  # fmt: skip
    told = ChangeSet(kind="edit", reason="Two\nlines", confirmed=["a", "b"])
    with django_assert_num_queries(1):
        store.add(told, *lines)
    stored = ChangeSet.objects.get(pk=told.pk)
    kept = AuditEvent.objects.filter(title__startswith="100 % ").order_by("title")
    assert [(line.title, line.detail, line.record_id, line.count) for line in kept] == [(line.title, line.detail, None, 1) for line in lines]  # fmt: skip
    assert (stored.reason, stored.confirmed, stored.actor_id) == (
        "Two\nlines",
        ["a", "b"],
        None,
    ) and stored.at == told.at
    store.add()


def test_saving_reads_the_record_once_and_locks_it(people):
    company = factory.make("parties.company", owner=str(people.ann.pk))
    with CaptureQueriesContext(connection) as caught:
        writes.save(people.actors.ann, company, {"name": "Locked"})
    read = [query["sql"] for query in caught if query["sql"].startswith('SELECT "parties_party"."id", "parties_party"."owner_id"')]  # fmt: skip
    assert len(read) == 1 and read[0].endswith('FOR UPDATE OF "parties_party"')
    for who, error in (("tom", None), ("max", Missing)):
        with nullcontext() if error is None else pytest.raises(error):
            writes.save(getattr(people.actors, who), company, {"name": f"Of {who}"})
    grant(people.max, ("parties.company", "view", "all"))
    with pytest.raises(Forbidden):
        writes.save(fresh(people.max), company, {"name": "Of Max"})
    assert access.fetch(registry.get("parties.company"), SYSTEM, company.pk).name == "Of tom"
