"""Signing in by e-mail and password, and loading the user of a session with the epoch of rights in one query."""

from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password, verify_password
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.http import HttpRequest

from kith.core import prepared
from kith.core.access import SYSTEM
from kith.core.entity import registry

from .accounts import rehash
from .entities.user import User
from .epoch import Epoch

#: A one-time password that nobody used in time is worth nothing.
STILL_GOOD = Q(temporary_until=None) | Q(temporary_until__gt=Now())
#: Hashing is slow on purpose; a flood of sign-ins shall not take all threads.
hashing = BoundedSemaphore(2)


def users() -> Any:
    """Users who may sign in, each with `rights_epoch`, so that the actor needs no query of its own while rights stand still."""
    epoch = Subquery(Epoch.objects.order_by().values("value")[:1])
    return (
        registry.get("access.user").rows(SYSTEM).filter(is_active=True).annotate(rights_epoch=Coalesce(epoch, Value(0)))
    )


def fits(user: User | None, password: str) -> bool:
    """Whether the password is the user's; costs the same when there is no user or no password to compare with."""
    with hashing:
        if user is None or not user.has_usable_password():
            make_password(password)
            return False
        right, outdated = verify_password(password, user.password)
    if right and outdated:
        rehash(user, password)
    return right


class Backend:
    """What AUTHENTICATION_BACKENDS names."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_more: Any
    ) -> User | None:
        """The user of an e-mail and password; an unknown e-mail costs the same time as a wrong password."""
        if not username or password is None:
            return None
        user: User | None = users().filter(STILL_GOOD, kind=User.Kind.PERSON, email__iexact=username.strip()).first()
        return user if fits(user, password) else None

    def get_user(self, user_id: Any) -> User | None:
        """The user of a session."""
        found = prepared.run(
            SYSTEM, "user of a session", lambda key: users().filter(pk=key).order_by(), UUID(str(user_id))
        )
        return next(iter(found), None)
