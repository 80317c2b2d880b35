"""Proving the second factor by something typed: a code of the app, or a recovery code. Throttled by user and network."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import throttling
from kith.core.context import current
from kith.core.errors import Refused

from . import recovery, totp

DOOR = "factor"


def prove(user: Any, code: str) -> str:
    """What was right: "app" or "recovery". Raises Throttled, or Refused without telling which of the two was wrong."""
    throttling.take(DOOR, account=str(user.pk), address=current().ip)
    how = found(user, code.replace(" ", ""))
    if not how:
        raise Refused(_("That code is not right, or it was used already."))
    throttling.forgive(DOOR, account=str(user.pk), address=current().ip)
    return how


def found(user: Any, code: str) -> str:
    """Which kind of code this is, if it is one that still works."""
    if totp.is_code(code):
        return "app" if totp.use(user, code) else ""
    return "recovery" if recovery.use(user, code) else ""
