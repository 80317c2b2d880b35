"""What a chart shows, whatever it is drawn as: categories, series of marks, and how its numbers read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel import numbers as babel_numbers

from kith.core.money import currency_step, round_to
from kith.core.ui import formats


@dataclass(frozen=True, slots=True)
class Unit:
    """How the numbers of a chart read: "number", "money", "percent" (0.25) or "points" (25)."""

    kind: str = "number"
    currency: str = ""

    def text(self, value: Any) -> str:
        """A number in full."""
        if value is None:
            return "–"
        if self.kind == "percent":
            return formats.percent(value, 2 if value % Decimal("0.01") else 0)
        if self.kind == "money":
            amount = round_to(Decimal(value), currency_step(self.currency or "EUR"))
            return formats.money_text(amount, self.currency)
        number = formats.num(round_to(Decimal(value), Decimal("0.01")).normalize() if value % 1 else int(value))
        return f"{number} %" if self.kind == "points" else number

    def short(self, value: Any) -> str:
        """A number for an axis or a mark, where room is little."""
        if value is None:
            return "–"
        if self.kind == "percent":
            return formats.percent(value, 1 if round(value * 100, 4) % 1 else 0)
        if abs(value) < 10_000 and self.kind != "money":
            return self.text(value)
        digits = 0 if not round(Decimal(value), 2) % 1000 and abs(value) < 1_000_000 else 1
        compact = (
            babel_numbers.format_compact_currency(value, self.currency, locale=formats.locale(), fraction_digits=digits)
            if self.kind == "money" and self.currency
            else babel_numbers.format_compact_decimal(value, locale=formats.locale(), fraction_digits=digits)
        )
        return compact if abs(value) >= 1000 else self.text(value)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value and the list of its rows; `role` "total" stands on the ground in a waterfall instead of adding to it."""

    value: Decimal | None
    href: str = ""
    role: str = ""

    @property
    def size(self) -> float:
        """The value as a length; binary floats are only ever coordinates."""
        return float(self.value or 0)


@dataclass(frozen=True, slots=True)
class Series:
    """Marks of one colour; `role` "target" or "before" is drawn as a line to compare with."""

    label: str
    marks: tuple[Mark, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn: each series has one mark per category. `target` is the goal of a gauge, `places` where
    each category lies on a map."""

    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: Unit = Unit()
    head: str = ""
    target: Decimal | None = None
    short: tuple[str, ...] = ()
    places: tuple[tuple[float, float] | None, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The categories as they stand at an axis."""
        return self.short or self.categories

    def words(self, series: Series, at: int) -> str:
        """A mark in words: "November 2026, Won: 12"."""
        told = self.unit.text(series.marks[at].value)
        name = f"{self.categories[at]}, {series.label}" if len(self.series) > 1 else self.categories[at]
        return f"{name}: {told}"
