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
from kith.sales.steering.funnel import Cohort, funnel

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
    assert (steps["new"].median, steps["new"].quick, steps["new"].slow) == (
        Decimal("2.5"),
        Decimal("2.0"),
        Decimal("3.5"),
    )
    assert steps["qualified"].median == Decimal("6.0")
    assert steps["offer"].median == Decimal("10.0")
    assert (steps["negotiation"].median, steps["won"].median) == (None, None)


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
