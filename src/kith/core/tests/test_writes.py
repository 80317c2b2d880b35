"""The one way to write: authorised, validated, recorded, announced; and the guard against every other way."""

import pytest
from django.db import DatabaseError, transaction

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Conflict, Refused
from kith.core.ledger import AuditEvent, Change, ChangeSet

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
    from django.db import connection

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
