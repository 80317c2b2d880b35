"""A board: the rows of a look in the columns of an axis; the first cards of each, counts and sums.

Columns are counted first. Few rows are then read at once and dealt out; many are asked for column by column in one query,
each walking along its index. Counts are exact up to 10,000 in a column, and sums of longer ones are asked for after the page is shown.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from . import (
    access,
    asof,
    conversion,
    counting,
    indexed,
    list_statements,
    listing,
    ordering,
    past_boards,
    past_lists,
    predicates,
    prepared,
    rates,
    turns,
)
from .axes import Axis, Column
from .counting import EXACT, LONG, SHORT, SLOW, SMALL, Memory
from .few_values import Spelled

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

#: Cards of a column with the page (more than a screen shows) and with each further look; rows of a board that are read at once and dealt out.
FIRST, PAGE, FEW = 10, 40, 400
#: The two ways in which cards are asked for.
FEW_ROWS, ALL_ROWS = "few", "all"
AMOUNT = DecimalField(max_digits=30, decimal_places=6)


@dataclass(slots=True)
class Total:
    """What stands over a column. Sums are by currency; `summed` says whether they are known yet.

    `base` and `base_weighted` are the same sums in the base currency, also by the currency they come from; a currency with an
    amount that has no rate is in neither.
    """

    count: int = 0
    exact: bool = True
    sums: dict[str, Decimal] = field(default_factory=dict)
    weighted: dict[str, Decimal] = field(default_factory=dict)
    summed: bool = True
    base: dict[str, Decimal] = field(default_factory=dict)
    base_weighted: dict[str, Decimal] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)

    def add(
        self, currency: str, count: int, amount: Decimal | None, weighted: Decimal | None,
        base: Decimal | None = None, base_weighted: Decimal | None = None, lacking: int = 0,
    ) -> None:  # fmt: skip
        """Count rows of one currency in, of which `lacking` have an amount without a rate; the base currency needs none."""
        self.count += count
        if currency == rates.base():
            base, base_weighted, lacking = amount, weighted, 0
        if lacking:
            self.lacking.add(currency)
        for sums, value in (
            (self.sums, amount), (self.weighted, weighted), (self.base, base), (self.base_weighted, base_weighted),
        ):  # fmt: skip
            if value is not None and currency:
                sums[currency] = sums.get(currency, Decimal(0)) + value


@dataclass(slots=True)
class Lane:
    """A column with its first cards; `after` is the place of the next ones, empty when these are all.

    One that is folded among many rows has no cards yet: they are asked for when it is opened.
    """

    column: Column
    at: int
    records: list[Any] = field(default_factory=list)
    after: str = ""
    total: Total = field(default_factory=Total)
    is_unread: bool = False


def measure_of(entity: "Entity", actor: "Actor") -> "FieldSpec | None":
    """The amount that is added up over columns: the first sum of money among the measures of the entity."""
    readable = access.readable(actor, entity)
    names = (name.removeprefix("sum:") for name in entity.measures if name.startswith("sum:"))
    specs = (entity.fields[name] for name in names if name in readable)
    return next((spec for spec in specs if spec.type.name == "money" and not spec.is_bag), None)


def read_of(axis: Axis) -> frozenset[str]:
    """The fields that totals are made of."""
    summed = {spec.name for spec in added_up(axis)}
    return frozenset({*summed, *axis.weighed_by} if summed else ())


def added_up(axis: Axis) -> "list[FieldSpec]":
    """The amount that is added up, and the day whose rate it is converted by."""
    measure, day = measure_of(axis.entity, axis.actor), axis.entity.rate_day
    return [] if measure is None else [measure, *([axis.entity.fields[day]] if day else [])]


def lanes(axis: Axis, *, extra: dict[str, Any], shown: "Iterable[FieldSpec]") -> list[Lane]:
    """The columns with their first cards and what stands over them; two queries."""
    made = past_boards.lanes(axis, extra=extra, shown=shown) if axis.look.as_of else None
    return first_lanes(axis, extra=extra, shown=shown) if made is None else made


def first_lanes(
    axis: Axis, others: Sequence[Any] = (), *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> list[Lane]:
    """The columns, with `others` that belong among their cards."""
    specs = [*shown, axis.spec, *added_up(axis)]
    made = [Lane(column, at, total=total) for at, (column, total) in enumerate(zip(axis.columns, totals(axis, axis.columns), strict=True))]  # fmt: skip
    count = sum(lane.total.count for lane in made)
    is_few = count + len(others) <= FEW and all(lane.total.exact for lane in made)
    if is_few and count:
        made = dealt(axis, extra=extra, shown=specs)
    elif not is_few:
        deal(
            axis, made, asked(axis, ALL_ROWS, lambda: many(axis, axis.columns, extra=extra, shown=specs), extra, specs)
        )
    past_boards.put_among(axis, made, others)
    for lane in made:
        lane.is_unread = not is_few and lane.column.folded and lane.total.count > 0
        if lane.is_unread:
            lane.records, lane.after = [], ""
    return made


def asked(
    axis: Axis, what: str, build: "Callable[[], QuerySet[Any]]", extra: dict[str, Any], shown: "list[FieldSpec]"
) -> "Iterable[Any]":
    """The cards of a query, which is built once for each reader where it is the same each time (see `list_statements`)."""
    keys = ordering.order(axis.entity, axis.look.sort, axis.actor)
    name = list_statements.name_of(Spelled(axis.look), axis.actor, keys)
    if name is None:
        return build()
    columns = tuple((one.key, repr(one.where), one.folded, axis.may_hold(one)) for one in axis.columns)
    further = (*sorted(extra), "", *(spec.name for spec in shown), repr(axis.weight))
    return prepared.run(axis.actor, ("cards", what, name, columns, further), build)


# --- few rows ---------------------------------------------------------------------------------------------------------


def dealt(axis: Axis, *, extra: dict[str, Any], shown: "Iterable[FieldSpec]") -> list[Lane]:
    """All rows by column, in order, with totals counted from themselves."""
    made = {column.key: Lane(column, at) for at, column in enumerate(axis.columns)}
    order = ordering.order(axis.entity, axis.look.sort, axis.actor)
    specs = list(shown)

    def all_rows() -> "QuerySet[Any]":
        rows = listing.picked(axis.look, axis.actor, within(axis.columns))
        listed = slim(axis, rows.annotate(**extra, **weight_of(axis)), order, specs)
        return ordering.ordered(listed, axis.entity, order, axis.actor)

    measure = measure_of(axis.entity, axis.actor)
    for record in asked(axis, FEW_ROWS, all_rows, extra, specs):
        if lane := made.get(axis.key_of(record)):
            lane.records.append(record)
            count_in(lane.total, axis.entity, record, measure)
    for lane in made.values():
        cut(lane, order)
    return list(made.values())


def weight_of(axis: Axis) -> dict[str, Any]:
    """The annotation of how much of an amount counts."""
    return {"board_weight": axis.weight} if axis.weight is not None else {}


def count_in(total: Total, entity: "Entity", record: Any, measure: "FieldSpec | None") -> None:
    """Count one record in."""
    money = measure.get(record) if measure else None
    if money is None:
        total.add("", 1, None, None)
        return
    weight = getattr(record, "board_weight", None)
    share = None if weight is None else Decimal(weight)
    base = conversion.of_record(entity, record, money)
    parts = [None if one is None or share is None else one * share for one in (money.amount, base)]
    total.add(money.currency, 1, money.amount, parts[0], base, parts[1], int(base is None))


def cut(lane: Lane, order: list[ordering.Key], most: int = FIRST) -> None:
    """Leave the first cards, and say where the next ones begin."""
    if len(lane.records) > most:
        lane.records = lane.records[:most]
        lane.after = ordering.cursor_of(lane.records[-1], order)


# --- many rows --------------------------------------------------------------------------------------------------------


def many(
    axis: Axis, columns: Sequence[Column], *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> "QuerySet[Any]":
    """The first cards of every column that is open in one query; `lane` says which one, in what order its parts come."""
    order = ordering.order(axis.entity, axis.look.sort, axis.actor)
    parts = [part for way in ways(axis, order, extra=extra, shown=shown) for part in way]
    pieces = [
        part.within(None).filter(column.where).annotate(lane=Value(at * len(parts) + step, IntegerField()))[: FIRST + 1]
        for at, column in enumerate(columns)
        if axis.may_hold(column) and not column.folded
        for step, part in enumerate(parts)
    ]
    if not pieces:
        return axis.entity.rows(axis.actor).none()
    joined: QuerySet[Any] = pieces[0].union(*pieces[1:], all=True).order_by() if len(pieces) > 1 else pieces[0]
    return joined


def ways(
    axis: Axis, order: list[ordering.Key], *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> list[list[ordering.Stretch]]:
    """All rows of the board in order; of the past those that nobody changed since, and then the others."""
    found = then(axis, order) if axis.look.as_of else [listing.rows(axis.look, axis.actor)]
    listed = [slim(axis, rows.annotate(**extra) if extra else rows, order, shown) for rows in found]
    return [ordering.stretches(rows, axis.entity, order, axis.actor) for rows in listed]


def then(axis: Axis, order: list[ordering.Key]) -> "list[QuerySet[Any]]":
    """The rows of the past as two querysets, the first of which walks along the order (see `past_lists`)."""
    fields = past_lists.placing(axis.look, axis.actor)
    walked = indexed.is_walkable(axis.entity, order[0])
    return past_lists.past_parts(axis.look, axis.actor, fields=fields, walked=walked)


def stretches(
    axis: Axis, order: list[ordering.Key], *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> list[ordering.Stretch]:
    """All rows of the board of today in order."""
    (found,) = ways(axis, order, extra=extra, shown=shown)
    return found


def slim(
    axis: Axis, found: "QuerySet[Any]", order: list[ordering.Key], shown: "Iterable[FieldSpec] | None"
) -> "QuerySet[Any]":
    """Rows with what cards show; of the past all columns, for one that is read later would be today's."""
    return listing.whole(found, axis.entity) if axis.look.as_of else listing.slim(found, axis.entity, order, shown)


