"""Entries of a calendar that last from one date to another: each stands on every day from the first to the last."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateField, DateTimeField, F, Q, QuerySet
from django.db.models.functions import Cast, Coalesce, Greatest, Least, TruncDate
from django.utils import timezone

from .filter_ops import in_days

if TYPE_CHECKING:
    from .calendars import Period
    from .specs import FieldSpec


def day(spec: "FieldSpec") -> Any:
    """The reader's day of a date or moment, as an expression."""
    value = spec.expression() if spec.is_bag or not spec.columns else F(spec.path)
    if spec.type.name == "moment":
        return TruncDate(Cast(value, DateTimeField()), tzinfo=timezone.get_current_timezone())
    return Cast(value, DateField())


def overlapping(start: "FieldSpec", end: "FieldSpec", first: dt.date, after: dt.date) -> Q:
    """Whether an entry touches the days from `first` to before `after`; one without an end, or with one before its start, is one day long."""
    return in_days(start, None, after) & (in_days(start, first, None) | in_days(end, first, None))


def placed(
    rows: "QuerySet[Any]", start: "FieldSpec", end: "FieldSpec", period: "Period", each: int
) -> list[tuple[dt.date, Any, int]]:
    """Day, id and number of entries of that day, of the first `each` entries of every day; one query."""
    spans = rows.filter(overlapping(start, end, period.start, period.end)).order_by()
    last = Coalesce(Greatest(day(start), day(end)), day(start))
    spans = spans.annotate(
        span_from=day(start), span_first=Greatest(day(start), period.start, output_field=DateField()),
        span_last=Least(last, period.end - dt.timedelta(days=1), output_field=DateField()),
    )  # fmt: skip
    try:
        sql, params = spans.values_list("pk", "span_from", "span_first", "span_last").query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(days_of(sql), [*params, each])
        found: list[tuple[dt.date, Any, int]] = cursor.fetchall()
    return found


def days_of(spans: str) -> str:
    """SQL of the first entries of each day, from SQL of their spans."""
    days = "SELECT day::date, id, count(*) OVER (PARTITION BY day) AS number, row_number() OVER (PARTITION BY day ORDER BY span_from, id) AS place"
    each = "generate_series(span_first, span_last, interval '1 day') AS day"
    placed = f"{days} FROM ({spans}) AS spans (id, span_from, span_first, span_last), {each}"
    return f"SELECT day, id, number FROM ({placed}) AS days WHERE place <= %s ORDER BY day, place"  # noqa: S608 - SQL of the ORM


def moved(value: Any, by: dt.timedelta) -> Any:
    """A date or moment some days later, at the same time of day."""
    if not isinstance(value, dt.datetime):
        return None if value is None else value + by
    local = timezone.localtime(value)
    return timezone.make_aware(dt.datetime.combine(local.date() + by, local.time()))
