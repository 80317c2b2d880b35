"""A target list with customers and three people who call; this file is read before Django is ready, so it imports inside."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def reps(people: Any) -> SimpleNamespace:
    """Vera, Igor and Ana see and edit what is theirs."""
    from kith.core.access import actor_of
    from kith.core.testing.people import client_of, grant, make_user

    users = {name: make_user(name.capitalize()) for name in ("vera", "igor", "ana")}
    for user in users.values():
        grant(user, ("*", "view", "own"), ("*", "edit", "own"), ("*", "create", "all"))
    return SimpleNamespace(
        **users, actor=lambda name: actor_of(users[name].pk), client=lambda name: client_of(users[name])
    )


@pytest.fixture
def listed(make: Callable[..., Any]) -> Callable[..., Any]:
    """A target list with so many companies on it, in order."""
    from kith.core.access import SYSTEM
    from kith.marketing import members

    def build(count: int, **values: Any) -> Any:
        target_list = make("marketing.targetlist", **({"name": "Autumn"} | values))
        companies = [make("parties.company", name=f"Company {number}") for number in range(1, count + 1)]
        members.put(SYSTEM, target_list, [one.pk for one in companies], "hand")
        return SimpleNamespace(list=target_list, companies=companies)

    return build
