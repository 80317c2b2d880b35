"""Leases: one person per record and per customer; taking, renewing, releasing, running out; no stealing (F10, N9)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kith.core.access import actor_of
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import AuditEvent
from kith.core.testing import factory
from kith.distribution import leases
from kith.distribution.entities.work_item import WorkItem

from .help import entity, lead, pool, waits

pytestmark = pytest.mark.django_db


def now(user):
    return actor_of(user.pk)


def test_taking_renewing_and_releasing(reps):
    one = lead(owner=reps.vera.pk)
    item = leases.take(now(reps.vera), entity(), one)
    assert item.lease_until - item.leased_at == pytest.approx(dt.timedelta(minutes=30), abs=dt.timedelta(seconds=5))
    assert leases.take(now(reps.vera), entity(), one).pk == item.pk, "taking again goes on"
    assert leases.renew(now(reps.vera), entity(), one, minutes=60).lease_until > item.lease_until
    leases.release(now(reps.vera), entity(), one)
    assert leases.current(one.pk) is None and WorkItem.objects.get(pk=item.pk).state == "done"
    works = [event.detail["work"] for event in AuditEvent.objects.filter(record_id=one.pk, detail__has_key="work").order_by("id")]  # fmt: skip
    assert works == ["taken", "released"]


def test_nobody_steals(reps, people):
    one = lead(owner=reps.vera.pk)
    leases.take(now(reps.vera), entity(), one)
    for act in (leases.take, leases.renew):
        with pytest.raises(Refused):
            act(people.actors.eva, entity(), one)
    with pytest.raises(Forbidden):
        leases.release(now(reps.igor), entity(), one, reason="I want it")
    with pytest.raises(Refused) as refused:
        leases.release(people.actors.eva, entity(), one)
    assert list(refused.value.errors) == ["reason"]
    assert leases.current(one.pk).lease_owner_id == reps.vera.pk
    leases.release(people.actors.eva, entity(), one, reason="Vera is ill")
    assert WorkItem.objects.get(subject_id=one.pk).reason == "Vera is ill"
    assert leases.take(people.actors.eva, entity(), one).lease_owner_id == people.eva.pk


def test_the_customer_is_worked_by_one_person(reps):
    company = factory.make("parties.company")
    first, second = lead(company=company.pk), lead(company=company.pk)
    leases.take(now(reps.vera), entity(), first)
    with pytest.raises(Refused) as refused:
        leases.take(now(reps.igor), entity(), second)
    assert str(refused.value.errors[""][0]).startswith("Vera is working on this customer since")
    with pytest.raises(Refused):
        leases.take(now(reps.igor), entity("parties.company"), company)
    assert leases.take(now(reps.vera), entity("parties.company"), company).party_id == company.pk
    assert WorkItem.objects.filter(lease_owner_id=reps.igor.pk).count() == 0


def test_what_has_run_out_is_free(reps):
    one = lead()
    item = leases.take(now(reps.vera), entity(), one)
    WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(Refused):
        leases.renew(now(reps.vera), entity(), one)
    assert leases.take(now(reps.igor), entity(), one).lease_owner_id == reps.igor.pk
    assert WorkItem.objects.get(pk=item.pk).state == "expired"


def test_the_clock_ends_what_has_run_out(reps):
    gone, kept = lead(), lead()
    over = leases.take(now(reps.vera), entity(), gone)
    leases.take(now(reps.vera), entity(), kept)
    WorkItem.objects.filter(pk=over.pk).update(lease_until=timezone.now())
    assert leases.expire() == 1 and leases.expire() == 0
    assert leases.current(kept.pk) is not None
    told = AuditEvent.objects.get(record_id=gone.pk, detail__work="expired")
    assert told.title == str(gone) != ""


def test_what_waits_in_a_pool_is_taken_there(reps):
    made = pool(reps.vera)
    one = lead()
    waits(made, one)
    with pytest.raises(Refused):
        leases.take(now(reps.vera), entity(), one)
    assert leases.current(one.pk).state == "waiting"


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_a_lease_has_bounds(reps, minutes):
    one = lead()
    with pytest.raises(Refused) as refused:
        leases.take(now(reps.vera), entity(), one, minutes=minutes)
    assert list(refused.value.errors) == ["minutes"] and leases.current(one.pk) is None


def row(subject, party, owner, state="leased"):
    moment = timezone.now()
    return WorkItem(subject_entity="sales.lead", subject_id=subject, party_id=party, state=state, lease_owner_id=owner, leased_at=moment, lease_until=moment)  # fmt: skip


def test_the_database_itself_refuses_a_second_worker(reps):
    """Whatever the code does: no two open items of a record, no two people on one party; ended ones do not count."""
    one, other, party = lead().pk, lead().pk, factory.make("parties.company").pk
    row(one, party, reps.vera.pk).save()
    row(other, party, reps.vera.pk).save()
    for bad in (row(one, None, reps.igor.pk), row(lead().pk, party, reps.igor.pk), row(one, party, None, "waiting"), row(lead().pk, None, None)):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            bad.save()
    row(one, party, reps.igor.pk, "done").save()
    assert WorkItem.objects.filter(state="leased").count() == 2
