"""Numbers of spreadsheets, which keep binary floats, as the exact numbers that people see in them."""

from decimal import Decimal

#: Whole numbers up to here survive in a binary float.
EXACT = 1 << 53


def exact(number: float) -> int | Decimal:
    """12.0 as 12 and 0.1 as 0.1; fifteen digits, as many as spreadsheets keep, so 0.1 + 0.2 is 0.3."""
    if number.is_integer() and abs(number) < EXACT:
        return int(number)
    return Decimal(format(number, ".15g"))


def has_lost_digits(number: float) -> bool:
    """Whether a long number (an account, a card) can no longer be told from its neighbours."""
    return abs(number) >= EXACT


def percentage(number: str) -> str:
    """The share "0.15" as it is shown: "15%"."""
    return f"{(exact(float(number)) * Decimal(100)).normalize():f}%"
