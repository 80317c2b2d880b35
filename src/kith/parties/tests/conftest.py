"""Fixtures of the tests of parties; Kith is imported inside them, since pytest reads this file before Django is ready."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def points() -> Callable[..., list[tuple[str, str, bool]]]:
    """The contact points of a party: kind, value, primary; oldest first."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry

    def read(party: Any) -> list[tuple[str, str, bool]]:
        rows = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=party.pk).order_by("pk")
        return [(row.kind, row.value, row.is_primary) for row in rows]

    return read


@pytest.fixture
def user(make: Any) -> Callable[..., Any]:
    """Creates a user."""
    return lambda name: make("access.user", name=name, email=f"{name.lower()}@kith.example")


@pytest.fixture
def actor(user: Any) -> Callable[..., Any]:
    """An actor with rules "entity operation level"; a user of that name is made."""
    from kith.core.access import Actor, Rule

    def build(name: str, *rules: str, **facts: Any) -> Actor:
        parsed = tuple(Rule(f"role{number}", *rule.split()) for number, rule in enumerate(rules))
        return Actor(id=user(name).pk, name=name, rules=parsed, **facts)

    return build


@pytest.fixture
def time_machine_at() -> Callable[..., Any]:
    """Goes to noon of a day: with time_machine_at(day): …"""
    import datetime as dt

    import time_machine

    return lambda day: time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False)
