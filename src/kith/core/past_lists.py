"""Lists and boards of the past: the rows that stand today as they stood then are asked for as today's, the others are put among them.

Which records were changed since in what decides about a place (conditions, order, rights) is known (`past_known`). Where these are few,
all rows but they are a list of today with one condition more, found by the same ways along the same indexes; they themselves are
read as they were. Where they are many, both halves are asked for as relations of then (`asof.ways`).
"""

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_RAISE, Q, QuerySet

from . import (
    access,
    askable,
    asof,
    counting,
    few_values,
    indexed,
    listing,
    ordering,
    past,
    past_rows,
    predicates,
    title_columns,
)
from .filters import compile_filter, fields_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .access import Actor
    from .ordering import Key
    from .specs import FieldSpec
    from .views import Look

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Halves:
    """A look of the past in two: `now` finds the rows that stand today as they stood, `changed` are the ids of all that may not."""

    now: "Look"
    changed: list[Any]
    #: Whether a place depends on the moment or the version of the last change.
    is_stamped: bool


def halves(look: "Look", actor: "Actor", keys: "list[Key]", further: frozenset[str] = NONE) -> Halves | None:
    """A look of the past in two, as far as conditions, order, rights and some `further` fields go; None where it cannot be asked so."""
    entity, when = look.entity, look.as_of
    assert when
    if asof.deciding(entity, actor, "view") is None or any(key.column for key in keys):
        return None
    fields = placing(look, actor, further=further)
    changed = past_rows.few_changed(entity, when, fields)
    if changed is None:
        return None
    only = asof.unchanged(entity, when, None, changed, walked=False)
    if (
        keys[0].path == "updated_at"
    ):  # what was changed later is among the others, so that their places can be passed over
        text = f'({only.text} AND {predicates.TABLE}."updated_at" <= %s)'
        only = predicates.Compiled(text, (*only.values, when.moment))
    (right,) = asof.needed("view")
    return Halves(replace(look, as_of=None, right=right, only=Q(predicates.written_out(only))), changed, fields is None)


def others(
    look: "Look", actor: "Actor", found: Halves, keys: "list[Key]", read: "Iterable[FieldSpec]" = (), extra: dict[str, Any] | None = None
) -> list[Any]:  # fmt: skip
    """The rows of a look that may have been changed since, in order, with as much of what they were as their order needs, and `read`."""
    if not found.changed:
        return []
    rows = as_they_were(look, actor, keys, found.changed, extra, stamped=found.is_stamped)
    present = {name for column in look.entity.model._meta.concrete_fields for name in (column.name, column.attname)}
    columns = {column for spec in read for column in spec.columns} | ({key.path for key in keys} & present)
    slim = rows.only("id", *sorted(columns - {"pk"})).fetch_mode(
        FETCH_RAISE
    )  # what is not here would be read as it is today
    return ordering.put_in_order(list(slim), keys)


def as_they_were(
    look: "Look", actor: "Actor", keys: "list[Key]", ids: list[Any], extra: dict[str, Any] | None = None, *, stamped: bool = True
) -> QuerySet[Any]:  # fmt: skip
    """Those of some rows that a look had then, with what they are sorted by."""
    assert look.as_of
    by_title = listing.goes_by_title(look)
    rows = asof.changed(look.entity, actor, look.as_of, "view", by_title=by_title, few=ids, stamped=stamped)
    rows = rows.filter(compile_filter(look.entity, look.filter, actor)).annotate(**extra or {})
    return ordering.valued(rows, look.entity, keys, actor)


def filled(
    look: "Look", actor: "Actor", found: Halves, keys: "list[Key]", records: list[Any], extra: dict[str, Any] | None = None
) -> list[Any]:  # fmt: skip
    """Records that are shown with all that they were: today's are corrected, those of `others` read whole; what is gone by now is left out."""
    changed = frozenset(found.changed)
    ids = [record.pk for record in records if record.pk in changed]
    whole = listing.whole(as_they_were(look, actor, keys, ids, extra), look.entity) if ids else ()
    by_key = {record.pk: record for record in whole}
    made = [by_key.get(record.pk) if record.pk in changed else record for record in records]
    assert look.as_of
    asof.corrected(look.entity, look.as_of, [record for record in records if record.pk not in changed])
    return [record for record in made if record is not None]


# --- pages ------------------------------------------------------------------------------------------------------------


def page(
    look: "Look", actor: "Actor", *, after: str, before: str, size: int, counted: bool, extra: dict[str, Any] | None,
    shown: "Iterable[FieldSpec] | None",
) -> "listing.Page":  # fmt: skip
    """One page of a look of the past."""
    keys = listing.order_of(look, actor)
    found = halves(look, actor, keys)
    if found is None:
        return of_relations(look, actor, keys, after=after, before=before, size=size, counted=counted, extra=extra)
    place = ordering.place_of(before or after, keys) if before or after else None
    asked = few_values.spelled_out(found.now, actor)
    records, total = listing.first_rows(asked, actor, keys, place, size, backwards=bool(before), counted=counted, extra=extra, shown=shown)  # fmt: skip
    changed = others(look, actor, found, keys)
    records = put_among(records, changed, keys, place, size + 1, backwards=bool(before))
    made = listing.page_of(records, keys, after, before, size)
    made.records = filled(look, actor, found, keys, made.records, extra)
    if counted:
        is_whole = not (after or before or made.after)
        made.count, made.exact = (len(made.records), True) if is_whole else plus(total or counting.count(listing.rows(asked.look, actor).filter(asked.where)), len(changed))  # fmt: skip
    return made


