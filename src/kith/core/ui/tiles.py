"""Tiles: a number, the rows it opens, and the signed difference to the range before of equal length (R168)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core.tally import COUNTED
from kith.core.ui import formats

type Number = int | Decimal
type Words = Callable[[Number], str]


@dataclass(frozen=True, slots=True)
class Range:
    """Days from first to last, both included."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Range":
        """The range of equal length that ends where this one begins."""
        return Range(self.first - dt.timedelta(days=self.days), self.first - dt.timedelta(days=1))

    @property
    def dates(self) -> list[str]:
        """As a filter takes it."""
        return [self.first.isoformat(), self.last.isoformat()]

    @classmethod
    def last_days(cls, count: int, until: dt.date) -> "Range":
        """So many days until one, which is the last of them."""
        return cls(until - dt.timedelta(days=count - 1), until)


@dataclass(frozen=True, slots=True)
class Difference:
    """A signed difference in words, whether it is good news, and what it is compared with."""

    text: str
    arrow: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Statistic:
    """One figure. Without any record it has no value and says so in words."""

    label: str
    value: Any = None
    href: str = ""
    difference: Difference | None = None
    of: Any = ""
    share: Decimal | None = None
    extra: tuple[tuple[str, str], ...] = ()
    tone: str = ""
    key: str = ""


def compared(now: Number, before: Number, days: int, words: Words = formats.num, *, good: int = 1) -> Difference:
    """The difference of two ranges of so many days; `good` is 1 where more is better, -1 where less is, 0 where neither."""
    change = now - before
    title = ngettext("%(num)s day before: %(value)s", "%(num)s days before: %(value)s", days) % {
        "num": days,
        "value": words(before),
    }
    if not change:
        return Difference("±0", "", "", title)
    tone = "" if not good else "up" if (change > 0) == (good > 0) else "down"
    return Difference(
        f"{'+' if change > 0 else '−'}{words(change if change > 0 else -change)}",
        "up" if change > 0 else "down",
        tone,
        title,
    )


def counted(count: int) -> str:
    """A number that was counted up to a limit."""
    return f"{formats.num(count)}+" if count >= COUNTED else formats.num(count)


def points(share: Number) -> str:
    """Percentage points in words."""
    return _("%(num)s pp") % {"num": formats.num(share)}


def short(currency: str) -> Words:
    """Writes amounts of a currency short, as plain text."""
    return lambda amount: str(formats.money(amount, currency, digits=0, short=True).striptags())
