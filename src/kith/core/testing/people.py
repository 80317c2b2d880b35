"""The five people of the tests: Ann (own), Tom (team), Eva (all), Max (none); Pia, the portal user, comes with the portal.

    people = make_people()
    people.ann, people.actors.ann, people.clients.ann        # user, Actor, signed-in django.test.Client

Ann and Tom are in the team "North"; Tom sees and edits the team's records, Ann only her own. Eva is an administrator.
"""

import time
import uuid
from collections.abc import Hashable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import time_machine
from django.conf import settings
from django.test import Client
from django.utils import translation

from kith.core import custom_fields, events, writes
from kith.core.access import SYSTEM, Actor, actor_of
from kith.core.entity import OPERATIONS, registry
from kith.core.predicates import Kept

from . import tables

PASSWORD = "correct horse battery"  # noqa: S105 - of the tests
NAMES = {"ann": "Ann Own", "tom": "Tom Team", "eva": "Eva All", "max": "Max None"}


def make_people() -> SimpleNamespace:
    """Users, their actors and signed-in clients by first name; also the group `north` and the roles used.

    Written as everything is, once in some minutes: 471 statements. Wherever else nothing is there yet, the same rows are laid again.
    """
    custom_fields.forget()
    ground = ground_of()
    if ground is None:
        return Made.anew().told()
    if ground not in _kept or time.monotonic() - _kept[ground][2] > LASTING:
        made = Made.anew()
        _kept[ground] = tables.take(), made, time.monotonic()
        return made.told()
    from kith.access import epoch

    picture, made, _at = _kept[ground]
    tables.lay(picture)
    epoch.bump()  # as after any writing of users: whatever was remembered of other people of these ids ends
    return made.told()


def ground_of() -> Hashable | None:
    """What the rows depend on; None where they have to be written: beside other rows, or at another time."""
    if time_machine.escape_hatch.is_travelling() or not tables.may_be_laid() or tables.filled():
        return None
    told = tuple(entity.label for entity in registry if events.wanted(entity.label, "create"))
    said = (translation.get_language(), *(getattr(settings, name) for name in SAID))
    return *level_items("own"), *told, *said


#: Settings that the rows tell of.
SAID = ("LANGUAGE_CODE", "TIME_ZONE", "KITH_COUNTRY", "KITH_CURRENCY")
#: Seconds until the rows are too old: who signed in some minutes ago is asked for a password before what matters.
LASTING = 200
_kept: dict[Hashable, tuple[tables.Picture, "Made", float]] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """The five people as they were made; whoever asks gets copies."""

    records: dict[str, Any]
    roles: dict[str, Any]
    actors: dict[str, Actor]
    cookies: dict[str, SimpleCookie]

    @classmethod
    def anew(cls) -> "Made":
        """Written to the database."""
        from kith.access import shipped
        from kith.processes import shipped as processes

        processes.install()
        users = {key: make_user(name, email=f"{key}@kith.test") for key, name in NAMES.items()}
        north = make_group("North", users["ann"], users["tom"])
        roles = {"own": role_of("Own", level_items("own")), "team": role_of("Team", level_items("team"))}
        roles["all"] = shipped.roles()["administrator"]
        for who, role in (("ann", "own"), ("tom", "team"), ("eva", "all")):
            shipped.give(roles[role], user=users[who])
        actors = {key: actor_of(user.pk) for key, user in users.items()}
        cookies = {key: client_of(user).cookies for key, user in users.items()}
        return cls({**users, "north": north}, roles, actors, cookies)

    def told(self) -> SimpleNamespace:
        """As tests speak of them."""
        records, roles, cookies = deepcopy((self.records, self.roles, self.cookies))
        actors = {key: replace(actor, memo={}, kept=Kept(actor.rules)) for key, actor in self.actors.items()}
        clients = {key: Client() for key in cookies}
        for key, client in clients.items():
            client.cookies = cookies[key]
        told = {"roles": roles, "actors": actors, "clients": clients}
        return SimpleNamespace(**records, **{name: SimpleNamespace(**found) for name, found in told.items()})


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
