"""The groups of a grouped list: their values, how many rows, their sums."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, DateField, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from . import listing, past, sums, turns
from .filters import lets_through
from .kept import asking
from .kept.asking import Unkept
from .kept.reading import Figures, answered, weight
from .sums import MIXED
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .specs import FieldSpec

MAX_GROUPS = 200
#: So many groups inside groups are read at once.
MAX_PAIRS = 2000
#: Kinds of fields that have few values.
CLOSED = frozenset({"choice", "boolean", "country"})

type Pair = tuple[Any, Any]


@dataclass(slots=True)
class GroupRow:
    """One group of a grouped list: its value, number of rows and sums."""

    value: Any
    count: int
    sums: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What groups are counted from: the records of a list, or figures that are kept ready of them."""

    rows: QuerySet[Any]
    number: Any
    figures: Figures | None = None

    def counted(self, specs: "list[FieldSpec]", **values: Any) -> QuerySet[Any, dict[str, Any]]:
        """Number and sums by values. Raises Unkept."""
        made: QuerySet[Any, dict[str, Any]] = self.rows.values(**values)
        summed: QuerySet[Any, dict[str, Any]] = made.annotate(n=self.number, **sums.sums_of(specs))
        if self.figures is not None:
            self.figures.check(*summed.query.sql_with_params())
        return summed

    def convert(self) -> QuerySet[Any]:
        """The records whose amounts are converted. Raises Unkept: rates are those of days that are not kept."""
        if self.figures is not None:
            raise Unkept("")
        return self.rows


def levels(look: Look, actor: "Actor", records: "list[Any]") -> tuple[list[GroupRow], dict[Pair, GroupRow]]:
    """The groups of a list, and the groups inside them by both values: all of them, or where those are very many the ones of a page.

    Very many rows are added up when it is one's turn; raises Busy. What is kept ready waits for nobody.
    """

    def answer(figures: Figures) -> tuple[list[GroupRow], dict[Pair, GroupRow]]:
        rows = figures.instead(listing.rows(look, actor))
        return levels_of(look, Source(rows, Cast(Sum(weight()), BigIntegerField()), figures), records)

    kept = answered(look.entity, actor, "view", lambda: asking.of_look(look, actor), answer)
    if kept is not None:
        return kept
    rows = listing.rows(look, actor).order_by()
    with past.at(look.as_of), turns.for_many(rows):
        return levels_of(look, Source(rows, Count("pk")), records)


def levels_of(look: Look, source: Source, records: "list[Any]") -> tuple[list[GroupRow], dict[Pair, GroupRow]]:
    """See levels. Usually one query tells both: the groups are added up from those inside them."""
    if len(look.groups) < 2:
        return groups_of(look, source), {}
    outer, spec = (look.entity.fields[name] for name in look.groups)
    specs = sums.summed(look)
    rows = list(source.counted(specs, outer_value=value_of(outer), inner_value=value_of(spec))[: MAX_PAIRS + 1])
    if len(rows) > MAX_PAIRS:
        return groups_of(look, source), inner(look, source, records)
    made = [GroupRow(value, row["n"], sums.sums_in(specs, row)) for value, row in added_up(rows, specs).items()]
    made.sort(key=lambda group: -group.count)
    convert_groups(look, source, value_of(outer), made)
    return completed(look, outer, made), in_pairs(look, source, specs, rows)


def groups(look: Look, actor: "Actor") -> list[GroupRow]:
    """The groups of a list that is grouped by one field."""
    return levels(look, actor, [])[0]


def groups_of(look: Look, source: Source) -> list[GroupRow]:
    """The groups with their totals; at most 200, the largest first when there are more. Dates are grouped by month.

    A closed list shows every value that the conditions let through, in its order, also those without rows (R159).
    """
    spec, specs = look.entity.fields[look.groups[0]], sums.summed(look)
    value = value_of(spec)
    found = sized(source, spec, specs, value)
    made = [GroupRow(key, row["n"], sums.sums_in(specs, row)) for key, row in found]
    convert_groups(look, source, value, made)
    return completed(look, spec, made)


