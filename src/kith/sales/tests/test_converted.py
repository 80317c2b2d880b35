"""Amounts of opportunities in reports and on boards: by the rate of the day of closing, of today while they are open (R6)."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import boards, writes
from kith.core.access import SYSTEM
from kith.core.axes import axis_of
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.money import Money
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.ui.board_page import told
from kith.core.views import BOARD, base_look


@pytest.fixture
def deals(make, people, company, stages, reasons):
    """The dollar was 0.8 and is 0.5: an open deal over 100 USD, one over 10 EUR, and one over 100 USD won at 0.8."""
    for value, day in (("0.8", "2026-01-01"), ("0.5", "2026-06-01")):
        make("core.exchangerate", currency="USD", rate=value, valid_on=day)

    def deal(name, amount, currency, **values):
        return make(
            "sales.opportunity", people.actors.ann, name=name, company=company.pk, amount={"amount": str(amount), "currency": currency}, **values
        )  # fmt: skip

    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        deal("won", 100, "USD", stage=stages.won.pk)
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        deal("dollars", 100, "USD", probability="20")
        deal("euros", 10, "EUR", probability="50")
        yield deal


def report(rows, **more):
    entity = registry.get("sales.opportunity")
    table = engine.run(
        Report(entity, from_url([]), reading.dimensions(rows), (), (reading.figure("sum:amount"),), **more), SYSTEM
    )
    return {line.keys[0].value: table.value(line, None, 0) for line in table.lines} | {
        "all": table.value(table.total, None, 0)
    }


def test_closed_deals_keep_the_rate_of_their_day(deals):
    found = report("state")
    assert (found["won"], found["open"], found["all"]) == (
        Money(Decimal(80), "EUR"), Money(Decimal(60), "EUR"), Money(Decimal(140), "EUR"),
    )  # fmt: skip
    assert report("state", on="today")["won"] == Money(Decimal(50), "EUR")
    assert report("state", on="created_at")["open"] == Money(Decimal(60), "EUR")


def test_a_board_adds_up_in_memory_and_in_sql_alike(deals, people, monkeypatch):
    entity = registry.get("sales.opportunity")
    look = base_look(entity, None, BOARD)
    axis = axis_of(look, people.actors.eva)
    shown = [entity.fields["amount"]]
    (few,) = [lane.total for lane in boards.lanes(axis, extra={}, shown=shown) if lane.total.count == 2]
    assert (sum(few.base.values()), sum(few.base_weighted.values())) == (Decimal(60), Decimal(15))
    (many,) = [total for total in boards.totals(axis, axis.columns, fresh=True) if total.count == 2]
    (whole,) = [total for total in boards.whole_totals(axis) if total.count == 2]
    for total in (many, whole):
        assert (sum(total.base.values()), total.sums, total.lacking) == (Decimal(60), few.sums, set())
    assert [text.striptags() for text in told(few)] == ["≈ €60", "≈ €15"]
    assert "$100" in told(few)[0] and "€10" in told(few)[0]
    narrow = axis_of(look, people.actors.ann)
    (own,) = [total for total in boards.totals(narrow, narrow.columns, fresh=True) if total.count == 2]
    assert sum(own.base.values()) == Decimal(60)


def test_a_missing_rate_leaves_the_sums_of_a_board_apart(deals, people, company):
    rates = registry.get("core.exchangerate")
    writes.delete(SYSTEM, rates, list(rates.rows(SYSTEM).values_list("pk", flat=True)))
    axis = axis_of(base_look(registry.get("sales.opportunity"), None, BOARD), people.actors.eva)
    (total,) = [total for total in boards.totals(axis, axis.columns, fresh=True) if total.count == 2]
    assert total.lacking == {"USD"}
    assert told(total)[0].striptags() == "US$100 + €10"


@pytest.mark.parametrize(("condition", "filled"), [("open", {"new": 2}), ("won", {"won": 1}), ("open,won", {"new": 2, "won": 1})])  # fmt: skip
def test_columns_that_the_conditions_leave_empty_are_not_searched(
    deals, people, stages, monkeypatch, condition, filled
):
    monkeypatch.setattr(boards, "FEW", 0)
    look = replace(
        base_look(registry.get("sales.opportunity"), None, BOARD), filter=from_url([f"state:any:{condition}"])
    )
    axis = axis_of(look, SYSTEM)
    with CaptureQueriesContext(connection) as caught:
        lanes = boards.lanes(axis, extra={}, shown=())
    read = {lane.column.key: len(lane.records) for lane in lanes if lane.records}
    assert read == {key: count for key, count in filled.items() if key != "won"}  # that one is folded
    assert [lane.column.key for lane in lanes if lane.is_unread] == [key for key in filled if key == "won"]
    assert {lane.column.key: lane.total.count for lane in lanes if lane.total.count} == filled
    searched = " ".join(query["sql"] for query in caught)
    assert (stages.won.pk.hex in searched.replace("-", ""), stages.new.pk.hex in searched.replace("-", "")) == (
        "won" in filled, "new" in filled,
    )  # fmt: skip
