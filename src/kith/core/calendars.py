"""A calendar: the rows of a look by the day of one of their dates, in the reader's time zone; a month, a week or a day of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, calendar_spans, listing, ordering, past, writes
from .calendar_dates import date_of as date_of
from .calendar_dates import end_of as end_of
from .calendar_dates import possible as possible
from .calendar_dates import usual as usual
from .calendar_spans import day as day_expression
from .errors import Refused
from .filter_ops import in_days
from .filters import BadFilter
from .ordering import Key
from .weeks import week_start

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec
    from .views import Look

MONTH, WEEK, DAY = "month", "week", "day"
MODES = (MONTH, WEEK, DAY)
#: Rows of a day that are read at once.
PER_DAY = 30
#: When a moment is set for a record that had none.
MORNING = dt.time(9)
#: A year at either end, so that every period around a day exists.
FIRST, LAST = dt.date(2, 1, 1), dt.date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a calendar shows: those from `start` to before `end`; `on` is the one that was asked for."""

    mode: str
    on: dt.date
    start: dt.date
    end: dt.date

    @property
    def days(self) -> list[dt.date]:
        """All days in order."""
        return [self.start + dt.timedelta(days=number) for number in range((self.end - self.start).days)]

    @property
    def before(self) -> dt.date:
        """A day of the period before."""
        return (
            self.on.replace(day=1) - dt.timedelta(days=1) if self.mode == MONTH else self.start - dt.timedelta(days=1)
        )

    @property
    def after(self) -> dt.date:
        """The first day of the period after."""
        return (self.on.replace(day=28) + dt.timedelta(days=4)).replace(day=1) if self.mode == MONTH else self.end

    def is_outside(self, day: dt.date) -> bool:
        """Whether a day fills up the weeks of another month."""
        return self.mode == MONTH and (day.year, day.month) != (self.on.year, self.on.month)


@dataclass(slots=True)
class Day:
    """One day with its rows in order; `count` may be more than there are records here."""

    date: dt.date
    records: list[Any] = field(default_factory=list)
    count: int = 0


def period_of(mode: str, on: dt.date) -> Period:
    """The month (in whole weeks), week or day around a day."""
    one = dt.timedelta(days=1)
    if mode == DAY:
        return Period(mode, on, on, on + one)
    if mode == WEEK:
        start = week_start(on)
        return Period(mode, on, start, start + 7 * one)
    first = on.replace(day=1)
    last = (on.replace(day=28) + 4 * one).replace(day=1) - one
    return Period(mode, on, week_start(first), week_start(last) + 7 * one)


def day_of(text: str) -> dt.date:
    """The day of an address, today without one; raises BadFilter."""
    if not text:
        return past.today()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadFilter(_("A day is written like 2026-11-27.")) from None
    if not FIRST <= day <= LAST:
        raise BadFilter(_("This reaches beyond the dates that can be stored."))
    return day


# --- which date -------------------------------------------------------------------------------------------------------


def offered(entity: "Entity", actor: "Actor") -> bool:
    """Whether the entity has a calendar for this actor: as soon as its records have a date of their own."""
    return bool(usual(entity, actor))


def mode_of(look: "Look") -> str:
    """Month, week or day; raises BadFilter for anything else."""
    mode = look.option.partition(":")[0] or MONTH
    if mode not in MODES:
        raise BadFilter(
            _("A calendar shows no “%(mode)s”; possible are: %(valid)s.") % {"mode": mode, "valid": ", ".join(MODES)}
        )
    return mode


def moves(entity: "Entity", actor: "Actor", spec: "FieldSpec", end: "FieldSpec | None" = None) -> bool:
    """Whether the actor may put records on other days at all; rows decide for each. What has an end moves with it."""
    writable = access.writable(actor, entity)
    return spec.name in writable and (end is None or end.name in writable) and access.allowed(actor, entity, "edit")


# --- rows -------------------------------------------------------------------------------------------------------------


def days(
    look: "Look",
    actor: "Actor",
    spec: "FieldSpec",
    period: Period,
    *,
    extra: dict[str, Any],
    shown: "Iterable[FieldSpec]",
    each: int = PER_DAY,
    end: "FieldSpec | None" = None,
) -> list[Day]:
    """The days of a period, with the first `each` rows and the number of all rows of each; two queries, however many there are."""
    made = {date: Day(date) for date in period.days}
    order = day_order(spec)
    if end is not None:
        return lasting(look, actor, spec, end, period, made, extra=extra, shown=shown, each=each)
    counts = dict[Any, int]()
    for key, count in first_ones(look, actor, spec, in_days(spec, period.start, period.end), order, each):
        counts[key] = count
    rows = with_day(listing.chosen(look, actor, list(counts)), spec).annotate(**extra)
    found = listing.whole(rows, look.entity) if look.as_of else listing.slim(rows, look.entity, order, [*shown, spec])
    for record in sorted_by(found, order) if counts else ():
        day = made[local_day(spec.get(record))]
        day.records.append(record)
        day.count = counts[record.pk]
    return list(made.values())


