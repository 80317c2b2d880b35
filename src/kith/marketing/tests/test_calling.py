"""The own queue: its order, the next one without overlaps, what calls come to, and who sees the card meanwhile (B20)."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.distribution import leases
from kith.distribution.entities.work_item import WorkItem
from kith.marketing import calling, queues, splitting

ENTRY = "marketing.calllistentry"


def rows(label=ENTRY):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def queue(people, reps, listed):
    """Vera has companies 1, 3 and 5, Igor 2 and 4; two attempts each."""
    there = listed(5)
    made = splitting.share_out(
        people.actors.eva, [there.list], "Calls", [reps.vera.pk, reps.igor.pk], "round_robin", attempts_limit=2
    )
    return made.made, there.companies


def names(actor):
    return [entry.party.name for entry in queues.of(actor)]


def entry_of(company):
    return rows().get(party=company.pk)


def test_each_sees_the_own_queue_only_and_the_cards_of_it(people, reps, queue):
    _made, companies = queue
    vera, igor = reps.actor("vera"), reps.actor("igor")
    assert names(vera) == ["Company 1", "Company 3", "Company 5"] and names(igor) == ["Company 2", "Company 4"]
    assert [made.name for made in registry.get("marketing.calllist").rows(vera)] == ["Calls"]
    seen = registry.get("parties.company").rows(vera)
    assert set(seen.values_list("name", flat=True)) == {"Company 1", "Company 3", "Company 5"}
    assert not registry.get("parties.company").rows(vera, "edit").exists()
    with pytest.raises(Missing):
        calling.called(vera, [entry_of(companies[1])], "reached")
    assert entry_of(companies[1]).attempts == 0
    calling.called(vera, [entry_of(companies[0])], "refused")
    vera = reps.actor("vera")
    assert set(registry.get("parties.company").rows(vera).values_list("name", flat=True)) == {"Company 3", "Company 5"}


def test_outcomes_attempts_and_the_order_of_the_queue(people, reps, queue):
    _made, companies = queue
    vera, later = reps.actor("vera"), timezone.now() + dt.timedelta(hours=2)
    first, third, fifth = (entry_of(companies[at]) for at in (0, 2, 4))
    calling.called(vera, [first], "callback", later, "After lunch")
    calling.called(vera, [third], "no_answer")
    assert names(vera) == ["Company 5", "Company 3", "Company 1"], "not called, no answer, later"
    calling.called(vera, [third], "no_answer")
    calling.called(vera, [fifth], "reached", note="Wants an offer")
    facts = [(one.status, one.attempts, one.note, one.callback_at) for one in map(entry_of, (companies[0], companies[2], companies[4]))]  # fmt: skip
    assert facts == [
        ("callback", 1, "After lunch", later),
        ("exhausted", 2, "", None),
        ("reached", 1, "Wants an offer", None),
    ]
    assert names(vera) == ["Company 1"]
    with pytest.raises(Refused) as refused:
        queues.take_next(vera)
    assert "Nobody is left" in str(refused.value.errors[""][0])
    writes.save(SYSTEM, entry_of(companies[0]), {"callback_at": timezone.now() - dt.timedelta(minutes=1)})
    assert queues.take_next(vera).party_id == companies[0].pk


@pytest.mark.parametrize(
    ("outcome", "shift", "words"),
    [
        ("callback", None, "Say when to call again."), ("callback", -60, "This moment is over; name a later one."),
        ("reached", 60, "Only for “wants to be called again”; leave it empty."),
    ],
)  # fmt: skip
def test_the_moment_of_a_callback(people, reps, queue, outcome, shift, words):
    entry = entry_of(queue[1][0])
    at = None if shift is None else timezone.now() + dt.timedelta(minutes=shift)
    with pytest.raises(Refused) as refused:
        calling.called(reps.actor("vera"), [entry], outcome, at)
    assert refused.value.errors == {"callback_at": [words]}
    assert (entry_of(queue[1][0]).status, entry_of(queue[1][0]).attempts) == ("waiting", 0)


def test_a_closed_prospect_is_not_called_again(people, reps, queue):
    entry = entry_of(queue[1][0])
    calling.called(reps.actor("vera"), [entry], "reached")
    with pytest.raises(Refused):
        calling.called(reps.actor("vera"), [entry], "refused")
    assert (entry_of(queue[1][0]).status, entry_of(queue[1][0]).attempts) == ("reached", 1)


def test_next_leases_and_goes_on_and_skips_whom_somebody_works(people, reps, queue, make):
    _made, companies = queue
    vera = reps.actor("vera")
    lead = make("sales.lead", name="L", company=companies[2].pk, owner=people.tom.pk)
    leases.take(people.actors.tom, registry.get("sales.lead"), lead)
    first = queues.take_next(vera)
    assert first.party_id == companies[0].pk and queues.current(vera).pk == first.pk
    second = queues.take_next(vera)
    assert second.party_id == companies[4].pk, "Tom is working the third"
    assert leases.current(first.pk) is None and leases.current(second.pk).lease_owner_id == reps.vera.pk
    with pytest.raises(Refused) as refused:
        queues.take(vera, entry_of(companies[2]).pk)
    assert "Tom Team is working on this customer" in str(refused.value.errors[""][0])
    with pytest.raises(Refused):
        calling.called(vera, [entry_of(companies[2])], "reached")
    assert entry_of(companies[2]).status == "waiting" and queues.current(vera).pk == second.pk
    calling.called(vera, [second], "no_answer")
    assert (
        queues.current(vera) is None
        and not WorkItem.objects.filter(lease_owner_id=reps.vera.pk, state="leased").exists()
    )


def test_nobody_else_works_a_customer_that_is_being_called(people, reps, queue, make):
    _made, companies = queue
    queues.take_next(reps.actor("vera"))
    lead = make("sales.lead", name="L", company=companies[0].pk, owner=people.tom.pk)
    with pytest.raises(Refused):
        leases.take(people.actors.tom, registry.get("sales.lead"), lead)
    assert leases.current(lead.pk) is None


def test_a_call_is_undone(people, reps, queue):
    vera, entry = reps.actor("vera"), entry_of(queue[1][0])
    change = calling.called(vera, [entry], "refused", note="Not now")
    undo.undo(vera, change)
    after = entry_of(queue[1][0])
    assert (after.status, after.note, after.attempts) == ("waiting", "", 0)


def test_a_deleted_call_list_leaves_no_queue(people, reps, queue):
    writes.delete(people.actors.eva, registry.get("marketing.calllist"), [queue[0].pk])
    assert names(reps.actor("vera")) == [] and not registry.get("parties.company").rows(reps.actor("vera")).exists()


def test_giving_a_prospect_away_needs_the_right(people, reps, queue):
    entry = entry_of(queue[1][0])
    with pytest.raises(Forbidden):
        writes.save(reps.actor("vera"), entry, {"owner": reps.igor.pk})
    assert entry_of(queue[1][0]).owner_id == reps.vera.pk
    writes.save(people.actors.eva, entry, {"owner": reps.igor.pk})
    assert len(names(reps.actor("igor"))) == 3


def test_the_page(people, reps, queue):
    made, companies = queue
    client = reps.client("vera")
    page = client.get("/my-prospects").content.decode()
    assert "Company 1" in page and "Company 2" not in page and 'id="calling"' not in page
    assert client.post("/my-prospects/next").status_code == 302
    page = client.get("/my-prospects").content.decode()
    assert 'id="calling"' in page and f"/companies/{companies[0].pk}/" in page
    entry = entry_of(companies[0])
    answer = client.post(f"/my-prospects/{entry.pk}/called", {"outcome": "callback", "callback_at": "", "note": "Busy"})
    assert (
        answer.status_code == 422
        and "Say when to call again." in answer.content.decode()
        and "Busy" in answer.content.decode()
    )
    answer = client.post(f"/my-prospects/{entry.pk}/called", {"outcome": "nonsense"})
    assert answer.status_code == 422 and entry_of(companies[0]).attempts == 0
    answer = client.post(
        f"/my-prospects/{entry.pk}/called?list={made.pk}", {"outcome": "refused", "note": "No", "do": "next"}
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/my-prospects?list={made.pk}")
    assert entry_of(companies[0]).status == "refused" and queues.current(reps.actor("vera")).party_id == companies[2].pk
    assert client.get(f"/my-prospects?list={made.pk}&from=50").status_code == 200
    assert client.get("/my-prospects?list=x").status_code == 400
    other = entry_of(companies[1])
    assert client.post(f"/my-prospects/{other.pk}/called", {"outcome": "refused"}).status_code == 404
    assert client.post(f"/my-prospects/{other.pk}/take").status_code == 422
    assert entry_of(companies[1]).status == "waiting"


def test_who_may_work_no_prospects_finds_no_queue(people, reps, queue):
    entry = entry_of(queue[1][0])
    for address in ("/my-prospects/next", f"/my-prospects/{entry.pk}/take", f"/my-prospects/{entry.pk}/called"):
        assert people.clients.max.post(address, {"outcome": "refused"}).status_code in (403, 404)
    assert people.clients.max.get("/my-prospects").status_code in (403, 404)
    assert entry_of(queue[1][0]).status == "waiting"


def test_progress_counts_only_what_the_reader_sees(people, reps, queue):
    from kith.core.testing.people import grant
    from kith.marketing import panels

    made, companies = queue
    calling.called(reps.actor("vera"), [entry_of(companies[0])], "reached")
    whole = panels.progress(people.actors.eva, made)
    assert {row.name: (dict(row.counts)["waiting"], row.total) for row in whole["rows"]} == {
        "Vera": (2, 3),
        "Igor": (2, 2),
    }
    assert (whole["total"], whole["open"]) == (5, 4)
    grant(reps.igor, ("access.user", "view", "all"))
    own = panels.progress(reps.actor("igor"), made)
    assert (own["total"], [row.name for row in own["rows"]]) == (2, ["Igor"])


def test_who_does_not_want_to_be_called_any_more_is_not_offered(people, reps, queue, make):
    _made, companies = queue
    vera = reps.actor("vera")
    quiet = make("marketing.targetlist", name="Quiet", kind="suppression")
    for at in (0, 2):
        make("marketing.targetlistmember", target_list=quiet.pk, party=companies[at].pk)
    assert queues.take_next(vera).party_id == companies[4].pk
    for at in (0, 2):
        with pytest.raises(Refused) as refused:
            queues.take(vera, entry_of(companies[at]).pk)
        assert "does not want to be contacted" in str(refused.value)
    assert queues.current(vera).party_id == companies[4].pk


def test_who_had_a_prospect_does_not_open_it_again(people, reps, queue):
    _made, companies = queue
    entry = entry_of(companies[0])
    calling.called(reps.actor("vera"), [entry], "refused")
    with pytest.raises(Forbidden):
        writes.save(reps.actor("vera"), entry_of(companies[0]), {"status": "waiting"})
    assert entry_of(companies[0]).status == "refused"
    assert not registry.get("parties.company").rows(reps.actor("vera")).filter(pk=companies[0].pk).exists()
    writes.save(people.actors.eva, entry_of(companies[0]), {"status": "waiting"})
    assert entry_of(companies[0]).status == "waiting"


def test_a_program_says_what_came_of_the_call(people, reps, queue):
    _made, companies = queue
    entry = entry_of(companies[0])
    answer = reps.client("vera").post(f"/api/v1/prospects/{entry.pk}/actions/called", "{}", content_type="application/json")  # fmt: skip
    assert answer.status_code == 422 and "outcome" in answer.json()["errors"][0]["pointer"]
    assert entry_of(companies[0]).attempts == 0


def test_a_bad_address_changes_nothing(people, reps, queue):
    _made, companies = queue
    entry = entry_of(companies[0])
    for path, data in (("take", {}), ("called", {"outcome": "reached"})):
        assert reps.client("vera").post(f"/my-prospects/{entry.pk}/{path}?list=x", data).status_code == 400
    assert (entry_of(companies[0]).status, queues.current(reps.actor("vera"))) == ("waiting", None)
