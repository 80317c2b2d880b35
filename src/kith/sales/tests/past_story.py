"""A month of five deals, for the tests of the past; the fixtures are in conftest."""

import datetime as dt

import time_machine
from django.utils import timezone

from kith.core import writes
from kith.core.entity import registry


def deals():
    return registry.get("sales.opportunity")


def at(month, day, hour=9):
    return time_machine.travel(dt.datetime(2026, month, day, hour, tzinfo=dt.UTC), tick=False)


def deal(actor, company, name, amount, currency="EUR", **more):
    values = {"name": name, "company": company.pk, "amount": {"amount": str(amount), "currency": currency}}
    return writes.create(actor, deals(), values | more)


def tell(people, company):
    """Deals over three months up to today; the day between them."""
    ann, eva, now = people.actors.ann, people.actors.eva, timezone.now()
    day = timezone.localdate() - dt.timedelta(days=30)
    with time_machine.travel(now - dt.timedelta(days=70), tick=False):
        made = {name: deal(ann, company, title, amount) for name, title, amount in (
            ("grown", "Lathe", 12000), ("kept", "Press brake", 8400), ("given", "Milling cutter", 23000), ("gone", "Saw", 900),
        )}  # fmt: skip
    with time_machine.travel(now - dt.timedelta(days=12), tick=False):
        writes.save(
            ann, made["grown"], {"amount": {"amount": "17500", "currency": "EUR"}}, reason="With the second spindle"
        )
        writes.save(eva, made["given"], {"owner": people.tom.pk})
        writes.delete(eva, deals(), [made["gone"].pk])
        made["later"] = deal(ann, company, "Made later", 5000)
    return made | {"day": day}