def lasting(
    look: "Look", actor: "Actor", spec: "FieldSpec", end: "FieldSpec", period: Period, made: dict[dt.date, Day],
    *, extra: dict[str, Any], shown: "Iterable[FieldSpec]", each: int,
) -> list[Day]:  # fmt: skip
    """The days of a period whose entries last from one date to another."""
    found = calendar_spans.placed(listing.rows(look, actor), spec, end, period, each)
    keys = {key for _day, key, _count in found}
    rows = with_day(look.entity.rows(actor).filter(pk__in=keys), spec).annotate(**extra)
    records = (
        {record.pk: record for record in listing.slim(rows, look.entity, day_order(spec), [*shown, spec, end])}
        if keys
        else {}
    )
    for date, key, count in found:
        made[date].count = count
        made[date].records += [records[key]] if key in records else []
    return list(made.values())


def day_order(spec: "FieldSpec") -> list[Key]:
    """The order of the entries of a day."""
    return [Key(spec.path if is_column(spec) else f"sort_{spec.name}", False, False), Key("pk", False, False)]


def is_column(spec: "FieldSpec") -> bool:
    """Whether a date stands in a column, not in the bag, and is not worked out."""
    return bool(spec.columns) and not spec.is_bag


def with_day(rows: "QuerySet[Any]", spec: "FieldSpec") -> "QuerySet[Any]":
    """Rows with the date that they are sorted by, where it is no column."""
    return rows if is_column(spec) else rows.annotate(**{f"sort_{spec.name}": spec.expression()})


def sorted_by(rows: "QuerySet[Any]", order: list[Key]) -> "QuerySet[Any]":
    """Rows in the order of the calendar."""
    return rows.order_by(*(ordering.direction(key) for key in order))


def first_ones(
    look: "Look", actor: "Actor", spec: "FieldSpec", within: Q, order: list[Key], each: int
) -> "QuerySet[Any, tuple[Any, int]]":
    """The ids of the first rows of each day, each with the number of rows of its day."""
    day = day_expression(spec)
    sorting = [ordering.direction(key) for key in order]
    rows = with_day(listing.rows(look, actor).filter(within).order_by(), spec)
    placed = rows.annotate(
        calendar_place=Window(RowNumber(), partition_by=[day], order_by=sorting),
        calendar_count=Window(Count("pk"), partition_by=[day]),
    )
    found: QuerySet[Any, tuple[Any, int]] = placed.filter(calendar_place__lte=each).values_list("pk", "calendar_count")
    return found


def local_day(value: dt.date) -> dt.date:
    """The reader's day of a date or moment."""
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value


# --- moving -----------------------------------------------------------------------------------------------------------


def move(
    actor: "Actor",
    record: Any,
    spec: "FieldSpec",
    day: dt.date,
    clock: dt.time | None = None,
    *,
    version: int | None = None,
    end: "FieldSpec | None" = None,
    grabbed: dt.date | None = None,
) -> Any:
    """Put a record on another day, at its own time of day or at another one; returns it fresh. Raises what writing raises.

    What lasts until an `end` keeps its length; `grabbed` is the day of it that was taken hold of, the first one if none is given.
    """
    try:
        values = moved(record, spec, day, clock, end, grabbed)
    except (OverflowError, ValueError):
        raise Refused(_("This reaches beyond the dates that can be stored.")) from None
    return writes.save(actor, record, values, version=version)


def moved(
    record: Any,
    spec: "FieldSpec",
    day: dt.date,
    clock: dt.time | None,
    end: "FieldSpec | None",
    grabbed: dt.date | None,
) -> dict[str, Any]:
    """The dates of a record on another day; raises OverflowError beyond those that there are."""
    value: Any = day
    now = spec.get(record)
    if now is not None and grabbed is not None:
        value = day = local_day(now) + (day - grabbed)
    if spec.type.name == "moment":
        clock = clock or (timezone.localtime(now).time() if now else MORNING)
        value = timezone.make_aware(dt.datetime.combine(day, clock))
    values = {spec.name: value}
    if end is not None and now is not None and end.get(record) is not None:
        values[end.name] = calendar_spans.moved(end.get(record), day - local_day(now))
    return values


def moment_of(text: str) -> dt.time | None:
    """A time of day as the page sends it; raises Refused."""
    if not text:
        return None
    try:
        found = dt.time.fromisoformat(text)
    except ValueError:
        found = dt.time(tzinfo=dt.UTC)
    if found.tzinfo is not None:
        raise Refused(_("Not a time; write it like 14:30."))
    return found
