"""Days, weeks, months, quarters and years as groups: where they begin and end in the reader's zone, and what they are called."""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from babel import dates as babel_dates
from dateutil.relativedelta import relativedelta
from django.db.models import DateField, Func
from django.db.models.functions import Cast, Trunc, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from kith.core import filter_ops
from kith.core.errors import BadValue
from kith.core.filters import Group, Node, Test
from kith.core.ui import formats
from kith.core.weeks import first_weekday

if TYPE_CHECKING:
    from kith.core.access import Actor

    from .paths import Path

LENGTHS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
#: Operators that speak of a range with two ends.
RANGES = frozenset({"on", "between", "last", "next", "this"})
MAX_FILLED = 400


class WeekOf(Func):
    """The first day of the week that a date lies in; the origin is one such day."""

    output_field = DateField()

    def __init__(self, day: Any, first_day: int) -> None:
        origin = dt.date(2001, 1, 1 + first_day).isoformat()  # 1 January 2001 was a Monday
        template = f"date_bin('7 days', (%(expressions)s)::timestamp, timestamp '{origin}')::date"
        super().__init__(day, template=template)


def starts(path: "Path", grain: str) -> Any:
    """The first day of the period that a date lies in, as an expression; days are those of the reader's zone (R3)."""
    value = path.spec.expression(path.prefix)
    value = path.guarded(Cast(value, DateField()) if path.spec.is_bag else value)
    day = TruncDate(value, tzinfo=timezone.get_current_timezone()) if path.spec.type.name == "moment" else value
    if grain == "day":
        return day
    return WeekOf(day, first_weekday()) if grain == "week" else Trunc(day, grain, output_field=DateField())


def ends(start: dt.date, grain: str) -> dt.date:
    """The last day of a period."""
    try:
        end: dt.date = start + LENGTHS[grain] - dt.timedelta(days=1)
    except (ValueError, OverflowError):  # beyond the last day there is
        return dt.date.max
    return end


def start_of(day: dt.date, grain: str) -> dt.date:
    """The first day of the period that a day lies in."""
    return filter_ops.period(grain, day)[0]


def between(first: dt.date, last: dt.date, grain: str) -> Iterator[dt.date]:
    """The periods from one to another, both included."""
    while first <= last:
        yield first
        if (end := ends(first, grain)) == dt.date.max:
            return
        first = end + dt.timedelta(days=1)


def asked(node: Node, path: str, spec: Any, actor: "Actor") -> tuple[dt.date | None, dt.date | None]:
    """First and last day that the conditions set for a date field: months of that range are shown though empty (R159)."""
    if isinstance(node, Group):
        bounds = [asked(child, path, spec, actor) for child in node.nodes] if node.mode == "all" else []
        lows, highs = [low for low, _high in bounds if low], [high for _low, high in bounds if high]
        return max(lows, default=None), min(highs, default=None)
    if not isinstance(node, Test) or node.field != path or node.op not in RANGES:
        return None, None
    try:
        start, end = filter_ops.date_range(node.op, filter_ops.value_of(spec, node.op, node.value, actor))
    except BadValue:
        return None, None
    return start, end and end - dt.timedelta(days=1)


def filled(found: list[dt.date], bounds: tuple[dt.date | None, dt.date | None], grain: str) -> list[dt.date]:
    """The periods of a range without gaps, as long as there are not too many."""
    low, high = (start_of(day, grain) if day else None for day in bounds)
    first, last = low or min(found, default=None), high or max(found, default=None)
    if first is None or last is None or (last - first).days > MAX_FILLED * 370:
        return sorted(found)
    days = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}[grain]
    if (last - first).days // days > MAX_FILLED:
        return sorted(found)
    return sorted({*found, *between(first, last, grain)})


def words(start: dt.date, grain: str, *, short: bool = False) -> str:
    """What a period is called: "November 2026", "Q4 2026", "week of 23 Nov 2026"."""
    here = formats.locale()
    if grain == "month":
        return babel_dates.format_skeleton("yMMM" if short else "yMMMM", start, locale=here)
    if grain in ("quarter", "year"):
        return babel_dates.format_skeleton("yQQQ" if grain == "quarter" else "y", start, locale=here)
    day = formats.day(start, "short") if short else babel_dates.format_skeleton("yMMMd", start, locale=here)
    return day if grain == "day" or short else _("week of %(day)s") % {"day": day}
