"""The filter over all tiles of a dashboard: period, whose records, which region; each tile follows what its records have a field for."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.entities.dashboard import Dashboard
from kith.core.filter_ops import period as period_of
from kith.core.filters import BadFilter, Test
from kith.core.past import today
from kith.core.reports.regions import place_of

from .tiles import Tile

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec

PARTS = ("period", "from", "to", "who", "where")
CUSTOM, ALL = "custom", "all"
UNITS = ("week", "month", "quarter", "year")
LAST = {"last_7": 7, "last_30": 30, "last_90": 90}
BEFORE = {"before_month": "month", "before_quarter": "quarter", "before_year": "year"}


@dataclass(frozen=True, slots=True)
class Bar:
    """What is chosen; empty parts leave everything in."""

    period: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    who: str = ""
    where: str = ""

    @property
    def query(self) -> str:
        """As parts of an address; everything is written out, so that what a dashboard opens with does not come back."""
        days = [("from", self.first), ("to", self.last)] if self.period == CUSTOM else []
        pairs = [("period", self.period or ALL), *days, ("who", self.who or ALL), ("where", self.where)]
        return urlencode([(name, str(value)) for name, value in pairs if value])

    def tests(self, tile: Tile, entity: "Entity", actor: "Actor") -> Iterator[Test]:
        """The conditions for a tile over records of a kind."""
        readable = access.readable(actor, entity)
        if tile.date in readable and (found := self.days(tile.date)) is not None:
            yield found
        if self.who and (spec := owner_of(entity)) is not None and spec.name in readable:
            yield Test(spec.name, "any", [self.who])
        if self.where and (path := place_of(entity, readable)):
            yield Test(path, "within", [self.where])

    def range(self) -> tuple[dt.date, dt.date] | None:
        """The first and the last day of the period; None where it has none."""
        if self.period in LAST:
            return today() - dt.timedelta(days=LAST[self.period] - 1), today()
        if self.period in BEFORE:
            return before(BEFORE[self.period])
        if self.period in UNITS:
            first, after = period_of(self.period, today())
            return first, after - dt.timedelta(days=1)
        return (self.first, self.last) if self.period == CUSTOM and self.first and self.last else None

    def days(self, field: str) -> Test | None:
        """The condition on a date."""
        if self.period in LAST:
            return Test(field, "last", f"{LAST[self.period]} days")
        if self.period in BEFORE:
            first, last = before(BEFORE[self.period])
            return Test(field, "between", [first.isoformat(), last.isoformat()])
        if self.period == CUSTOM and self.first and self.last:
            return Test(field, "between", [self.first.isoformat(), self.last.isoformat()])
        return Test(field, "this", self.period) if self.period in UNITS else None


def before(unit: str) -> tuple[dt.date, dt.date]:
    """First and last day of the month, quarter or year before this one."""
    first, _after = period_of(unit, today())
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return first - relativedelta(months=months), first - dt.timedelta(days=1)


def of_address(params: Mapping[str, Any], dashboard: Any) -> Bar:
    """What an address asks for, where it says nothing what the dashboard opens with; raises BadFilter."""
    period, who = str(params.get("period") or dashboard.period), str(params.get("who") or dashboard.whose)
    period, who = ("" if period == ALL else period), ("" if who == ALL else who)
    valid = [str(one) for one in Dashboard.Period]
    if period not in (*valid, CUSTOM, ""):
        raise BadFilter(_("Unknown period; there are: %(valid)s.") % {"valid": ", ".join([ALL, *valid, CUSTOM])})
    if who not in ([str(one) for one in Dashboard.Whose]) and not is_id(who):
        raise BadFilter(_("“who” is all, me, my_team, my_reports or the id of a user."))
    where = str(params.get("where") or "")
    if not is_id(where):
        raise BadFilter(_("“where” is the id of a region."))
    first, last = (day(params, name) for name in ("from", "to")) if period == CUSTOM else (None, None)
    if first and last and first > last:
        raise BadFilter(_("The first day must not be after the second one."))
    return Bar(period, first, last, who, where)


def is_id(text: str) -> bool:
    """Whether a text is an id, or empty."""
    try:
        return not text or bool(uuid.UUID(text))
    except ValueError:
        return False


def day(params: Mapping[str, Any], name: str) -> dt.date | None:
    """A day of an address; raises BadFilter."""
    raw = str(params.get(name) or "")
    try:
        return dt.date.fromisoformat(raw) if raw else None
    except ValueError:
        raise BadFilter(_("“%(name)s” is a day such as 2026-09-30.") % {"name": name}) from None


def owner_of(entity: "Entity") -> "FieldSpec | None":
    """The field that says whose a record is."""
    users = settings.AUTH_USER_MODEL.lower()
    names = (name for name in (*entity.access.own, "owner") if name in entity.fields)
    return next((entity.fields[name] for name in names if entity.fields[name].target == users), None)
