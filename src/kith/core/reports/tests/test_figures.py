"""Exact figures of rules.md section 17, and the charts that show them."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.utils import translation

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import BadFilter, Test, from_url
from kith.core.money import Money
from kith.core.reports import budget, dimensions, engine, reading
from kith.core.reports.charting import chart_of
from kith.core.reports.shape import Measure, Ratio, Report

pytestmark = pytest.mark.django_db


def ask(label, rows="", columns="", *measures, node=(), **more):
    figures = tuple(reading.figure(one) if isinstance(one, str) else one for one in measures) or (Measure(),)
    return engine.run(
        Report(
            registry.get(label),
            from_url(list(node)),
            reading.dimensions(rows),
            reading.dimensions(columns),
            figures,
            **more,
        ),
        SYSTEM,
    )


def figures(table):
    return {line.label: [table.value(line, None, at) for at in range(len(table.columns))] for line in table.lines}


def companies(*rows):
    made = [
        {"name": f"Company {n}", **{key: value for key, value in row.items() if value is not None}}
        for n, row in enumerate(rows)
    ]
    return writes.create_many(SYSTEM, registry.get("parties.company"), made)


def eur(amount):
    return {"amount": str(amount), "currency": "EUR"}


def test_median_of_an_even_number_is_the_mean_of_the_middle_two(db):
    """R163: 3, 5, 8, 13 -> 6.5; those without a value are in no average."""
    companies(*({"employees_count": n} for n in (13, 3, 8, 5, None)))
    table = ask(
        "parties.company", "", "", "median:employees_count", "avg:employees_count", "count", "distinct:employees_count"
    )
    assert figures(table) == {"": [Decimal("6.5"), Decimal("7.25"), 5, 4]}


def test_percentiles_lie_between_neighbours(db):
    """Of 2, 4, 6, 8, 20: a quarter had at most 4, three quarters 8, nine tenths 8 + 0.6 x 12."""
    companies(*({"employees_count": n} for n in (20, 6, 2, 8, 4, None)))
    table = ask("parties.company", "", "", *(f"p{rank}:employees_count" for rank in (25, 75, 90)))
    assert figures(table) == {"": [Decimal(4), Decimal(8), Decimal("15.2")]}


def test_averages_of_totals_come_from_rows_not_from_averages(db):
    companies(
        {"status": "active", "employees_count": 1},
        {"status": "lost", "employees_count": 4},
        {"status": "lost", "employees_count": 10},
    )
    table = ask("parties.company", "status", "", "avg:employees_count")
    assert figures(table)["Lost"] == [7]
    assert table.value(table.total, None, 0) == 5


def test_sums_are_exact_decimals_and_ratios_of_nothing_are_empty(db):
    companies(*({"status": "active", "annual_revenue": eur(amount)} for amount in ("0.10", "0.20", "1250.05")))
    table = ask("parties.company", "status", "", "sum:annual_revenue", "sum:annual_revenue/count")
    assert figures(table)["Active"] == [Money(Decimal("1250.35"), "EUR"), Money(Decimal("1250.35") / 3, "EUR")]
    assert figures(table)["Lost"] == [Money(Decimal(0), "EUR"), None]


def test_win_rate_leaves_open_ones_out(db):
    """R165: 13 won, 7 lost, 9 open -> 0.6500; here active, lost and prospects."""
    companies(*([{"status": "active"}] * 13 + [{"status": "lost"}] * 7 + [{"status": "prospect"}] * 9))
    won, closed = Test("status", "any", ["active"]), Test("status", "any", ["active", "lost"])
    rate = Ratio(Measure("count", where=won), Measure("count", where=closed), "Win rate")
    table = ask("parties.company", "", "", rate)
    assert table.value(table.lines[0], None, 0) == Decimal("0.65")
    assert reading.figure(reading.written(rate)) == rate
    assert chart_of(table).unit.text(Decimal("0.65")) == "65%"


def test_a_record_in_several_categories_counts_in_each_and_once_in_the_total(db):
    """R161."""
    companies({"roles": ["customer", "partner"]}, {"roles": ["customer"]}, {"roles": []})
    table = ask("parties.company", "roles", "", "count")
    assert figures(table) == {
        "Prospect": [0],
        "Customer": [2],
        "Partner": [1],
        "Supplier": [0],
        "Competitor": [0],
        "(empty)": [1],
    }
    assert table.value(table.total, None, 0) == 3


def test_without_a_value_is_apart_from_such_a_text(db):
    """R159."""
    companies({"legal_form": "n/a"}, {"legal_form": None}, {"legal_form": "(empty)"})
    found = ask("parties.company", "legal_form", "", "count")
    assert {(line.label, line.keys[0].value) for line in found.lines} == {
        ("(empty)", "(empty)"),
        ("(empty)", None),
        ("n/a", "n/a"),
    }


def test_a_value_that_a_condition_rules_out_has_no_zero_to_tell(db):
    """R159: every value, but for those that the conditions of the report leave no record of."""
    companies({"status": "active"}, {"status": "lost"})
    asked = {"status:not_any:provisional,lost": ["Prospect", "Active", "Dormant"], "status:any:active,dormant": ["Active", "Dormant"], "status:filled": ["Provisional", "Prospect", "Active", "Dormant", "Lost"]}  # fmt: skip
    for condition, shown in asked.items():
        assert list(figures(ask("parties.company", "status", node=[condition]))) == shown
    both = figures(ask("parties.company", "status", "", "count", node=["status:not_any:lost", "name:filled"]))
    assert both == {"Provisional": [0], "Prospect": [0], "Active": [1], "Dormant": [0]}


def test_months_of_the_range_are_shown_though_empty(db):
    employees = registry.get("people.employee")
    for day in ("2026-01-15", "2026-04-01"):
        writes.create(SYSTEM, employees, {"name": day, "hired_on": day})
    assert figures(ask("people.employee", "hired_on:month")) == {
        "January 2026": [1],
        "February 2026": [0],
        "March 2026": [0],
        "April 2026": [1],
    }
    ranged = ask("people.employee", "hired_on:quarter", node=["hired_on:between:2026-01-01,2026-09-30"])
    assert figures(ranged) == {"Q1 2026": [1], "Q2 2026": [1], "Q3 2026": [0]}
    with time_machine.travel(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)):
        assert list(figures(ask("people.employee", "hired_on:year", node=["hired_on:this:year"]))) == ["2026"]


def test_weeks_begin_as_the_company_says(db, settings):
    writes.create(SYSTEM, registry.get("people.employee"), {"name": "X", "hired_on": "2026-11-29"})  # a Sunday
    assert list(figures(ask("people.employee", "hired_on:week"))) == ["week of 23 Nov 2026"]
    settings.KITH_WEEK_START = "sunday"
    assert list(figures(ask("people.employee", "hired_on:week"))) == ["week of 29 Nov 2026"]


def test_every_record_of_a_link_on_request_and_closed_kinds_always(db):
    industry = registry.get("parties.industry")
    food, paper = (writes.create(SYSTEM, industry, {"name": name}) for name in ("Food", "Paper"))
    companies({"industry": food.pk})
    assert figures(ask("parties.company", "industry")) == {"Food": [1]}
    assert figures(ask("parties.company", "industry", every=True))["Paper"] == [0]
    dimensions.closed["parties.industry"] = lambda actor: [paper.pk, food.pk]
    try:
        assert list(figures(ask("parties.company", "industry")))[:2] == ["Paper", "Food"]
    finally:
        dimensions.closed.pop("parties.industry")


def test_too_many_groups_leave_the_largest_and_say_so(db, monkeypatch):
    companies(*({"legal_form": f"Form {n}"} for n in range(6)), {"legal_form": "Form 5"})
    monkeypatch.setattr(engine, "MAX_GROUPS", 4)
    monkeypatch.setattr(engine.largest, "__defaults__", (2,))
    table = ask("parties.company", "legal_form")
    assert figures(table) == {"Form 5": [2], "Form 0": [1]}
    assert (table.cut, table.value(table.total, None, 0)) == (2, 3)


def test_a_report_that_takes_too_long_is_stopped_with_a_remedy(db):
    with pytest.raises(BadFilter, match="took longer"), budget.limited(0.05), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with connection.cursor() as cursor:  # the transaction lives, the limit is what it was
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone()[0] in ("0", "15s")


def test_the_time_is_that_of_all_queries_together(db, monkeypatch):
    """Ten seconds in all: after nine the next query has one left, after eleven there is none."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(budget, "time", SimpleNamespace(monotonic=lambda: clock.now))
    told = []
    with pytest.raises(BadFilter, match="took longer"), budget.limited(10), connection.cursor() as cursor:
        for now in (100.0, 109.0, 111.0):
            clock.now = now
            cursor.execute("SELECT current_setting('statement_timeout')")
            told += cursor.fetchone()
    assert told == ["10s", "1s"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone()[0] in ("0", "15s")


def test_words_are_those_of_the_reader(db):
    companies({"status": "lost", "annual_revenue": eur(1234567)})
    for language, total, empty in (("ru", "1 234 567 €", "потерян"), ("zh-hans", "€1,234,567", "流失")):
        with translation.override(language):
            table = ask("parties.company", "status", "", "sum:annual_revenue")
            chart = chart_of(table)
            assert chart.unit.text(Decimal(1234567)).replace("\xa0", " ") == total
            assert any(empty in line.label.lower() for line in table.lines), [line.label for line in table.lines]
