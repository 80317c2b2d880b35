"""The groups of a grouped list: their values, how many rows, their sums."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from . import listing, past, sums, turns
from .filters import lets_through
from .sums import MIXED
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .specs import FieldSpec

MAX_GROUPS = 200
#: So many groups inside groups are read at once.
MAX_PAIRS = 2000

type Pair = tuple[Any, Any]


@dataclass(slots=True)
class GroupRow:
    """One group of a grouped list: its value, number of rows and sums."""

    value: Any
    count: int
    sums: dict[str, Any]


def groups(look: Look, actor: "Actor") -> list[GroupRow]:
    """The groups of a grouped list with their totals; at most 200, the largest first when there are more. Dates are grouped by month.

    A closed list shows every value that the conditions let through, in its order, also those without rows (R159). Very many rows
    are added up when it is one's turn; raises Busy.
    """
    spec, specs = look.entity.fields[look.groups[0]], sums.summed(look)
    value = value_of(spec)
    listed = listing.rows(look, actor).order_by()
    found = listed.values(group_value=value).annotate(n=Count("pk"), **sums.sums_of(specs)).order_by("-n")[:MAX_GROUPS]
    with past.at(look.as_of), turns.for_many(listed):
        made = [
            GroupRow(None if row["group_value"] == "" else row["group_value"], row["n"], sums.sums_in(specs, row))
            for row in found
        ]
        convert_groups(look, listed, value, made)
    return with_empty(look, spec, made) if spec.type.name in ("choice", "boolean") else made


def value_of(spec: "FieldSpec") -> Any:
    """What rows are grouped by: the value, of dates the month."""
    monthly = spec.type.name in ("date", "moment") and not spec.is_bag
    return TruncMonth(spec.expression(), output_field=DateField()) if monthly else spec.expression()


def levels(look: Look, actor: "Actor", records: "list[Any]") -> tuple[list[GroupRow], dict[Pair, GroupRow]]:
    """The groups of a list, and the groups inside them by both values: all of them, or where those are very many the ones of a page.

    Usually one query tells both: the groups are added up from those inside them.
    """
    if len(look.groups) < 2:
        return groups(look, actor), {}
    spec, specs = look.entity.fields[look.groups[0]], sums.summed(look)
    listed = paired(look, actor)
    with turns.for_many(listed):
        rows = list(counted(listed, specs)[: MAX_PAIRS + 1])
        if len(rows) > MAX_PAIRS:
            return groups(look, actor), inner(look, actor, records)
        made = [GroupRow(value, row["n"], sums.sums_in(specs, row)) for value, row in added_up(rows, specs).items()]
        made.sort(key=lambda group: -group.count)
        convert_groups(look, listing.rows(look, actor).order_by(), value_of(spec), made)
        found = in_pairs(look, listed, specs, rows)
    return (with_empty(look, spec, made) if spec.type.name in ("choice", "boolean") else made), found


def inner(look: Look, actor: "Actor", records: "list[Any]") -> dict[Pair, GroupRow]:
    """The groups inside groups that the records of a page stand in."""
    outer, spec = (look.entity.fields[name] for name in look.groups)
    pairs = {(group_of(outer, record), group_of(spec, record)) for record in records}
    listed = paired(look, actor).filter(
        among("outer_value", {pair[0] for pair in pairs}, outer),
        among("inner_value", {pair[1] for pair in pairs}, spec),
    )
    specs = sums.summed(look)
    return in_pairs(look, listed, specs, list(counted(listed, specs)))


def paired(look: Look, actor: "Actor") -> QuerySet[Any]:
    """The rows of a list with both values that they are grouped by."""
    outer, spec = (look.entity.fields[name] for name in look.groups)
    found = listing.rows(look, actor).order_by()
    made: QuerySet[Any] = found.annotate(outer_value=value_of(outer), inner_value=value_of(spec))
    return made


def counted(listed: QuerySet[Any], specs: "list[FieldSpec]") -> QuerySet[Any, dict[str, Any]]:
    """Number and sums by both values."""
    made: QuerySet[Any, dict[str, Any]] = listed.values("outer_value", "inner_value")
    summed: QuerySet[Any, dict[str, Any]] = made.annotate(n=Count("pk"), **sums.sums_of(specs))
    return summed


def in_pairs(look: Look, listed: QuerySet[Any], specs: "list[FieldSpec]", rows: list[dict[str, Any]]) -> dict[Pair, GroupRow]:  # fmt: skip
    """The groups inside groups by both values, amounts in several currencies converted."""
    found = {keys_of(row): GroupRow(keys_of(row)[1], row["n"], sums.sums_in(specs, row)) for row in rows}
    mixed = [one for one in specs if any(group.sums[one.name] == MIXED for group in found.values())]
    if mixed:
        known = sums.converting(look, listed, mixed).values("outer_value", "inner_value")
        for row in known.annotate(**sums.converted_sums(mixed)):
            here = found[keys_of(row)].sums
            here |= sums.converted_in([one for one in mixed if here[one.name] == MIXED], row)
    return found


def added_up(rows: list[dict[str, Any]], specs: "list[FieldSpec]") -> dict[Any, dict[str, Any]]:
    """The rows of the groups, added up from those inside them."""
    found: dict[Any, dict[str, Any]] = {}
    ways = {
        name: max if name.endswith("_high") else min if name.endswith("_low") else sum for name in sums.sums_of(specs)
    }
    parts: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(keys_of(row)[0], []).append(row)
    for value, all_of_it in parts.items():
        found[value] = {"n": sum(row["n"] for row in all_of_it)}
        for name, way in ways.items():
            given = [row[name] for row in all_of_it if row[name] is not None]
            found[value][name] = way(given) if given else None
    return found


def keys_of(row: dict[str, Any]) -> Pair:
    """The two values that a group inside a group stands for."""
    outer, value = row["outer_value"], row["inner_value"]
    return None if outer == "" else outer, None if value == "" else value


def among(name: str, values: set[Any], spec: "FieldSpec") -> Q:
    """Whether a grouped value is one of these; None stands for empty ones."""
    found = Q(**{f"{name}__in": [value for value in values if value is not None]})
    if None not in values:
        return found
    empty = Q(**{f"{name}__isnull": True})
    return found | empty | Q(**{name: ""}) if spec.type.name in ("choice", "country") else found | empty


def convert_groups(look: Look, listed: QuerySet[Any], value: Any, made: list[GroupRow]) -> None:
    """Put converted sums into the groups that have amounts in several currencies; one query if there are any."""
    mixed = [spec for spec in sums.summed(look) if any(group.sums[spec.name] == MIXED for group in made)]
    if not mixed:
        return
    known = sums.converting(look, listed, mixed).values(group_value=value).annotate(**sums.converted_sums(mixed))
    by_value = {None if row["group_value"] == "" else row["group_value"]: row for row in known}
    for group in made:
        for spec in mixed:
            if group.sums[spec.name] == MIXED:
                group.sums |= sums.converted_in([spec], by_value[group.value])


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


def group_of(spec: "FieldSpec", record: Any) -> Any:
    """The group that a record stands in; the same values as in `groups`."""
    value = spec.get(record)
    if value is None or spec.type.name not in ("date", "moment"):
        return None if value == "" else value
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    return day.replace(day=1)
