"""Amounts in several currencies: one number by the rates of each day, its parts on demand, nothing guessed (R6)."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import grouping, rates, sums, writes
from kith.core.access import SYSTEM
from kith.core.conversion import Converted
from kith.core.entity import registry
from kith.core.filters import BadFilter, from_url
from kith.core.money import Money
from kith.core.reports import currencies, engine, reading
from kith.core.reports.shape import Report
from kith.core.sums import MIXED
from kith.core.ui import list_totals
from kith.core.views import Look, base_look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), tick=False):
        yield


def rate(currency, value, day):
    writes.create(SYSTEM, registry.get("core.exchangerate"), {"currency": currency, "rate": value, "valid_on": day})


def money(amount, currency="EUR"):
    return {"amount": str(amount), "currency": currency}


@pytest.fixture
def tasks(people):
    """The rate of the dollar was 0.8, then 0.9, and is 1.6 now; amounts of 100 EUR and 50 USD in each of two groups."""
    rate("USD", "0.8", "2026-01-01"), rate("USD", "0.9", "2026-06-01"), rate("USD", "1.6", "2026-11-01")
    rows = [
        ("active", 100, "EUR"), ("active", 50, "USD"), ("lost", 10, "USD"), ("lost", None, ""),
    ]  # fmt: skip
    made = [
        {"name": f"C{n}", "status": status, "owner": people.ann.pk, **({"annual_revenue": money(amount, code)} if amount else {})}
        for n, (status, amount, code) in enumerate(rows)
    ]  # fmt: skip
    return writes.create_many(SYSTEM, registry.get("parties.company"), made)


def ask(label, rows, *figures, node=(), actor=SYSTEM, **more):
    return engine.run(
        Report(registry.get(label), from_url(list(node)), reading.dimensions(rows), (), tuple(map(reading.figure, figures)), **more),
        actor,
    )  # fmt: skip


def figures(table):
    return {line.label: [table.value(line, None, at) for at in range(len(table.columns))] for line in table.lines}


def test_the_worked_example_of_rates(tasks):
    """R6: rate 1.60, 0.75 -> 1.20 base."""
    assert rates.in_base(Money(Decimal("0.75"), "USD")) == Decimal("1.2")


def test_several_currencies_are_one_number_at_todays_rate_where_records_name_no_day(tasks):
    table = ask("parties.company", "status", "sum:annual_revenue", "avg:annual_revenue", "median:annual_revenue")
    assert figures(table)["Active"] == [
        Money(Decimal(180), "EUR"),
        Money(Decimal(90), "EUR"),
        Money(Decimal(90), "EUR"),
    ]
    assert figures(table)["Lost"][0] == Money(Decimal(16), "EUR")
    assert table.value(table.total, None, 0) == Money(Decimal(196), "EUR")
    assert (table.is_converted, table.lacking) == (True, ())


@pytest.mark.parametrize("probed", [1, 2, 4])
@pytest.mark.parametrize("top", [0, 1])
def test_an_amount_in_another_currency_is_found_wherever_it_stands(tasks, monkeypatch, probed, top):
    """The first rows are all in euro, which says nothing about the others."""
    monkeypatch.setattr(currencies, "PROBED", probed)
    table = ask("parties.company", "status", "sum:annual_revenue", "count", top=top)
    assert figures(table)["Active"] == [Money(Decimal(180), "EUR"), 2]
    assert (table.is_converted, len(figures(table))) == (True, 1 if top else 5)


def test_amounts_in_the_base_currency_take_one_query_over_all_rows(tasks):
    with CaptureQueriesContext(connection) as asked:
        table = ask("parties.company", "status", "sum:annual_revenue", node=["status:any:active", "name:is:C0"])
    assert figures(table)["Active"] == [Money(Decimal(100), "EUR")]
    over = [query["sql"] for query in asked.captured_queries if "parties_party" in query["sql"]]
    assert [f"LIMIT {currencies.PROBED})" in sql for sql in over] == [True, False]


def test_the_parts_stand_apart_on_demand(tasks):
    table = ask("parties.company", "status", "sum:annual_revenue", apart=True)
    assert [column.label for column in table.columns] == ["Annual revenue, sum, EUR", "Annual revenue, sum, USD"]
    assert figures(table)["Active"] == [Money(Decimal(100), "EUR"), Money(Decimal(50), "USD")]
    assert not table.is_converted


def test_one_currency_stays_in_it(tasks):
    table = ask("parties.company", "status", "sum:annual_revenue", node=["status:any:lost"])
    assert figures(table)["Lost"] == [Money(Decimal(10), "USD")]
    assert not table.is_converted


def test_rates_are_those_of_a_date_field_when_asked(tasks):
    """Everything was created on 20 November, so its day says 1.6; the day of creation a year ago would have had no rate."""
    asked = ask("parties.company", "", "sum:annual_revenue", on="created_at")
    assert asked.value(asked.total, None, 0) == Money(Decimal(196), "EUR")
    with pytest.raises(BadFilter, match="choose a date field"):
        ask("parties.company", "", "sum:annual_revenue", on="status")


def test_a_missing_rate_is_told_and_nothing_is_added_up(tasks):
    writes.create(
        SYSTEM, registry.get("parties.company"), {"name": "K", "status": "active", "annual_revenue": money(7, "KRW")}
    )
    table = ask("parties.company", "", "sum:annual_revenue")
    assert table.lacking == (("KRW", None),)
    assert figures(table)[""] == [Money(Decimal(100), "EUR"), Money(Decimal(7), "KRW"), Money(Decimal(60), "USD")]


def test_the_page_says_so_and_leads_to_the_parts(people, tasks):
    html = people.clients.eva.get("/companies/report?rows=status&m=sum:annual_revenue").content.decode()
    assert "converted to EUR by the rates of each day" in html and "€180" in html
    address = re.search(r'href="([^"]+)" id="by-currency"', html)[1].replace("&amp;", "&")
    apart = people.clients.eva.get(address).content.decode()
    assert "Annual revenue, sum, USD" in apart and "converted to" not in apart
    body = people.clients.eva.get("/companies/report?m=sum:annual_revenue&on=name")
    assert body.status_code == 400


def test_lists_and_groups_add_up_in_sql_and_in_memory_alike(people, tasks):
    entity, eva = registry.get("parties.company"), people.actors.eva
    look = Look(entity, columns=("name", "annual_revenue"), sort=("name",))
    assert sums.totals(look, eva)["annual_revenue"] == Converted(Decimal(196), "EUR")
    assert list_totals.of_records(look, tasks)["annual_revenue"] == Converted(Decimal(196), "EUR")
    grouped = Look(entity, columns=("name", "annual_revenue"), sort=("name",), group="status")
    by_status = {group.value: group.sums.get("annual_revenue") for group in grouping.groups(grouped, eva)}
    assert (by_status["active"], by_status["lost"]) == (Converted(Decimal(180), "EUR"), Money(Decimal(10), "USD"))
    writes.create(SYSTEM, entity, {"name": "K", "status": "active", "annual_revenue": money(7, "KRW")})
    assert sums.totals(look, eva)["annual_revenue"] == MIXED
    assert list_totals.of_records(look, entity.rows(SYSTEM))["annual_revenue"] == MIXED


def test_a_sum_of_several_currencies_opens_its_parts(people, tasks):
    html = people.clients.eva.get("/companies/?f=&cols=name,annual_revenue").content.decode()
    foot = html[html.index('<tfoot id="totals"') :]
    address = re.search(r'href="([^"]*report[^"]*)"', foot)[1].replace("&amp;", "&")
    assert "€196" in foot
    assert "Annual revenue, sum, USD" in people.clients.eva.get(address).content.decode()


def test_no_reader_counts_what_they_may_not_see(people, tasks):
    writes.create(
        SYSTEM,
        registry.get("parties.company"),
        {"name": "Tom's", "owner": people.tom.pk, "annual_revenue": money(1000, "USD")},
    )
    table = ask("parties.company", "", "sum:annual_revenue", actor=people.actors.ann)
    assert table.value(table.total, None, 0) == Money(Decimal(196), "EUR")
    assert base_look(registry.get("parties.company"), None).entity.rows(people.actors.ann).count() == 4
