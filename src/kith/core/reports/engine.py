"""Computes a report: one pass over the rows the reader may see, all totals in the same query.

1. Fields are resolved with the reader's rights (`dimensions`, `measures`).
2. The ORM writes the query of the rows: groups d0, d1 … and values m0, m1 … of each row.
3. Around it GROUPING SETS count and sum every level at once, so that averages, medians and distinct counts of totals are
   computed from rows, never from other results (R162, R163).
4. Whoever may see all records is answered from figures that are kept ready, where these tell it (`kept`).
5. With conditions on results, or too many groups, the outermost rows are chosen first and become a condition on records:
   totals cover the rows shown (R158).
"""

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.utils import timezone
from django.utils.translation import gettext as _

from kith.core import access, listing, past, rates
from kith.core.filters import EVERYTHING, BadFilter, Group, Node
from kith.core.kept import asking, reading
from kith.core.middleware import zone_of
from kith.core.views import Look

from . import budget, currencies, lines, measures, of_then
from .budget import fetched
from .dimensions import Dim, dimension
from .measures import Column, Part
from .shape import HAVING, MAX_DIMENSIONS, MAX_MEASURES, MAX_TOP, Measure, Report
from .table import Table

if TYPE_CHECKING:
    from kith.core.access import Actor

#: Groups of all levels that a report may have.
MAX_GROUPS = 5000

NOTHING_TOLD = currencies.Told((), {})

type Place = tuple[Any, ...]


def run(report: Report, actor: "Actor", operation: str = "view") -> Table:
    """The table of a report; raises BadFilter for what cannot be asked, Forbidden without the right to see the records.

    With `operation` "export" only rows count that may be exported.
    """
    if operation != "view" or not access.opens(actor, report.entity):
        access.require(actor, report.entity, operation)
    started = time.monotonic()
    zone = timezone.get_current_timezone() if actor.is_system else zone_of(actor.time_zone)
    with timezone.override(zone):
        if (made := from_kept(report, actor, operation)) is None:
            with budget.limited(), past.at(report.as_of):
                made = lines.filled(from_records(report, actor, operation))
        return replace(made, seconds=time.monotonic() - started)


def from_records(report: Report, actor: "Actor", operation: str) -> Table:
    """The figures of the records, each looked at."""
    try:
        supposing = not (report.having or report.top or report.as_of)
        return table_of(*answered(planned(report, actor, operation, supposing=supposing)))
    except currencies.Others:
        return table_of(*answered(planned(report, actor, operation)))


def from_kept(report: Report, actor: "Actor", operation: str) -> Table | None:
    """The same from kept figures; None where these do not tell it."""

    def answer(figures: reading.Figures) -> Table:
        supposing = not (report.having or report.top)
        return table_of(*answered(planned(report, actor, operation, supposing=supposing, figures=figures)))

    try:
        made = reading.answered(report.entity, actor, operation, lambda: asking.of_report(report, actor), answer)
    except currencies.Others:
        return None
    return None if made is None else lines.filled(made)


def table_of(plan: "Plan", kept: "Kept", found: "dict[Place, list[Any]]") -> Table:
    """The figures as a table."""
    return Table(
        plan.report, plan.actor, plan.dims, plan.columns, [], [], found, kept.node or EVERYTHING, kept.cut,
        is_converted=plan.told.is_converted, lacking=plan.told.lacking,
    )  # fmt: skip


def answered(plan: "Plan") -> "tuple[Plan, Kept, dict[Place, list[Any]]]":
    """The rows that are shown and the figures of every cell. Raises BadFilter, Others where the plan supposed too much."""
    kept = chosen(plan)
    found = grouped(plan, kept)
    if found is None and plan.told.is_supposed:
        raise currencies.Others
    if found is None:
        kept = largest(plan)
        found = grouped(plan, kept)
    if found is None:
        raise BadFilter(
            _("This makes more than %(limit)d groups. Group by fewer or coarser fields.") % {"limit": MAX_GROUPS}
        )
    return plan, kept, found


@dataclass(frozen=True, slots=True)
class Plan:
    """A report with its fields resolved for one reader."""

    report: Report
    actor: "Actor"
    dims: tuple[Dim, ...]
    parts: tuple[Part, ...]
    columns: list[Column]
    operation: str = "view"
    told: currencies.Told = NOTHING_TOLD
    figures: reading.Figures | None = None

    @property
    def sets(self) -> list[tuple[int, ...]]:
        """What is put together: every level of the rows, each with and without the columns."""
        rows, columns = len(self.report.rows), len(self.report.columns)
        across = [tuple(range(rows, rows + columns)), ()] if columns else [()]
        return [(*range(depth), *beside) for depth in range(rows + 1) for beside in across]

    def source(self, dims: tuple[int, ...], shown: Node | None = None) -> tuple[str, tuple[Any, ...]]:
        """The query of the rows with the groups of these dimensions; raises EmptyResultSet when there can be none."""
        report = self.report
        node = report.filter if shown is None else Group("all", (report.filter, shown))
        columns = {name: value for part in self.parts for name, value in part.columns().items()}
        columns |= {f"d{at}": self.dims[at].expression() for at in dims}
        rows = listing.rows(
            Look(report.entity, filter=node, q=report.q, as_of=report.as_of), self.actor, self.operation
        )
        if self.figures is not None:
            return self.figures.source(rows, columns)
        sql, values = rows.order_by().values("pk", **columns).query.sql_with_params()
        return sql, tuple(values)

    def name(self, at: int) -> str:
        """The column that holds the group of a dimension."""
        return f'"v{at}"' if self.dims[at].spreads else f'"d{at}"'

    def spread(self, sql: str, dims: tuple[int, ...]) -> str:
        """The rows, once for each of the groups they stand in."""
        return f"({sql}) found" + "".join(self.dims[at].spread(at) for at in dims if self.dims[at].spreads)


