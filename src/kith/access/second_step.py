"""Between the password and the second factor: the session remembers for ten minutes whose password was right, and opens nothing yet."""

import time
import uuid
from typing import Any

from django.http import HttpRequest

from .backend import users

HELD = "_second_step"
SECONDS = 600


def hold(request: HttpRequest, user: Any) -> None:
    """The password of this user was right; under a new key of the session, as after signing in."""
    request.session.cycle_key()
    request.session[HELD] = {"user": str(user.pk), "mark": user.get_session_auth_hash(), "at": int(time.time())}


def held(request: HttpRequest) -> Any | None:
    """The user whose second factor is awaited, unless it took too long or the account changed meanwhile."""
    kept = request.session.get(HELD)
    if not kept or time.time() - kept["at"] > SECONDS:
        return None
    user = users().filter(pk=uuid.UUID(kept["user"]), kind="person").first()
    return user if user is not None and user.get_session_auth_hash() == kept["mark"] else None


def forget(request: HttpRequest) -> None:
    """Begin anew."""
    request.session.pop(HELD, None)
