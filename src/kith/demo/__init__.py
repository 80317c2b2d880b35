"""Meridian Instruments: a company with customers in three languages, to try Kith with. Nothing of the product imports this."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .logins import Login


def fill() -> "list[Login]":
    """Fill an empty database with the demo, once, and say how to sign in; see `filling`."""
    from .filling import fill as filled  # needs Django to be ready

    return filled()