def planned(
    report: Report, actor: "Actor", operation: str = "view", *, supposing: bool = False, figures: reading.Figures | None = None,
) -> Plan:  # fmt: skip
    """The plan of a report; raises BadFilter for too much of something, Others for what kept figures do not tell. `supposing`: see `currencies.told`."""
    if len(report.dimensions) > MAX_DIMENSIONS or len(report.columns) > 1:
        raise BadFilter(
            _("A report is grouped by at most %(limit)d fields, one of them in columns.") % {"limit": MAX_DIMENSIONS}
        )
    if not 0 < len(report.figures) <= MAX_MEASURES:
        raise BadFilter(_("A report has from one to %(limit)d measures.") % {"limit": MAX_MEASURES})
    if len(set(report.dimensions)) < len(report.dimensions):
        raise BadFilter(_("A report is grouped by each field once."))
    if report.as_of:
        of_then.check(report, actor)
    dims = tuple(dimension(report.entity, asked, actor, operation) for asked in report.dimensions)
    asked = [one for figure in report.figures for one in figure.parts]
    parts = tuple(measured(report, one, actor, at, operation) for at, one in enumerate(asked))
    no_dates_divided(report, parts)
    if figures is not None:
        parts = tuple(replace(part, is_kept=True, day=None) for part in parts)
    plan = Plan(report, actor, dims, parts, [], operation, figures=figures)
    told = currencies.told(plan, supposing=supposing)
    if figures is not None and (told.is_converted or any(codes != [rates.base()] for codes in told.codes.values())):
        raise currencies.Others
    columns = measures.columns_of(report.figures, told.parts, told.codes)
    return replace(plan, parts=told.parts, columns=columns, told=told)


def measured(report: Report, asked: Measure, actor: "Actor", at: int, operation: str) -> Part:
    """A measure for a reader; an amount also with the day whose rate counts for it."""
    made = measures.part(report.entity, asked, actor, at, operation)
    if not made.is_money or made.path is None:
        return made
    return replace(made, day=currencies.day_for(report.entity, made.path, report.on, actor, operation))


def no_dates_divided(report: Report, parts: tuple[Part, ...]) -> None:
    """Refuse ratios with dates in them; raises BadFilter."""
    divided = {id(one) for figure in report.figures if len(figure.parts) > 1 for one in figure.parts}
    if any(part.is_date and id(part.asked) in divided for part in parts):
        raise BadFilter(_("Dates cannot be divided; choose numbers."))


@dataclass(frozen=True, slots=True)
class Kept:
    """The outermost rows that are shown, as a condition on records and as values, None for all; and how many if some are left out."""

    node: Node | None = None
    values: frozenset[Any] | None = None
    cut: int = 0

    def has(self, place: Place) -> bool:
        """Whether a place is shown; records of a shown group may stand in others too."""
        return self.values is None or place[0] is ... or place[0] in self.values


def grouped(plan: Plan, kept: Kept) -> dict[Place, list[Any]] | None:
    """The figures of every cell by place; None when there are too many groups.

    Sets without a list or tree are put together from rows that it did not multiply: each record once (R161).
    """
    many = [at for at, dim in enumerate(plan.dims) if dim.spreads]
    by_lists = defaultdict(list)
    for one in plan.sets:
        by_lists[tuple(at for at in many if at in one)].append(one)
    found: dict[Place, list[Any]] = {}
    for sets in by_lists.values():
        rows = {place: row for place, row in grouped_once(plan, sets, kept.node).items() if kept.has(place)}
        if len(found) + len(rows) > MAX_GROUPS:
            return None
        found |= rows
    return found


