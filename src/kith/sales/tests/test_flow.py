"""Deals flow: the parts between two moments add up to the change exactly, on a worked case and on random histories (G5)."""

import datetime as dt
import random
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_json
from kith.core.testing import factory
from kith.processes.book import book
from kith.sales.steering.flow import Question, deals, flow

QUARTER = (dt.date(2026, 4, 1), dt.date(2026, 6, 30))
SINCE, UNTIL = (dt.datetime(2026, month, 1, 12, tzinfo=dt.UTC) for month in (4, 5))


def opportunities():
    return registry.get("sales.opportunity")


def stage(key):
    return book().default(SYSTEM, "sales.opportunity").stage(key).pk


def at(day, hour=9):
    return time_machine.travel(dt.datetime(2026, *day, hour, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def company(people):
    return factory.make("parties.company", owner=str(people.ann.pk))


def deal(actor, company, amount, closes_on="2026-05-20", **more):
    values = {
        "name": "Deal",
        "company": company.pk,
        "amount": {"amount": str(amount), "currency": "EUR"},
        "closes_on": closes_on,
    }
    return writes.create(actor, opportunities(), values | more)


def change(actor, record, **values):
    if "amount" in values:
        values["amount"] = {"amount": str(values["amount"]), "currency": "EUR"}
    return writes.save(actor, record, values)


@pytest.fixture
def month(people, company):
    """A month of a department: one deal for each way to go."""
    ann = people.actors.ann
    with at((3, 2)):
        made = {
            name: deal(ann, company, 100) for name in ("same", "grown", "shrunk", "pushed", "won", "lost", "removed")
        }
        made["pulled"] = deal(ann, company, 100, "2026-09-01")
        made["reopened"] = deal(ann, company, 100)
        made["reopened"] = change(ann, made["reopened"], stage=stage("won"))
        made["outside"] = deal(ann, company, 999, "2026-12-01")
        reason = factory.make("sales.reason", result="lost", needs_text=False)
    with at((4, 10)):
        change(ann, made["grown"], amount=170)
        change(ann, made["shrunk"], amount=60)
        change(ann, made["pushed"], closes_on="2026-07-15")
        change(ann, made["pulled"], closes_on="2026-06-01", amount=130)
        change(ann, made["won"], stage=stage("won"))
        change(ann, made["lost"], stage=stage("lost"), reasons=[reason.pk])
        change(ann, made["reopened"], stage=stage("offer"))
        writes.delete(people.actors.eva, opportunities(), [made["removed"].pk])
        made["new"] = deal(ann, company, 500)
    with at((5, 20)):
        change(ann, made["same"], amount=1)
        change(ann, made["new"], closes_on="2027-01-01")
    return made


def question(actor, **more):
    return Question(actor, *QUARTER, SINCE, UNTIL, **more)


def test_each_deal_falls_into_one_part_and_the_parts_add_up(people, month):
    found = flow(question(people.actors.eva))
    assert {part.key: (part.count, part.amount) for part in found.parts} == {
        "new": (1, Decimal(500)),
        "reopened": (1, Decimal(100)),
        "pulled": (1, Decimal(130)),
        "grown": (1, Decimal(70)),
        "shrunk": (1, Decimal(-40)),
        "pushed": (1, Decimal(-100)),
        "won": (1, Decimal(-100)),
        "lost": (1, Decimal(-100)),
        "removed": (1, Decimal(-100)),
    }
    assert (found.before, found.after, found.change) == (Decimal(700), Decimal(1060), Decimal(360))
    assert sum(part.amount for part in found.parts) == found.change


def test_every_part_opens_its_deals(people, month):
    asked = question(people.actors.eva)
    for part in flow(asked).parts:
        (found,) = deals(asked, part.key)
        assert (found.id, found.change) == (month[part.key].pk, part.amount)


def test_rights_and_filters_hold(people, month):
    assert flow(question(people.actors.max)).change == 0
    large = from_json({"field": "name", "op": "is", "value": "Other"})
    assert flow(question(people.actors.eva, filter=large)).before == 0


def test_random_histories_add_up(people, company):
    chance, ann, made = random.Random(7), people.actors.ann, []
    ways = [
        lambda record: change(ann, record, amount=chance.randint(1, 900)),
        lambda record: change(ann, record, closes_on=f"2026-{chance.randint(3, 9):02}-15"),
        lambda record: change(ann, record, stage=stage(chance.choice(["new", "offer", "won", "qualified"]))),
    ]
    for day in (dt.date(2026, 3, 1) + dt.timedelta(days=8 * step) for step in range(12)):
        with at((day.month, day.day)):
            made.append(deal(ann, company, chance.randint(1, 900), f"2026-{chance.randint(3, 9):02}-10"))
            for record in chance.sample(made, min(3, len(made))):
                chance.choice(ways)(opportunities().rows(SYSTEM).get(pk=record.pk))
    for since in (dt.datetime(2026, month, 9, tzinfo=dt.UTC) for month in (3, 4, 5)):
        found = flow(Question(people.actors.eva, *QUARTER, since, timezone.now()))
        assert sum(part.amount for part in found.parts) == found.change
        live = opportunities().rows(SYSTEM).filter(state="open", closes_on__range=QUARTER)
        assert found.after == sum(live.values_list("amount_base", flat=True))


def test_a_rate_that_changed_between_the_moments_counts_as_of_each_day(people, company):
    """100 dollars are 90 euro in April and 80 in May; the nightly job, which tells the ledger nothing, has run since."""
    from kith.sales import jobs

    ann, rates = people.actors.ann, registry.get("core.exchangerate")
    with at((3, 1)):
        writes.create(SYSTEM, rates, {"currency": "USD", "valid_on": "2026-03-01", "rate": "0.90"})
    with at((3, 2)):
        money = {"amount": "100", "currency": "USD"}
        values = {"name": "Deal", "company": company.pk, "amount": money, "closes_on": "2026-05-20"}
        dollars = writes.create(ann, opportunities(), values)
        deal(ann, company, 50)
    with at((4, 20)):
        writes.create(SYSTEM, rates, {"currency": "USD", "valid_on": "2026-04-15", "rate": "0.80"})
        jobs.convert()
    with at((5, 10)):
        writes.save(SYSTEM, rates.rows(SYSTEM).get(rate="0.80"), {"rate": "0.70"})
        jobs.convert()
        assert opportunities().rows(SYSTEM).get(pk=dollars.pk).amount_base == Decimal(70)
        question = Question(people.actors.eva, *QUARTER, SINCE, UNTIL)
        found = flow(question)
        assert (found.before, found.after, found.change) == (Decimal(140), Decimal(130), Decimal(-10))
        assert [(one.id, one.before, one.after) for one in deals(question, "shrunk")] == [(dollars.pk, 90, 80)]
        now = flow(Question(people.actors.eva, *QUARTER, SINCE, timezone.now()))
        assert (now.before, now.after) == (Decimal(140), Decimal(120))