def deal(axis: Axis, made: list[Lane], found: "Iterable[Any]") -> None:
    """Put cards into their columns; each part of the query keeps its own order, whichever comes first."""
    order = ordering.order(axis.entity, axis.look.sort, axis.actor)
    parts = defaultdict(list)
    for record in found:
        parts[record.lane].append(record)
    steps, number = 2 if order[0].nullable else 1, 2 if axis.look.as_of else 1
    for lane in made:
        for step in range(steps):
            cards = [parts[lane.at * steps * number + way * steps + step] for way in range(number)]
            whole = [record for some in cards for record in some]
            lane.records += ordering.put_in_order(whole, order) if number > 1 else whole
        cut(lane, order)
    if axis.look.as_of:
        asof.corrected(axis.entity, axis.look.as_of, [record for lane in made for record in lane.records])


def more(
    axis: Axis, column: Column, after: str, *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> tuple[list[Any], str]:
    """The next cards of a column past a place (from its beginning when that is empty), and the place after them."""
    order = ordering.order(axis.entity, axis.look.sort, axis.actor)
    place = ordering.place_of(after, order) if after else None
    if axis.look.as_of:
        records = past_boards.more(axis, column, order, place, extra=extra, shown=shown)
    else:
        records = next_cards(axis, column, order, place, extra=extra, shown=shown)
    lane = Lane(column, 0, records)
    cut(lane, order, PAGE)
    return lane.records, lane.after


def next_cards(
    axis: Axis, column: Column, order: list[ordering.Key], place: list[Any] | None, *, extra: dict[str, Any], shown: "Iterable[FieldSpec]"
) -> list[Any]:  # fmt: skip
    """The cards of a column of today past a place, one more than are shown."""
    parts = stretches(axis, order, extra=extra, shown=[*shown, axis.spec])
    ways = [part.filter(column.where) for part in ordering.remaining(parts, place)]
    return ordering.first_of(ways, PAGE + 1)


def neighbour(axis: Axis, column: Column, key: Any) -> tuple[bool, Any]:
    """Whether a record stands in a column of this look, and the id of the one before it, None for the first."""
    order = ordering.order(axis.entity, axis.look.sort, axis.actor)
    parts = [
        ordering.Stretch(part.rows.filter(column.where), part.keys, part.shared)
        for part in stretches(axis, order, extra={}, shown=[axis.spec])
    ]
    here = next((found for part in parts if (found := part.rows.filter(pk=key).first())), None)
    if here is None:
        return False, None
    place = ordering.values_of(here, order)
    before = next(iter(ordering.first_of(ordering.remaining(parts, place, backwards=True), 1)), None)
    return True, before and before.pk


# --- totals -----------------------------------------------------------------------------------------------------------

SUMMED = ("board_amount", "board_part", "board_base", "board_base_part")
#: How rows of a lane and currency are put together; in the order of `Total.add`.
ADDED = """lane, currency, count(*), sum(amount::numeric), sum(part::numeric), sum(base::numeric), sum(base_part::numeric),
    count(*) FILTER (WHERE amount IS NOT NULL AND base IS NULL)"""
slow_totals = Memory[list[tuple[Any, ...]]]()


def facts(axis: Axis) -> dict[str, Any]:
    """Currency, amount and weighted amount of a row, as far as the entity has them."""
    measure = measure_of(axis.entity, axis.actor)
    if measure is None:
        none = Cast(Value(None), AMOUNT)
        return {"board_currency": Value("", CharField()), **dict.fromkeys(SUMMED, none)}
    base = conversion.of_others(axis.entity, measure)
    weighed = axis.weight is not None
    return {
        "board_currency": measure.currency(), "board_amount": measure.expression(),
        "board_part": measure.expression() * axis.weight if weighed else Cast(Value(None), AMOUNT),
        "board_base": base, "board_base_part": ExpressionWrapper(base * axis.weight, AMOUNT) if weighed else Cast(Value(None), AMOUNT),
    }  # fmt: skip


def totals(axis: Axis, columns: Sequence[Column], *, fresh: bool = False) -> list[Total]:
    """Counts and sums of columns, exact where a column has at most 10,000 rows; one query."""
    if is_narrow(axis):
        return gathered(axis, columns, limit=EXACT, fresh=fresh)
    parts, params = list[str](), list[Any]()
    for sql, values in pieces(axis, columns):
        parts.append(f"({sql} LIMIT {EXACT + 1})")
        params += values
    made = [Total() for _column in columns]
    if parts:
        asked = f"""SELECT {ADDED} FROM ({" UNION ALL ".join(parts)}) found(lane, currency, amount, part, base, base_part)
            GROUP BY lane, currency"""  # noqa: S608 - SQL of the ORM
        for lane, *row in answer(asked, params, fresh=fresh):
            made[lane].add(*row)
    sums = measure_of(axis.entity, axis.actor) is not None
    return [total if total.count <= EXACT else Total(EXACT, False, summed=not sums) for total in made]


def pieces(axis: Axis, columns: Sequence[Column]) -> Iterator[tuple[str, list[Any]]]:
    """The rows of each column with their facts, as SQL: written by the ORM once, then with the condition of each column behind it."""
    parts, zero = facts(axis), Value(0, IntegerField())
    rows = listing.rows(axis.look, axis.actor).order_by().annotate(**parts, lane=zero).values_list("lane", *parts)
    table = connection.ops.quote_name(axis.entity.model._meta.db_table)
    try:
        sql, (_lane, *given) = rows.query.sql_with_params()
    except EmptyResultSet:  # nothing can fit
        return
    for at, column in enumerate(columns):
        where = predicates.compiled(axis.entity.model, column.where) if axis.may_hold(column) else None
        if isinstance(where, predicates.Compiled):
            yield f"{sql} AND {where.text.replace(predicates.TABLE, table)}", [at, *given, *where.values]
        elif where is not None:  # a condition on several tables
            with suppress(EmptyResultSet):
                whole, (_lane, *values) = rows.filter(where).query.sql_with_params()
                yield whole, [at, *values]


def whole_totals(axis: Axis) -> list[Total]:
    """Counts and sums of all columns, however many rows: one pass over them, kept for a minute."""
    columns = axis.columns
    if is_narrow(axis):
        return gathered(axis, columns)
    lane = lane_among(columns)
    rows = listing.rows(axis.look, axis.actor).order_by().annotate(lane=lane, **facts(axis)).exclude(lane=None)
    asked = rows.values_list("lane", "board_currency").annotate(
        n=Count("pk"),
        **{f"{name}_sum": Sum(name) for name in SUMMED},
        lacking=Count("board_amount") - Count("board_base"),
    )
    made = [Total() for _column in columns]
    try:
        sql, params = asked.query.sql_with_params()
    except EmptyResultSet:
        return made
    for at, *row in answer(sql, list(params), long=True):
        made[at].add(*row)
    return made


def lane_among(columns: Sequence[Column]) -> Case:
    """The number of the column that a row stands in, NULL for none."""
    whens = (When(column.where, then=Value(at)) for at, column in enumerate(columns))
    return Case(*whens, default=Value(None), output_field=IntegerField())


def within(columns: Sequence[Column]) -> Q:
    """What stands in any of these columns."""
    return reduce(or_, (column.where for column in columns))


def is_narrow(axis: Axis) -> bool:
    """Whether the rows are found by who may see them or by words, for which each way to them has an index of its own."""
    return bool(axis.look.q or access.predicate(axis.entity, axis.actor, axis.look.right))


def gathered(axis: Axis, columns: Sequence[Column], *, limit: int = 0, fresh: bool = False) -> list[Total]:
    """Counts and sums over rows that are gathered way by way first (measured at 200,000 tasks: 0.5 s against 2.7).

    With a limit, so many of them only; if there are more, counts say how many there are at least.
    """
    made = [Total() for _column in columns]
    ways = listing.ways(axis.look, axis.actor, read=read_of(axis))
    if len(columns) < len(axis.columns):  # after a move two of them are counted, which may hold few of all rows
        ways = [way.filter(within(columns)) for way in ways]
    parts = facts(axis)
    told = [way.annotate(lane=lane_among(columns), **parts).values_list("pk", "lane", *parts) for way in ways]
    sql, params = counting.union_of([rows[: limit + 1] for rows in told] if limit else told)
    if not sql:
        return made
    asked = f"""SELECT {ADDED} FROM ({sql}) found(id, lane, currency, amount, part, base, base_part) GROUP BY lane, currency"""  # noqa: S608 - SQL of the ORM
    counted = answer(asked, params, fresh=fresh, long=not limit)
    for lane, *row in counted:
        if lane is not None:
            made[lane].add(*row)
    if limit and sum(row[2] for row in counted) > limit:
        sums = measure_of(axis.entity, axis.actor) is not None
        return [Total(total.count, False, summed=not sums) for total in made]
    return made


def answer(sql: str, params: list[Any], *, fresh: bool = False, long: bool = False) -> list[tuple[Any, ...]]:
    """Rows of a query on totals; those of a slow one over many records are kept for a while; long ones wait for a turn."""
    key = (sql, str(params))
    if not fresh and (known := slow_totals.get(key)):
        return known
    started = time.monotonic()
    with turns.turn() if long else nullcontext(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    many_rows = sum(row[2] for row in found) > SMALL
    if many_rows and time.monotonic() - started > SLOW:
        slow_totals.put(key, found, started + (LONG if long else SHORT))
    return found
