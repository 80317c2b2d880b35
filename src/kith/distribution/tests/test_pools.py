"""Pools: who sees and takes what, within which limits; giving back, giving out, coming back by themselves (A13, B26)."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import actor_of
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.notify import Notification
from kith.core.outbox import deliver_waiting
from kith.core.testing import factory
from kith.core.testing.people import grant
from kith.distribution import book, claiming, leases, recycling
from kith.distribution.entities.work_item import WorkItem

from .help import entity, fresh, lead, pool, rule, waits

pytestmark = pytest.mark.django_db


def now(user):
    return actor_of(user.pk)


def test_a_member_takes_a_lead_and_owns_it(reps):
    made = pool(reps.vera)
    one = lead()
    waits(made, one)
    done = claiming.claim(now(reps.vera), made.pk, [one.pk])
    assert done.taken == [one.pk] and not done.refused
    assert fresh(one).owner_id == reps.vera.pk
    item = WorkItem.objects.get(subject_id=one.pk)
    assert (item.state, item.lease_owner_id, item.pool_id) == ("leased", reps.vera.pk, made.pk)
    assert item.lease_until - item.leased_at == dt.timedelta(minutes=30)
    change = Change.objects.get(record_id=one.pk, op="update")
    assert change.after == {"owner": str(reps.vera.pk)}
    assert ChangeSet.objects.get(pk=change.changeset_id).actor_id == reps.vera.pk


def test_the_second_one_is_told_and_nothing_changes(reps):
    made = pool(reps.vera, reps.igor)
    one = lead()
    waits(made, one)
    claiming.claim(now(reps.vera), made.pk, [one.pk])
    done = claiming.claim(now(reps.igor), made.pk, [one.pk])
    assert not done.taken and [str(reason) for _key, reason in done.refused] == [str(claiming.TAKEN)]
    assert fresh(one).owner_id == reps.vera.pk and done.changeset is None


def test_whoever_is_no_member_sees_neither_pool_nor_lead(reps):
    made = pool(reps.vera)
    one = lead()
    waits(made, one)
    with pytest.raises(Missing):
        claiming.claim(now(reps.igor), made.pk, [one.pk])
    assert entity().rows(now(reps.vera)).filter(pk=one.pk).exists()
    assert not entity().rows(now(reps.igor)).filter(pk=one.pk).exists()
    assert fresh(one).owner_id is None


def test_a_group_is_a_member(reps, people):
    made = pool(people.north)
    one = lead()
    waits(made, one)
    assert claiming.claim(now(people.ann), made.pk, [one.pk]).taken == [one.pk]


def test_the_limit_of_a_day(reps):
    made = pool(reps.vera, daily_limit=2)
    leads = [lead() for _ in range(3)]
    waits(made, *leads)
    done = claiming.claim(now(reps.vera), made.pk, [one.pk for one in leads])
    assert done.taken == [leads[0].pk, leads[1].pk] and [key for key, _why in done.refused] == [leads[2].pk]
    with pytest.raises(Refused) as refused:
        claiming.claim(now(reps.vera), made.pk, [leads[2].pk])
    assert "2 a day" in str(refused.value.errors[""][0])
    yesterday = timezone.now() - dt.timedelta(days=1)
    WorkItem.objects.filter(state="leased").update(leased_at=yesterday)
    assert claiming.claim(now(reps.vera), made.pk, [leads[2].pk]).taken == [leads[2].pk]


def test_the_most_that_one_person_holds(reps):
    made = pool(reps.vera, capacity=2)
    lead(owner=reps.vera.pk)
    leads = [lead(), lead()]
    waits(made, *leads)
    done = claiming.claim(now(reps.vera), made.pk, [one.pk for one in leads])
    assert done.taken == [leads[0].pk] and len(done.refused) == 1
    with pytest.raises(Refused):
        claiming.claim_next(now(reps.vera), made.pk)
    assert fresh(leads[1]).owner_id is None


def test_new_ones_wait(reps):
    made = pool(reps.vera, delay_hours=2)
    one = lead()
    waits(made, one)
    done = claiming.claim(now(reps.vera), made.pk, [one.pk])
    assert not done.taken and "It is new" in str(done.refused[0][1])


def test_the_former_owner_waits(reps):
    made = pool(reps.vera, reps.igor, ban_days=7)
    one = lead(owner=reps.vera.pk)
    claiming.give_back(now(reps.vera), entity(), [one.pk], made.pk, "No answer")
    done = claiming.claim(now(reps.vera), made.pk, [one.pk])
    assert not done.taken and "You had it before" in str(done.refused[0][1])
    WorkItem.objects.update(entered_at=timezone.now() - dt.timedelta(days=8))
    assert claiming.claim(now(reps.vera), made.pk, [one.pk]).taken == [one.pk]


def test_next_takes_the_oldest_that_is_free(reps):
    made = pool(reps.vera, reps.igor)
    leads = [lead(), lead()]
    waits(made, *leads)
    assert claiming.claim_next(now(reps.vera), made.pk).taken == [leads[0].pk]
    assert claiming.claim_next(now(reps.igor), made.pk).taken == [leads[1].pk]
    assert claiming.claim_next(now(reps.igor), made.pk).taken == []


def test_two_leads_of_one_customer_go_to_one_person(reps):
    made = pool(reps.vera, reps.igor)
    company = factory.make("parties.company")
    first, second = lead(company=company.pk), lead(company=company.pk)
    waits(made, first, second)
    claiming.claim(now(reps.vera), made.pk, [first.pk])
    done = claiming.claim(now(reps.igor), made.pk, [second.pk])
    assert not done.taken and str(done.refused[0][1]).startswith("Vera is working on this customer since")
    assert claiming.claim(now(reps.vera), made.pk, [second.pk]).taken == [second.pk]


def test_giving_back_needs_a_reason_and_leaves_a_trace(reps):
    made = pool(reps.igor)
    one = lead(owner=reps.vera.pk)
    with pytest.raises(Refused) as refused:
        claiming.give_back(now(reps.vera), entity(), [one.pk], made.pk, " ")
    assert list(refused.value.errors) == ["reason"] and fresh(one).owner_id == reps.vera.pk
    done = claiming.give_back(now(reps.vera), entity(), [one.pk], made.pk, "Budget cut")
    assert done.taken == [one.pk] and fresh(one).owner_id is None
    item = leases.current(one.pk)
    assert (item.state, item.reason, item.previous_owner_id) == ("waiting", "Budget cut", reps.vera.pk)
    assert ChangeSet.objects.get(pk=done.changeset).reason == "Budget cut"


def test_nobody_gives_back_what_belongs_to_others(reps):
    made = pool(reps.igor)
    one = lead(owner=reps.vera.pk)
    done = claiming.give_back(now(reps.igor), entity(), [one.pk], made.pk, "Mine now")
    assert not done.taken and fresh(one).owner_id == reps.vera.pk and leases.current(one.pk) is None


def test_managers_give_out_and_others_do_not(reps, people):
    made = pool(reps.vera, (reps.ana, "manages"))
    one = lead()
    waits(made, one)
    with pytest.raises(Forbidden):
        claiming.give_out(now(reps.vera), made.pk, [one.pk], reps.igor.pk)
    assert fresh(one).owner_id is None
    assert claiming.give_out(now(reps.ana), made.pk, [one.pk], reps.igor.pk).taken == [one.pk]
    assert fresh(one).owner_id == reps.igor.pk and leases.current(one.pk) is None


def test_an_owner_by_another_door_takes_it_out_of_the_pool(reps, people):
    made = pool(reps.vera)
    one = lead()
    waits(made, one)
    writes.save(people.actors.eva, one, {"owner": people.tom.pk})
    assert leases.current(one.pk) is None
    assert not entity().rows(now(reps.vera)).filter(pk=one.pk).exists()


def test_undo_of_taking_puts_it_back_and_the_taking_counts(reps):
    made = pool(reps.vera, daily_limit=1)
    one = lead()
    waits(made, one)
    done = claiming.claim(now(reps.vera), made.pk, [one.pk])
    undo.undo(now(reps.vera), done.changeset)
    items = WorkItem.objects.filter(subject_id=one.pk).order_by("state").values_list("state", "lease_owner_id")
    assert fresh(one).owner_id is None and list(items) == [("returned", reps.vera.pk), ("waiting", None)]
    with pytest.raises(Refused):
        claiming.claim(now(reps.vera), made.pk, [one.pk])
    assert fresh(one).owner_id is None


def test_undo_of_giving_back_takes_it_out(reps, people):
    made = pool(reps.igor)
    one = lead(owner=reps.vera.pk)
    done = claiming.give_back(people.actors.eva, entity(), [one.pk], made.pk, "By mistake")
    undo.undo(people.actors.eva, done.changeset)
    assert fresh(one).owner_id == reps.vera.pk and not WorkItem.objects.filter(subject_id=one.pk).exists()


# --- hidden fields ------------------------------------------------------------------------------------------------


def test_what_a_pool_hides_no_surface_tells_until_one_owns_it(reps):
    made = pool(reps.vera, hidden_fields=["company", "text"])
    grant(reps.vera, ("sales.lead", "view", "all"))
    one = lead(text="secret budget")
    waits(made, one)
    client = reps.clients.vera
    assert client.get(f"/api/v1/leads/{one.pk}").status_code == 404
    assert client.get("/api/v1/leads?f=text:contains:secret").json()["results"] == []
    assert client.get(f"/leads/{one.pk}/").status_code == 404
    assert not entity().rows(now(reps.vera)).filter(text__contains="secret").exists()
    page = client.get(f"/pools/{made.pk}/queue")
    assert page.status_code == 200 and b"secret" not in page.content
    claiming.claim(now(reps.vera), made.pk, [one.pk])
    assert client.get(f"/leads/{one.pk}/").status_code == 200
    assert entity().rows(now(reps.vera)).filter(text__contains="secret").exists()


def test_the_title_cannot_be_hidden(reps):
    with pytest.raises(Refused) as refused:
        pool(reps.vera, hidden_fields=["name"])
    assert list(refused.value.errors) == ["hidden_fields"]


# --- coming back ----------------------------------------------------------------------------------------------------


def age(record, days):
    """Let a lead be as it was days ago."""
    from kith.core.changes import maintenance

    with maintenance("age"):
        moment = timezone.now() - dt.timedelta(days=days)
        entity().model._base_manager.filter(pk=record.pk).update(updated_at=moment, stage_at=moment)


def test_what_nobody_touched_comes_back(reps):
    made = pool(reps.vera, idle_days=30)
    old, noted, young = lead(owner=reps.igor.pk), lead(owner=reps.igor.pk), lead(owner=reps.igor.pk)
    age(old, 31)
    age(noted, 31)
    age(young, 29)
    factory.make("activities.note", subject={"entity": "sales.lead", "id": str(noted.pk)})
    assert recycling.recycle(book.book().basin(made.pk)) == 1
    assert fresh(old).owner_id is None and fresh(noted).owner_id and fresh(young).owner_id
    assert leases.current(old.pk).reason == "No activity for 30 days."
    assert Notification.objects.get(user=reps.igor).record_id == old.pk
    assert recycling.recycle(book.book().basin(made.pk)) == 0, "a second run finds nothing"


def test_what_stood_too_long_in_one_stage_comes_back(reps):
    made = pool(reps.vera, stage_days=10)
    late = lead(owner=reps.igor.pk)
    age(late, 11)
    assert recycling.recycle(book.book().basin(made.pk)) == 1
    assert leases.current(late.pk).reason == "10 days in one stage."


def test_only_those_that_the_condition_names_come_back(reps):
    made = pool(reps.vera, idle_days=5, recycles={"field": "channel", "op": "any", "value": ["web"]})
    web, mail = lead(owner=reps.igor.pk, channel="web"), lead(owner=reps.igor.pk, channel="email")
    age(web, 6)
    age(mail, 6)
    assert recycling.recycle(book.book().basin(made.pk)) == 1
    assert fresh(web).owner_id is None and fresh(mail).owner_id == reps.igor.pk


def test_a_pool_takes_in_what_no_rule_wants(reps):
    made = pool(reps.vera, collects=True)
    rule((reps.igor, {"capacity": 30}), condition={"field": "channel", "op": "any", "value": ["web"]})
    given, kept, free = lead(channel="web"), lead(channel="web"), lead(channel="phone")
    deliver_waiting()
    assert fresh(given).owner_id == reps.igor.pk
    assert leases.current(kept.pk) is None, "it waits for the next run of its rule"
    assert leases.current(free.pk).pool_id == made.pk
