"""Boards of the past: those of today with one condition more, and the few cards that were changed since among theirs; see `past_lists`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import boards, ordering, past_lists

if TYPE_CHECKING:
    from .axes import Axis, Column
    from .boards import Lane
    from .ordering import Key
    from .specs import FieldSpec


def lanes(axis: "Axis", *, extra: dict[str, Any], shown: "Iterable[FieldSpec]") -> "list[Lane] | None":
    """The columns with their first cards and what stands over them; None where too many were changed since."""
    order = order_of(axis)
    halves = in_halves(axis, order)
    if halves is None:
        return None
    made = boards.first_lanes(of_now(axis, halves), others(axis, halves, order), extra=extra, shown=shown)
    cards = [record for lane in made for record in lane.records]
    found = {one.pk: one for one in past_lists.filled(axis.look, axis.actor, halves, order, cards, extra)}
    for lane in made:
        lane.records = [found[record.pk] for record in lane.records if record.pk in found]
    return made


def more(
    axis: "Axis", column: "Column", order: "list[Key]", place: list[Any] | None, *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> list[Any]:  # fmt: skip
    """The cards of a column past a place, one more than are shown."""
    most, halves = boards.PAGE + 1, in_halves(axis, order)
    if halves is None:
        found = [rows.filter(column.where) for rows in boards.then(axis, order)]
        return past_lists.past_records(axis.look, axis.actor, found, order, place, most, extra=extra)
    records = boards.next_cards(of_now(axis, halves), column, order, place, extra=extra, shown=shown)
    mine = [record for record in others(axis, halves, order) if axis.key_of(record) == column.key]
    records = past_lists.put_among(records, mine, order, place, most, backwards=False)
    return past_lists.filled(axis.look, axis.actor, halves, order, records, extra)


def order_of(axis: "Axis") -> "list[Key]":
    """The order of the cards in each column."""
    return ordering.order(axis.entity, axis.look.sort, axis.actor)


def in_halves(axis: "Axis", order: "list[Key]") -> past_lists.Halves | None:
    """A board of the past as one of today and the rows that have to stand among its own."""
    return past_lists.halves(axis.look, axis.actor, order, boards.read_of(axis))


def of_now(axis: "Axis", halves: past_lists.Halves) -> "Axis":
    """The same columns over rows of today; which ones there are is said by the rows of then."""
    made = type(axis)(halves.now, axis.actor)
    made.__dict__["columns"] = axis.columns
    return made


def others(axis: "Axis", halves: past_lists.Halves, order: "list[Key]") -> list[Any]:
    """The rows that may have been changed since, with their column and what is added up of them."""
    read = [axis.spec, *boards.added_up(axis)]
    return past_lists.others(axis.look, axis.actor, halves, order, read, boards.weight_of(axis))


def put_among(axis: "Axis", made: "list[Lane]", others: Sequence[Any]) -> None:
    """Put cards into their columns, among those that are there, and count them in."""
    order, by_key = order_of(axis), defaultdict(list)
    measure = boards.measure_of(axis.entity, axis.actor)
    for record in others:
        by_key[axis.key_of(record)].append(record)
    for lane in made:
        mine = by_key[lane.column.key]
        for record in mine if lane.total.exact else ():
            boards.count_in(lane.total, axis.entity, record, measure)
        if mine:
            lane.records = ordering.put_in_order([*lane.records, *mine], order)
            boards.cut(lane, order)
