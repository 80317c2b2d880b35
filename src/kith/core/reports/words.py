"""Figures as people and programs read them: rounded once, at the end (R162)."""

from datetime import date
from decimal import Decimal
from typing import Any

from kith.core.money import Money, currency_step, round_to
from kith.core.ui import formats

from .charts.model import Unit
from .measures import Column

#: Ratios, averages and medians keep so many places outside the screen (R4).
PLACES = Decimal("0.0001")


def unit_of(column: Column) -> Unit:
    """How the numbers of a column read."""
    return Unit(column.kind, column.currency)


def text(value: Any, column: Column) -> str:
    """A figure on the screen; nothing is "–"."""
    if isinstance(value, date):
        return formats.day(value, "medium")
    return unit_of(column).text(number(value))


def number(value: Any) -> Any:
    """A figure without its currency."""
    return value.amount if isinstance(value, Money) else value


def rounded(value: Any, column: Column) -> Any:
    """A figure as a number for files and the API."""
    plain = number(value)
    if plain is None or isinstance(plain, int | date):
        return plain
    step = currency_step(column.currency) if column.kind == "money" and column.currency else PLACES
    result = round_to(plain, step)
    return int(result) if result == result.to_integral_value() and column.kind != "money" else result
