"""A table as a chart: lines become categories, column groups or figures of one unit become series."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from .charts import Chart, Mark, Series
from .table import Key, Line, Table
from .words import number, unit_of

#: More than this cannot be told apart on a screen; the table has them all.
MAX_CATEGORIES, MAX_SERIES = 60, 12
#: Charts of one series.
SINGLE = frozenset({"donut", "funnel"})


def chart_of(table: Table, title: str = "") -> Chart | None:
    """The chart a report asks for; None for a plain table or where there is nothing to draw."""
    report, columns = table.report, table.columns
    if report.chart == "table" or columns[0].kind == "date":
        return None
    lines = [line for line in table.lines if line.depth <= 1][:MAX_CATEGORIES]
    series = made(table, lines)
    names = tuple(line.label or _("Total") for line in lines)
    short = tuple(line.keys[-1].short if line.keys else _("Total") for line in lines)
    head = table.dims[0].label if report.rows else ""
    return Chart(report.chart, title or columns[0].label, names, tuple(series), unit_of(columns[0]), head, short=short)


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
    return sum(1 for line in table.lines if line.depth <= 1) > MAX_CATEGORIES or len(table.heads) > MAX_SERIES
