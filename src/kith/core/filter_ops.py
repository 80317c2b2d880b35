"""The operators of the filter language: their labels, how their values are read, their SQL."""

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import JSONField, Q, Value
from django.db.models.fields.json import DataContains, KeyTransform
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    In,
    IsNull,
    IStartsWith,
    LessThan,
    LessThanOrEqual,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import past
from .errors import BadValue
from .specs import bag_text
from .types.base import tidy
from .weeks import week_start

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

LABELS = {
    "contains": _("contains"), "is": _("is"), "is_not": _("is not"), "starts": _("starts with"), "any": _("is any of"), "not_any": _("is none of"),
    "empty": _("is empty"), "filled": _("is filled"), "lt": _("less than"), "le": _("at most"), "gt": _("more than"), "ge": _("at least"),
    "between": _("between"), "on": pgettext_lazy("date", "on"), "before": _("before"), "after": _("after"), "last": _("in the last"), "next": _("in the next"),
    "this": _("in this"), "has": _("has any of"), "has_not": _("has none of"), "within": _("is in or below"),
}  # fmt: skip
#: Operators that take no value.
BARE = frozenset({"empty", "filled"})
MULTI = frozenset({"any", "not_any", "has", "has_not", "between", "within"})
UNITS = {"day": "days", "week": "weeks", "month": "months", "quarter": "quarters", "year": "years"}
PERIODS = {"day": _("day"), "week": _("week"), "month": _("month"), "quarter": _("quarter"), "year": _("year")}
SPAN = re.compile(r"(\d{1,4}) ?(day|week|month|quarter|year)s?")
ME, MY_TEAM, MY_REPORTS = "me", "my_team", "my_reports"


def value_of(spec: "FieldSpec", op: str, raw: Any, me: "Actor") -> Any:
    """The checked value of a condition; raises BadValue."""
    if op not in spec.ops:
        raise BadValue(
            _("“%(op)s” cannot be asked here; possible are: %(valid)s.") % {"op": op, "valid": ", ".join(spec.ops)}
        )
    if op in BARE:
        return None
    if op in ("last", "next"):
        return within_time(span(raw))
    if op == "this":
        if not isinstance(raw, str) or raw not in UNITS:
            raise BadValue(_("Expected day, week, month, quarter or year."))
        return raw
    if op in MULTI:
        values = flat([one_value(spec, op, item, me) for item in many(raw, pair=op == "between")])
        if op == "between" and None in values:
            raise BadValue(_("A value is missing."))
        return values
    value = one_value(spec, op, raw, me)
    if value is None:
        raise BadValue(_("A value is missing."))
    return value


def many(raw: Any, *, pair: bool) -> list[Any]:
    """The values of an operator that takes several."""
    values = raw if isinstance(raw, list | tuple) else [raw]
    if len(values) > 1000 or (pair and len(values) != 2):
        raise BadValue(_("Expected two values.") if pair else _("Too many values; at most 1000."))
    return list(values)


def one_value(spec: "FieldSpec", op: str, raw: Any, me: "Actor") -> Any:
    """One value, read as text typed by a person or as JSON of the field's type."""
    kind = spec.type.name
    if kind in ("link", "tags") and raw in (ME, MY_TEAM, MY_REPORTS):
        people = {ME: {me.id}, MY_TEAM: {me.id, *me.team_ids}, MY_REPORTS: {me.id, *me.report_ids}}[raw]
        return sorted(person for person in people if person)
    if op in ("contains", "starts") or kind in (
        "text",
        "longtext",
        "richtext",
        "formula",
        "mail",
        "phone",
        "url",
        "words",
    ):
        if not isinstance(raw, str | int):
            raise BadValue(_("Expected text."))
        return tidy(str(raw), 500) or ""
    if kind in ("date", "moment") and isinstance(raw, str):
        return word_date(raw) or as_date(spec, raw)
    if kind == "tags":
        return spec.type.clean([raw], spec)[0]
    if kind == "ref":
        value = spec.type.clean(raw, spec)
        return value.id if value else None
    if kind == "money":
        raw = raw.get("amount") if isinstance(raw, dict) else raw
        value = spec.type.parse(raw, spec) if isinstance(raw, str) else spec.type.clean(raw, spec)
        return value.amount if value else None
    return (
        spec.type.parse(raw, spec)
        if isinstance(raw, str) and kind not in ("link", "choice", "country")
        else spec.type.clean(raw, spec)
    )


