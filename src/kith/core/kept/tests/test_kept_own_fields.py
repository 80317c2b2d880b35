"""Figures by fields that are defined at run time, kept ready: the same as those of the records, and never read where they do not tell."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from kith.core import grouping, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import from_url, to_json
from kith.core.kept import building, checking
from kith.core.kept.tests.test_kept import DEALS, both, day, deal, kept, of_records, report, seen, view  # noqa: F401 - a fixture
from kith.core.money import Money
from kith.core.reports import engine
from kith.core.views import Look

pytestmark = pytest.mark.django_db


def own(name, kind, **values):
    """A field of the company's own on deals."""
    given = {"entity": DEALS, "name": name, "label": name, "kind": kind, **values}
    return writes.create(SYSTEM, registry.get("core.fielddefinition"), given)


def fee(amount, currency="EUR"):
    return {"amount": str(amount), "currency": currency}


def fee_of(amount):
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def own_fields(people):
    """Some of every kind that can be kept, a text, and deals with and without values."""
    own("x_size", "choice", options=["small", "large"])
    own("x_units", "number", decimals=1)
    own("x_fee", "money")
    own("x_day", "date")
    own("x_land", "country")
    own("x_ok", "boolean")
    own("x_text", "text")
    deal(20, x_size="small", x_units="2.5", x_fee=fee(10), x_day="2026-11-03", x_land="NO", x_ok=True, x_text="a")
    deal(30, x_size="small", x_units="-1", x_day="2026-11-03", x_land="DE", x_ok=False)
    deal(x_size="large", x_fee=fee(7), x_day="2026-12-01")
    return deal(5)


OWN = {"rows": ["x_size"], "columns": ["x_day:month"], "m": ["count", "sum:x_units", "avg:x_units", "sum:x_fee", "avg:x_fee"]}  # fmt: skip


def test_fields_of_ones_own_are_kept_as_they_stand(own_fields):
    kept(report=OWN)
    figures, is_kept = both(report(OWN))
    assert is_kept
    euros = [Money(Decimal(10), "EUR")] * 2
    assert figures["small", dt.date(2026, 11, 1)] == [2, Decimal("1.5"), Decimal("0.75"), *euros]
    assert figures["large", dt.date(2026, 12, 1)] == [1, 0, None, Money(Decimal(7), "EUR"), Money(Decimal(7), "EUR")]
    assert figures[None, None] == [1, 0, None, Money(Decimal(0), "EUR"), None]
    writes.save(SYSTEM, own_fields, {"x_size": "large", "x_units": "4", "x_fee": fee(3), "x_day": "2026-12-24"})
    assert both(report(OWN)) == (both(report(OWN))[0], True)
    assert both(report(OWN))[0]["large", dt.date(2026, 12, 1)] == [2, 4, 4, fee_of(10), fee_of(5)]
    writes.save(SYSTEM, own_fields, {"x_units": None, "x_size": None})
    assert both(report(OWN))[0][None, dt.date(2026, 12, 1)] == [1, 0, None, fee_of(3), fee_of(3)]
    assert [checking.differ(one.texts) for one in building.wanted().values()] == [0]


@pytest.mark.parametrize(
    "terms",
    [
        ["x_size:any:small"], ["x_size:empty"], ["x_size:filled"], ["x_size:not_any:small"], ["x_day:on:2026-11-03"], ["x_day:before:2026-11-30"],
        ["x_day:empty"], ["x_size:any:small,large", "x_day:after:2026-11-10"],
    ],
)  # fmt: skip
def test_conditions_on_fields_of_ones_own(own_fields, terms):
    kept(report=OWN)
    figures, is_kept = both(report(OWN, terms))
    assert is_kept
    assert figures


@pytest.mark.parametrize("name", ["x_land", "x_ok", "x_day"])
def test_each_kind_of_field_of_ones_own_is_a_group(own_fields, name):
    asked = {"rows": [name], "m": ["count", "sum:budget"]}
    kept(report=asked)
    figures, is_kept = both(report(asked))
    assert (is_kept, len(figures)) == (True, 4)  # two values, none, and all


def test_a_grouped_list_by_a_field_of_ones_own(own_fields):
    kept(shape="grouped", columns=["name", "x_units", "x_fee", "budget"], group="x_size", report={})
    look = Look(registry.get(DEALS), columns=("name", "x_units", "x_fee", "budget"), group="x_size")
    rows, is_kept = seen(lambda: grouping.groups(look, SYSTEM))
    assert is_kept
    assert rows == of_records(lambda: grouping.groups(look, SYSTEM))
    assert [(row.value, row.count, row.sums["x_units"], row.sums["x_fee"]) for row in rows] == [
        ("small", 2, Decimal("1.5"), fee_of(10)), ("large", 1, None, fee_of(7)), (None, 1, None, None)
    ]  # fmt: skip
    deal(x_size="small", x_fee=fee(1, "NOK"))
    rows, is_kept = seen(lambda: grouping.groups(look, SYSTEM))  # of several currencies: the rates are those of days
    assert not is_kept and rows == of_records(lambda: grouping.groups(look, SYSTEM))


def test_what_of_the_bag_is_not_kept_is_asked_of_the_records(own_fields):
    kept(report=OWN)
    for asked in (["x_text:contains:a"], ["x_land:any:NO"], ["x_ok:is:true"], ["x_units:gt:1"]):
        figures, is_kept = both(report(OWN, asked))
        assert (figures[..., ...][0], is_kept) == (1, False)
    with pytest.raises(Refused, match="x_text"):
        view(report={"rows": ["x_text"], "m": ["count"]})
    with pytest.raises(Refused, match="asked for as well"):
        view(report={"rows": ["x_size"], "m": ["sum:x_units"]}, filter=to_json(from_url(["x_units:gt:1"])))


def test_sums_that_are_no_value_of_the_bag_any_more_are_asked_of_the_records(own_fields):
    most = "9" * 18
    for _each in range(3):
        deal(x_size="small", x_units=most)
    kept(report=OWN)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_keptline SET figures[4] = 1e25 WHERE figures[4] > 1e18")
        assert cursor.rowcount
    figures, _both_were_asked = seen(lambda: engine.run(report(OWN), SYSTEM).figures)
    assert figures["small", ...][1] == 3 * Decimal(most) + Decimal("1.5")
