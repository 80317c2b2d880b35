"""The lines and column heads of a table: all values of closed lists, records by title, in the order asked for (R159)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core import titles
from kith.core.money import Money
from kith.core.titles import Titles

from . import branches, periods
from .dimensions import Dim, ranked
from .table import Key, Line, Table

#: Closed lists inside others are shown whole up to so many lines.
MAX_FILLED = 1000


def filled(table: Table) -> Table:
    """The table with its lines and heads."""
    report, rows = table.report, len(table.report.rows)
    found = titles.load(table.actor, links(table))
    whole = not (report.having or report.top or table.cut)
    levels = [keys_of(table, at, found, every=whole or at > 0) for at in range(len(table.dims))]
    heads = levels[rows] if report.columns else []
    with_heads = replace(table, heads=heads)
    below = {place[:depth] for place in table.figures for depth in range(rows + 1) if ... not in place[:depth]}
    size = 1
    for at in range(rows):
        size *= max(1, len(levels[at]))
    made = list(walk(with_heads, levels[:rows], (), below, full=size <= MAX_FILLED))
    return replace(with_heads, lines=made or [Line((), True)])


def links(table: Table) -> set[tuple[str, Any]]:
    """The records that groups are called after."""
    wanted = {
        (dim.target, place[at])
        for at, dim in enumerate(table.dims)
        if dim.target
        for place in table.figures
        if place[at] is not ... and place[at] is not None
    }
    for dim in table.dims:
        if dim.target:
            wanted |= {(dim.target, key) for key in dim.known(all_records=table.report.every)}
    return wanted


def keys_of(table: Table, at: int, found: Titles, *, every: bool) -> list[Key]:
    """The groups of one dimension in natural order: closed lists as declared, time as it passes, stages as they follow, other records by size then title."""
    dim = table.dims[at]
    present = {place[at] for place in table.figures if place[at] is not ...}
    values = dim.every(present, table.report.filter, all_records=table.report.every) if every else shown(dim, present)
    made = [key_of(dim, value, found) for value in values]
    if dim.is_closed:
        return made
    if dim.target in ranked:
        places = {
            value: at for at, value in enumerate(ranked[dim.target](key.value for key in made if not key.is_empty))
        }
        return sorted(made, key=lambda key: (key.is_empty, places.get(key.value, 0)))
    sizes = sizes_of(table, at)
    sized = sorted(made, key=lambda key: (key.is_empty, -sizes.get(key.value, 0), key.label.casefold()))
    return branches.nested(dim.tree, sized) if dim.tree is not None else sized


def shown(dim: Dim, present: set[Any]) -> list[Any]:
    """The groups that conditions on results left, in the order of a closed list where there is one."""
    known = [value for value in dim.known(all_records=False) if value in present]
    rest = sorted(
        (value for value in present if value is not None and value not in known),
        key=lambda value: value if isinstance(value, int | date) else str(value),
    )
    return [*known, *rest, *([None] if None in present else [])]


def sizes_of(table: Table, at: int) -> dict[Any, Any]:
    """The first figure of each group of a level on its own or, inside others, of the largest of its cells."""
    sizes: dict[Any, Any] = {}
    for place, figures in table.figures.items():
        if place[at] is not ...:
            size = plain(figures[0])
            sizes[place[at]] = max(sizes.get(place[at], size), size)
    return sizes


def plain(value: Any) -> Any:
    """A figure as a number to compare."""
    number = value.amount if isinstance(value, Money) else value
    return number.toordinal() if isinstance(number, date) else number or 0


def key_of(dim: Dim, value: Any, found: Titles) -> Key:
    """A group with its words."""
    label = words(dim, value, found)
    short = periods.words(value, dim.asked.grain, short=True) if dim.is_period and value else label
    return Key(dim, value, label, short, dim.spec.hues.get(str(value), ""))


def words(dim: Dim, value: Any, found: Titles) -> str:
    """What a group is called."""
    if value is None:
        return _("(empty)")
    if dim.target:
        title = found.get((dim.target, value))
        return title.text if title else _("hidden")
    if dim.is_period:
        return periods.words(value, dim.asked.grain)
    if dim.kind == "choices":
        return capfirst(dim.spec.type.text([value], dim.spec))
    return str(value) if dim.kind in ("text", "words") else capfirst(dim.spec.type.text(value, dim.spec))


def walk(
    table: Table, levels: list[list[Key]], above: tuple[Key, ...], below: set[Any], *, full: bool
) -> Iterable[Line]:
    """The lines below one line, in order; groups without a record only of closed lists."""
    if not levels:
        return
    place = tuple(key.value for key in above)
    lines = [
        Line((*above, key), len(levels) == 1)
        for key in levels[0]
        if (*place, key.value) in below or (full and (key.dim.is_closed or table.report.every) and not key.is_empty)
    ]
    tree = levels[0][0].dim.tree if levels[0] else None
    for line in branches.ordered(tree, ordered(table, lines)) if tree is not None else ordered(table, lines):
        yield line
        yield from walk(table, levels[1:], line.keys, below, full=full)


def ordered(table: Table, lines: list[Line]) -> list[Line]:
    """Lines in the order asked for; "(empty)" and lines without the figure come last (R157)."""
    order = table.report.order
    name, down = order.lstrip("-"), order.startswith("-")
    if name == "label":
        return sorted(
            sorted(lines, key=lambda line: line.label.casefold(), reverse=down), key=lambda line: line.keys[-1].is_empty
        )
    if not name.isdecimal() or int(name) >= len(table.columns):
        return lines
    figures = [(line, table.value(line, None, int(name))) for line in lines]
    known = sorted((pair for pair in figures if pair[1] is not None), key=lambda pair: plain(pair[1]), reverse=down)
    return [line for line, _figure in known] + [line for line, figure in figures if figure is None]
