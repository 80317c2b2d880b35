"""What the drill stands on: a pool of leads, and people who may take from it, each with a session and an API token."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from kith.access import shipped
from kith.core import tokens, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.distribution import claiming
from kith.processes import shipped as processes

ROLE = (("*", "view", "own"), ("*", "edit", "own"))


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who takes: with a browser's cookie and its CSRF token, and with an API token."""

    user: Any
    token: str
    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The pool, its leads in the order of the queue, and the takers."""

    pool: UUID
    leads: tuple[UUID, ...]
    takers: tuple[Taker, ...]


def lay(people: int, leads: int) -> Ground:
    """Make it all through the product's own writes."""
    processes.install()
    takers = tuple(taker(number) for number in range(people))
    pool = writes.create(SYSTEM, registry.get("distribution.pool"), {"name": "Drill", "entity": "sales.lead"})
    for one in takers:
        writes.create(SYSTEM, registry.get("distribution.poolmember"), {"pool": pool.pk, "user": one.user.pk})
    return Ground(pool.pk, fill(pool.pk, leads), takers)


def taker(number: int) -> Taker:
    """One person, signed in."""
    user = writes.create(SYSTEM, registry.get("access.user"), {"name": f"Taker {number:02d}", "email": f"taker{number}@kith.example"})  # fmt: skip
    shipped.give(shipped.make(f"Taker {number}", "", ROLE), user=user)
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(user_id=user.pk, name="drill", shown=secret[:12], digest=tokens.digest(secret), scopes=["*"])  # fmt: skip
    client = Client()
    client.force_login(user)
    cookie = next(iter(client.cookies.values()))
    session, csrf = SessionStore(cookie.value), secrets.token_hex(16)
    session["_csrftoken"] = csrf
    session.save()
    return Taker(user, secret, f"{cookie.key}={cookie.value}", csrf)


def fill(pool: UUID, count: int) -> tuple[UUID, ...]:
    """New leads that wait in the pool, each of a company of its own."""
    companies = writes.create_many(SYSTEM, registry.get("parties.company"), [{"name": f"Quarry {number:05d}"} for number in range(count)])  # fmt: skip
    entity = registry.get("sales.lead")
    made = writes.create_many(SYSTEM, entity, [{"name": f"Stone {at:05d}", "company": one.pk} for at, one in enumerate(companies)])  # fmt: skip
    keys = [record.pk for record in made]
    for start in range(0, count, 1000):
        with change_set(SYSTEM, kind="collect", entity=entity.label):
            claiming.put(entity, keys[start : start + 1000], pool)
    return tuple(keys)
