"""What the drill stands on: an administrator who signs in and has an API token, and companies."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from tests.crash.installation import wait_until

from kith.access import accounts, shipped
from kith.core import access, tokens, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entity import registry

COMPANIES = 300  # more than are edited in the request: it takes a job
MARK = "Drill"
MAIL = "drill@kith.example"


@dataclass(frozen=True, slots=True)
class Ground:
    """The administrator and the companies."""

    user: Any
    password: str
    token: str
    companies: tuple[UUID, ...] = ()

    @property
    def actor(self) -> Actor:
        """The administrator, with the rights of now."""
        return access.actor_of(self.user.pk)


def lay() -> Ground:
    """Make it all through the product's own writes."""
    ground = administrator()
    rows = [
        {"name": f"Stone {number:04d}", "legal_form": MARK, "email": f"office{number:04d}@stone.example"}
        for number in range(COMPANIES)
    ]
    made = writes.create_many(ground.actor, registry.get("parties.company"), rows)
    return replace(ground, companies=tuple(record.pk for record in made))


def administrator() -> Ground:
    """Who may do everything, with a password and an API token."""
    password, secret = secrets.token_urlsafe(15), tokens.new_secret()
    with transaction.atomic():
        with change_set(SYSTEM, kind="create"):
            user = writes.create(SYSTEM, registry.get("access.user"), {"name": "Drill", "email": MAIL})
            shipped.give(shipped.roles()["administrator"], user=user)
        accounts.set_password(SYSTEM, user, password)
    tokens.ApiToken.objects.create(
        user_id=user.pk, name="drill", shown=secret[:12], digest=tokens.digest(secret), scopes=["*"]
    )
    return Ground(user, password, secret)


def patiently[Result](act: Callable[[], Result]) -> Result:
    """`act()`, again and again while the database is down."""
    result: list[Result] = []

    def trial() -> bool:
        try:
            result.append(act())
        except (OperationalError, InterfaceError):
            if not connection.in_atomic_block:
                connection.close()
            return False
        return True

    wait_until(trial, "the database answers")
    return result[0]
