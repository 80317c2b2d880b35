"""A calendar: the rows of a look by the day of one of their dates, in the reader's time zone; a month, a week or a day of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, listing, ordering, writes
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
        return timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadFilter(_("A day is written like 2026-11-27.")) from None
    if not FIRST <= day <= LAST:
        raise BadFilter(_("This reaches beyond the dates that can be stored."))
    return day


# --- which date -------------------------------------------------------------------------------------------------------


def possible(entity: "Entity", actor: "Actor") -> "list[FieldSpec]":
    """Dates and moments that a calendar can go by."""
    readable = access.readable(actor, entity)
    return [
        spec
        for spec in entity.fields.values()
        if spec.name in readable and spec.type.name in ("date", "moment") and spec.sortable and not spec.is_bag
    ]


def offered(entity: "Entity", actor: "Actor") -> bool:
    """Whether the entity has a calendar for this actor."""
    return bool(entity.calendar) and entity.calendar in access.readable(actor, entity)


def date_of(look: "Look", actor: "Actor") -> "FieldSpec":
    """The date that the calendar goes by; raises BadFilter with those it could."""
    specs = {spec.name: spec for spec in possible(look.entity, actor)}
    if look.axis not in specs:
        raise BadFilter(
            _("“%(field)s” is no date of a calendar; possible are: %(valid)s.")
            % {"field": look.axis, "valid": ", ".join(specs)}
        )
    return specs[look.axis]


def mode_of(look: "Look") -> str:
    """Month, week or day; raises BadFilter for anything else."""
    mode = look.option or MONTH
    if mode not in MODES:
        raise BadFilter(
            _("A calendar shows no “%(mode)s”; possible are: %(valid)s.") % {"mode": mode, "valid": ", ".join(MODES)}
        )
    return mode


def moves(entity: "Entity", actor: "Actor", spec: "FieldSpec") -> bool:
    """Whether the actor may put records on other days at all; rows decide for each."""
    return spec.name in access.writable(actor, entity) and access.allowed(actor, entity, "edit")


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
) -> list[Day]:
    """The days of a period, with the first `each` rows and the number of all rows of each; two queries, however many there are."""
    made = {date: Day(date) for date in period.days}
    order = [Key(spec.path, False, False), Key("pk", False, False)]
    counts = dict[Any, int]()
    for key, count in first_ones(look, actor, spec, in_days(spec, period.start, period.end), order, each):
        counts[key] = count
    rows = look.entity.rows(actor).filter(pk__in=list(counts)).annotate(**extra)
    for record in sorted_by(listing.slim(rows, look.entity, order, [*shown, spec]), order) if counts else ():
        day = made[local_day(spec.get(record))]
        day.records.append(record)
        day.count = counts[record.pk]
    return list(made.values())


def sorted_by(rows: "QuerySet[Any]", order: list[Key]) -> "QuerySet[Any]":
    """Rows in the order of the calendar."""
    return rows.order_by(*(ordering.direction(key) for key in order))


def first_ones(
    look: "Look", actor: "Actor", spec: "FieldSpec", within: Q, order: list[Key], each: int
) -> "QuerySet[Any, tuple[Any, int]]":
    """The ids of the first rows of each day, each with the number of rows of its day."""
    day = TruncDate(spec.path) if spec.type.name == "moment" else spec.expression()
    sorting = [ordering.direction(key) for key in order]
    rows = listing.rows(look, actor).filter(within).order_by()
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
) -> Any:
    """Put a record on another day, at its own time of day or at another one; returns it fresh. Raises what writing raises."""
    value: Any = day
    if spec.type.name == "moment":
        now = spec.get(record)
        clock = clock or (timezone.localtime(now).time() if now else MORNING)
        value = timezone.make_aware(dt.datetime.combine(day, clock))
    return writes.save(actor, record, {spec.name: value}, version=version)


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
