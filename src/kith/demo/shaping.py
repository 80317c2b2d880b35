"""How the demo company has bent Kith to itself: fields, rules, a formula, roll-ups, instruments at customers, consents, doubles."""

import datetime as dt
from functools import partial
from typing import Any

from kith.core import writes

from .data import shaped
from .world import Contact, Customer, World, entity

#: Those who look after customers of their own.
OWNERS = ("erik", "jonas", "marc", "anna", "igor", "lijing", "wanglei")


def define(world: World) -> None:
    """What the administrator set up in the first weeks."""
    with world.written(world.actor("thomas"), world.moment(525, "thomas"), kind="bulk") as actor:
        writes.create(actor, entity("objects.objectkind"), shaped.OBJECT)
        writes.create_many(actor, entity("core.fielddefinition"), list(shaped.FIELDS))
        writes.create_many(
            actor,
            entity("core.fieldrule"),
            [
                {"entity": shaped.COMPANY, "field": field, "effect": effect, "condition": condition, "message": message}
                for field, effect, condition, message in shaped.RULES
            ],
        )
        writes.create_many(actor, entity("core.formulafield"), list(shaped.FORMULAS))
        writes.create_many(actor, entity("core.rollupfield"), list(shaped.ROLLUPS))
        writes.create(
            actor,
            entity("privacy.retentionrule"),
            {"name": "Leads that came to nothing", "entity": "sales.lead", "condition": {"field": "state", "op": "any", "value": ["lost"]}, "months": 24, "act": "notify"},
        )  # fmt: skip


def build(world: World) -> None:
    """What people entered into it since."""
    for place, owner in enumerate(OWNERS):  # no chance: what the other parts draw stays as it is
        mine = [customer for customer in world.customers if customer.owner == owner]
        world.plan(40 + 17 * place, owner, partial(contracts, world, owner, mine))
        world.plan(25 + 19 * place, owner, partial(agreements, world, owner, mine))
        world.plan(100 + 11 * place, owner, partial(instruments, world, owner, mine))
    world.plan(12, "grace", partial(badges, world))


def contracts(world: World, owner: str, customers: list[Customer], at: dt.datetime) -> None:
    """Service contracts of those who buy."""
    buyers = [customer for customer in customers if customer.record.status == "active"]
    with world.written(world.actor(owner), at, kind="bulk") as actor:
        for number, customer in enumerate(buyers):
            kind = ("full", "parts", "none")[number % 3]
            ends = world.today + dt.timedelta(days=30 + 47 * number % 700)
            values: dict[str, Any] = {"x_service_contract": kind}
            values |= {"x_contract_until": ends.isoformat()} if kind != "none" else {}
            values |= {"x_visits": 2 + number % 4} if kind == "full" else {}
            writes.update_many(actor, entity(shaped.COMPANY), [customer.record.pk], values, kind="edit")


def instruments(world: World, owner: str, customers: list[Customer], at: dt.datetime) -> None:
    """What stands at the large customers of an owner, from a list of the works."""
    large = [customer for customer in customers if customer.firm.tier == "A" and customer.contacts]
    with world.written(world.actor(owner), at, "import", kind="import", reason="instruments.xlsx") as actor:
        for number, customer in enumerate(large):
            rows = [instrument(world, customer) for _each in range(1 + number % 3)]
            writes.create_many(actor, entity(shaped.INSTRUMENT), rows)


def instrument(world: World, customer: Customer) -> dict[str, Any]:
    """One of them."""
    number = len(world.ids.setdefault("serials", {}))
    world.ids["serials"][str(number)] = customer.record.pk
    return {
        "name": f"{shaped.MODELS[number % len(shaped.MODELS)]} #{number + 1}",
        "company": customer.record.pk,
        "person": customer.contacts[-1].record.pk,
        "day": (world.today + dt.timedelta(days=13 * number % 120 - 10)).isoformat(),
        "x_state": ("running", "running", "calibration", "running", "repair")[number % 5],
        "x_serial": f"MI-{20_417 + 31 * number}",
        "x_since": (world.today - dt.timedelta(days=200 + 71 * number % 2000)).isoformat(),
    }


def agreements(world: World, owner: str, customers: list[Customer], at: dt.datetime) -> None:
    """Who agreed to be written to, and who took it back."""
    with world.written(world.actor(owner), at, kind="bulk") as actor:
        contacts = [contact for customer in customers for contact in customer.contacts]
        rows = [agreement(contact, at, number) for number, contact in enumerate(contacts) if number % 2 == 0]
        writes.create_many(actor, entity("parties.consent"), rows)


def agreement(contact: Contact, at: dt.datetime, number: int) -> dict[str, Any]:
    """What one person agreed to."""
    source, text, version = shaped.AGREEMENTS[contact.customer.country.texts]
    given = at - dt.timedelta(days=3)
    taken_back = {"withdrawn_at": (at - dt.timedelta(days=1)).isoformat()} if number % 14 == 4 else {}
    return {
        "party": contact.record.pk, "purpose": ("newsletter", "marketing", "surveys")[number % 3], "channel": "email",
        "given_at": given.isoformat(), "source": source, "text": text, "text_version": version, **taken_back,
    }  # fmt: skip


def badges(world: World, at: dt.datetime) -> None:
    """The scanner of a fair brought people whom we knew: the queue of duplicates has something to ask."""
    known = [contact for contact in world.contacts if contact.record.phone and contact.place == 0][4:40:6]
    with world.written(world.actor("grace"), at, "import", kind="import", reason="badges-hamburg.csv") as actor:
        writes.create_many(
            actor,
            entity("parties.person"),
            [
                {"given_name": contact.record.given_name, "family_name": contact.record.family_name, "phone": contact.record.phone, "email": f"badge{number}@mail.example"}
                for number, contact in enumerate(known)
            ],
        )  # fmt: skip
