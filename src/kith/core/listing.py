"""One page of a list: keyset paging, count, totals, groups — for the page, the API, the board, exports and feeds alike."""

import datetime as dt
import json
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FETCH_PEERS, Count, DateField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from . import access, conversion, ordering, rates, search, title_columns
from .access import SYSTEM
from .among import among
from .conversion import Converted
from .filters import Test, compile_filter
from .money import Money
from .ordering import Key
from .titles import HEAVY
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

PAGE, MAX_PAGE, EXACT = 50, 200, 10_000
MAX_GROUPS = 200
#: Rows that are gathered before they are sorted.
FEW = 2000
#: Positions are told only in lists of at most so many records: then they are counted in a millisecond or two.
COUNTED = 1000
#: Instead of a sum of amounts in several currencies of which one has no rate.
MIXED = "mixed"
RANGES: dict[str, Any] = {
    "number": Decimal,
    "percent": Decimal,
    "money": Decimal,
    "date": dt.date.fromisoformat,
    "moment": dt.datetime.fromisoformat,
    "link": uuid.UUID,
}


@dataclass(slots=True)
class Page:
    """Rows with what surrounds them."""

    records: list[Any]
    after: str = ""
    before: str = ""
    count: int = 0
    exact: bool = True
    totals: dict[str, Any] = field(default_factory=dict)


def rows(look: Look, actor: "Actor", operation: str = "view") -> QuerySet[Any]:
    """All rows of a look, unordered."""
    found = look.entity.rows(actor, operation).filter(compile_filter(look.entity, look.filter, actor))
    return search.matching(found, look.entity, actor, look.q)


def page(
    look: Look, actor: "Actor", *, after: str = "", before: str = "", size: int = PAGE, counted: bool = True, extra: dict[str, Any] | None = None, shown: "Iterable[FieldSpec] | None" = None,
) -> Page:  # fmt: skip
    """One page of a look. `after` and `before` are cursors of an earlier page; `extra` are annotations of the rows of the page.

    `shown` are the fields that will be read of its records, if no others are; the columns of those are loaded then.
    """
    found = rows(look, actor)
    keys = order_of(look, actor)
    total = total_of(look, actor) if counted and (look.q or access.predicate(look.entity, actor, "view")) else None
    if total and total[1] and total[0] <= (EXACT if look.q else FEW):
        found = picked(look, actor)
        listed = slim(found.annotate(**extra) if extra else found, look.entity, keys, shown)
        parts = [ordering.Stretch(ordering.valued(listed, look.entity, keys, actor), tuple(keys))]
    else:
        listed = slim(found.annotate(**extra) if extra else found, look.entity, keys, shown)
        parts = ordering.stretches(listed, look.entity, keys, actor)
    place = ordering.place_of(before or after, keys) if before or after else None
    records = ordering.first_of(ordering.remaining(parts, place, backwards=bool(before)), size + 1)
    more, records = len(records) > size, records[:size]
    if before:
        records.reverse()
        result = Page(
            records,
            ordering.cursor_of(records[-1], keys) if records else "",
            ordering.cursor_of(records[0], keys) if more else "",
        )
    else:
        result = Page(
            records,
            ordering.cursor_of(records[-1], keys) if more else "",
            ordering.cursor_of(records[0], keys) if after and records else "",
        )
    if counted:
        known = len(records) if not (after or before or more) else None
        result.count, result.exact = total or count(found, known=known)
    return result


def ways(look: Look, actor: "Actor") -> list[QuerySet[Any]]:
    """Ids of the rows of a look as querysets whose union they are, each with indexes of its own."""
    condition = compile_filter(look.entity, look.filter, actor)
    return [
        search.matching(rows.filter(condition), look.entity, actor, look.q).order_by().values("pk")
        for rows in access.ways(look.entity, actor)
    ]


