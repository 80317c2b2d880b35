"""A table as a file: CSV and XLSX through the writers of the exchange module, so that no text is taken for a formula."""

from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

from django.utils.translation import gettext as _

from kith.core.exchange.exporting import PIECE, zone
from kith.core.exchange.formats.columns import Column, Kind
from kith.core.exchange.formats.csv_out import csv_chunks
from kith.core.exchange.formats.xlsx_out import write_xlsx

from .charts import Chart
from .table import Line, Table
from .words import rounded

FORMATS = ("xlsx", "csv")


def columns(table: Table) -> list[Column]:
    """The columns: the groups of a line, then each figure by column group and altogether."""
    found = [Column(f"row{at}", dim.label) for at, dim in enumerate(table.dims[: len(table.report.rows)])]
    for at, figure in enumerate(table.columns):
        kind: Kind = "date" if figure.kind == "date" else "number"
        found += [Column(f"m{at}", f"{figure.label}, {head.label}", kind) for head in table.heads]
        found.append(Column(f"m{at}", f"{figure.label}, {_('Total')}" if table.heads else figure.label, kind))
    return found or [Column("total", _("Total"))]


def rows(table: Table) -> Iterator[Sequence[Any]]:
    """The innermost lines, each with the names of all its groups, then the total."""
    for line in [*table.leaves, *([table.total] if table.report.rows else [])]:
        yield [*names(table, line), *(rounded(cell.value, cell.column) for cell in table.cells(line))]


def names(table: Table, line: Line) -> list[str]:
    """The groups of a line; the total has one word."""
    count = len(table.report.rows)
    return [key.trail or key.label for key in line.keys] if line.keys else [_("Total"), *[""] * (count - 1)][:count]


def chart_columns(chart: Chart) -> list[Column]:
    """The columns of the table that says the same as a chart."""
    return [
        Column("name", chart.head or chart.title),
        *(Column(f"s{at}", one.label, "number") for at, one in enumerate(chart.series)),
    ]


def chart_rows(chart: Chart) -> Iterator[Sequence[Any]]:
    """Its rows."""
    for at, name in enumerate(chart.categories):
        yield [name, *(series.marks[at].value for series in chart.series)]


def chunks(kind: str, heads: list[Column], lines: Iterator[Sequence[Any]], sheet: str) -> Iterator[bytes]:
    """The file in pieces."""
    if kind == "csv":
        yield from csv_chunks(heads, lines, bom=True, zone=zone())
        return
    with TemporaryFile() as file:
        write_xlsx(file, heads, lines, sheet=sheet, zone=zone())
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
