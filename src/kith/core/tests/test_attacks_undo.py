"""Attacks on undo: it gives nothing back that its author may not change, and takes nothing away from others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.testing.factory import make
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db


def fresh(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


def set_of(record, op="create"):
    return Change.objects.filter(record_id=record.pk, op=op).latest("id").changeset_id


def test_undo_gives_no_role_back_to_who_may_no_longer_give_roles(people):
    from kith.access import shipped

    grants = registry.get("access.rolegrant")
    for_max = shipped.give(people.roles.all, user=people.max)
    gone = writes.delete(actor_of(people.eva.pk), grants, [for_max.pk]).changeset
    writes.delete(SYSTEM, grants, list(grants.rows(SYSTEM).filter(user=people.eva.pk).values_list("pk", flat=True)))
    plan = undo.undo(actor_of(people.eva.pk), gone)
    assert (plan.restored, len(plan.refused), grants.rows(SYSTEM).filter(user=people.max.pk).count()) == (0, 1, 0)
    assert ChangeSet.objects.get(pk=gone).undone_by is None
    assert undo.undo(SYSTEM, gone).restored == 1


def test_undo_gives_no_part_back_to_a_record_that_is_no_longer_ones_own(people):
    company = make("parties.company", owner=str(people.ann.pk))
    note = make("activities.note", subject={"entity": "parties.company", "id": str(company.pk)})
    point = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=company.pk).first()
    ann = actor_of(people.ann.pk)
    writes.delete(ann, registry.get("activities.note"), [note.pk])
    writes.delete(ann, registry.get("parties.contactpoint"), [point.pk])
    writes.save(SYSTEM, company, {"owner": people.tom.pk})
    for record in (note, point):
        assert undo.undo(actor_of(people.ann.pk), set_of(record, "delete")).restored == 0
        assert type(record)._base_manager.get(pk=record.pk).is_trashed


def test_parts_come_back_with_their_whole(people):
    company = make("parties.company", owner=str(people.ann.pk))
    parts = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=company.pk)
    count = parts.count()
    grant(people.max, ("parties.company", "view", "all"), ("parties.company", "delete", "all"))
    writes.delete(actor_of(people.max.pk), registry.get("parties.company"), [company.pk])
    assert parts.count() == 0
    plan = undo.undo(actor_of(people.max.pk), set_of(company, "delete"))
    assert (plan.refused, parts.count()) == ([], count) and count


def test_a_field_that_may_no_longer_be_written_keeps_its_value(people):
    company = make(
        "parties.company", owner=str(people.ann.pk), credit_limit={"amount": "1", "currency": "EUR"}, description="old"
    )
    writes.save(
        actor_of(people.ann.pk), company, {"credit_limit": {"amount": "2", "currency": "EUR"}, "description": "new"}
    )
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": people.roles.own.pk, "entity": "parties.company", "field": "credit_limit", "level": "read"},
    )
    plan = undo.undo(actor_of(people.ann.pk), set_of(company, "update"))
    now = registry.get("parties.company").rows(SYSTEM).get(pk=company.pk)
    assert (now.credit_limit, now.description, len(plan.refused)) == (2, "old", 1)


def test_a_name_taken_meanwhile_keeps_the_deleted_record_in_the_trash():
    tags = registry.get("core.tag")
    first, second = (writes.create(SYSTEM, tags, {"name": name}) for name in ("A", "B"))
    gone = writes.delete(SYSTEM, tags, [first.pk, second.pk]).changeset
    writes.create(SYSTEM, tags, {"name": "a"})
    plan = undo.undo(SYSTEM, gone)
    assert (plan.restored, [str(reason) for _e, _t, reason in plan.refused]) == (
        1,
        ["This name is already there; choose another one."],
    )
    assert sorted(tags.rows(SYSTEM).values_list("name", flat=True)) == ["B", "a"]


def test_undo_of_a_creation_keeps_what_others_have_added_since(people):
    ann = actor_of(people.ann.pk)
    companies = [
        writes.create(ann, registry.get("parties.company"), {"name": name, "phone": "+4769184101"})
        for name in ("With point", "With note", "Alone")
    ]
    make("parties.contactpoint", party=str(companies[0].pk), kind="phone", value="+4769184999", is_primary=False)
    make("activities.note", subject={"entity": "parties.company", "id": str(companies[1].pk)})
    assert [undo.undo(ann, set_of(company)).restored > 0 for company in companies] == [False, False, True]
    kept = registry.get("parties.company").rows(SYSTEM).filter(pk__in=[company.pk for company in companies])
    assert sorted(kept.values_list("name", flat=True)) == ["With note", "With point"]
    assert registry.get("parties.contactpoint").rows(SYSTEM).filter(party=companies[0].pk).count() == 2


def test_an_edit_that_began_before_but_was_written_after_counts_as_later():
    units = registry.get("people.orgunit")
    with change_set(SYSTEM) as slow:
        pass
    unit = writes.create(SYSTEM, units, {"name": "North"})
    with change_set(SYSTEM) as late:
        late.at = slow.at
        writes.save(SYSTEM, unit, {"name": "South"})
    assert undo.undo(SYSTEM, set_of(unit)).restored == 0
    assert units.rows(SYSTEM).count() == 1


def test_a_custom_field_never_takes_the_values_of_another_kind():
    from kith.core.errors import Refused

    definitions, companies = registry.get("core.fielddefinition"), registry.get("parties.company")
    field = writes.create(
        SYSTEM, definitions, {"entity": "parties.company", "label": "Size", "name": "x_size", "kind": "text"}
    )
    company = writes.create(SYSTEM, companies, {"name": "Halden", "x_size": "big"})
    writes.delete(SYSTEM, definitions, [field.pk])
    with pytest.raises(Refused) as error:
        writes.create(
            SYSTEM, definitions, {"entity": "parties.company", "label": "Size", "name": "x_size", "kind": "number"}
        )
    assert list(error.value.errors) == ["name"]
    assert writes.create(
        SYSTEM, definitions, {"entity": "parties.company", "label": "Size", "name": "x_size", "kind": "text"}
    )
    assert companies.fields["x_size"].get(companies.rows(SYSTEM).get(pk=company.pk)) == "big"


def test_a_right_to_sensitive_fields_is_given_for_all_rows_or_not_at_all(people):
    from kith.core.errors import Refused

    with pytest.raises(Refused) as error:
        grant(people.max, ("parties.person", "sensitive", "own"))
    assert list(error.value.errors) == ["level"]


def test_records_that_are_not_seen_are_refused_without_their_names(people):
    """Max may undo what others did, and sees no company; Ann's own change-set names one that was taken from her."""
    companies, ann = registry.get("parties.company"), actor_of(people.ann.pk)
    mine, lost = (make("parties.company", name=name, owner=str(people.ann.pk)) for name in ("Mine", "Lost"))
    with change_set(ann, entity="parties.company") as changes:
        writes.update_many(ann, companies, [mine.pk, lost.pk], {"legal_name": "Bonn"})
    writes.save(SYSTEM, lost, {"owner": people.eva.pk, "name": "Secret"})
    plan = undo.preview(ann, changes.id)
    assert (plan.restored, [(str(title), str(why)) for _e, title, why in plan.refused]) == (1, [("hidden", "you may no longer change it")])  # fmt: skip
    grant(people.max, ("system", "undo_others", "all"))
    plan = undo.preview(actor_of(people.max.pk), changes.id)
    assert (plan.restored, [str(title) for _e, title, _why in plan.refused]) == (0, ["hidden", "hidden"])
    gone = writes.delete(SYSTEM, companies, [lost.pk]).changeset
    writes.purge(SYSTEM, companies, companies.rows(SYSTEM, trashed=True).filter(pk=lost.pk))
    plan = undo.preview(actor_of(people.max.pk), gone)
    assert {str(title) for _e, title, _why in plan.refused} == {"hidden"} and plan.restored == 0


