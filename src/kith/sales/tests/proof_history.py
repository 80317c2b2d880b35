"""Writes the history of the proof through the write path, each event at its moment."""

import datetime as dt
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import make_user
from kith.sales import jobs

from .proof_table import NOW, OWNERS, PRICES, RATE_CHANGE, RATES, SOURCES, TERRITORIES, Deal


class History:
    """Writes the table through the write path, each event at its moment."""

    def __init__(self, people: SimpleNamespace) -> None:
        self.people, self.entity = people, registry.get("sales.opportunity")
        self.company = factory.make("parties.company", owner=str(people.eva.pk)).pk
        self.owners = {name: getattr(people, name, None) or make_user("Rob Rep") for name in OWNERS}
        self.sources = {name: factory.make("parties.source", name=name).pk for name in SOURCES if name}
        self.territories = {name: factory.make("parties.territory", name=name).pk for name in TERRITORIES}
        self.products = {name: factory.make("catalogue.product", name=name).pk for name in PRICES}
        self.reason = factory.make("sales.reason", result="lost", needs_text=False).pk
        self.keys: dict[int, Any] = {}
        for code, steps in RATES.items():
            for day, value in steps if code != "EUR" else ():
                make("core.exchangerate", currency=code, rate=str(value), valid_on=day.isoformat())

    def write(self, table: list[Deal]) -> None:
        """Everything in the order in which it happened."""
        events: list[tuple[dt.datetime, int, Any]] = [(RATE_CHANGE, 0, convert), (NOW, 0, convert)]
        for deal in table:
            events.append((deal.began, deal.number, lambda deal=deal: self.begin(deal)))
            events += [
                (at, deal.number, lambda deal=deal, stage=stage: self.move(deal, stage)) for stage, at in deal.path[1:]
            ]
            changes: dict[dt.datetime, dict[str, Any]] = defaultdict(dict)
            for at, name, value in deal.changes:
                changes[at][name] = money(value, deal) if name == "amount" else value.isoformat()
            events += [
                (at, deal.number, lambda deal=deal, values=values: self.save(deal, values))
                for at, values in changes.items()
            ]
            if deal.trashed_at:
                events.append((deal.trashed_at, deal.number, lambda deal=deal: self.trash(deal)))
        for at, _number, act in sorted(events, key=lambda event: event[:2]):
            with time_machine.travel(at, tick=False):
                act()

    def begin(self, deal: Deal) -> None:
        """A new deal with its lines."""
        values = {
            "name": f"Deal {deal.number}", "company": self.company, "owner": self.owners[deal.owner].pk, "territory": self.territories[deal.territory],
            "closes_on": deal.closes_on.isoformat(), "forecast_category": deal.category, "next_step": deal.next_step,
        }  # fmt: skip
        values |= {"source": self.sources[deal.source]} if deal.source else {}
        values |= {} if deal.entered is None else {"amount": money(deal.entered, deal)}
        self.keys[deal.number] = make("sales.opportunity", **values).pk
        for line in deal.lines:
            price = money(line.price, deal)
            make(
                "sales.opportunityline",
                opportunity=self.keys[deal.number],
                product=self.products[line.product],
                quantity=str(line.quantity),
                price=price,
            )

    def move(self, deal: Deal, stage: str) -> None:
        """Into a stage."""
        self.save(deal, {"stage": stage} | ({"reasons": [self.reason]} if stage == "lost" else {}))

    def save(self, deal: Deal, values: dict[str, Any]) -> None:
        """A change."""
        writes.save(SYSTEM, self.entity.rows(SYSTEM).get(pk=self.keys[deal.number]), values)

    def trash(self, deal: Deal) -> None:
        """Into the trash."""
        writes.delete(SYSTEM, self.entity, [self.keys[deal.number]])


def make(label: str, **values: Any) -> Any:
    """A record."""
    return writes.create(SYSTEM, registry.get(label), values)


def money(amount: Any, deal: Deal) -> dict[str, str]:
    """An amount in the currency of a deal."""
    return {"amount": str(amount), "currency": deal.currency}


def convert() -> None:
    """What the nightly job does."""
    for keys in jobs.foreign():
        jobs.convert_some(keys)
