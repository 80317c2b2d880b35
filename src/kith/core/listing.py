"""One page of a list: keyset paging and count — for the page, the API, the board, exports and feeds alike."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, Any

from django.db.models import FETCH_PEERS, Q, QuerySet

from . import (
    access,
    asof,
    choice_order,
    counting,
    few_values,
    foremost,
    indexed,
    list_statements,
    ordering,
    past,
    past_lists,
    past_rows,
    search,
    title_columns,
    turns,
)
from .access import SYSTEM
from .among import among
from .counting import EXACT, count
from .filters import compile_filter
from .ordering import Key
from .titles import HEAVY
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

PAGE, MAX_PAGE = 50, 200
#: Rows that are gathered before they are sorted.
FEW = 2000
#: Fewer rows than these are gathered by whatever index knows them, and not walked owner by owner.
FEWEST = 500
#: The same for a name that is looked for in a list by name: its rows stand together, perhaps at the end.
TOGETHER = 50_000
#: How the rows of a page are found (`way_of`).
ALONG, APART, GATHERED = "", "apart", "gathered"
#: Positions are told only in lists of at most so many records: then they are counted in a millisecond or two.
COUNTED = 1000


@dataclass(slots=True)
class Page:
    """Rows with what surrounds them."""

    records: list[Any]
    after: str = ""
    before: str = ""
    count: int = 0
    exact: bool = True


def rows(look: Look, actor: "Actor", operation: str = "", *, keys: Sequence[Any] | None = None) -> QuerySet[Any]:
    """All rows of a look, unordered; of the past those of some `keys` alone if there are any."""
    operation = operation or look.right
    if look.as_of:
        with past.at(look.as_of):
            found = asof.rows(look.entity, actor, look.as_of, operation, by_title=goes_by_title(look), keys=keys)
            return found.filter(compile_filter(look.entity, look.filter, actor))
    found = look.entity.rows(actor, operation, walked=not sorts_by_link(look)).filter(condition_of(look, actor))
    return search.matching(found, look.entity, actor, look.q)


def condition_of(look: Look, actor: "Actor") -> Q:
    """What the rows of a look fulfil."""
    found = compile_filter(look.entity, look.filter, actor)
    return found if look.only is None else found & look.only


def goes_by_title(look: Look) -> bool:
    """Whether the order of a look, or a place in it, asks what records were called."""
    return look.entity.title in {name.lstrip("-") for name in (*look.sort, look.axis)}


def sorts_by_link(look: Look) -> bool:
    """Whether other records give the order: then the planner has to walk along those, and expects too few rows beside a hash of ids (384 ms against 30)."""
    specs = (look.entity.fields.get(name.lstrip("-")) for name in look.sort)
    return any(spec is None or spec.type.name == "link" for spec in specs)


def chosen(look: Look, actor: "Actor", keys: list[uuid.UUID]) -> QuerySet[Any]:
    """Rows that are known to be of a look, by their ids."""
    if look.as_of is None:
        return look.entity.rows(actor).filter(pk__in=keys)
    with past.at(look.as_of):
        return asof.rows(look.entity, actor, look.as_of, by_title=goes_by_title(look), keys=keys)


def page(
    look: Look, actor: "Actor", *, after: str = "", before: str = "", size: int = PAGE, counted: bool = True, extra: dict[str, Any] | None = None, shown: "Iterable[FieldSpec] | None" = None,
) -> Page:  # fmt: skip
    """One page of a look. `after` and `before` are cursors of an earlier page; `extra` are annotations of the rows of the page.

    `shown` are the fields that will be read of its records, if no others are; the columns of those are loaded then.
    """
    if look.as_of:
        with past.at(look.as_of):  # orders by linked columns ask what may be told of then
            return past_lists.page(
                look, actor, after=after, before=before, size=size, counted=counted, extra=extra, shown=shown
            )
    keys = order_of(look, actor)
    asked = few_values.spelled_out(look, actor)
    place = ordering.place_of(before or after, keys) if before or after else None
    records, total = first_rows(asked, actor, keys, place, size, backwards=bool(before), counted=counted, extra=extra, shown=shown)  # fmt: skip
    result = page_of(records, keys, after, before, size)
    if counted:
        known = len(result.records) if not (after or before or result.after) else None
        result.count, result.exact = total or ((known, True) if known is not None else count_of(asked, actor, keys))
    return result


def first_rows(
    asked: few_values.Spelled, actor: "Actor", keys: list[Key], place: list[Any] | None, size: int, *, backwards: bool, counted: bool, extra: dict[str, Any] | None, shown: "Iterable[FieldSpec] | None",
) -> tuple[list[Any], tuple[int, bool] | None]:  # fmt: skip
    """The rows of a page and one more, and how many there are of all where that had to be found out first."""
    look, total = asked.look, None
    choice = choice_order.choice_of(look.entity, keys)
    if choice or (counted and (look.q or access.predicate(look.entity, actor, look.right))):
        total = count_of(asked, actor, keys, by_ways=True)
    way = way_of(asked, actor, keys, total, size)
    specs = None if shown is None else list(shown)

    def parts() -> list[QuerySet[Any]]:
        first = foremost_of(way, asked, actor, keys, place, size, backwards=backwards)
        found = rows(look, actor).filter(asked.where) if first is None else look.entity.rows(SYSTEM).filter(first)
        listed = slim(found.annotate(**extra) if extra else found, look.entity, keys, specs)
        return ordering.remaining(stretches(listed, actor, asked, keys, choice if first is None else None, is_whole=first is not None), place, backwards=backwards)  # fmt: skip

    name = list_statements.of_rows(asked, actor, keys, (way, choice and choice.name), size, extra, specs) if place is None else None  # fmt: skip
    return list_statements.read(actor, name, parts, size + 1, alone=not (keys[0].nullable or choice)), total


def stretches(
    listed: QuerySet[Any], actor: "Actor", asked: few_values.Spelled, keys: list[Key], choice: "FieldSpec | None", *, is_whole: bool
) -> list[ordering.Stretch]:  # fmt: skip
    """The rows in order; those that are known to be the page's are one stretch."""
    entity = asked.look.entity
    if is_whole:
        return [ordering.Stretch(ordering.valued(listed, entity, keys, actor), tuple(keys))]
    parts = ordering.stretches(listed, entity, keys, actor)
    return parts if choice is None else choice_order.apart(ordering.valued(listed, entity, keys[1:], actor), parts[-1], keys, choice)  # fmt: skip


