"""What people change about themselves (R141): personal settings, password, sessions."""

from typing import Any

from django.utils.translation import gettext as _

from kith.core import access, proof, throttling, writes
from kith.core.access import Actor
from kith.core.context import current
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


def is_password(user: Any, typed: str) -> bool:
    """Whether this is the user's password; wrong guesses count like those at the door."""
    throttling.take("secret", account=user.email, address=current().ip)
    if not fits(user, typed):
        return False
    throttling.forgive("secret", account=user.email, address=current().ip)
    return True


def change_password(actor: Actor, old: str, new: str) -> Any:
    """A new password, proven by the old one, and by the second factor unless that was lately."""
    user = me(actor)
    if user.second_factor:
        proof.demand()
    if not is_password(user, old):
        raise Refused({"old": [_("This is not your present password.")]})
    if old == new:
        raise Refused({"password": [_("The new password equals the old one.")]})
    set_password(actor, user, new, how="own")
    return user
