"""The five people of the tests: Ann (own), Tom (team), Eva (all), Max (none); Pia, the portal user, comes with the portal.

    people = make_people()
    people.ann, people.actors.ann, people.clients.ann        # user, Actor, signed-in django.test.Client

Ann and Tom are in the team "North"; Tom sees and edits the team's records, Ann only her own. Eva is an administrator.
"""

import uuid
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM, Actor, actor_of
from kith.core.entity import OPERATIONS, registry

PASSWORD = "correct horse battery"  # noqa: S105 - of the tests
NAMES = {"ann": "Ann Own", "tom": "Tom Team", "eva": "Eva All", "max": "Max None"}


def make_people() -> SimpleNamespace:
    """Users, their actors and signed-in clients by first name; also the group `north` and the roles used."""
    from kith.access import shipped
    from kith.processes import shipped as processes

    custom_fields.forget()
    processes.install()
    users = {key: make_user(name, email=f"{key}@kith.test") for key, name in NAMES.items()}
    north = make_group("North", users["ann"], users["tom"])
    own, team = role_of("Own", level_items("own")), role_of("Team", level_items("team"))
    everything = shipped.roles()["administrator"]
    for who, role in (("ann", own), ("tom", team), ("eva", everything)):
        shipped.give(role, user=users[who])
    actors = SimpleNamespace(**{key: actor_of(user.pk) for key, user in users.items()})
    clients = SimpleNamespace(**{key: client_of(user) for key, user in users.items()})
    return SimpleNamespace(
        **users, north=north, roles=SimpleNamespace(own=own, team=team, all=everything), actors=actors, clients=clients
    )


def make_user(name: str, *, email: str = "", **values: Any) -> Any:
    """A user through the write path; without a password unless `password` is given (hashing takes 0.3 s)."""
    password = values.pop("password", "")
    user = writes.create(
        SYSTEM,
        registry.get("access.user"),
        {"name": name, "email": email or f"{uuid.uuid4().hex[:12]}@kith.test", **values},
    )
    if password:
        from kith.access.accounts import set_password

        set_password(SYSTEM, user, password)
    return user


def make_group(name: str, *members: Any, is_team: bool = True) -> Any:
    """A group with users and groups as members."""
    group = writes.create(SYSTEM, registry.get("access.group"), {"name": name, "is_team": is_team})
    for member in members:
        kind = "child" if member._meta.label_lower == "access.group" else "user"
        writes.create(SYSTEM, registry.get("access.groupmember"), {"group": group.pk, kind: member.pk})
    return group


def role_of(name: str, items: Iterable[tuple[Any, ...]]) -> Any:
    """A role of permission items (entity, operation, level[, deny[, condition]])."""
    from kith.access import shipped

    return shipped.make(name, "", items)


def grant(user: Any, *items: tuple[Any, ...]) -> Any:
    """Give a user permission items through a role of their own; returns the role."""
    from kith.access import shipped

    role = role_of(f"Role of {user}", items)
    shipped.give(role, user=user)
    return role


def level_items(level: str) -> list[tuple[str, str, str]]:
    """Every common operation but the sight of sensitive fields and the giving away of records, and every action, at one level."""
    plain = [("*", operation, level) for operation in OPERATIONS if operation not in ("sensitive", "assign")]
    actions = [
        (entity.label, action.name, level)
        for entity in registry
        for action in entity.actions
        if not action.right and not entity.access.public
    ]
    return [*plain, *actions]


def client_of(user: Any) -> Client:
    """A browser in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client


def fresh(user: Any) -> Actor:
    """The actor of a user with the rights of this moment."""
    return actor_of(user.pk)