def test_fields_that_are_not_read_are_told_without_their_names(people):
    company = make("parties.company", name="Arbor", owner=str(people.ann.pk))
    ann = actor_of(people.ann.pk)
    writes.save(ann, company, {"credit_limit": {"amount": "2", "currency": "EUR"}, "payment_terms": "30 days"})
    for field in ("credit_limit", "payment_terms"):
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": people.roles.own.pk, "entity": "parties.company", "field": field, "level": "none"})  # fmt: skip
    writes.save(SYSTEM, company, {"payment_terms": "60 days"})
    edit = Change.objects.filter(record_id=company.pk, op="update").earliest("id").changeset_id
    plan = undo.undo(actor_of(people.ann.pk), edit)
    assert ([title for _e, title, _why in plan.kept], [title for _e, title, _why in plan.refused]) == (["Arbor: hidden"], ["Arbor: hidden"])  # fmt: skip
    assert plan.restored == 0


def test_an_edit_whose_undo_left_this_record_alone_is_an_edit_still(people):
    """Ann may undo her bulk edit on one of two records only; what stays on the other one keeps that record."""
    companies = registry.get("parties.company")
    with change_set(SYSTEM, entity="parties.company") as born:
        one, other = writes.create_many(SYSTEM, companies, [{"name": name, "owner": people.ann.pk} for name in "AB"])
    ann = actor_of(people.ann.pk)
    with change_set(ann, entity="parties.company") as edit:
        writes.update_many(ann, companies, [one.pk, other.pk], {"legal_name": "Bonn"})
    with change_set(SYSTEM, entity="parties.company") as given:
        writes.save(SYSTEM, other, {"owner": people.eva.pk})
    assert undo.undo(ann, edit.id).restored == 1
    undo.undo(SYSTEM, given.id)
    plan = undo.undo(SYSTEM, born.id)
    assert [(title, str(why)) for _e, title, why in plan.kept] == [("B", "edited since")]
    assert list(companies.rows(SYSTEM).values_list("name", "legal_name")) == [("B", "Bonn")]