def grouped_once(plan: Plan, sets: list[tuple[int, ...]], shown: Node | None) -> dict[Place, list[Any]]:
    """The figures of these sets in one query."""
    used = tuple(sorted({at for one in sets for at in one}))
    try:
        sql, values = plan.source(used, shown)
    except EmptyResultSet:
        return {}
    totals, given = sums_of(plan)
    if not used:
        return told_of(plan, used, f"SELECT 0, {', '.join(totals)} FROM ({sql}) found", [*given, *values])
    names = [plan.name(at) for at in range(len(plan.dims))]
    groups, source = ", ".join(names[at] for at in used), plan.spread(sql, used)
    if rolled := rolled_up(plan):
        # The database works on plain groups with several processes, on grouping sets with one: sets of the few finest groups.
        fine = ", ".join(f"{total} AS s{at}" for at, total in enumerate(totals))
        source, totals = f"(SELECT {groups}, {fine} FROM {source} GROUP BY {groups}) fine", rolled
    written = ", ".join(f"({', '.join(names[at] for at in one)})" for one in sets)
    text = f"SELECT {groups}, GROUPING({groups}), {', '.join(totals)} FROM {source} GROUP BY GROUPING SETS ({written}) LIMIT {MAX_GROUPS + 1}"
    return told_of(plan, used, text, [*given, *values])


def told_of(plan: Plan, used: tuple[int, ...], text: str, values: list[Any]) -> dict[Place, list[Any]]:
    """What a query says, by place. Raises Others."""
    rows = fetched(text, values)
    if plan.told.is_supposed and any(row[-1] for row in rows):
        raise currencies.Others
    return dict(placed(plan, used, row) for row in rows)


def sums_of(plan: Plan) -> tuple[list[str], list[Any]]:
    """The sums of all columns as SQL, with their parameters; last what `currencies.guard` wants to know."""
    pieces = [total.sql() for column in plan.columns for total in column.sums]
    guard, given = currencies.guard(plan)
    texts = [*(text for text, _values in pieces), *guard]
    return texts, [*(value for _text, values in pieces for value in values), *given]


def rolled_up(plan: Plan) -> list[str]:
    """The sums of all columns from those of the finest groups; none where one of them cannot be put together so, or few rows are read."""
    if plan.figures is not None:
        return []
    kinds = [total.part.asked.kind for column in plan.columns for total in column.sums]
    kinds += ["count"] if plan.told.is_supposed else []
    rolled = measures.ROLLED
    return [rolled[kind].format(f"s{at}") for at, kind in enumerate(kinds)] if rolled.keys() >= set(kinds) else []


def placed(plan: Plan, used: tuple[int, ...], row: tuple[Any, ...]) -> tuple[Place, list[Any]]:
    """A row of the database as a place in the table and its figures."""
    place: list[Any] = [...] * len(plan.dims)
    mask = row[len(used)] if used else 0
    for step, at in enumerate(used):
        if not mask >> (len(used) - 1 - step) & 1:
            place[at] = plan.dims[at].value(row[step])
    return tuple(place), figures_of(plan, list(row[len(used) + 1 :]))


def figures_of(plan: Plan, raw: list[Any]) -> list[Any]:
    """The figures of all columns from the results of their sums."""
    found, at = list[Any](), 0
    for column in plan.columns:
        sums = column.sums
        found.append(column.value([total.result(raw[at + step]) for step, total in enumerate(sums)]))
        at += len(sums)
    return found


# --- choosing rows ------------------------------------------------------------------------------------------------------


def chosen(plan: Plan) -> Kept:
    """The rows that `having` and `top` leave."""
    report = plan.report
    if not report.having and not report.top:
        return Kept()
    if not report.rows:
        raise BadFilter(_("Conditions on results need at least one field in rows."))
    return largest(plan, report.top or MAX_TOP)


def largest(plan: Plan, top: int = MAX_TOP) -> Kept:
    """The outermost rows with the greatest first figure."""
    if not plan.report.rows:
        return Kept()
    dim, top = plan.dims[0], min(top, MAX_TOP)
    try:
        sql, values = plan.source((0,))
    except EmptyResultSet:
        return Kept()
    order, first = figure_sql(plan.columns[0])
    conditions = [having_sql(plan, one) for one in plan.report.having]
    kept = f"HAVING {' AND '.join(text for text, _values in conditions)}" if conditions else ""
    given = [*values, *(value for _text, more in conditions for value in more), *first]
    name, source = plan.name(0), plan.spread(sql, (0,))
    text = (
        f"SELECT {name} FROM {source} GROUP BY {name} {kept} ORDER BY {order} DESC NULLS LAST, {name} LIMIT {top + 1}"
    )
    found = [dim.value(value) for (value,) in fetched(text, given)]
    return Kept(dim.test_any(found[:top]), frozenset(found[:top]), top if len(found) > top else 0)


def having_sql(plan: Plan, one: Any) -> tuple[str, list[Any]]:
    """A condition on a result."""
    if one.op not in HAVING or not 0 <= one.at < len(plan.columns):
        raise BadFilter(_("A condition on results is written measure:operator:number, for example 0:ge:5."))
    if plan.columns[one.at].over.part.is_date:
        raise BadFilter(_("Dates cannot be compared with a number; choose another value."))
    text, values = figure_sql(plan.columns[one.at])
    return f"{text} {HAVING[one.op]} %s", [*values, one.value]


def figure_sql(column: Column) -> tuple[str, list[Any]]:
    """A figure as one expression."""
    over, values = column.over.sql()
    if column.under is None:
        return f"({over})", values
    under, more = column.under.sql()
    return f"(({over})::numeric / NULLIF({under}, 0))", [*values, *more]
