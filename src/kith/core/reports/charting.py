"""A table as a chart: lines become categories, column groups or figures of one unit become series."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from . import places
from .charts import Chart, Mark, Series
from .table import Key, Line, Table
from .words import number, unit_of

#: More than this cannot be told apart on a screen; the table has them all.
MAX_CATEGORIES, MAX_SERIES, MAX_PLACES = 60, 12, 250
#: Charts of one series.
SINGLE = frozenset({"donut", "funnel", "map"})


def chart_of(table: Table, title: str = "") -> Chart | None:
    """The chart a report asks for; None for a plain table or where there is nothing to draw."""
    report, columns = table.report, table.columns
    if report.chart in ("table", "tiles") or columns[0].kind == "date":
        return None
    if report.chart == "map":
        return map_of(table, title)
    lines = outermost(table)[:MAX_CATEGORIES]
    series = made(table, lines)
    names = tuple(line.label or _("Total") for line in lines)
    short = tuple(line.keys[-1].short if line.keys else _("Total") for line in lines)
    head = table.dims[0].label if report.rows else ""
    return Chart(report.chart, title or columns[0].label, names, tuple(series), unit_of(columns[0]), head, short=short)


def map_of(table: Table, title: str = "") -> Chart | None:
    """The map of a report; None where its groups lie nowhere."""
    if not table.report.rows or not places.has_places(table.dims[0]):
        return None
    deep = places.depth(table)
    lines = outermost(table) if deep == 1 else [line for line in table.lines if line.depth == deep]
    lines = [line for line in lines if table.value(line, None, 0)][:MAX_PLACES]
    column, names = table.columns[0], tuple(", ".join(key.label for key in reversed(line.keys)) for line in lines)
    short = tuple(code_of(line) for line in lines)
    return Chart(
        "map", title or column.label, names, tuple(made(table, lines)), unit_of(column), table.dims[deep - 1].label,
        short=short, places=places.of_lines(table, lines),
    )  # fmt: skip


def code_of(line: Line) -> str:
    """What stands on a tile: the code of a country, else the name."""
    key = line.keys[-1]
    return str(key.value) if key.dim.kind == "country" and not key.is_empty else key.label


def unplaced(chart: Chart) -> list[str]:
    """What is not on the map."""
    return [name for name, place in zip(chart.categories, chart.places, strict=True) if place is None]


def outermost(table: Table) -> list[Line]:
    """The outermost lines; of a tree the first level with more than one branch, so that nothing is drawn twice."""
    lines = [line for line in table.lines if line.depth <= 1]
    levels = {level_of(line) for line in lines}
    for level in sorted(levels):
        found = [line for line in lines if level_of(line) == level or is_end(line, lines, level)]
        if sum(1 for line in found if line.keys and not line.keys[-1].is_empty) > 1:
            return found
    return lines if len(levels) < 2 else [line for line in lines if level_of(line) == 0]


def level_of(line: Line) -> int:
    """How deep in a tree a line lies."""
    return line.keys[-1].level if line.keys else 0


def is_end(line: Line, lines: list[Line], level: int) -> bool:
    """Whether a line of a higher level has nothing below it, so that it stands for itself ("(empty)" does)."""
    after = lines[lines.index(line) + 1 :]
    return level_of(line) < level and (not after or level_of(after[0]) <= level_of(line))


def made(table: Table, lines: list[Line]) -> list[Series]:
    """The series: one for each column group, else one for each figure that shares the axis of the first."""
    if table.report.chart in SINGLE:
        return [series(table, lines, None, 0, table.columns[0].label)]
    if table.heads:
        return [series(table, lines, head, 0, head.label) for head in table.heads[:MAX_SERIES]]
    unit = unit_of(table.columns[0])
    alike = [at for at, column in enumerate(table.columns) if unit_of(column) == unit and column.kind != "date"]
    return [series(table, lines, None, at, table.columns[at].label) for at in alike[:MAX_SERIES]]


def series(table: Table, lines: list[Line], head: Key | None, at: int, label: str) -> Series:
    """One series."""
    return Series(label, tuple(mark(table, line, head, at) for line in lines))


def mark(table: Table, line: Line, head: Key | None, at: int) -> Mark:
    """One value with its rows."""
    value = number(table.value(line, head, at))
    plain = None if value is None or isinstance(value, date) else Decimal(value)
    return Mark(plain, table.href(line, head, at))


def is_cut(table: Table) -> bool:
    """Whether the table has more than the chart."""
    if table.report.chart == "map":
        return len(table.lines) > MAX_PLACES
    return len(outermost(table)) > MAX_CATEGORIES or len(table.heads) > MAX_SERIES