def picked(look: Look, actor: "Actor") -> QuerySet[Any]:
    """The rows of a look that are few: gathered first, then sorted.

    Otherwise PostgreSQL takes them for evenly spread and walks the whole list in its order, past everything that does
    not fit (measured at 100,000 people: 65 ms against 9 for a name, 28 against 4 for the 500 own ones).
    """
    first, *more = ways(look, actor)
    return look.entity.rows(SYSTEM).filter(among(first.union(*more) if more else first))


def order_of(look: Look, actor: "Actor") -> list[Key]:
    """The order of a look; groups come before what sorts inside them."""
    names = (look.group.split(":")[0], *look.sort) if look.group else look.sort
    return ordering.order(look.entity, tuple(dict.fromkeys(names)), actor)


def slim(found: QuerySet[Any], entity: "Entity", keys: list[Key], shown: "Iterable[FieldSpec] | None") -> QuerySet[Any]:
    """Rows without the columns that nobody reads; one that is read all the same is loaded for all rows at once."""
    titles = title_columns.of_model(entity.model)
    specs = None if shown is None else list(shown)
    if specs is None or titles is None or not all(spec.columns for spec in specs):
        return whole(found, entity)
    present = {name for column in entity.model._meta.concrete_fields for name in (column.name, column.attname)}
    plain = {key.path for key in keys} & present
    return found.only(
        *sorted(
            {
                "id",
                "version",
                *entity.face,
                *titles,
                *plain,
                *({"hue"} & present),
                *(name for spec in specs for name in spec.columns),
            }
        )
    ).fetch_mode(FETCH_PEERS)


def whole(found: QuerySet[Any], entity: "Entity") -> QuerySet[Any]:
    """Rows with all columns but those of search, and the records that their titles are made of."""
    heavy = [name for name in HEAVY if name not in ("sort_key", "custom")]
    named = entity.named_by
    found = found.select_related(*named) if named else found
    return found.defer(
        *heavy, *(f"{link}__{name}" for link in named for name in HEAVY if name != "sort_key")
    ).fetch_mode(FETCH_PEERS)


def total_of(look: Look, actor: "Actor") -> tuple[int, bool]:
    """How many rows a look has; see count."""
    return count(*ways(look, actor))


def count(*found: QuerySet[Any], known: int | None = None) -> tuple[int, bool]:
    """How many rows in the union: exact up to 10,000, else the planner's estimate (marked as such), which is kept for a minute."""
    if known is not None:
        return known, True
    whole, params = union_of([rows.order_by().values("pk") for rows in found])
    if not whole:
        return 0, True
    key = (whole, str(params))
    if (kept := _kept.get(key)) and kept.until > time.monotonic():
        return kept.number, kept.exact
    started = time.monotonic()
    capped, values = union_of([rows.order_by().values("pk")[: EXACT + 1] for rows in found])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({capped}) found", values)  # noqa: S608 - SQL of the ORM
        exact: int = cursor.fetchone()[0]
    if exact > EXACT:
        return keep(key, Kept(started + LONG, estimate(whole, params), False))
    if exact > SMALL and time.monotonic() - started > SLOW:
        keep(key, Kept(started + SHORT, exact, True))
    return exact, True


