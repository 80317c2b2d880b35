"""Amounts in one currency: an app that knows rates registers how to convert; without it each currency is summed apart."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .paths import Path


class Converter(Protocol):
    """Turns stored amounts into the base currency inside a query."""

    def currency(self) -> str:
        """The base currency."""

    def amount(self, path: "Path", amount: Any, currency: Any) -> Any:
        """The amount in the base currency as an expression, from those of amount and currency; null where there is no rate (R6)."""


_registered: list[Converter] = []


def register(converter: Converter | None) -> None:
    """Use this converter from now on; None takes it away."""
    _registered[:] = [] if converter is None else [converter]


def converter() -> Converter | None:
    """The converter in use."""
    return _registered[0] if _registered else None