def as_date(spec: "FieldSpec", raw: str) -> dt.date:
    """A typed calendar date, also for moments, whose days are those of the reader's zone (R3)."""
    from .types import TYPES

    date: dt.date = TYPES["date"].parse(raw, spec)
    return date


def word_date(word: str) -> dt.date | None:
    """today, yesterday, tomorrow."""
    shift = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(word)
    return None if shift is None else past.today() + dt.timedelta(days=shift)


def span(raw: Any) -> relativedelta:
    """ "30 days", "2 weeks", "1 quarter" as a length of time."""
    match = SPAN.fullmatch(str(raw).strip().lower())
    if not match:
        raise BadValue(_("Expected a length such as “30 days”, “2 weeks” or “3 months”."))
    number, unit = int(match[1]), match[2]
    return relativedelta(months=3 * number) if unit == "quarter" else relativedelta(**{UNITS[unit]: number})


def within_time(length: relativedelta) -> relativedelta:
    """A length that, counted from today, still reaches dates that exist."""
    try:
        past.today() - length, past.today() + length
    except (ValueError, OverflowError):
        raise BadValue(_("This reaches beyond the dates that can be stored.")) from None
    return length


def day_after(date: dt.date) -> dt.date | None:
    """The next day; None after the last one there is."""
    return None if date == dt.date.max else date + dt.timedelta(days=1)


