"""Amounts: of lines or as entered, in the base currency of the day (R6, R63)."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import undo, writes
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.sales import jobs


def line(make, deal, quantity, price, currency="EUR", **values):
    money = {"amount": price, "currency": currency}
    return make("sales.opportunityline", opportunity=deal.pk, name="Gauge", quantity=quantity, price=money, **values)


def test_lines_make_the_amount_and_without_them_the_entry_holds(people, make, deal, fresh):
    first = line(make, deal, "6", "16.40")
    assert (fresh(deal).amount, fresh(deal).amount_base) == (Decimal("98.40"), Decimal("98.4000"))
    second = line(make, deal, "3", "10.05", discount="10")
    assert fresh(deal).amount == Decimal("125.54")  # 98.40 + 27.135, rounded once
    writes.delete(people.actors.eva, registry.get("sales.opportunityline"), [first.pk, second.pk])
    assert fresh(deal).amount == Decimal("1000")


def test_with_lines_another_amount_is_refused(people, make, deal, fresh):
    line(make, deal, "2", "50")
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, fresh(deal), {"amount": {"amount": "70", "currency": "EUR"}})
    assert list(refused.value.errors) == ["amount"]
    assert fresh(deal).amount == 100


def test_a_product_brings_price_and_name(make, deal, fresh):
    product = make("catalogue.product", name="TX-400", price={"amount": "16400", "currency": "EUR"})
    made = make("sales.opportunityline", opportunity=deal.pk, product=product.pk, quantity="6")
    assert (made.name, made.price) == ("TX-400", Decimal(16400))
    assert fresh(deal).amount == Decimal(98400)


def test_one_currency_in_an_opportunity(make, deal, fresh, people):
    line(make, deal, "1", "10")
    with pytest.raises(Refused) as refused:
        line(make, deal, "1", "10", "USD")
    assert list(refused.value.errors) == ["price"] and fresh(deal).amount == 10
    rows = [
        {"opportunity": deal.pk, "name": "x", "price": {"amount": "1", "currency": code}} for code in ("EUR", "CHF")
    ]
    with pytest.raises(Refused):
        writes.create_many(people.actors.eva, registry.get("sales.opportunityline"), rows)
    assert fresh(deal).amount == 10


def test_undo_of_a_line_brings_the_amount_back(people, make, deal, fresh):
    money = {"amount": "50", "currency": "EUR"}
    make("sales.opportunityline", people.actors.ann, opportunity=deal.pk, name="x", price=money)
    assert fresh(deal).amount == 50
    undo.undo(people.actors.ann, ChangeSet.objects.order_by("-at").first().id)
    assert fresh(deal).amount == 1000


def test_base_amounts_follow_the_rate_of_the_day(people, make, company, stages, fresh):
    make("core.exchangerate", currency="USD", rate="0.80", valid_on="2026-01-01")
    with time_machine.travel(dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC), tick=False):
        values = {"company": company.pk, "amount": {"amount": "0.75", "currency": "USD"}}
        open_one = make("sales.opportunity", name="Open", **values)
        won = make("sales.opportunity", name="Won", stage=stages.won.pk, **values)
        assert (open_one.amount_base, won.amount_base) == (Decimal("0.6000"), Decimal("0.6000"))
        make("core.exchangerate", currency="USD", rate="1.60", valid_on="2026-06-02")
        version = fresh(open_one).version
        assert jobs.convert.function() == {"changed": 0}
    with time_machine.travel(dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC), tick=False):
        assert jobs.convert.function() == {"changed": 1}
        assert (fresh(open_one).amount_base, fresh(won).amount_base) == (Decimal("1.2000"), Decimal("0.6000"))
        assert fresh(open_one).version == version
        assert jobs.convert.function() == {"changed": 0}


def test_a_list_of_several_currencies_asks_no_more_often(people, make, company):
    make("core.exchangerate", currency="USD", valid_on="2026-01-01", rate="0.5")

    def queries(currency):
        money = {"amount": "10", "currency": currency}
        make("sales.opportunity", people.actors.eva, name="Press", company=company.pk, amount=money)
        people.clients.eva.get("/opportunities/?shape=list&cols=name,amount")
        with CaptureQueriesContext(connection) as caught:
            page = people.clients.eva.get("/opportunities/?shape=list&cols=name,amount").content.decode()
        return len(caught), "≈" in page

    in_one, is_converted = queries("EUR")
    assert not is_converted
    assert [queries("USD"), queries("USD")] == [(in_one, True), (in_one, True)]
