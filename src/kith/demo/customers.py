"""Companies and their people, imported or typed by those who look after them."""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from kith.core import writes
from kith.core.identity.chinese import reading
from kith.core.identity.cyrillic import romanise
from kith.core.identity.text import fold, is_cyrillic, is_han

from .data import central, china, nordics, russia, stories, west
from .data.shape import Country, Firm
from .world import Contact, Customer, World, entity

COUNTRIES: tuple[Country, ...] = (*nordics.ALL, *central.ALL, *west.ALL, *russia.ALL, *china.ALL)
PEOPLE_BY_TIER = {"A": 4, "B": 2, "C": 1}
#: How much a customer makes for each of its employees in a year.
REVENUE = {"EUR": 210_000, "RUB": 6_500_000, "CNY": 900_000}
Name = tuple[str, str, str, str, str]  # prefix, given, middle, family, gender


def build(world: World) -> None:
    """Each of those who sell brings the companies of each country, a while ago, and their people some weeks later."""
    for country in COUNTRIES:
        names = names_in(world, country)
        for owner in country.owners:
            days = world.chance.randrange(220, 500)
            firms = [
                firm for place, firm in enumerate(country.firms) if country.owners[place % len(country.owners)] == owner
            ]
            if firms:
                companies(world, country, owner, firms, days)
                people(
                    world,
                    owner,
                    [
                        customer
                        for customer in world.customers
                        if customer.country is country and customer.owner == owner
                    ],
                    names,
                    days - 20,
                )
    subsidiaries(world)


def companies(world: World, country: Country, owner: str, firms: Sequence[Firm], days: int) -> None:
    """The companies of one owner in one country, with their addresses, from a list."""
    with world.written(
        world.actor(owner),
        world.moment(days, owner),
        "import",
        kind="import",
        reason=f"companies-{country.code.lower()}.xlsx",
    ) as actor:
        made = writes.create_many(actor, entity("parties.company"), [company(world, country, firm) for firm in firms])
        customers = [Customer(record, firm, country, owner) for record, firm in zip(made, firms, strict=True)]
        writes.create_many(
            actor,
            entity("parties.address"),
            [address for customer in customers for address in addresses(world, customer)],
        )
    world.customers += customers


def company(world: World, country: Country, firm: Firm) -> dict[str, Any]:
    """The values of a company as the list had them."""
    revenue = firm.employees * REVENUE[country.currency] // 100_000 * 100_000
    return {
        "name": firm.name, "status": "prospect" if firm.status == "active" and world.chance.random() < 0.4 else firm.status, "roles": list(firm.roles),
        "industry": world.id("industries", firm.industry), "tier": firm.tier, "source": world.id("sources", world.chance.choice(("fair", "referral", "web", "call", "partner"))),
        "language": country.language, "time_zone": country.zone, "employees_count": firm.employees, "founded_year": world.chance.randrange(1890, 2016),
        "annual_revenue": {"amount": str(revenue), "currency": country.currency}, "tax_id": country.code + world.digits("#########"),
        "phone": world.digits(country.cities[firm.city].phone), "email": f"post@{firm.domain}.example", "website": f"https://www.{firm.domain}.example",
        "external_ids": [f"erp:{10_000 + len(world.customers) + sum(map(ord, firm.domain)) * 17}"],
    }  # fmt: skip


def addresses(world: World, customer: Customer) -> Iterator[dict[str, Any]]:
    """The main office and, at large customers, where goods go."""
    kinds = ("main", "shipping") if customer.firm.tier == "A" else ("main",)
    for kind in kinds:
        yield {"party": customer.record.pk, "kind": kind, **place(world, customer)}


def place(world: World, customer: Customer) -> dict[str, Any]:
    """A street in the city of the customer."""
    street, number, city = world.chance.choice(customer.country.streets), world.chance.randrange(1, 120), customer.city
    line = {
        "zh": f"{street}{number}号",
        "en": f"{number} {street}",
        "fr": f"{number} {street}",
        "ru": f"{street}, д. {number}",
    }.get(customer.country.language, f"{street} {number}")
    return {
        "street": line,
        "postcode": city.postcode,
        "city": city.name,
        "region": city.region,
        "country": customer.country.code,
    }


# --- people -----------------------------------------------------------------------------------------------------------


def names_in(world: World, country: Country) -> Iterator[Name]:
    """Names of a country, none twice, women and men in turn."""
    taken = {(given, family) for _domain, _prefix, given, family, _gender in stories.STARRING}
    pairs = [
        (given, family, "f" if given in country.women else "m")
        for given in (*country.women, *country.men)
        for family in country.families
        if (given, family) not in taken
    ]
    world.chance.shuffle(pairs)
    for given, family, gender in pairs:
        yield named(world, country, "", given, family, gender)