def count_of(asked: few_values.Spelled, actor: "Actor", keys: list[Key], *, by_ways: bool = False) -> tuple[int, bool]:
    """How many rows there are, asked of each of the ways to them that have indexes of their own or of all at once."""
    look = asked.look

    def found() -> list[QuerySet[Any]]:
        return ways(look, actor, asked.where, apart=not look.q) if by_ways else [rows(look, actor).filter(asked.where)]

    return list_statements.counted(actor, list_statements.of_count(asked, actor, keys, by_ways), found)


def way_of(
    asked: few_values.Spelled, actor: "Actor", keys: list[Key], total: tuple[int, bool] | None, size: int
) -> str:  # fmt: skip
    """How the rows of a page are found: along the order of the list (""), or by another way which reads less then.

    Along it PostgreSQL takes the rows for evenly spread and walks the whole list in its order, past everything that does
    not fit (measured at 100,000 people: 65 ms against 9 for a name, 28 against 4 for the 500 own ones).
    """
    look = asked.look
    if (total is None or total[0] > FEWEST) and not look.q and is_apart(asked, actor, keys, total):
        return APART
    if not total:
        return ALONG
    stand_together = bool(look.q) and keys[0].path == "sort_key"
    most = gathered_up_to(
        look, total[0], size, stand_together=stand_together, latest_first=keys[0].path == "updated_at"
    )
    return ALONG if total[0] > most or not (total[1] or stand_together) else GATHERED


def foremost_of(
    way: str, asked: few_values.Spelled, actor: "Actor", keys: list[Key], place: list[Any] | None, size: int, *, backwards: bool
) -> Q | None:  # fmt: skip
    """The rows of a page by such a way; None along the order."""
    if way == APART:
        return foremost.apart(apart(asked, actor, keys), keys, place, size + 1, backwards=backwards)
    if way == GATHERED:
        found = ways(asked.look, actor, asked.where)
        return foremost.gathered(found, asked.look.entity, actor, keys, place, size + 1, backwards=backwards)
    return None


def is_apart(asked: few_values.Spelled, actor: "Actor", keys: list[Key], total: tuple[int, bool] | None) -> bool:
    """Whether the rows of a look by name are parts that each stand in this order in an index: of each value, or of each owner."""
    if len(keys) != 2 or keys[0].path != "sort_key":
        return False
    look = asked.look
    has_owners = bool(total) and not asked.values
    return len(asked.values) > 1 or (has_owners and foremost.has_owners(look.entity, actor, keys[0].path, look.right))


