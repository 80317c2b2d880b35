"""Months, quarters and years as first and last day, and their neighbours."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from dateutil.relativedelta import relativedelta

Kind = Literal["month", "quarter", "year"]
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month, quarter or year."""

    kind: Kind
    first: dt.date

    @classmethod
    def holding(cls, kind: Kind, day: dt.date) -> "Period":
        """The one in which a day lies."""
        months = MONTHS[kind]
        return cls(kind, day.replace(month=(day.month - 1) // months * months + 1, day=1))

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.shifted(1).first - dt.timedelta(days=1)

    def shifted(self, by: int) -> "Period":
        """The one so many later; earlier with a negative number."""
        return Period(self.kind, self.first + relativedelta(months=MONTHS[self.kind] * by))

    def holds(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last