def named(world: World, country: Country, prefix: str, given: str, family: str, gender: str) -> Name:
    """A whole name: Russian family names follow the gender, patronymics stand between."""
    if country.code == "RU" and gender == "f" and not family.endswith("а"):
        family += "а"
    middle = world.chance.choice(country.middles[gender]) if country.middles else ""
    return prefix, given, middle, family, gender


def people(world: World, owner: str, customers: Sequence[Customer], names: Iterator[Name], days: int) -> None:
    """The people of one owner's customers, with their jobs; those who lead come first."""
    wanted: list[tuple[Customer, int, Name]] = []
    for customer in customers:
        starring = [
            named(world, customer.country, *row[1:]) for row in stories.STARRING if row[0] == customer.firm.domain
        ]
        count = max(PEOPLE_BY_TIER[customer.firm.tier], len(starring))
        chosen = [*starring, *(name for _place, name in zip(range(count - len(starring)), names, strict=False))]
        wanted += [(customer, place, name) for place, name in enumerate(chosen)]
    with world.written(
        world.actor(owner), world.moment(days, owner), "import" if len(wanted) > 6 else "ui", kind="import"
    ) as actor:
        made = writes.create_many(
            actor, entity("parties.person"), [person(world, customer, name) for customer, _place, name in wanted]
        )
        for record, (customer, position, _name) in zip(made, wanted, strict=True):
            customer.contacts.append(Contact(record, customer, position))
        jobs(world, actor, customers)


def person(world: World, customer: Customer, name: Name) -> dict[str, Any]:
    """The values of a person."""
    prefix, given, middle, family, _gender = name
    latin = customer.country.code == "CN" and world.chance.random() < 0.2
    shown = (
        {"given_name": ascii_of(given).title(), "family_name": ascii_of(family).title(), "native_name": family + given}
        if latin
        else {"given_name": given, "family_name": family}
    )
    return {
        "prefix": prefix, "middle_name": middle, **shown, "language": customer.country.language, "time_zone": customer.country.zone,
        "email": f"{ascii_of(given)}.{ascii_of(family)}@{customer.firm.domain}.example", "phone": world.digits(customer.country.mobile),
        "source": customer.record.source_id, "decision_style": world.chance.choice(customer.texts.DECISIONS) if world.chance.random() < 0.4 else "",
        "preferred_channel": world.chance.choice(("", "email", "phone", "messenger")),
    }  # fmt: skip


def ascii_of(name: str) -> str:
    """A name as it stands in e-mail addresses."""
    if any(map(is_han, name)):
        return "".join(syllable for syllable in reading(name))
    folded = romanise(fold(name)) if any(map(is_cyrillic, name)) else fold(name)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return "".join(mark for mark in plain if mark.isalnum())


def jobs(world: World, actor: Any, customers: Sequence[Customer]) -> None:
    """Main jobs: the first of each company leads, the others report to that one or to the second."""
    levels: dict[int, list[Contact]] = defaultdict(list)
    for customer in customers:
        for contact in customer.contacts:
            levels[min(contact.place, 2)].append(contact)
    made: dict[Any, Any] = {}
    for _level, contacts in sorted(levels.items()):
        rows = [job(world, contact, made) for contact in contacts]
        for contact, record in zip(
            contacts, writes.create_many(actor, entity("parties.employment"), rows), strict=True
        ):
            made[contact.customer.record.pk, contact.place] = record.pk


def job(world: World, contact: Contact, made: dict[Any, Any]) -> dict[str, Any]:
    """The main job of a person."""
    customer = contact.customer
    title, department, role = customer.texts.JOBS[contact.place % len(customer.texts.JOBS)]
    above = made.get((customer.record.pk, 0 if contact.place < 3 else 1))
    since = world.today - dt.timedelta(days=world.chance.randrange(400, 4000))
    return {
        "person": contact.record.pk, "company": customer.record.pk, "title": title, "department": department, "role": role, "valid_from": since.isoformat(),
        **({"reports_to": above} if above else {}),
    }  # fmt: skip


def subsidiaries(world: World) -> None:
    """Companies that belong to others."""
    for child, parent in stories.SUBSIDIARIES:
        owned, owner = world.by_domain(child), world.by_domain(parent)
        user = "nadia" if owned.country.texts == "en" else owned.owner
        world.plan(world.chance.randrange(100, 190), user, partial(belongs, world, user, owned, owner))


def belongs(world: World, user: str, child: Customer, parent: Customer, at: dt.datetime) -> None:
    """Name the parent company."""
    with world.written(world.actor(user), at) as actor:
        writes.update_many(
            actor, entity("parties.company"), [child.record.pk], {"parent": parent.record.pk}, kind="edit"
        )