def period(unit: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First day and the day after the last of the current day, week, month, quarter or year."""
    start = {
        "day": today,
        "week": week_start(today),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }[unit]
    length = {
        "day": relativedelta(days=1),
        "week": relativedelta(weeks=1),
        "month": relativedelta(months=1),
        "quarter": relativedelta(months=3),
        "year": relativedelta(years=1),
    }[unit]
    try:
        return start, start + length
    except (ValueError, OverflowError):  # beyond the last day there is
        return start, dt.date.max


def date_range(op: str, value: Any) -> tuple[dt.date | None, dt.date | None]:
    """The days from (inclusive) and to (exclusive) that a date operator speaks of, in the reader's zone."""
    today, day = past.today(), dt.timedelta(days=1)
    if op == "on":
        return value, day_after(value)
    if op == "before":
        return None, value
    if op == "after":
        return day_after(value) or dt.date.max, None
    if op == "between":
        return value[0], day_after(value[1])
    if op == "last":
        return today - value + day, today + day
    if op == "next":
        return today, today + value
    return period(value, today)


def flat(values: list[Any]) -> list[Any]:
    """Values with the lists that "me" and "my team" stand for spread out."""
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def condition(entity: "Entity", spec: "FieldSpec", op: str, value: Any, me: "Actor") -> Q:
    """The SQL condition of one test; `value` comes from value_of."""
    kind = spec.type.name
    if kind in ("link", "tags", "ref") and isinstance(value, list):
        value = with_survivors(spec, value)
    if op in BARE:
        empty = is_empty(spec)
        return empty if op == "empty" else ~empty
    if op in ("any", "not_any"):
        found = compare(spec, "in", value)
        return found if op == "any" else ~found
    if op == "within":
        return compare(spec, "in", branch(spec.target, value))
    if op in ("has", "has_not"):
        found = contains_any(spec, value)
        return found if op == "has" else ~found
    if kind in ("date", "moment"):
        return in_days(spec, *date_range(op, value))
    if op == "between":
        return compare(spec, "gte", value[0]) & compare(spec, "lte", value[1])
    if op == "is_not":
        return ~compare(spec, "iexact", value)
    indexed = op == "contains" and spec.name in entity.search and not spec.is_bag and value.isalnum() and len(value) > 2
    if indexed and past.current() is None:
        # Every word of a search field also stands in search_text, whose trigram index finds the candidates; it tells of now only.
        from .identity.lexemes import stored_pieces

        result = compare(spec, "icontains", value)
        for piece in stored_pieces(value, is_phone=kind == "phone"):
            result &= Q(search_text__contains=piece)
        return result
    lookup = {
        "is": "iexact" if isinstance(value, str) and kind != "choice" else "exact",
        "lt": "lt",
        "le": "lte",
        "gt": "gt",
        "ge": "gte",
        "contains": "icontains",
        "starts": "istartswith",
    }[op]
    return compare(spec, lookup, value)


def with_survivors(spec: "FieldSpec", values: list[Any]) -> list[Any]:
    """The records that a condition names, and those that they were merged into since: what named them names those now.

    Both stay, for a look at the past asks what was linked to the old ones.
    """
    from .entity import registry
    from .merging.merged import survivors_of  # conditions are read before there are models

    target = registry.find(spec.target) if spec.target else None
    labels = [*target.access.faces, target.label] if target else []
    if spec.target and not any(registry.get(label).duplicates for label in labels):
        return values
    return [*values, *survivors_of([value for value in values if isinstance(value, UUID)])]


def branch(label: str, roots: list[Any]) -> list[Any]:
    """Records of a tree and everything below them, of the past by the tree of then."""
    from . import past_trees  # it asks for rows, as conditions are asked of them
    from .entity import registry
    from .trees import below

    entity, when = registry.get(label), past.current()
    return [*roots, *(below(entity, roots, entity.tree) if when is None else past_trees.below(entity, roots, when))]


BAG_LOOKUPS: dict[str, Any] = {
    "in": In, "gte": GreaterThanOrEqual, "lte": LessThanOrEqual, "lt": LessThan, "gt": GreaterThan, "icontains": IContains, "istartswith": IStartsWith,
}  # fmt: skip


def compare(spec: "FieldSpec", lookup: str, value: Any) -> Q:
    """`field lookup value`, for columns, computed expressions and the bag alike."""
    if lookup == "in" and isinstance(value, list) and not value:
        return Q(pk__in=[])
    if spec.path and not spec.is_bag and spec.columns:
        return Q(**{f"{spec.path}__{lookup}": value})
    expression = spec.expression()
    # Without a value the comparison is unknown, and so would be its negation; with this it is false, as on columns.
    known = Q(IsNull(expression, False))
    if lookup in ("exact", "iexact"):
        return known & (
            Q(In(expression, [value]))
            if lookup == "exact" or not isinstance(value, str)
            else Q(IContains(expression, value)) & Q(In(Lowered(expression), [value.lower()]))
        )
    return known & Q(BAG_LOOKUPS[lookup](expression, value))


def Lowered(expression: Any) -> Any:  # noqa: N802 - reads like the SQL function it makes
    """lower(expression)."""
    from django.db.models.functions import Lower

    return Lower(expression)


def contains_any(spec: "FieldSpec", values: list[Any]) -> Q:
    """Whether a list field holds any of the values."""
    if not spec.is_bag:
        return Q(**{f"{spec.path}__overlap": values}) if values else Q(pk__in=[])
    result = Q(pk__in=[])
    for value in values:
        result |= Q(DataContains(KeyTransform(spec.name, "custom"), Value([str(value)], output_field=JSONField())))
    return Q(IsNull(bag_text(spec.name), False)) & result  # unknown without a value, and so would be its negation


def is_empty(spec: "FieldSpec") -> Q:
    """Rows without a value."""
    if spec.is_bag:
        return Q(IsNull(bag_text(spec.name), True))
    if not spec.columns:
        return Q(IsNull(spec.expression(), True))
    if spec.type.name in ("tags", "words", "choices"):
        return Q(**{f"{spec.path}__len": 0}) | Q(**{f"{spec.path}__isnull": True})
    null = Q(**{f"{spec.path}__isnull": True})
    texts = ("text", "longtext", "richtext", "formula", "mail", "phone", "url", "country", "choice", "file")
    return null | Q(**{spec.path: ""}) if spec.type.name in texts else null


def in_days(spec: "FieldSpec", start: dt.date | None, end: dt.date | None) -> Q:
    """Whether a date or moment lies in [start, end) of the reader's days."""
    bounds = [("gte", start), ("lt", end)]
    result = Q()
    for lookup, day in bounds:
        if day is None:
            continue
        value: Any = day
        if spec.type.name == "moment":
            value = timezone.make_aware(dt.datetime.combine(day, dt.time())).astimezone(dt.UTC)  # as the bag has it
        result &= compare(spec, lookup, value.isoformat() if spec.is_bag else value)
    return result
