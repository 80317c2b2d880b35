"""Default owner and the right to assign (R52, R53)."""

import json

import pytest

from kith.core import owning, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.batch import Batch, Item
from kith.core.errors import Forbidden
from kith.core.testing import factory
from kith.core.testing.people import grant
from kith.sales.entities.lead import Lead

from .help import entity, fresh, lead

pytestmark = pytest.mark.django_db


def values(**more):
    return {"name": "New", "company": factory.make("parties.company").pk, **more}


def made_by(user, **more):
    return writes.create(actor_of(user.pk), entity("sales.lead"), {"name": "New", **more})


@pytest.fixture
def company(reps):
    return factory.make("parties.company", owner=str(reps.vera.pk)).pk


def test_without_the_right_one_owns_what_one_makes(reps, company):
    assert made_by(reps.vera, company=company).owner_id == reps.vera.pk
    assert made_by(reps.vera, company=company, owner=None).owner_id == reps.vera.pk
    assert made_by(reps.vera, company=company, owner=reps.vera.pk).owner_id == reps.vera.pk


def test_naming_another_owner_is_forbidden(reps, company):
    with pytest.raises(Forbidden) as refused:
        made_by(reps.vera, company=company, owner=reps.igor.pk)
    assert refused.value.right == "sales.lead:assign" and refused.value.fields == ("owner",)
    assert not entity("sales.lead").rows(SYSTEM).exists()


def test_with_the_right_an_owner_left_out_stays_empty(people, reps):
    """By API, import and intake; forms propose the creator."""
    eva = people.actors.eva
    assert writes.create(eva, entity(), values()).owner_id is None
    assert writes.create(eva, entity(), values(owner=None)).owner_id is None
    assert writes.create(eva, entity(), values(owner=reps.igor.pk)).owner_id == reps.igor.pk
    form = people.clients.eva.get("/leads/new").content.decode()
    assert str(people.eva.pk) in form


def test_giving_away_needs_the_right_on_the_record(reps, people):
    one = lead(owner=reps.vera.pk)
    for owner in (reps.igor.pk, None):
        with pytest.raises(Forbidden):
            writes.save(actor_of(reps.vera.pk), one, {"owner": owner})
    assert fresh(one).owner_id == reps.vera.pk
    grant(reps.vera, ("sales.lead", "assign", "own"))
    writes.save(actor_of(reps.vera.pk), one, {"owner": reps.igor.pk})
    assert fresh(one).owner_id == reps.igor.pk
    assert writes.save(people.actors.eva, one, {"owner": None}).owner_id is None


def test_what_kith_makes_and_changes_is_left_as_it_is_said(reps, people):
    """And of records that are nobody's work to distribute, whoever writes them."""
    one, other = Item(Lead(), {}, is_new=True), Item(lead(owner=reps.vera.pk), {"owner": reps.igor.pk})
    owning.complete(Batch(SYSTEM, entity("sales.lead"), [one, other], "create"))
    assert (one.values, other.values) == ({}, {"owner": reps.igor.pk})
    for actor in (people.actors.eva, actor_of(reps.vera.pk)):
        owning.complete(Batch(actor, entity("activities.task"), [one, other], "create"))
        assert (one.values, other.values) == ({}, {"owner": reps.igor.pk})


def test_the_same_owner_again_is_no_change(reps):
    one = lead(owner=reps.vera.pk)
    writes.save(actor_of(reps.vera.pk), one, {"owner": reps.vera.pk, "name": "Renamed"})
    assert (fresh(one).name, fresh(one).owner_id) == ("Renamed", reps.vera.pk)


def test_what_has_no_owner_may_be_taken_by_who_may_edit_it(reps):
    grant(reps.igor, ("sales.lead", "edit", "all"), ("sales.lead", "view", "all"))
    one = lead()
    assert writes.save(actor_of(reps.igor.pk), one, {"owner": reps.igor.pk}).owner_id == reps.igor.pk


def test_tasks_belong_to_who_makes_them(people):
    """They are about work and no work to distribute, so the right changes nothing."""
    one = lead(owner=people.eva.pk)
    task = {"name": "Call", "subject": {"entity": "sales.lead", "id": str(one.pk)}}
    assert writes.create(people.actors.eva, entity("activities.task"), task).owner_id == people.eva.pk


def test_over_the_api(people, reps, company):
    answer = reps.clients.vera.post("/api/v1/leads", json.dumps({"name": "New", "company": str(company), "owner": str(reps.igor.pk)}), content_type="application/json")  # fmt: skip
    assert answer.status_code == 403 and "sales.lead:assign" in answer.content.decode()
    assert not entity("sales.lead").rows(SYSTEM).exists()


def test_what_may_be_given_away_is_told_of_those_asked_about(reps):
    mine, other, theirs = lead(owner=reps.vera.pk), lead(owner=reps.vera.pk), lead(owner=reps.igor.pk)
    asked = [mine.pk, theirs.pk]
    assert owning.may_be_given(actor_of(reps.vera.pk), entity(), asked) == set()
    grant(reps.vera, ("sales.lead", "assign", "own"))
    assert owning.may_be_given(actor_of(reps.vera.pk), entity(), asked) == {mine.pk}
    assert owning.may_be_given(actor_of(reps.vera.pk), entity(), []) == set()
    assert owning.may_be_given(SYSTEM, entity(), asked) == set(asked) and other.pk not in asked


def test_of_several_records_all_must_be_ones_to_give_away(reps):
    grant(reps.vera, ("sales.lead", "assign", "own"), ("sales.lead", "edit", "all"), ("sales.lead", "view", "all"))
    mine, theirs, free = lead(owner=reps.vera.pk), lead(owner=reps.igor.pk), lead()
    vera = actor_of(reps.vera.pk)
    for others, owner in (([mine, theirs], reps.ana), ([theirs], reps.ana), ([theirs], reps.vera)):
        with pytest.raises(Forbidden):
            writes.update_many(vera, entity(), [one.pk for one in others], {"owner": owner.pk})
    with pytest.raises(Forbidden):
        writes.save(vera, free, {"owner": reps.ana.pk})
    assert [fresh(one).owner_id for one in (mine, theirs, free)] == [reps.vera.pk, reps.igor.pk, None]
    writes.update_many(vera, entity(), [mine.pk, free.pk], {"owner": reps.vera.pk})
    assert fresh(free).owner_id == reps.vera.pk
    writes.update_many(vera, entity(), [mine.pk], {"owner": reps.ana.pk})
    assert fresh(mine).owner_id == reps.ana.pk


def test_records_that_are_work_have_an_owner_to_be_given_to(reps):
    found = {label: owning.is_owned(entity(label)) for label in ("sales.lead", "parties.company", "activities.task", "activities.note", "parties.contactpoint", "access.user", "marketing.campaign", "parties.party")}  # fmt: skip
    assert [label for label, owned in found.items() if owned] == ["sales.lead", "parties.company"]
