"""What happened to the customers since they came: edits by different people, through different doors."""

from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM

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
    with world.written(world.actor(customer.owner), world.moment(days, customer.owner)) as actor:
        writes.update_many(actor, entity("parties.company"), [customer.record.pk], values, kind="edit")


def several(world: World, user: str, rows: dict[Any, dict[str, Any]], days: float, reason: str = "") -> None:
    """Values for several companies at once."""
    with world.written(world.actor(user), world.moment(days, user), kind="bulk", reason=reason) as actor:
        writes.update_many(actor, entity("parties.company"), rows, lambda company: rows[company.pk])


def became(world: World, customer: Customer) -> None:
    """Prospects of the list that have become customers since."""
    if customer.record.status != customer.firm.status:
        edit(world, customer, world.chance.randrange(12, 140), {"status": customer.firm.status})


def tagged(world: World, owner: str, customers: list[Customer]) -> None:
    """Tags of the large customers, those with a service plan, those who speak for us, those who may leave."""
    rows: dict[Any, dict[str, Any]] = {}
    for customer in customers:
        wanted = (("key", customer.firm.tier == "A"), ("service", world.chance.random() < 0.25), ("reference", world.chance.random() < 0.15), ("risk", customer.firm.status == "dormant"))
        if tags := [str(world.id("tags", key)) for key, chosen in wanted if chosen]:
            rows[customer.record.pk] = {"tags": tags}
    several(world, owner, rows, world.chance.randrange(5, 90))


def described(world: World, user: str, customers: list[Customer]) -> None:
    """What the customers do, after a round of visits by their owner or the service."""
    rows = {}
    for customer in customers:
        facts = {"industry": industry(customer), "year": world.today.year - world.chance.randrange(2, 9), "employees": customer.firm.employees}
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
    counts = {customer.record.pk: customer.firm.employees + world.chance.randrange(-20, 60) for customer in chosen if customer.firm.employees > 60}
    with world.written(SYSTEM, world.moment(2, hour=8), "sync", kind="bulk", reason="Business register") as actor:
        writes.update_many(actor, entity("parties.company"), counts, lambda company: {"employees_count": counts[company.pk]})


def silent(world: World) -> None:
    """People who do not wish to be contacted, one who died, some with roles and tags."""
    people = world.contacts
    states = {people[11].record.pk: "do_not_contact", people[97].record.pk: "do_not_contact", people[150].record.pk: "deceased"}
    speakers = {contact.record.pk for contact in people[::21]}
    for owner in LEADS:
        mine = [contact.record.pk for contact in people if contact.customer.owner == owner and (contact.record.pk in states or contact.record.pk in speakers)]
        with world.written(world.actor(owner), world.moment(world.chance.randrange(4, 40), owner), kind="bulk") as actor:
            writes.update_many(actor, entity("parties.person"), mine, lambda person: {"status": states[person.pk]} if person.pk in states else {"tags": [str(world.id("tags", "speaker"))]})
