"""What people change about themselves (R141): personal settings, password, sessions."""

from typing import Any

from django.utils.translation import gettext as _

from kith.core import access, throttling, writes
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Refused

from .accounts import set_password
from .backend import fits
from .entities.user import PERSONAL


def me(actor: Actor) -> Any:
    """The actor's own user record."""
    return access.fetch(registry.get("access.user"), actor, actor.id)


def save(actor: Actor, typed: dict[str, Any]) -> Any:
    """Store personal settings; other names are left alone."""
    return writes.save(actor, me(actor), {name: value for name, value in typed.items() if name in PERSONAL}, typed=True)


def change_password(actor: Actor, old: str, new: str) -> Any:
    """A new password, proven by the old one; wrong guesses count like those at the door."""
    user = me(actor)
    throttling.take("secret", account=user.email)
    if not fits(user, old):
        raise Refused({"old": [_("This is not your present password.")]})
    throttling.forgive("secret", account=user.email)
    if old == new:
        raise Refused({"password": [_("The new password equals the old one.")]})
    set_password(actor, user, new, how="own")
    return user