def plus(total: tuple[int, bool], more: int) -> tuple[int, bool]:
    """A number of rows with some more."""
    return total[0] + more, total[1]


def put_among(
    records: list[Any], changed: list[Any], keys: "list[Key]", place: list[Any] | None, most: int, *, backwards: bool
) -> list[Any]:
    """The first rows past a place with those of the others that lie past it, in one order."""
    if place is not None:
        here = SimpleNamespace(**{key.path: value for key, value in zip(keys, place, strict=True)})
        changed = [one for one in changed if ordering.direction_of(keys, one, here, backwards) > 0]
    near = (changed[::-1] if backwards else changed)[:most]
    return ordering.put_in_order([*records, *near], keys, backwards=backwards)[:most] if near else records


def of_relations(
    look: "Look", actor: "Actor", keys: "list[Key]", *, after: str, before: str, size: int, counted: bool, extra: dict[str, Any] | None,
) -> "listing.Page":  # fmt: skip
    """One page of the past: few rows gathered and sorted, else the rows nobody changed since and the others, each in order, put together."""
    place = ordering.place_of(before or after, keys) if before or after else None
    total = listing.total_of(look, actor) if counted and access.predicate(look.entity, actor, "view") else None
    if total and total[1] and 0 < total[0] <= listing.FEW:
        listed = listing.whole(listing.picked(look, actor).annotate(**extra or {}), look.entity)
        parts = ordering.stretches(listed, look.entity, keys, actor)
        records = ordering.first_of(ordering.remaining(parts, place, backwards=bool(before)), size + 1)
    else:
        walked = indexed.is_walkable(look.entity, keys[0])
        found = past_parts(look, actor, fields=placing(look, actor), walked=walked)
        records = past_records(look, actor, found, keys, place, size + 1, extra=extra, backwards=bool(before))
    result = listing.page_of(records, keys, after, before, size)
    if counted:
        is_whole = not (after or before or result.after)
        result.count, result.exact = total or (
            (len(result.records), True) if is_whole else listing.total_of(look, actor)
        )
    return result


# --- both halves as relations of then -----------------------------------------------------------------------------------


def past_parts(
    look: "Look", actor: "Actor", operation: str = "view", fields: frozenset[str] | None = None, *, walked: bool = False
) -> list[QuerySet[Any]]:
    """The rows of a look of the past as two querysets; see `asof.ways`."""
    assert look.as_of
    with past.at(look.as_of):
        condition = compile_filter(look.entity, look.filter, actor)
        parts = asof.ways(
            look.entity,
            actor,
            look.as_of,
            operation,
            by_title=listing.goes_by_title(look),
            fields=fields,
            walked=walked,
        )
        return [found.filter(condition) for found in parts]


def placing(
    look: "Look", actor: "Actor", operation: str = "view", *, ordered: bool = True, further: frozenset[str] = NONE
) -> frozenset[str] | None:
    """The fields that decide which rows a look has and, if `ordered`, in which order, and `further` ones; None where more than these does.

    Rows of the past in which none of them changed since stand where they stand today: only the others have to be gathered.
    """
    entity = look.entity
    order = (*(look.sort if ordered else ()), *look.groups, look.axis)
    asked = [*fields_in(look.filter), *(name.lstrip("-") for name in order)]
    names = {name.partition(".")[0].partition(":")[0] for name in asked} - {""} | further
    rights = asof.deciding(entity, actor, operation)
    if rights is None or names & {"updated_at", "version"}:
        return None
    titled = title_columns.sorting(entity) if listing.goes_by_title(look) else frozenset()
    return frozenset({askable.kept_in(entity, name) for name in names | titled} | rights)


def past_records(
    look: "Look", actor: "Actor", found: list[QuerySet[Any]], keys: "list[Key]", place: list[Any] | None, most: int, *,
    extra: dict[str, Any] | None = None, backwards: bool = False,
) -> list[Any]:  # fmt: skip
    """So many rows of both querysets past a place, in one order."""
    parts = [
        ordering.stretches(
            listing.whole(rows.annotate(**extra) if extra else rows, look.entity), look.entity, keys, actor
        )
        for rows in found
    ]
    ways = [ordering.remaining(stretches, place, backwards=backwards) for stretches in parts]
    records = ordering.merged(ways, keys, most, backwards=backwards)
    assert look.as_of
    asof.corrected(look.entity, look.as_of, records)
    return records
