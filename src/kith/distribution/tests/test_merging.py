"""One worker per customer holds for merged customers, too."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.merging import merge
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.distribution import claiming, leases
from kith.distribution.entities.work_item import WorkItem

from .help import entity, fresh, lead, pool, waits

pytestmark = pytest.mark.django_db


def deal(name, company):
    return factory.make("sales.opportunity", name=name, company=company.pk)


def parties():
    return list(WorkItem.objects.order_by("entered_at").values_list("party_id", flat=True))


def test_work_on_a_merged_customer_is_work_on_the_survivor(make):
    people = make_people()
    one, other = (make("parties.company", name="Arbor") for _each in range(2))
    ours, theirs = deal("Planks", one), deal("Boards", other)
    deals, companies = registry.get("sales.opportunity"), registry.get("parties.company")
    leases.take(people.actors.eva, deals, theirs)
    made = merge.merge(SYSTEM, companies, [one.pk, other.pk], survivor=one.pk)
    assert parties() == [one.pk]
    with pytest.raises(Refused):
        leases.take(people.actors.tom, deals, ours)
    undo.undo(SYSTEM, made.changeset)
    assert parties() == [other.pk]
    leases.take(people.actors.eva, deals, ours)


def test_two_who_work_at_this_moment_both_go_on(make):
    people = make_people()
    one, other = (make("parties.company", name="Arbor") for _each in range(2))
    ours, theirs = deal("Planks", one), deal("Boards", other)
    deals, companies = registry.get("sales.opportunity"), registry.get("parties.company")
    leases.take(people.actors.eva, deals, theirs)
    WorkItem.objects.create(subject_entity=deals.label, subject_id=ours.pk, party_id=one.pk, state="leased", lease_owner_id=people.tom.pk, leased_at=WorkItem.objects.get().leased_at, lease_until=WorkItem.objects.get().lease_until)  # fmt: skip
    merge.merge(SYSTEM, companies, [one.pk, other.pk], survivor=one.pk)
    assert sorted(parties()) == sorted([one.pk, other.pk])


# --- pools and leases of leads that become one ---------------------------------------------------------------------------


def waiting():
    """Who waits in a pool, and since when."""
    return dict(WorkItem.objects.filter(state="waiting").values_list("subject_id", "entered_at"))


def joined(*leads, survivor):
    return merge.merge(SYSTEM, entity(), [one.pk for one in leads], survivor=survivor.pk)


@pytest.fixture
def doubles(reps):
    """A pool of Vera's and two leads of one company without an owner, of which the second one waits."""
    made, company = pool(reps.vera), factory.make("parties.company")
    first, second = (lead(company=company.pk) for _each in range(2))
    waits(made, second)
    return made, first, second


def test_what_waited_waits_as_the_survivor_and_apart_again_as_itself(reps, doubles):
    made, first, second = doubles
    before = waiting()
    done = joined(first, second, survivor=first)
    assert waiting() == {first.pk: before[second.pk]}
    undo.undo(SYSTEM, done.changeset)
    assert waiting() == before
    undo.redo(SYSTEM, done.changeset)
    assert claiming.claim(actor_of(reps.vera.pk), made.pk, [first.pk]).taken == [first.pk]
    undo.undo(SYSTEM, done.changeset)
    assert (fresh(first).owner_id, waiting()) == (reps.vera.pk, before)


def test_a_survivor_that_waits_itself_keeps_its_place(doubles):
    made, first, second = doubles
    waits(made, first)
    before = waiting()
    done = joined(first, second, survivor=first)
    assert waiting() == {first.pk: before[first.pk]}
    undo.undo(SYSTEM, done.changeset)
    assert waiting() == before


def test_a_survivor_with_an_owner_waits_for_nobody(reps, doubles):
    _made, first, second = doubles
    writes.save(SYSTEM, first, {"owner": reps.igor.pk})
    before = waiting()
    done = joined(first, second, survivor=first)
    assert waiting() == {} and fresh(first).owner_id == reps.igor.pk
    undo.undo(SYSTEM, done.changeset)
    assert waiting() == before


def test_an_owner_taken_over_ends_the_waiting_until_they_are_apart(reps, doubles):
    _made, first, second = doubles
    writes.save(SYSTEM, first, {"owner": reps.igor.pk})
    before = waiting()
    done = joined(first, second, survivor=second)
    assert (waiting(), fresh(second).owner_id) == ({}, reps.igor.pk)
    undo.undo(SYSTEM, done.changeset)
    assert (waiting(), fresh(second).owner_id) == (before, None)


def test_a_lease_on_a_merged_lead_ends(reps):
    company = factory.make("parties.company")
    first, second = (lead(company=company.pk, owner=reps.vera.pk) for _each in range(2))
    leases.take(actor_of(reps.vera.pk), entity(), second)
    done = joined(first, second, survivor=first)
    assert list(WorkItem.objects.values_list("subject_id", "state")) == [(second.pk, "done")]
    undo.undo(SYSTEM, done.changeset)
    assert waiting() == {} and leases.take(actor_of(reps.vera.pk), entity(), fresh(second))
