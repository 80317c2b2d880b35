"""The funnel of a cohort with exact numbers: reached, conversion, days, lost from where (R164, B7, G4)."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.processes import editions
from kith.processes.book import book
from kith.sales.steering.cohorts import Cohort
from kith.sales.steering.funnel import Days, by_process, funnel, split

MAY = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))


def course():
    return book().default(SYSTEM, "sales.opportunity")


def walk(actor, company, day, *path, amount=100):
    """A deal that entered the stages of `path` on these days of May: (stage, day)."""
    with time_machine.travel(dt.datetime(2026, 5, day, 9, tzinfo=dt.UTC), tick=False):
        values = {
            "name": "Deal",
            "company": company.pk,
            "amount": {"amount": str(amount), "currency": "EUR"},
            "closes_on": "2026-06-30",
        }
        record = writes.create(actor, registry.get("sales.opportunity"), values)
    for key, later in path:
        with time_machine.travel(dt.datetime(2026, 5, later, 9, tzinfo=dt.UTC), tick=False):
            more = {"reasons": [lost_reason().pk]} if key == "lost" else {}
            record = writes.save(actor, record, {"stage": course().stage(key).pk, **more})
    return record


def lost_reason():
    rows = registry.get("sales.reason").rows(SYSTEM).filter(result="lost", needs_text=False)
    return rows.first() or factory.make("sales.reason", result="lost", needs_text=False)


@pytest.fixture
def may(people):
    ann, company = people.actors.ann, factory.make("parties.company", owner=str(people.ann.pk))
    return [
        walk(ann, company, 2, ("qualified", 4), ("offer", 10), ("won", 20)),
        walk(ann, company, 3, ("qualified", 6), ("offer", 16), amount=50),
        walk(ann, company, 4, ("qualified", 9), ("lost", 12)),
        walk(ann, company, 5, ("lost", 7)),
    ]


def test_each_step_counts_those_who_came_so_far(people, may):
    found = funnel(Cohort(people.actors.eva, course(), *MAY))
    assert [(step.stage.key, step.count, step.amount, step.of_before, step.of_all) for step in found.steps] == [
        ("new", 4, Decimal(350), Decimal("100.0"), Decimal("100.0")),
        ("qualified", 3, Decimal(250), Decimal("75.0"), Decimal("75.0")),
        ("offer", 2, Decimal(150), Decimal("66.7"), Decimal("50.0")),
        ("negotiation", 1, Decimal(100), Decimal("50.0"), Decimal("25.0")),
        ("won", 1, Decimal(100), Decimal("100.0"), Decimal("25.0")),
    ]
    assert found.size == 4
    assert found.lost == {course().stage("qualified").pk: 1, course().stage("new").pk: 1}


def test_days_are_those_of_ended_stays(people, may):
    steps = {step.stage.key: step for step in funnel(Cohort(people.actors.eva, course(), *MAY)).steps}
    # new: 2, 3, 5 and 2 days; qualified: 6, 10 and 3; offer: 10, one still there
    assert steps["new"].days == Days(4, *map(Decimal, ("3.0", "2.0", "2.5", "3.5", "4.4")))
    assert steps["qualified"].days == Days(3, *map(Decimal, ("6.3", "4.5", "6.0", "8.0", "9.2")))
    assert steps["offer"].days.median == Decimal("10.0")
    assert (steps["negotiation"].days, steps["won"].days) == (Days(), Days())


def test_only_what_a_reader_may_see_and_what_began_in_the_period(people, may):
    assert funnel(Cohort(people.actors.max, course(), *MAY)).size == 0
    april = funnel(Cohort(people.actors.eva, course(), dt.date(2026, 4, 1), dt.date(2026, 4, 30)))
    assert (april.size, april.steps[0].of_all) == (0, None)


def test_another_edition_counts_by_the_key_of_its_stages(people, may):
    draft = editions.copy(people.actors.eva, course().process)
    editions.publish(people.actors.eva, [draft])
    walk(people.actors.ann, registry.get("parties.company").rows(SYSTEM).first(), 21, ("qualified", 22))
    found = funnel(Cohort(people.actors.eva, course(), *MAY))
    assert [(step.stage.key, step.count) for step in found.steps][:2] == [("new", 5), ("qualified", 4)]


def test_shares_are_rounded_half_away_from_zero(people):
    ann, company = people.actors.ann, factory.make("parties.company", owner=str(people.ann.pk))
    for at in range(16):
        walk(ann, company, 2, *([("qualified", 4)] if at == 0 else []))
    assert funnel(Cohort(people.actors.eva, course(), *MAY)).steps[1].of_all == Decimal("6.3")  # 6.25 (R5)


def test_the_beginning_of_a_deal_may_lie_before_its_entry(people):
    with time_machine.travel(dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC), tick=False):
        company = factory.make("parties.company", owner=str(people.ann.pk))
        values = {
            "name": "Brought along", "company": company.pk, "started_on": "2026-05-02", "closed_at": "2026-06-11T12:00:00Z",
            "stage": course().stage("won").pk,
        }  # fmt: skip
        writes.create(people.actors.ann, registry.get("sales.opportunity"), values)
        found = funnel(Cohort(people.actors.eva, course(), *MAY))
    assert (found.size, found.won, found.cycle.median) == (1, 1, Decimal("40.0"))


def test_split_by_owner_and_source(people, may):
    fair = factory.make("parties.source", name="Fair")
    for record in may[:2]:
        writes.save(SYSTEM, registry.get("sales.opportunity").rows(SYSTEM).get(pk=record.pk), {"source": fair.pk})
    tom = walk(people.actors.tom, registry.get("parties.company").rows(SYSTEM).first(), 6, ("qualified", 26))
    cohort = Cohort(people.actors.eva, course(), *MAY)
    by_owner = split(cohort, "owner")
    assert {key: (one.size, one.won, one.won_share) for key, one in by_owner.items()} == {
        people.ann.pk: (4, 1, Decimal("25.0")),
        people.tom.pk: (1, 0, Decimal("0.0")),
    }
    assert by_owner[people.tom.pk].steps[0].days == Days(1, *[Decimal("20.0")] * 5)
    assert by_owner[people.ann.pk].cycle == Days(1, *[Decimal("18.0")] * 5)
    by_source = split(cohort, "source")
    assert [(key, one.size, [step.count for step in one.steps]) for key, one in by_source.items()] == [
        (None, 3, [3, 2, 0, 0, 0]),
        (fair.pk, 2, [2, 2, 2, 1, 1]),
    ]
    assert by_source[None].lost == {course().stage("qualified").pk: 1, course().stage("new").pk: 1}
    assert split(Cohort(people.actors.ann, course(), *MAY), "owner").keys() == {people.ann.pk}
    assert tom.pk not in {record.pk for record in may}


def test_split_by_product_counts_a_deal_with_each_of_its_products(people, may):
    drill, press = factory.make("catalogue.product"), factory.make("catalogue.product")
    lines = registry.get("sales.opportunityline")
    for record, product in ((may[0], drill), (may[0], press), (may[0], press), (may[2], press)):
        price = {"amount": "50", "currency": "EUR"}
        writes.create(SYSTEM, lines, {"opportunity": record.pk, "product": product.pk, "quantity": "1", "price": price})
    found = split(Cohort(people.actors.eva, course(), *MAY), "product")
    assert {key: (one.size, one.won, one.steps[0].amount) for key, one in found.items()} == {
        press.pk: (2, 1, Decimal(200)),
        drill.pk: (1, 1, Decimal(150)),
        None: (2, 0, Decimal(150)),
    }


def test_by_process_every_process_has_its_own_stages(people, may):
    cohort = Cohort(people.actors.eva, course(), *MAY)
    found = by_process(cohort, book().published("sales.opportunity"))
    assert {key: (one.size, one.won) for key, one in found.items()} == {course().process.pk: (4, 1)}
