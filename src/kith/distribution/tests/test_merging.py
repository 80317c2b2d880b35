"""One worker per customer holds for merged customers, too."""

import pytest

from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.merging import merge
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.distribution import leases
from kith.distribution.entities.work_item import WorkItem

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
