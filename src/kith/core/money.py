"""Money: an exact amount with its currency; rounding as rules.md R4 and R5 say."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of `currency` (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def round_to(value: Decimal, step: Decimal) -> Decimal:
    """`value` rounded half away from zero to a multiple of `step` (R5)."""
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def currency_step(currency: str) -> Decimal:
    """Smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))
