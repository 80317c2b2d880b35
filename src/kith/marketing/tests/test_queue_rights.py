"""What whoever is to call a customer sees through the own queue: the card and the list, to read, while the prospect is open."""

from dataclasses import replace

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.marketing import queues, splitting
from kith.marketing.queues import way_in

pytestmark = pytest.mark.django_db
COMPANY, CALLS, ENTRY = "parties.company", "marketing.calllist", "marketing.calllistentry"


@pytest.fixture
def queue(people, reps, listed):
    """Vera has companies 1 and 3, Igor the second; the call list."""
    there = listed(3)
    made = splitting.share_out(people.actors.eva, [there.list], "Calls", [reps.vera.pk, reps.igor.pk], "round_robin")
    return made.made


def opened(actor, label=COMPANY, operation="view"):
    """Names of the records that the queue opens; None for no way in."""
    kind = registry.get(label)
    way = way_in(kind, actor, operation)
    return None if way is None else sorted(map(str, kind.model._base_manager.filter(way)))


def test_the_queue_opens_its_customers_and_lists_to_who_holds_it(reps, queue):
    vera, igor = reps.actor("vera"), reps.actor("igor")
    assert [opened(vera), opened(igor)] == [["Company 1", "Company 3"], ["Company 2"]]
    assert [opened(actor, CALLS) for actor in (vera, igor)] == [["Calls"], ["Calls"]]
    assert opened(reps.actor("ana")) is None and opened(reps.actor("ana"), CALLS) is None


def test_it_opens_them_to_read_and_nothing_else(reps, queue):
    vera = reps.actor("vera")
    for operation in ("edit", "delete", "history", "export"):
        assert [opened(vera, label, operation) for label in (COMPANY, CALLS)] == [None, None]
    assert [opened(vera, label) for label in (ENTRY, "sales.lead", "parties.party")] == [None, None, None]


def test_a_closed_prospect_opens_nothing(reps, queue):
    first = registry.get(ENTRY).rows(SYSTEM).get(party__name="Company 1")
    writes.save(SYSTEM, first, {"status": "reached"})
    assert opened(reps.actor("vera")) == ["Company 3"]
    for entry in registry.get(ENTRY).rows(SYSTEM).filter(owner=reps.vera.pk):
        writes.save(SYSTEM, entry, {"status": "refused"})
    assert (opened(reps.actor("vera")) or []) == [] and opened(reps.actor("igor")) == ["Company 2"]


def test_prospects_without_an_owner_open_nothing_to_who_is_no_user(reps, queue):
    free = registry.get(ENTRY).rows(SYSTEM).get(party__name="Company 2")
    writes.save(SYSTEM, free, {"owner": None})
    assert registry.get(ENTRY).rows(SYSTEM).get(pk=free.pk).owner_id is None
    nobody = replace(reps.actor("vera"), id=None, memo={}, kept=None)
    assert opened(nobody) is None and opened(nobody, CALLS) is None
    assert queues.holders() >= {reps.vera.pk} and None not in queues.holders()
