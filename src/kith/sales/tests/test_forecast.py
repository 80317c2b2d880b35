"""Targets and forecasts with exact numbers (B18, G5)."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.filters import compile_filter
from kith.core.testing import factory
from kith.processes.book import book
from kith.sales.steering import forecast, targets
from kith.sales.steering.periods import Period

JUNE = Period("month", dt.date(2026, 6, 1))


def at(day, month=6):
    return time_machine.travel(dt.datetime(2026, month, day, 9, tzinfo=dt.UTC), tick=False)


def deal(actor, company, amount, stage="new", closes_on="2026-06-20", **more):
    key = book().default(SYSTEM, "sales.opportunity").stage(stage).pk
    values = {
        "name": "Deal",
        "company": company.pk,
        "amount": {"amount": str(amount), "currency": "EUR"},
        "closes_on": closes_on,
    }
    return writes.create(actor, registry.get("sales.opportunity"), values | {"stage": key} | more)


@pytest.fixture
def june(people):
    """Deals of Ann and Tom in June; Tom is Ann's superior."""
    with at(2):
        company = factory.make("parties.company", owner=str(people.ann.pk))
        tom = factory.make("people.employee", user=str(people.tom.pk), name="Tom")
        factory.make("people.employee", user=str(people.ann.pk), name="Ann", manager=str(tom.pk))
        ann = people.actors.ann
        deal(ann, company, 100)
        deal(ann, company, 200, "offer")
        deal(ann, company, 400, "negotiation")
        deal(ann, company, 800, forecast_category="omitted")
        deal(ann, company, 1600, "won")
        deal(ann, company, 3200, closes_on="2026-07-01")
        deal(people.actors.tom, company, 50, forecast_category="commit")
    return company


def test_amounts_by_category_roll_up_to_superiors(people, june):
    with at(10):
        (root,) = forecast.tree(people.actors.eva, JUNE)
    assert root.person == people.tom.pk
    assert root.own == {"commit": Decimal(50)}
    (ann,) = root.below
    assert {name: ann.amount(name) for name in forecast.CATEGORIES} == {
        "closed": Decimal(1600), "commit": Decimal(400), "best": Decimal(200), "pipeline": Decimal(100),
    }  # fmt: skip
    assert root.amount("commit") == Decimal(450) and root.team["closed"] == Decimal(1600)


def test_a_submission_keeps_the_figures_of_its_day(people, june):
    with at(10):
        said = forecast.submit(people.actors.ann, JUNE, Decimal(2000), "Two are sure")
        fresh = registry.get("sales.forecastsubmission").rows(SYSTEM).get(pk=said.pk)
    assert (fresh.closed, fresh.commit, fresh.best, fresh.pipeline) == (1600, 400, 200, 100)
    assert (fresh.person_id, fresh.expected, fresh.status) == (people.ann.pk, 2000, "submitted")
    with at(11):
        forecast.submit(people.actors.ann, JUNE, Decimal(1900))
        assert forecast.submissions(people.actors.eva, JUNE)[people.ann.pk].expected == 1900


def test_only_a_superior_adjusts_and_says_why(people, june):
    from kith.core.access import actor_of

    with at(10):
        said = forecast.submit(people.actors.ann, JUNE, Decimal(2000))
        for who in (people.actors.ann, people.actors.eva):
            with pytest.raises(Forbidden):
                forecast.adjust(who, said, Decimal(1), "no")
        tom = actor_of(people.tom.pk)
        with pytest.raises(Refused):
            forecast.adjust(tom, said, Decimal(1500), " ")
        done = forecast.adjust(tom, said, Decimal(1500), "The fair is late")
        assert (done.counted, done.adjusted_by_id, forecast.accept(tom, said).status) == (
            1500,
            people.tom.pk,
            "accepted",
        )
        (found,) = forecast.accuracy(people.actors.eva, people.ann.pk, [JUNE])
    assert (found.expected, found.counted, found.won, found.share) == (2000, 1500, 1600, Decimal("106.7"))


def test_targets_count_the_rows_they_open(people, june):
    entity = registry.get("sales.salestarget")
    values = {"starts_on": "2026-06-01", "ends_on": "2026-06-30", "value": "2000"}
    make = lambda **more: writes.create(people.actors.eva, entity, values | more)  # noqa: E731
    mine = make(metric="won_amount", person=people.ann.pk)
    tom = make(metric="won_amount", person=people.tom.pk)
    new = make(metric="created_count")
    found = targets.reached(people.actors.eva, [mine, tom, new])
    assert found == {mine.pk: Decimal(1600), tom.pk: Decimal(0), new.pk: Decimal(7)}
    assert targets.reached(people.actors.max, [mine]) == {mine.pk: Decimal(0)}
    deals = registry.get("sales.opportunity")
    opened = deals.rows(people.actors.eva).filter(compile_filter(deals, targets.rows_of(mine), people.actors.eva))
    assert [row.amount for row in opened] == [Decimal(1600)]
    assert targets.burn_up(people.actors.eva, mine) == [(dt.date(2026, 6, 2), Decimal(1600))]


def test_a_target_of_a_product_counts_its_lines_only(people, june):
    with at(3):
        drill, press = factory.make("catalogue.product"), factory.make("catalogue.product")
        sold = deal(people.actors.ann, june, 1)
        for product, price in ((drill, "30"), (press, "70")):
            line = {
                "opportunity": sold.pk,
                "product": product.pk,
                "quantity": "2",
                "price": {"amount": price, "currency": "EUR"},
            }
            writes.create(people.actors.ann, registry.get("sales.opportunityline"), line)
        won = book().default(SYSTEM, "sales.opportunity").stage("won").pk
        writes.save(people.actors.ann, sold, {"stage": won})
    values = {
        "starts_on": "2026-06-01",
        "ends_on": "2026-06-30",
        "value": "100",
        "metric": "won_amount",
        "product": drill.pk,
    }
    target = writes.create(people.actors.eva, registry.get("sales.salestarget"), values)
    assert targets.reached(people.actors.eva, [target]) == {target.pk: Decimal(60)}


def test_periods_are_calendar_ones():
    assert Period.holding("quarter", dt.date(2026, 5, 17)) == Period("quarter", dt.date(2026, 4, 1))
    assert Period("quarter", dt.date(2026, 10, 1)).last == dt.date(2026, 12, 31)
    assert Period("month", dt.date(2026, 1, 1)).shifted(-1).first == dt.date(2025, 12, 1)
    assert [one.first.year for one in forecast.past(Period("year", dt.date(2026, 1, 1)), 2)] == [2024, 2025]
