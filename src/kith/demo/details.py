"""What grew around the customers: further contact points and jobs, ties, personal facts, assessments, groups."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from kith.core import writes

from .customers import place
from .data import stories
from .world import Contact, Customer, World, entity

CRITERIA = ("loyalty", "potential", "solvency", "profitability", "safety")
LEADS = {
    "erik": "nadia",
    "jonas": "nadia",
    "marc": "nadia",
    "nadia": "nadia",
    "anna": "anna",
    "igor": "anna",
    "lijing": "lijing",
    "wanglei": "lijing",
}


def build(world: World) -> None:
    """All of it, each part by those who look after the customers."""
    for owner in LEADS:
        mine = [customer for customer in world.customers if customer.owner == owner]
        contacts = [contact for customer in mine for contact in customer.contacts]
        world.plan(world.chance.randrange(60, 110), owner, partial(reached, world, owner, mine, contacts))
        world.plan(world.chance.randrange(20, 59), owner, partial(known, world, owner, mine, contacts))
    for lead in ("nadia", "anna", "lijing"):
        births(world, lead)


def reached(world: World, owner: str, customers: list[Customer], contacts: list[Contact], at: dt.datetime) -> None:
    """Where people can be reached and where else they work."""
    with world.written(world.actor(owner), at, kind="bulk") as actor:
        writes.create_many(actor, entity("parties.contactpoint"), list(points(world, customers, contacts)))
        writes.create_many(actor, entity("parties.employment"), list(other_jobs(world, customers, contacts)))
        settled = [contact for number, contact in enumerate(contacts) if number % 3]
        writes.create_many(
            actor,
            entity("parties.address"),
            [{"party": contact.record.pk, "kind": "main", **place(world, contact.customer)} for contact in settled],
        )


def known(world: World, owner: str, customers: list[Customer], contacts: list[Contact], at: dt.datetime) -> None:
    """What we know of them."""
    with world.written(world.actor(owner), at, kind="bulk") as actor:
        writes.create_many(actor, entity("parties.relationshipassessment"), list(assessments(world, customers)))
        writes.create_many(actor, entity("parties.personalfact"), list(facts(world, contacts)))
        writes.create_many(actor, entity("parties.relationship"), list(ties(world, customers, contacts)))


def points(world: World, customers: list[Customer], contacts: list[Contact]) -> Iterable[dict[str, Any]]:
    """Desk phones, old and dead addresses, messengers, further addresses of companies."""
    for number, contact in enumerate(contacts):
        party, country, domain = contact.record.pk, contact.customer.country, contact.customer.firm.domain
        if number % 3 == 0:
            yield {
                "party": party,
                "kind": "phone",
                "value": world.digits(contact.customer.city.phone),
                "label": {"ru": "рабочий", "zh": "办公"}.get(country.texts, "work"),
            }
        if number % 5 == 1:
            yield {
                "party": party,
                "kind": "email",
                "value": contact.record.email.replace(f"@{domain}", f"@old-{domain}"),
                "valid_to": (world.today - dt.timedelta(days=300)).isoformat(),
            }
        if number % 6 == 2:
            handle = contact.record.email.partition("@")[0].replace(".", "_")
            yield {
                "party": party,
                "kind": "messenger",
                "value": handle,
                "label": {"ru": "Telegram", "zh": "WeChat"}.get(country.texts, "Signal"),
            }
        if number % 17 == 3:
            yield {
                "party": party,
                "kind": "email",
                "value": f"info{number}@{domain}.example",
                "invalid_reason": "550 mailbox unavailable",
            }
    for customer in customers[::2]:
        yield {
            "party": customer.record.pk,
            "kind": "email",
            "value": f"invoice@{customer.firm.domain}.example",
            "label": {"ru": "бухгалтерия", "zh": "财务"}.get(customer.country.texts, "accounts"),
        }


def other_jobs(world: World, customers: list[Customer], contacts: list[Contact]) -> Iterable[dict[str, Any]]:
    """Where people worked before, and those who work at two companies."""
    for number, contact in enumerate(contacts):
        other = world.chance.choice(customers)
        if other is contact.customer:
            continue
        if number % 5 == 2:
            title, department = world.chance.choice(contact.customer.texts.PAST_JOBS)
            start, end = (
                world.today - dt.timedelta(days=days)
                for days in (world.chance.randrange(4500, 6000), world.chance.randrange(4001, 4400))
            )
            yield {
                "person": contact.record.pk,
                "company": other.record.pk,
                "title": title,
                "department": department,
                "valid_from": start.isoformat(),
                "valid_to": end.isoformat(),
            }
        elif number % 13 == 4:
            title, department, _role = contact.customer.texts.JOBS[5]
            since = world.today - dt.timedelta(days=world.chance.randrange(100, 390))
            yield {
                "person": contact.record.pk,
                "company": other.record.pk,
                "title": title,
                "department": department,
                "valid_from": since.isoformat(),
            }


def assessments(world: World, customers: list[Customer]) -> Iterable[dict[str, Any]]:
    """How we judged our larger customers, this year and the year before."""
    for customer in customers:
        if customer.firm.tier == "C":
            continue
        base = {"A": 8, "B": 6}[customer.firm.tier] - (3 if customer.firm.status in ("dormant", "lost") else 0)
        for days in (410, 45) if customer.firm.tier == "A" else (60,):
            scores = {name: max(0, min(10, base + world.chance.randrange(-2, 3))) for name in CRITERIA}
            yield {
                "party": customer.record.pk,
                "assessed_on": (world.today - dt.timedelta(days=days)).isoformat(),
                **scores,
                "basis": customer.texts.BASIS,
            }


def facts(world: World, contacts: list[Contact]) -> Iterable[dict[str, Any]]:
    """Interests, families, and dates to think of; some come up within days."""
    for number, contact in enumerate(contacts):
        texts, person = contact.customer.texts, contact.record.pk
        if number % 3 == 0:
            kind, text = world.chance.choice(texts.FACTS)
            yield {"person": person, "kind": kind, "text": text}
        if number % 8 == 1:
            soon = world.today + dt.timedelta(days=world.chance.randrange(1, 40))
            yield {
                "person": person,
                "kind": "event",
                "text": texts.FOUNDING,
                "date": anniversary(soon, 12).isoformat(),
                "recurring": True,
                "remind_days": 3,
            }


def anniversary(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; 28 February for 29."""
    return (
        day.replace(year=day.year - years, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - years)
    )