def test_edits_under_way_are_waited_for_before_a_creation_is_taken_back():
    """What was asked before the lock would not see them, and the record would be erased with them."""
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "North"})
    with CaptureQueriesContext(connection) as asked:
        undo.undo(SYSTEM, set_of(unit))
    texts = [query["sql"] for query in asked]
    locked = next(at for at, sql in enumerate(texts) if '"people_orgunit"' in sql and "FOR UPDATE" in sql)
    looked = next(at for at, sql in enumerate(texts) if 'DISTINCT "core_change"."record_id"' in sql)
    assert locked < looked


def test_a_preview_refuses_what_the_act_refuses():
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "North"})
    with change_set(SYSTEM) as edit:
        writes.save(SYSTEM, unit, {"name": "South"})
    undo.undo(SYSTEM, edit.id)
    for call in (undo.preview, undo.undo):
        with pytest.raises(Refused, match="undone already"):
            call(SYSTEM, edit.id)


def test_a_deletion_is_not_undone_over_a_unique_value_that_somebody_else_holds_by_now():
    values = {"entity": "parties.company", "name": "x_code", "label": "Code", "kind": "text", "is_unique": True}
    writes.create(SYSTEM, registry.get("core.fielddefinition"), values)
    companies = registry.get("parties.company")
    old, other = (
        writes.create(SYSTEM, companies, {"name": name, "x_code": name, "phone": "+4769184101"}) for name in "AB"
    )
    gone = writes.delete(SYSTEM, companies, [old.pk, other.pk]).changeset
    writes.create(SYSTEM, companies, {"name": "New", "x_code": "a"})
    plan = undo.undo(SYSTEM, gone)
    told = [(title, str(why)) for _label, title, why in plan.refused]
    assert told == [("A", "Another record holds this already: A.")]
    points = registry.get("parties.contactpoint").rows(SYSTEM)
    assert list(points.values_list("party_id", flat=True)) == [other.pk], "parts stay with their whole"
    assert sorted(companies.rows(SYSTEM).values_list("name", flat=True)) == ["B", "New"]


def test_kith_gives_everything_back_and_others_what_they_may_write(people):
    employee, company = make("people.employee", name="Ada", birth_date="1980-05-06"), make("parties.company", name="Bonn", legal_name="Old")  # fmt: skip
    grant(people.max, *((label, right, "all") for label in ("people.employee", "parties.company") for right in ("view", "edit")))  # fmt: skip
    with change_set(SYSTEM) as changes:
        writes.save(SYSTEM, employee, {"birth_date": "1981-05-06"})
        writes.save(SYSTEM, company, {"legal_name": "New"})
    writes.delete(SYSTEM, registry.get("parties.company"), [company.pk])
    grant(people.max, ("system", "undo_others", "all"))
    plan = undo.undo(actor_of(people.max.pk), changes.id)
    assert [title for _label, title, _why in plan.refused] == ["Bonn", "Ada: hidden"]
    assert (plan.restored, str(fresh(employee).birth_date)) == (0, "1981-05-06")
    plan = undo.undo(SYSTEM, changes.id)
    assert (plan.restored, plan.refused, str(fresh(employee).birth_date)) == (1, [], "1980-05-06")
