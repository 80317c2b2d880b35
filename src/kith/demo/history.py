"""What happened to the customers since they came: edits by different people, through different doors."""

import datetime as dt
from functools import partial
from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM, Actor

from .data.own import INDUSTRIES
from .details import LEADS
from .world import Customer, World, entity


def build(world: World) -> None:
    """Terms and tags of a whole region at once, single edits, descriptions after visits, the nightly synchronisation."""
    for owner in LEADS:
        mine = [customer for customer in world.customers if customer.owner == owner]
        terms(world, owner, mine)
        tagged(world, owner, mine)
        described(world, owner, mine[::4])
        described(world, "grace", mine[1::4])
    for number, customer in enumerate(world.customers):
        became(world, customer)
        if number % 5 == 0:
            called(world, customer)
    synchronised(world)
    silent(world)


def terms(world: World, owner: str, customers: list[Customer]) -> None:
    """Payment terms and credit limits after the credit check."""
    rows: dict[Any, dict[str, Any]] = {}
    for customer in customers:
        limit = max(5_000, customer.firm.employees * {"A": 180, "B": 120, "C": 60}[customer.firm.tier] // 1000 * 1000)
        if "customer" in customer.firm.roles:
            rows[customer.record.pk] = {
                "payment_terms": customer.texts.TERMS, "credit_limit": {"amount": str(limit), "currency": "EUR"}, "price_list_name": "EMEA 2026 B" if customer.country.code != "CN" else "APAC 2026",
                "discount": str({"A": 8, "B": 4, "C": 0}[customer.firm.tier]),
            }  # fmt: skip
    several(world, owner, rows, world.chance.randrange(150, 200), "Credit check")


def edit(world: World, customer: Customer, days: float, values: dict[str, Any]) -> None:
    """One edit of a company by its owner."""
    world.plan(
        days,
        customer.owner,
        partial(write, world, world.actor(customer.owner), {customer.record.pk: values}, "edit", "ui", ""),
    )


def several(world: World, user: str, rows: dict[Any, dict[str, Any]], days: float, reason: str = "") -> None:
    """Values for several companies at once."""
    world.plan(days, user, partial(write, world, world.actor(user), rows, "bulk", "ui", reason))


def write(
    world: World,
    actor: Actor,
    rows: dict[Any, dict[str, Any]],
    kind: str,
    origin: str,
    reason: str,
    at: dt.datetime,
    label: str = "parties.company",
) -> None:
    """Write values by id."""
    with world.written(actor, at, origin, kind=kind, reason=reason):
        writes.update_many(actor, entity(label), rows, lambda record: rows[record.pk], kind=kind)


def became(world: World, customer: Customer) -> None:
    """Prospects of the list that have become customers since."""
    if customer.record.status != customer.firm.status:
        edit(world, customer, world.chance.randrange(12, 140), {"status": customer.firm.status})


def tagged(world: World, owner: str, customers: list[Customer]) -> None:
    """Tags of the large customers, those with a service plan, those who speak for us, those who may leave."""
    rows: dict[Any, dict[str, Any]] = {}
    for customer in customers:
        wanted = (
            ("key", customer.firm.tier == "A"),
            ("service", world.chance.random() < 0.25),
            ("reference", world.chance.random() < 0.15),
            ("risk", customer.firm.status == "dormant"),
        )
        if tags := [str(world.id("tags", key)) for key, chosen in wanted if chosen]:
            rows[customer.record.pk] = {"tags": tags}
    several(world, owner, rows, world.chance.randrange(5, 90))


def described(world: World, user: str, customers: list[Customer]) -> None:
    """What the customers do, after a round of visits by their owner or the service."""
    rows = {}
    for customer in customers:
        facts = {
            "industry": industry(customer),
            "year": world.today.year - world.chance.randrange(2, 9),
            "employees": customer.firm.employees,
        }
        rows[customer.record.pk] = {"description": customer.texts.DESCRIPTION.format(**facts)}
    several(world, user, rows, world.chance.randrange(3, 70))


def industry(customer: Customer) -> str:
    """The industry of a customer in the language of its texts."""
    _key, english, russian, chinese, _hue = next(row for row in INDUSTRIES if row[0] == customer.firm.industry)
    return {"en": english.lower(), "ru": russian.lower(), "zh": chinese}[customer.country.texts]


def called(world: World, customer: Customer) -> None:
    """A phone number that turned out to be wrong."""
    edit(world, customer, world.chance.randrange(1, 30), {"phone": world.digits(customer.city.phone)})


def synchronised(world: World) -> None:
    """Head counts from the business register, written by the nightly synchronisation."""
    chosen = world.chance.sample(world.customers, 25)
    counts = {
        customer.record.pk: {"employees_count": customer.firm.employees + world.chance.randrange(-20, 60)}
        for customer in chosen
        if customer.firm.employees > 60
    }
    world.plan(2, "", partial(write, world, SYSTEM, counts, "bulk", "sync", "Business register"))


def silent(world: World) -> None:
    """People who do not wish to be contacted, one who died, some who speak at our events."""
    people = world.contacts
    rows: dict[Any, dict[str, Any]] = {
        contact.record.pk: {"tags": [str(world.id("tags", "speaker"))]} for contact in people[::21]
    }
    rows |= {
        people[11].record.pk: {"status": "do_not_contact"},
        people[97].record.pk: {"status": "do_not_contact"},
        people[150].record.pk: {"status": "deceased"},
    }
    for owner in LEADS:
        mine = {
            contact.record.pk: rows[contact.record.pk]
            for contact in people
            if contact.customer.owner == owner and contact.record.pk in rows
        }
        world.plan(
            world.chance.randrange(4, 40),
            owner,
            partial(write, world, world.actor(owner), mine, "bulk", "ui", "", label="parties.person"),
        )