def ties(world: World, customers: list[Customer], contacts: list[Contact]) -> Iterable[dict[str, Any]]:
    """Partners and recommendations between companies; couples, friends and advisors among people."""
    domains = {customer.firm.domain: customer for customer in world.customers}
    for kind, one, two in stories.TIES:
        if (customer := domains[one]) in customers:
            yield {
                "party": customer.record.pk,
                "other": domains[two].record.pk,
                "type": world.id("ties", kind),
                "note": customer.texts.PARTNER if kind == "partner" else customer.texts.REFERRED,
            }
    for number, (left, right) in enumerate(zip(contacts[::9], contacts[5::9], strict=False)):
        kind = ("spouse", "former", "friend", "advisor")[number % 4]
        note = {"spouse": left.customer.texts.SPOUSE, "advisor": left.customer.texts.ADVISOR}.get(kind, "")
        yield {"party": left.record.pk, "other": right.record.pk, "type": world.id("ties", kind), "note": note}


def births(world: World, lead: str) -> None:
    """Birthdays and genders, kept by those who may see personal data."""
    people: dict[Any, dict[str, Any]] = defaultdict(dict)
    for number, contact in enumerate(contact for contact in world.contacts if LEADS[contact.customer.owner] == lead):
        if number % 2 == 0:
            days = world.chance.randrange(-5, 360)
            people[contact.record.pk]["birth_date"] = anniversary(
                world.today + dt.timedelta(days=days), world.chance.randrange(28, 63)
            ).isoformat()
        people[contact.record.pk]["gender"] = (
            "female" if contact.record.given_name in {*contact.customer.country.women} else "male"
        )
    world.plan(world.chance.randrange(30, 80), lead, partial(born, world, lead, people))


def born(world: World, lead: str, people: dict[Any, dict[str, Any]], at: dt.datetime) -> None:
    """Write birthdays and genders."""
    with world.written(world.actor(lead), at, kind="bulk") as actor:
        writes.update_many(actor, entity("parties.person"), people, lambda person: people[person.pk])
