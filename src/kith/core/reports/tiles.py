"""Statistic tiles: the figures of a report as numbers, each with its difference to the range before of equal length (R168)."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kith.core.filters import Group, Node, Test
from kith.core.money import Money

from . import engine, periods, words
from .currencies import DAYS
from .paths import resolve
from .shape import MAX_MEASURES, Measure, Report
from .table import Table

if TYPE_CHECKING:
    from kith.core.access import Actor

type Range = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: its name, the number in words, the signed difference in words ("+4"), and the list of its rows."""

    label: str
    text: str
    change: str
    href: str


def tiles(table: Table) -> list[Tile]:
    """The tiles of a report; none where its conditions leave every figure without a record."""
    return made(table) if has_records(table) else []


def made(table: Table) -> list[Tile]:
    """The tiles of a report, whatever they count."""
    before = run_before(table.report, table.actor)
    return [
        Tile(column.label, words.text(table.value(table.total, None, at), column), change(table, before, at), table.href(table.total, None, at))
        for at, column in enumerate(table.columns)
    ]  # fmt: skip


def has_records(table: Table) -> bool:
    """Whether any figure is made of a record: one that its measure counts, with a value."""
    if any(plain(table.value(table.total, None, at)) for at in range(len(table.columns))):
        return True
    counts = tuple(records_of(part) for figure in table.report.figures for part in figure.parts)[:MAX_MEASURES]
    counted = engine.run(replace(table.report, rows=(), columns=(), having=(), top=0, figures=counts), table.actor)
    return any(counted.value(counted.total, None, at) for at in range(len(counts)))


def records_of(part: Measure) -> Measure:
    """How many records a measure is made of."""
    return (
        Measure(where=Group("all", (part.where, Test(part.path, "filled")))) if part.path else Measure(where=part.where)
    )


def plain(figure: Any) -> Any:
    """A figure without its currency."""
    return figure.amount if isinstance(figure, Money) else figure


def currency(figure: Any) -> str:
    """The currency of an amount."""
    return figure.currency if isinstance(figure, Money) else ""


def change(table: Table, before: Table | None, at: int) -> str:
    """The difference with its sign; empty where there is nothing to compare with."""
    if before is None:
        return ""
    column, now = table.columns[at], table.value(table.total, None, at)
    then = next(
        (before.value(before.total, None, other) for other, one in enumerate(before.columns) if one.label == column.label),
        None,
    )  # fmt: skip
    if now is None or then is None or isinstance(now, dt.date) or currency(now) != currency(then):
        return ""
    return signed(plain(now) - plain(then), column)


def signed(difference: Any, column: Any) -> str:
    """A difference as people read it: +4, −3, ±0."""
    sign = "+" if difference > 0 else "−" if difference < 0 else "±"
    return sign + words.text(abs(difference), column)


def run_before(report: Report, actor: "Actor") -> Table | None:
    """The same report of the range before; None without a range."""
    found = range_in(report, actor)
    if found is None:
        return None
    test, (first, last) = found
    length = last - first + dt.timedelta(days=1)
    try:
        earlier = Test(test.field, "between", [(first - length).isoformat(), (last - length).isoformat()])
    except OverflowError:  # before the first day of the calendar
        return None
    return engine.run(replace(report, filter=replaced(report.filter, test, earlier), rows=(), columns=()), actor)


def range_in(report: Report, actor: "Actor") -> tuple[Test, Range] | None:
    """The first condition that sets a range of days, with its first and last day."""
    nodes = (
        report.filter.nodes if isinstance(report.filter, Group) and report.filter.mode == "all" else (report.filter,)
    )
    for node in nodes:
        if isinstance(node, Test) and node.op in periods.RANGES:
            spec = resolve(report.entity, node.field, actor).spec
            low, high = periods.asked(node, node.field, spec, actor) if spec.type.name in DAYS else (None, None)
            if low and high:
                return node, (low, high)
    return None


def replaced(node: Node, old: Test, new: Test) -> Node:
    """The conditions with one exchanged."""
    if isinstance(node, Group):
        return Group(node.mode, tuple(new if child == old else child for child in node.nodes))
    return new if node == old else node
