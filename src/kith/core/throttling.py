"""Throttles for every door: how often a password, a token or mail may be tried. The access app counts (access.throttle).

throttling.take("secret", account=email, address=ip)     # counts a try; raises Throttled
throttling.check("secret", address=ip)                   # only asks, where wrong secrets alone are counted
throttling.forgive("secret", account=email, address=ip)  # the try was right
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import ngettext

from .errors import KithError

counters: dict[str, Callable[..., Any]] = {}


class Throttled(KithError):
    """Too many tries; `seconds` says when the next one is allowed."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = max(1, seconds)

    @property
    def message(self) -> str:
        """For people, in whole minutes."""
        minutes = -(-self.seconds // 60)
        return ngettext(
            "Too many tries. Try again in %(num)s minute.", "Too many tries. Try again in %(num)s minutes.", minutes
        ) % {"num": minutes}


def take(door: str, *, account: str = "", address: str = "") -> int:
    """Count a try; how many the account has left. Raises Throttled when none was left."""
    return int(counters["take"](door, account=account, address=address))


def check(door: str, *, account: str = "", address: str = "") -> None:
    """Raise Throttled when no try is left; counts nothing."""
    counters["check"](door, account=account, address=address)


def forgive(door: str, *, account: str = "", address: str = "") -> None:
    """Give a right try back."""
    counters["forgive"](door, account=account, address=address)