def apart(asked: few_values.Spelled, actor: "Actor", keys: list[Key]) -> list[QuerySet[Any]]:
    """These parts."""
    look = asked.look
    if len(asked.values) > 1:
        return [rows(look, actor).filter(one) for one in asked.each()]
    condition = condition_of(look, actor)
    return [one.filter(condition) for one in access.branches(look.entity, actor, look.right) or ()]


def gathered_up_to(look: Look, count: int, size: int, *, stand_together: bool, latest_first: bool) -> int:
    """How many rows are cheaper gathered and sorted than found along the order of the list.

    Gathering reads them all, walking reads `size` times as many rows as there are for each of them; but those of an owner
    stand in the order of their last change in an index.
    """
    if look.q:
        return TOGETHER if stand_together else EXACT
    if count <= FEW or latest_first:
        return FEW
    return max(FEW, isqrt(size * counting.of_table(look.entity.model)))


def page_of(records: list[Any], keys: list[Key], after: str, before: str, size: int) -> Page:
    """A page of rows, of which one more than fits was read; with the places before and after it."""
    more, records = len(records) > size, records[:size]
    if before:
        records.reverse()
        return Page(
            records,
            ordering.cursor_of(records[-1], keys) if records else "",
            ordering.cursor_of(records[0], keys) if more else "",
        )
    return Page(
        records,
        ordering.cursor_of(records[-1], keys) if more else "",
        ordering.cursor_of(records[0], keys) if after and records else "",
    )


def ways(
    look: Look, actor: "Actor", where: Q | None = None, *, apart: bool = False, read: frozenset[str] = frozenset()
) -> list[QuerySet[Any]]:
    """The rows of a look as querysets whose union they are, each with indexes of its own; `read` are fields that will be read of them."""
    if look.as_of:
        fields = past_lists.placing(look, actor, ordered=False, further=read)
        return [found.order_by() for found in past_lists.past_parts(look, actor, fields=fields)]
    condition = condition_of(look, actor) & (where or Q())
    return [
        search.matching(rows.filter(condition), look.entity, actor, look.q).order_by()
        for rows in access.ways(look.entity, actor, look.right, apart=apart)
    ]


def picked(look: Look, actor: "Actor", where: Q | None = None) -> QuerySet[Any]:
    """The rows of a look (those of a further condition) that are few: gathered first, to be sorted."""
    first, *more = found = [(way.filter(where) if where else way).values("pk") for way in ways(look, actor)]
    if look.as_of:
        return chosen(look, actor, [row["pk"] for way in found for row in way])
    return look.entity.rows(SYSTEM).filter(among(first.union(*more) if more else first))


def order_of(look: Look, actor: "Actor") -> list[Key]:
    """The order of a look; groups come before what sorts inside them."""
    names = (*(look.groups or look.group.split(":")[:1]), *look.sort) if look.group else look.sort
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
                *(("created_at",) if entity.fresh else ()),  # tells what may be stale
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
    return count(*ways(look, actor, apart=not look.q))


def keys_of(look: Look, actor: "Actor", operation: str = "view", limit: int | None = None) -> list[uuid.UUID]:
    """Ids of all rows of a look on which the actor may do `operation`; for "all matching" in bulk actions."""
    found = rows(look, actor, operation).order_by("pk").values_list("pk", flat=True)
    return list(found[:limit] if limit else found)


def stream(look: Look, actor: "Actor", operation: str = "export", chunk: int = 2000) -> Iterator[list[Any]]:
    """All rows of a look in order, in chunks, without holding them all; from the second on each waits for a turn of its own."""
    keys = ordering.order(look.entity, look.sort, actor)
    place: list[Any] | None = None
    while True:
        with turns.patient_turn() if place else nullcontext():
            part = next_rows(look, actor, operation, keys, place, chunk)
        if part:
            yield part
        if len(part) < chunk:
            return
        place = ordering.values_of(part[-1], keys)


def next_rows(
    look: Look, actor: "Actor", operation: str, keys: list[Key], place: list[Any] | None, most: int
) -> list[Any]:
    """So many rows of a look past a place."""
    if look.as_of:
        is_walked = indexed.is_walkable(look.entity, keys[0])
        past_rows.ask_anew(look.as_of)
        with past.at(look.as_of):
            fields = past_lists.placing(look, actor, operation)
            found = past_lists.past_parts(look, actor, operation, fields, walked=is_walked)
            return past_lists.past_records(look, actor, found, keys, place, most)
    parts = ordering.stretches(whole(rows(look, actor, operation), look.entity), look.entity, keys, actor)
    return ordering.first_of(ordering.remaining(parts, place), most)


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
