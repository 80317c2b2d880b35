"""Passwords: set through the write path's announcement but never written to the ledger; every change ends all sessions."""

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from kith.core import ledger, store
from kith.core.access import Actor
from kith.core.changes import maintenance
from kith.core.errors import Refused

from .entities.user import User
from .epoch import end_sessions


def check_password_rules(user: Any, password: str, field: str = "password") -> None:
    """Raise Refused, naming what is wrong, for a password that is too short or too common."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused({field: list(error.messages)}) from None


def set_password(actor: Actor, user: Any, password: str, *, how: str = "set", until: dt.datetime | None = None) -> None:
    """Store a password and end all sessions and tokens of the user; the log says who did it, never what it is. `until` makes it a one-time password."""
    check_password_rules(user, password)
    store_hash(user, make_password(password), until)
    ledger.log(actor, "password", entity="access.user", record_id=user.pk, title=str(user), how=how)


def store_hash(user: Any, encoded: str, until: dt.datetime | None = None) -> None:
    """Write the hash and raise the user's epoch, so that sessions and reset links made before are void."""
    with maintenance("password"):
        user.password, user.temporary_until = encoded, until
        store.update(User, [user], {"password", "temporary_until"})
        end_sessions([user])


def rehash(user: Any, password: str) -> None:
    """Store the same password under today's hasher; nothing changes for the user."""
    with maintenance("password"):
        user.password = make_password(password)
        store.update(User, [user], {"password"})
