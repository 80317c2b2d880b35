"""The groups of a grouped list: their values, how many rows, their sums."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from . import listing, sums, turns
from .filters import lets_through
from .sums import MIXED
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .specs import FieldSpec

MAX_GROUPS = 200


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
    spec, specs = look.entity.fields[look.group], sums.summed(look)
    value = (
        TruncMonth(spec.expression(), output_field=DateField())
        if spec.type.name in ("date", "moment") and not spec.is_bag
        else spec.expression()
    )
    listed = listing.rows(look, actor).order_by()
    found = listed.values(group_value=value).annotate(n=Count("pk"), **sums.sums_of(specs)).order_by("-n")[:MAX_GROUPS]
    with turns.for_many(listed):
        made = [
            GroupRow(None if row["group_value"] == "" else row["group_value"], row["n"], sums.sums_in(specs, row))
            for row in found
        ]
        convert_groups(look, listed, value, made)
    return with_empty(look, spec, made) if spec.type.name in ("choice", "boolean") else made


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
