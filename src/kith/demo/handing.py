"""To whom new leads go and what became of others: assignment rules, pools, visitors of a fair who went from hand to hand."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from kith.core import writes
from kith.core.access import SYSTEM
from kith.distribution import claiming, running
from kith.processes.book import book

from .data.outreach import FAIR, FILE, IDLE, POOLS, RETURNED, RULES, VISITORS
from .world import World, entity

LEAD, PERSON, POOL = "sales.lead", "parties.person", "distribution.pool"
RULE, MEMBER = "distribution.assignmentrule", "distribution.rulemember"


def build(world: World) -> None:
    """Pools and rules long ago; the visitors are planned and written in the order of time."""
    with world.written(world.actor("thomas"), world.moment(120, "thomas"), kind="bulk"):
        pools(world)
        rules(world)
    for number, (name, mail, language, first, story, *takers) in enumerate(VISITORS):
        Visitor(world, number, name, mail, language).plan(first, story, *takers)


def of_language(language: str) -> dict[str, Any]:
    """Leads in a language."""
    return {"all": [{"field": "language", "op": "is", "value": language}]}


def pools(world: World) -> None:
    """A pool for each region, with the people of the region and who manages it."""
    made = world.ids["pools"] = {}
    for key, name, language, groups, manager, daily, held, days in POOLS:
        values = {
            "name": name, "entity": LEAD, "scope": of_language(language), "daily_limit": daily, "capacity": held,
            "ban_days": "7", "stage_days": days,
        }  # fmt: skip
        made[key] = writes.create(SYSTEM, entity(POOL), values).pk
        members: list[dict[str, Any]] = [
            {"pool": made[key], "group": world.id("groups", group)} for group in groups.split()
        ]
        members.append({"pool": made[key], "user": world.id("users", manager), "manages": True})
        writes.create_many(SYSTEM, entity("distribution.poolmember"), members)


def rules(world: World) -> None:
    """A rule for each region whose rest goes into the pool, and one that is only tried."""
    for position, (key, name, method, members, is_on) in enumerate(RULES, 1):
        values = {
            "name": name, "entity": LEAD, "position": position, "method": method, "condition": of_language(key), "is_active": bool(is_on == "yes"),
            "fallback": "pool", "fallback_pool": world.id("pools", key),
        }  # fmt: skip
        rule = writes.create(SYSTEM, entity(RULE), values).pk
        writes.create_many(SYSTEM, entity(MEMBER), [seat(world, rule, at, text) for at, text in enumerate(members.split(), 1)])  # fmt: skip


def seat(world: World, rule: UUID, position: int, text: str) -> dict[str, Any]:
    """The values of one member of a rule, from "user:weight:capacity"."""
    user, weight, capacity = text.split(":")
    values: dict[str, Any] = {"rule": rule, "user": world.id("users", user), "position": position, "weight": weight}
    return values | ({"capacity": capacity} if capacity else {})


def distributed(world: World, lead: Any, at: dt.datetime) -> Any:
    """Let the rules give a lead to somebody, as they do as soon as one comes; gives the lead with its owner."""
    rules = running.rules_of(entity(LEAD))
    with world.written(SYSTEM, at, "job", kind="assign"):
        running.run(entity(LEAD), rules, [lead.pk])
    (fresh,) = entity(LEAD).rows(SYSTEM).filter(pk=lead.pk)
    return fresh


class Visitor:
    """One visitor of the fair, whose lead went from hand to hand."""

    def __init__(self, world: World, number: int, name: str, mail: str, language: str) -> None:
        self.world, self.number, self.name, self.mail, self.language = world, number, name, mail, language
        self.lead: Any = None

    def plan(self, first: str, story: str, taker: str, then: str) -> None:
        """What happened, each at its time."""
        come = 46 + self.number % 5
        self.on(come, first, partial(self.came, first))
        if story == "idle":
            self.on(come - 24, "", self.idle)
            return
        self.on(come - 2, first, partial(self.begun, first))
        self.on(come - 15, first, partial(self.returned, first))
        for user, day in ((taker, come - 27), (then, come - 40)):
            if user:
                self.on(day, user, partial(self.taken, user))
                self.on(day - 1, user, partial(self.begun, user))
        if then:
            self.on(come - 33, taker, partial(self.returned, taker))

    def on(self, days_ago: int, user: str, act: Callable[[dt.datetime], None]) -> None:
        """Remember what somebody did."""
        self.world.plan(days_ago, user, act)

    def came(self, user: str, at: dt.datetime) -> None:
        """The card of a visitor came with a file."""
        owner, source = str(self.world.id("users", user)), self.world.id("sources", "fair")
        with self.world.written(SYSTEM, at, "import", kind="import", reason=FILE[self.language]) as actor:
            person = writes.create(actor, entity(PERSON), named(self.name, self.language) | {"email": self.mail, "status": "provisional", "owner": owner})  # fmt: skip
            values = {
                "name": FAIR[self.language][self.number % 3], "person": person.pk, "language": self.language, "channel": "event", "source": source,
                "received_at": at.isoformat(), "owner": owner,
            }  # fmt: skip
            self.lead = writes.create(actor, entity(LEAD), values)

    def begun(self, user: str, at: dt.datetime) -> None:
        """Its owner begins to work on it."""
        self.move(user, at, "working")

    def move(self, user: str, at: dt.datetime, key: str) -> None:
        """Into another stage."""
        stage = book().courses[self.lead.process_id].stage(key)
        assert stage is not None
        with self.world.written(self.world.actor(user), at) as actor:
            writes.save(actor, self.lead, {"stage": stage.pk, "first_response_at": at.isoformat()})

    def idle(self, at: dt.datetime) -> None:
        """Nobody touched it: it goes back by itself."""
        with self.world.written(SYSTEM, at, "job", kind="recycle", reason=IDLE[self.language]):
            claiming.put(entity(LEAD), [self.lead.pk], self.pool, reason=IDLE[self.language])

    def returned(self, user: str, at: dt.datetime) -> None:
        """Its owner gives it back, with a reason."""
        reason = RETURNED[self.language]
        with self.world.written(self.world.actor(user), at, kind="return", reason=reason) as actor:
            claiming.give_back(actor, entity(LEAD), [self.lead.pk], self.pool, reason)

    def taken(self, user: str, at: dt.datetime) -> None:
        """Somebody takes it from the pool."""
        with self.world.written(self.world.actor(user), at, kind="claim") as actor:
            claiming.claim(actor, self.pool, [self.lead.pk])

    @property
    def pool(self) -> UUID:
        """The pool of its region."""
        return self.world.id("pools", self.language)


def named(name: str, language: str) -> dict[str, str]:
    """The parts of a name."""
    if language == "zh":
        return {"family_name": name[:1], "given_name": name[1:]}
    given, _gap, family = name.partition(" ")
    return {"given_name": given, "family_name": family}
