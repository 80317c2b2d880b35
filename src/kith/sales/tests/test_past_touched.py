"""Differences look at what was written alone, where nothing else can differ; and at everything where something else can."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict

from kith.core import deltas, differences, listing, past, past_touched, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user
from kith.core.views import from_address
from kith.sales.tests.past_story import at, deal, deals

FIRST, SECOND = "2026-09-30", "2026-10-31"


def look(actor, query=""):
    return from_address(deals(), actor, QueryDict(query), (), everything=True)


def touched(actor, query=""):
    found = past_touched.find(look(actor, query), actor, past.of(FIRST), past.of(SECOND))
    return None if found is None else {*found.made, *found.written}


@pytest.fixture
def company(people):
    with at(8, 1):
        return factory.make("parties.company", owner=str(people.ann.pk))


@pytest.fixture
def month(people, company):
    """One deal that nobody touched, one that grew, one that is new, one that was deleted."""
    eva = people.actors.eva
    with at(9, 1):
        made = {name: deal(eva, company, name, 100) for name in ("same", "grown", "gone")}
    with at(10, 12):
        writes.save(eva, made["grown"], {"amount": {"amount": "150", "currency": "EUR"}})
        writes.delete(eva, deals(), [made["gone"].pk])
        made["new"] = deal(eva, company, "new", 70)
    return made


def explained(actor, query=""):
    found = deltas.explain(deltas.figure_of(look(actor, query), actor, "sum:amount", past.of(FIRST), past.of(SECOND)))
    assert found.change == sum(part.amount for part in found.parts)
    return found.before, found.after, {part.key: part.amount for part in found.parts if part.count}


def test_only_what_was_written_since_is_compared(people, month):
    eva = people.actors.eva
    assert touched(eva) >= {
        month[name].pk for name in ("grown", "gone", "new")
    }  # ids of tests are later than their day
    parts = {"added": Decimal(70), "removed": Decimal(-100), "changed": Decimal(50)}
    assert explained(eva) == (Decimal(300), Decimal(320), parts)
    assert touched(eva, "f=amount:gt:120") is not None
    assert explained(eva, "f=amount:gt:120") == (Decimal(0), Decimal(150), {"came": Decimal(150)})
    found = differences.of_list(look(eva), eva, past.of(FIRST), past.of(SECOND))
    assert found.counts == {"added": 1, "removed": 1, "changed": 1}


def test_days_of_a_condition_move_what_nobody_wrote(people, company):
    eva = people.actors.eva
    with at(9, 1):
        deal(eva, company, "due", 100, closes_on="2026-10-20")
    assert touched(eva) == set() and touched(eva, "f=closes_on:this:month") is None
    assert explained(eva, "f=closes_on:this:month") == (Decimal(0), Decimal(100), {"came": Decimal(100)})


def test_conditions_on_linked_records_are_asked_of_all(people, month, company):
    eva, query = people.actors.eva, "f=company.legal_name:is:Halden"
    with at(10, 20):
        writes.save(eva, company, {"legal_name": "Halden"})
    assert touched(eva, query) is None
    assert explained(eva, query)[:2] == (Decimal(0), Decimal(320))


def test_rates_move_amounts_that_nobody_wrote(people, company):
    eva, rates = people.actors.eva, registry.get("core.exchangerate")
    with at(9, 1):
        rate = writes.create(SYSTEM, rates, {"currency": "USD", "rate": "0.50", "valid_on": "2026-01-01"})
        for currency in ("EUR", "USD"):
            deal(eva, company, currency, 100, currency)
    assert past_touched.rates_stand(past.of(FIRST)) and explained(eva) == (Decimal(150), Decimal(150), {})
    with at(10, 5):
        writes.save(SYSTEM, rate, {"rate": "0.80"})
    assert not past_touched.rates_stand(past.of(FIRST))
    assert explained(eva) == (Decimal(150), Decimal(180), {"rates": Decimal(30)})


def test_rights_by_a_condition_are_asked_of_all(people, month):
    user = make_user("Rule")
    grant(user, *(("sales.opportunity", right, "all") for right in ("view", "history")))
    assert touched(fresh(user)) is not None
    rule = ("sales.opportunity", "view", "all", False, {"field": "name", "op": "is", "value": "same"})
    other = make_user("Other")
    grant(other, rule, ("sales.opportunity", "history", "all"))
    assert touched(fresh(other)) is None


def test_a_condition_on_the_sight_of_records_is_asked_of_the_records_of_then(people, company):
    """Also where the right to the history has none; found by the test above."""
    eva = people.actors.eva
    with at(9, 1):
        made = {name: deal(eva, company, name, 100) for name in ("mine", "later mine")}
    with at(10, 12):
        writes.save(eva, made["later mine"], {"name": "mine"})
        writes.save(eva, made["mine"], {"name": "no more"})
    user = make_user("Rule")
    mine = ("sales.opportunity", "view", "all", False, {"field": "name", "op": "is", "value": "mine"})
    grant(user, mine, ("sales.opportunity", "history", "all"))
    actor = fresh(user)
    for day, names in ((FIRST, set()), (SECOND, {"mine"})):
        page = listing.page(replace(look(actor, "sort=amount"), as_of=past.of(day)), actor)
        assert {record.name for record in page.records} == names, day


def test_too_many_are_not_named(people, month, monkeypatch):
    before = explained(people.actors.eva)
    monkeypatch.setattr(past_touched, "MOST", 2)
    assert touched(people.actors.eva) is None
    assert explained(people.actors.eva) == before
