"""What is sold and to whom: products, competitors, leads, deals with their way through the stages, targets and forecasts."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from kith.core import rates, writes
from kith.core.access import SYSTEM, actor_of
from kith.processes.book import book
from kith.sales.steering import forecast
from kith.sales.steering.periods import Period

from . import handing
from .data.trade import CATEGORIES, COMPETITORS, DEALS, INQUIRIES, NEEDS, PRODUCTS, RATES, RIVALS, STEPS, STRANGERS
from .world import Contact, Customer, World, entity

ORDER = ("new", "qualified", "offer", "negotiation", "won")
#: How far deals came, by their number: the last stage of their way.
WAYS = ("new", "qualified", "offer", "negotiation", "won", "won", "lost", "offer", "qualified", "won", "lost", "new")
SELLERS = ("erik", "jonas", "marc", "anna", "igor", "lijing", "wanglei")


def build(world: World) -> None:
    """Everything about sales; deals are planned and written in the order of time."""
    with world.written(world.actor("thomas"), world.moment(400)):
        currencies()
        products(world)
    with world.written(world.actor("nadia"), world.moment(330)):
        competitors(world)
    for number, customer in enumerate(customer for customer in world.customers if customer.contacts):
        if customer.owner in SELLERS:
            deals(world, customer, number)
    leads(world)
    targets(world)


def currencies() -> None:
    """Rates of the beginning of the year before, and of this one."""
    entries = [
        {"currency": code, "rate": rate, "valid_on": dt.date(year, 1, 1).isoformat()}
        for code, rate in RATES
        for year in (2024, 2026)
        if code != rates.base()
    ]
    writes.create_many(SYSTEM, entity("core.exchangerate"), entries)


def products(world: World) -> None:
    """Categories and products."""
    made = world.ids["categories"] = {}
    for key, english, russian, chinese, parent in CATEGORIES:
        values: dict[str, Any] = {"name": english, "translations": {"ru": russian, "zh-hans": chinese}}
        if parent:
            values["parent"] = made[parent]
        made[key] = writes.create(SYSTEM, entity("catalogue.productcategory"), values).pk
    rows = [
        {"code": code, "name": name, "category": made[category], "kind": kind, "unit": unit, "price": euro(price)}
        for _key, code, name, category, kind, unit, price in PRODUCTS
    ]
    found = writes.create_many(SYSTEM, entity("catalogue.product"), rows)
    world.ids["products"] = {row[0]: product.pk for row, product in zip(PRODUCTS, found, strict=True)}


def euro(amount: Any) -> dict[str, str]:
    """An amount in the base currency of the demo."""
    return {"amount": str(amount), "currency": rates.base()}


def competitors(world: World) -> None:
    """Competitors with their strengths, and their products against ours."""
    fields = ("name", "strengths", "weaknesses", "opportunities", "threats", "strategy")
    owner = str(world.id("users", "nadia"))
    rows = [dict(zip(fields, row, strict=True)) | {"owner": owner} for row in COMPETITORS]
    made = writes.create_many(SYSTEM, entity("sales.competitor"), rows)
    world.ids["competitors"] = {record.name: record.pk for record in made}
    products = [
        {
            "competitor": world.id("competitors", name), "name": product, "our_product": world.id("products", ours), "price": euro(price),
            "pros": pros, "cons": cons, "answer": answer,
        }
        for name, product, ours, price, pros, cons, answer in RIVALS
    ]  # fmt: skip
    writes.create_many(SYSTEM, entity("sales.competitorproduct"), products)


# --- deals ------------------------------------------------------------------------------------------------------------


def deals(world: World, customer: Customer, number: int) -> None:
    """One to three deals of a customer, each with its way through the stages."""
    count = 1 + number % 3 if customer.firm.tier in ("A", "B") else number % 2
    for place in range(count):
        way = WAYS[(number * 2 + place * 5) % len(WAYS)]
        begin = deal(world, customer, number + place, way)
        made = Deal(world, customer, number + place, way)
        world.plan(begin, customer.owner, made.enter)
        made.go(begin)


def deal(world: World, customer: Customer, number: int, way: str) -> float:
    """How many days ago it began: closed deals long ago, open ones lately."""
    if way in ("won", "lost"):
        return world.chance.randrange(60, 300)
    return world.chance.randrange(4, 25) if number % 4 else world.chance.randrange(40, 90)


class Deal:
    """One deal on its way."""

    def __init__(self, world: World, customer: Customer, number: int, way: str) -> None:
        self.world, self.customer, self.number, self.way = world, customer, number, way
        self.record: Any = None

    @property
    def language(self) -> str:
        """The language of those who work on it."""
        return self.customer.country.texts

    def line(self) -> tuple[str, int, int]:
        """What they want: product, quantity, price."""
        key, price = PRODUCTS[self.number % len(PRODUCTS)][0], int(PRODUCTS[self.number % len(PRODUCTS)][6])
        return key, 1 + self.number % 6, price

    def enter(self, at: dt.datetime) -> None:
        """Write the deal with its products, its committee and whom we meet."""
        world, contact = self.world, self.customer.contacts[self.number % len(self.customer.contacts)]
        key, quantity, price = self.line()
        with world.written(world.actor(self.customer.owner), at) as actor:
            self.record = writes.create(actor, entity("sales.opportunity"), self.values(contact, quantity * price))
            product = {"opportunity": self.record.pk, "product": world.id("products", key), "quantity": str(quantity)}
            writes.create(actor, entity("sales.opportunityline"), product | {"price": euro(price)})
            committee(actor, self.record, self.customer.contacts)
            if self.number % 3 == 0:
                self.met(actor)

    def values(self, contact: Contact, amount: int) -> dict[str, Any]:
        """What is known at the beginning."""
        world, chance = self.world, self.world.chance
        name = DEALS[self.language][self.number % len(DEALS[self.language])].format(n=1 + self.number % 4)
        closes = world.today + dt.timedelta(days=chance.randrange(-10, 100))
        known: dict[str, Any] = {
            "name": f"{name} · {self.customer.firm.name}", "company": self.customer.record.pk, "person": contact.record.pk, "owner": str(world.id("users", self.customer.owner)),
            "amount": euro(amount), "closes_on": closes.isoformat(), "need": NEEDS[self.language][self.number % 3], "budget": euro(amount * 9 // 10),
            "priority": ("normal", "high", "low", "top")[self.number % 4], "timeframe": ("quarter", "next_quarter", "now", "year")[self.number % 4],
            "source": world.id("sources", ("fair", "referral", "web", "call", "partner")[self.number % 5]),
        }  # fmt: skip
        if self.way in ORDER[:-1] and self.number % 5:
            step = STEPS[self.language][self.number % 5]
            day = world.today + dt.timedelta(days=chance.randrange(-3, 14))
            known |= {"next_step": step, "next_step_on": day.isoformat()}
        return known

    def met(self, actor: Any) -> None:
        """A competitor that we meet in it."""
        rivals = list(self.world.ids["competitors"].values())
        place = {"ru": 3, "zh": 2}.get(self.language, self.number % 2)
        values = {
            "opportunity": self.record.pk,
            "competitor": rivals[place],
            "threat": ("low", "medium", "high")[self.number % 3],
        }
        writes.create(actor, entity("sales.opportunitycompetitor"), values)

    def go(self, begin: float) -> None:
        """Plan the moves: through each stage up to the last of its way."""
        reach = ORDER[1 : ORDER.index(self.way) + 1] if self.way in ORDER else ORDER[1 : 2 + self.number % 3]
        days = begin
        for key in (*reach, *(("lost",) if self.way == "lost" else ())):
            days = max(days * 0.6, days - self.world.chance.randrange(3, 22))
            self.world.plan(days, self.customer.owner, partial(self.move, key))

    def move(self, key: str, at: dt.datetime) -> None:
        """Move it to a stage."""
        stage = book().courses[self.record.process_id].stage(key)
        assert stage is not None
        values: dict[str, Any] = {"stage": stage.pk}
        if key in ("won", "lost"):
            values |= {"reasons": [self.reason(key)]}
        if key == "lost" and self.number % 3 == 0:
            values["competitor"] = next(iter(self.world.ids["competitors"].values()))
        with self.world.written(self.world.actor(self.customer.owner), at) as actor:
            self.record = writes.save(actor, self.record, values)

    def reason(self, result: str) -> UUID:
        """A reason that asks for no text."""
        rows = entity("sales.reason").rows(SYSTEM).filter(result=result, needs_text=False).order_by("position", "pk")
        keys: list[UUID] = list(rows.values_list("pk", flat=True))
        return keys[self.number % len(keys)]


def committee(actor: Any, record: Any, contacts: list[Contact]) -> None:
    """Up to four people who decide."""
    roles = ("decision_maker", "champion", "user", "buyer")
    attitudes = ("neutral", "supports", "unknown", "sceptical")
    rows = [
        {"opportunity": record.pk, "person": contact.record.pk, "role": roles[place], "influence": 5 - place, "attitude": attitudes[place]}
        for place, contact in enumerate(contacts[:4])
    ]  # fmt: skip
    writes.create_many(actor, entity("sales.opportunityrole"), rows)


# --- leads, targets ---------------------------------------------------------------------------------------------------


def leads(world: World) -> None:
    """People who wrote lately, each a provisional person from the first second."""
    for number, (name, mail, language) in enumerate(STRANGERS):
        world.plan(number * 1.3 + 0.1, "", partial(wrote, world, number, name, mail, language))


def wrote(world: World, number: int, name: str, mail: str, language: str, at: dt.datetime) -> None:
    """One inquiry through the web site, which the rules give to somebody; every third is in work."""
    with world.written(SYSTEM, at, "form") as actor:
        named = handing.named(name, language) | {"email": mail, "status": "provisional"}
        person = writes.create(actor, entity("parties.person"), named)
        text = INQUIRIES[language][number % 4]
        values = {
            "name": text.split(".")[0].split("。")[0][:120], "text": text, "person": person.pk, "channel": "web", "source": world.id("sources", "web"),
            "language": language, "received_at": at.isoformat(), "interest": [str(world.id("products", PRODUCTS[number % 6][0]))],
        }  # fmt: skip
        made = writes.create(actor, entity("sales.lead"), values)
    lead = handing.distributed(world, made, at + dt.timedelta(seconds=40))
    if lead.owner_id is None:
        return
    with world.written(SYSTEM, at + dt.timedelta(seconds=41), "job", kind="assign"):
        writes.save(SYSTEM, person, {"owner": lead.owner_id})
    stage = book().courses[lead.process_id].stage("working") if number % 3 == 0 else None
    if stage:
        later = min(at + dt.timedelta(minutes=50), timezone.now())
        with world.written(actor_of(lead.owner_id), later) as actor:
            writes.save(actor, lead, {"stage": stage.pk, "first_response_at": later.isoformat()})


def targets(world: World) -> None:
    """What each seller and each department is to win this quarter, and what sellers expect."""
    quarter = Period.holding("quarter", world.today)
    days = {"starts_on": quarter.first.isoformat(), "ends_on": quarter.last.isoformat()}
    rows: list[dict[str, Any]] = [
        {"metric": "won_amount", "person": world.id("users", user), "value": str(60_000 + 15_000 * place), **days}
        for place, user in enumerate(SELLERS)
    ]
    rows += [
        {"metric": "won_amount", "unit": world.id("units", unit), "value": str(value), **days}
        for unit, value in (("sales", 700_000), ("nordics", 150_000), ("dach", 250_000), ("russia", 180_000), ("china", 160_000))
    ]  # fmt: skip
    with world.written(world.actor("nadia"), world.moment(40)):
        writes.create_many(SYSTEM, entity("sales.salestarget"), rows)
    for place, user in enumerate(SELLERS):
        world.plan(2, user, partial(foresee, world, user, quarter, 50_000 + 12_000 * place))


def foresee(world: World, user: str, quarter: Period, amount: int, at: dt.datetime) -> None:
    """Submit a forecast."""
    with world.written(world.actor(user), at) as actor:
        forecast.submit(actor, quarter, Decimal(amount))