def union_of(found: list[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """SQL of the union of querysets; empty when all of them are."""
    parts = []
    for rows in found:
        try:
            parts.append(rows.query.sql_with_params())
        except EmptyResultSet:  # nothing can fit
            continue
    return " UNION ".join(f"({sql})" for sql, _params in parts), [value for _sql, params in parts for value in params]


@dataclass(frozen=True, slots=True)
class Kept:
    """A count that is not taken again for a while."""

    until: float
    number: int
    exact: bool


#: Seconds for which estimates and slow counts of many rows are kept; what counts as slow and as many; how many are kept.
LONG, SHORT, SLOW, SMALL, MOST_KEPT = 60, 15, 0.01, 1000, 1000
_kept: dict[tuple[str, str], Kept] = {}


def keep(key: tuple[str, str], kept: Kept) -> tuple[int, bool]:
    """Keep a count; returns it."""
    if len(_kept) > MOST_KEPT:
        _kept.clear()
    _kept[key] = kept
    return kept.number, kept.exact


def estimate(sql: str, params: Any) -> int:
    """How many rows the planner expects of a query that has more than EXACT."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return max(EXACT, int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]))


def summed(look: Look) -> "list[FieldSpec]":
    """Amount and number columns that are shown; numbers of small range (years, positions) are not worth a sum."""
    specs = (look.entity.fields.get(name) for name in look.columns)
    return [
        spec
        for spec in specs
        if spec
        and spec.stored
        and (
            spec.type.name == "money"
            or (spec.type.name == "number" and (spec.maximum is None or spec.maximum >= 2**15))
        )
    ]


def sums_of(specs: "list[FieldSpec]") -> dict[str, Any]:
    """Aggregates for the sums of these fields; amounts bring the least and greatest of their currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        found[f"t{at}"] = Sum(spec.expression())
        if spec.type.name == "money" and not spec.is_bag:
            filled = Q(**{f"{spec.name}__isnull": False})
            found |= {
                f"t{at}_low": Min(f"{spec.name}_currency", filter=filled),
                f"t{at}_high": Max(f"{spec.name}_currency", filter=filled),
            }
    return found


def sums_in(specs: "list[FieldSpec]", row: dict[str, Any]) -> dict[str, Any]:
    """The sums of an aggregate row by field: numbers, Money, or MIXED for amounts of several currencies."""
    found: dict[str, Any] = {}
    for at, spec in enumerate(specs):
        value = row[f"t{at}"]
        if value is not None and f"t{at}_low" in row:
            value = Money(value, row[f"t{at}_low"]) if row[f"t{at}_low"] == row[f"t{at}_high"] else MIXED
        found[spec.name] = value
    return found


def totals(look: Look, actor: "Actor") -> dict[str, Any]:
    """Sums of the amount and number columns that are shown: numbers, Money, or MIXED."""
    specs = summed(look)
    if not specs:
        return {}
    found = rows(look, actor).order_by()
    sums = sums_in(specs, found.aggregate(**sums_of(specs)))
    if mixed := [spec for spec in specs if sums[spec.name] == MIXED]:
        sums |= converted_in(mixed, converting(look, found, mixed).aggregate(**converted_sums(mixed)))
    return sums


def converting(look: Look, found: QuerySet[Any], specs: "list[FieldSpec]") -> QuerySet[Any]:
    """Rows with their amounts in the base currency, each by the rate of its day."""
    converted = {f"base_{spec.name}": conversion.of_field(look.entity, spec) for spec in specs}
    made: QuerySet[Any] = found.annotate(**converted)
    return made


def converted_sums(specs: "list[FieldSpec]") -> dict[str, Any]:
    """Aggregates for the converted sums of these fields, and for how many amounts have no rate."""
    return {f"{spec.name}_sum": Sum(f"base_{spec.name}") for spec in specs} | {
        f"{spec.name}_lacking": Count("pk", filter=conversion.lacks_rate(spec, f"base_{spec.name}")) for spec in specs
    }


def converted_in(specs: "list[FieldSpec]", row: dict[str, Any]) -> dict[str, Any]:
    """The converted sums of an aggregate row by field; MIXED where an amount has no rate, for then the sum would lie."""
    return {
        spec.name: MIXED if row[f"{spec.name}_lacking"] else Converted(row[f"{spec.name}_sum"], rates.base())
        for spec in specs
    }


@dataclass(slots=True)
class GroupRow:
    """One group of a grouped list: its value, number of rows and sums."""

    value: Any
    count: int
    sums: dict[str, Any]


def groups(look: Look, actor: "Actor") -> list[GroupRow]:
    """The groups of a grouped list with their totals; at most 200, the largest first when there are more. Dates are grouped by month.

    A closed list shows every value that the conditions let through, in its order, also those without rows (R159).
    """
    spec, specs = look.entity.fields[look.group], summed(look)
    value = (
        TruncMonth(spec.expression(), output_field=DateField())
        if spec.type.name in ("date", "moment") and not spec.is_bag
        else spec.expression()
    )
    listed = rows(look, actor).order_by()
    found = listed.values(group_value=value).annotate(n=Count("pk"), **sums_of(specs)).order_by("-n")[:MAX_GROUPS]
    made = [
        GroupRow(None if row["group_value"] == "" else row["group_value"], row["n"], sums_in(specs, row))
        for row in found
    ]
    convert_groups(look, listed, value, made)
    return with_empty(look, spec, made) if spec.type.name in ("choice", "boolean") else made


def convert_groups(look: Look, listed: QuerySet[Any], value: Any, made: list[GroupRow]) -> None:
    """Put converted sums into the groups that have amounts in several currencies; one query if there are any."""
    mixed = [spec for spec in summed(look) if any(group.sums[spec.name] == MIXED for group in made)]
    if not mixed:
        return
    known = converting(look, listed, mixed).values(group_value=value).annotate(**converted_sums(mixed))
    by_value = {None if row["group_value"] == "" else row["group_value"]: row for row in known}
    for group in made:
        for spec in mixed:
            if group.sums[spec.name] == MIXED:
                group.sums |= converted_in([spec], by_value[group.value])


def with_empty(look: Look, spec: "FieldSpec", made: list[GroupRow]) -> list[GroupRow]:
    """The groups of a closed list in its order, with those that have no rows; what a condition rules out has none to show."""
    found = {group.value: group for group in made}
    asked = [test for test in look.terms if test.field == spec.name]
    values = [False, True] if spec.type.name == "boolean" else [key for key, _label in spec.choices]
    shown = [
        found.get(value, GroupRow(value, 0, {}))
        for value in values
        if value in found or all(lets_through(test, value) for test in asked)
    ]
    return [*shown, *(group for group in made if group.value not in values)]


def lets_through(test: Test, value: Any) -> bool:
    """Whether rows with this value of a closed list may be among those that a condition asks for."""
    if test.op in ("any", "not_any"):
        return (value in test.value) == (test.op == "any")
    return test.op not in ("empty", "is")


def group_of(spec: "FieldSpec", record: Any) -> Any:
    """The group that a record stands in; the same values as in `groups`."""
    value = spec.get(record)
    if value is None or spec.type.name not in ("date", "moment"):
        return None if value == "" else value
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    return day.replace(day=1)


def keys_of(look: Look, actor: "Actor", operation: str = "view", limit: int | None = None) -> list[uuid.UUID]:
    """Ids of all rows of a look on which the actor may do `operation`; for "all matching" in bulk actions."""
    found = rows(look, actor, operation).order_by("pk").values_list("pk", flat=True)
    return list(found[:limit] if limit else found)


def stream(look: Look, actor: "Actor", operation: str = "export", chunk: int = 2000) -> Iterator[list[Any]]:
    """All rows of a look in order, in chunks, without holding them all."""
    keys = ordering.order(look.entity, look.sort, actor)
    parts = ordering.stretches(whole(rows(look, actor, operation), look.entity), look.entity, keys, actor)
    place: list[Any] | None = None
    while True:
        part = ordering.first_of(ordering.remaining(parts, place), chunk)
        if part:
            yield part
        if len(part) < chunk:
            return
        place = ordering.values_of(part[-1], keys)


def beside(look: Look, actor: "Actor", record: Any) -> tuple[Any, Any, int | None]:
    """Ids of the records before and after one, and how many stand before it where that is quick to tell; None for each that there is not."""
    keys = ordering.order(look.entity, look.sort, actor)
    parts = ordering.stretches(rows(look, actor), look.entity, keys, actor)
    here = next((found for part in parts if (found := part.rows.filter(pk=record.pk).first())), None)
    if here is None:
        return None, None, None
    place = ordering.values_of(here, keys)
    back, forward = ordering.remaining(parts, place, backwards=True), ordering.remaining(parts, place)
    before, after = (next(iter(ordering.first_of(ways, 1)), None) for ways in (back, forward))
    position = sum(ways.order_by().values("pk")[: COUNTED + 1].count() for ways in back)
    return before and before.pk, after and after.pk, position if position <= COUNTED else None