def sized(source: Source, spec: "FieldSpec", specs: "list[FieldSpec]", value: Any) -> Iterable[tuple[Any, dict[str, Any]]]:  # fmt: skip
    """The aggregate rows of the largest groups by value, the largest first."""
    if source.figures is None and spec.type.name in CLOSED and any(map(sums.is_amount_in_bag, specs)):
        rows = sums.by_currency(source.rows, specs, source.number, outer_value=value)
        return sorted(added_up(rows, specs).items(), key=lambda pair: -pair[1]["n"])[:MAX_GROUPS]
    found = source.counted(specs, outer_value=value).order_by("-n")[:MAX_GROUPS]
    return [(outer_of(row), row) for row in found]


def completed(look: Look, spec: "FieldSpec", made: list[GroupRow]) -> list[GroupRow]:
    """The groups, of a closed list all of them."""
    return with_empty(look, spec, made) if spec.type.name in ("choice", "boolean") else made


def value_of(spec: "FieldSpec") -> Any:
    """What rows are grouped by: the value, of dates the month."""
    monthly = spec.type.name in ("date", "moment") and not spec.is_bag
    return TruncMonth(spec.expression(), output_field=DateField()) if monthly else spec.expression()


def inner(look: Look, source: Source, records: "list[Any]") -> dict[Pair, GroupRow]:
    """The groups inside groups that the records of a page stand in."""
    outer, spec = (look.entity.fields[name] for name in look.groups)
    pairs = {(group_of(outer, record), group_of(spec, record)) for record in records}
    specs = sums.summed(look)
    rows = source.counted(specs, outer_value=value_of(outer), inner_value=value_of(spec)).filter(
        among("outer_value", {pair[0] for pair in pairs}, outer),
        among("inner_value", {pair[1] for pair in pairs}, spec),
    )
    return in_pairs(look, source, specs, list(rows))


def in_pairs(look: Look, source: Source, specs: "list[FieldSpec]", rows: list[dict[str, Any]]) -> dict[Pair, GroupRow]:  # fmt: skip
    """The groups inside groups by both values, amounts in several currencies converted."""
    found = {keys_of(row): GroupRow(keys_of(row)[1], row["n"], sums.sums_in(specs, row)) for row in rows}
    mixed = [one for one in specs if any(group.sums[one.name] == MIXED for group in found.values())]
    if mixed:
        outer, spec = (look.entity.fields[name] for name in look.groups)
        known = sums.converting(look, source.convert(), mixed)
        known = known.values(outer_value=value_of(outer), inner_value=value_of(spec))
        for row in known.annotate(**sums.converted_sums(mixed)):
            here = found[keys_of(row)].sums
            here |= sums.converted_in([one for one in mixed if here[one.name] == MIXED], row)
    return found


def added_up(rows: list[dict[str, Any]], specs: "list[FieldSpec]") -> dict[Any, dict[str, Any]]:
    """The rows of the groups, added up from those inside them."""
    parts: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        parts.setdefault(outer_of(row), []).append(row)
    return {value: sums.together(all_of_it, specs) for value, all_of_it in parts.items()}


def outer_of(row: dict[str, Any]) -> Any:
    """The value that a group stands for."""
    return None if row["outer_value"] == "" else row["outer_value"]


def keys_of(row: dict[str, Any]) -> Pair:
    """The two values that a group inside a group stands for."""
    value = row["inner_value"]
    return outer_of(row), None if value == "" else value


def among(name: str, values: set[Any], spec: "FieldSpec") -> Q:
    """Whether a grouped value is one of these; None stands for empty ones."""
    found = Q(**{f"{name}__in": [value for value in values if value is not None]})
    if None not in values:
        return found
    empty = Q(**{f"{name}__isnull": True})
    return found | empty | Q(**{name: ""}) if spec.type.name in ("choice", "country") else found | empty


def convert_groups(look: Look, source: Source, value: Any, made: list[GroupRow]) -> None:
    """Put converted sums into the groups that have amounts in several currencies; one query if there are any."""
    mixed = [spec for spec in sums.summed(look) if any(group.sums[spec.name] == MIXED for group in made)]
    if not mixed:
        return
    known = (
        sums.converting(look, source.convert(), mixed).values(group_value=value).annotate(**sums.converted_sums(mixed))
    )
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
