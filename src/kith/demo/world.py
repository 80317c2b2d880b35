"""The state of a filling: ids by the keys of the tables, chance with a fixed seed, moments relative to today."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from kith.core.access import Actor, actor_of
from kith.core.changes import change_set
from kith.core.context import through
from kith.core.entity import Entity, registry

from .data import texts_en, texts_ru, texts_zh
from .data.shape import City, Country, Firm

TEXTS: dict[str, Any] = {"en": texts_en, "ru": texts_ru, "zh": texts_zh}
SEED = 20261124


@dataclass(slots=True)
class Customer:
    """A company that was made, with what its people and papers need."""

    record: Any
    firm: Firm
    country: Country
    owner: str
    contacts: list["Contact"] = field(default_factory=list)

    @property
    def city(self) -> City:
        """Where it is."""
        return self.country.cities[self.firm.city]

    @property
    def texts(self) -> Any:
        """The texts in the language of those who work with it."""
        return TEXTS[self.country.texts]


@dataclass(slots=True)
class Contact:
    """A person that was made."""

    record: Any
    customer: Customer
    place: int


@dataclass(slots=True)
class World:
    """What has been made so far."""

    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - for variety, not for secrets
    today: dt.date = field(default_factory=timezone.localdate)
    ids: dict[str, dict[str, UUID]] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    customers: list[Customer] = field(default_factory=list)
    planned: list[tuple[dt.datetime, int, Callable[[dt.datetime], None]]] = field(default_factory=list)
    actors: dict[str, Actor] = field(default_factory=dict)
    is_replaying: bool = False

    def plan(self, days_ago: float, user: str, act: Callable[[dt.datetime], None]) -> None:
        """Remember what a user did some days ago; `replay` writes all of it in the order of time."""
        self.planned.append((self.moment(days_ago, user), len(self.planned), act))

    def replay(self) -> None:
        """Write what was planned, the oldest first, so that versions and times of records agree."""
        self.is_replaying = True
        for at, _number, act in sorted(self.planned, key=lambda item: item[:2]):
            act(at)
        self.planned.clear()
        self.is_replaying = False
        self.actors.clear()

    def id(self, kind: str, key: str) -> UUID:
        """The id of what a table calls `key`."""
        return self.ids[kind][key]

    def actor(self, user: str) -> Actor:
        """A user with the rights of this moment; during `replay` nobody's rights change."""
        known = self.actors.get(user) or actor_of(self.id("users", user))
        if self.is_replaying:
            self.actors[user] = known
        return replace(known, memo={})

    def by_domain(self, domain: str) -> Customer:
        """The customer with this domain."""
        return next(customer for customer in self.customers if customer.firm.domain == domain)

    @property
    def contacts(self) -> list[Contact]:
        """All people in the order of their companies."""
        return [contact for customer in self.customers for contact in customer.contacts]

    def digits(self, pattern: str) -> str:
        """A number: "#" stands for any digit."""
        return "".join(str(self.chance.randrange(10)) if mark == "#" else mark for mark in pattern)

    def clock(self, days_ahead: int, user: str, hour: int, minute: int = 0) -> dt.datetime:
        """An hour of a day, so many days from today, in the zone of the user."""
        day = self.today + dt.timedelta(days=days_ahead)
        return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(self.zones.get(user, "Europe/Berlin")))

    def moment(self, days_ago: float, user: str = "", hour: int | None = None) -> dt.datetime:
        """A moment of a working day some days ago, never in the future."""
        hour = self.chance.randrange(8, 18) if hour is None else hour
        found = self.clock(-round(days_ago), user, hour, self.chance.randrange(60))
        return min(found, timezone.now() - dt.timedelta(minutes=2))

    @contextmanager
    def written(
        self, actor: Actor, at: dt.datetime, origin: str = "ui", *, kind: str = "edit", reason: str = ""
    ) -> Iterator[Actor]:
        """Write what the block writes as one change-set of that moment, through that door."""
        ip = (
            ""
            if origin in ("job", "sync", "system", "cli")
            else f"10.20.{len(actor.name) % 8}.{sum(map(ord, actor.name)) % 250 + 2}"
        )
        with through(origin, ip=ip), change_set(actor, kind=kind, reason=reason) as changes:
            changes.at = at
            yield actor


def entity(label: str) -> Entity:
    """The entity with this label."""
    return registry.get(label)
