"""Vera, Igor and Ana, who sell; this file is read before Django is ready, so it imports inside."""

from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def _forget():
    from kith.distribution import book

    book.forget()


@pytest.fixture
def reps(people):
    """Vera, Igor and Ana see and edit their own leads."""
    from kith.core.access import actor_of
    from kith.core.testing.people import client_of, grant, make_user

    users = {name: make_user(name.capitalize()) for name in ("vera", "igor", "ana")}
    for user in users.values():
        grant(user, ("*", "view", "own"), ("*", "edit", "own"), ("*", "create", "all"))
    return SimpleNamespace(
        **users,
        actors=SimpleNamespace(**{name: actor_of(user.pk) for name, user in users.items()}),
        clients=SimpleNamespace(**{name: client_of(user) for name, user in users.items()}),
    )
