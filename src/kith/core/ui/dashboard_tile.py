"""How the answer of a tile is drawn: its title and address, chart, rows, columns of a board."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from kith.core import sanitising, titles
from kith.core.access import Actor
from kith.core.dashboards.answers import Answer
from kith.core.dashboards.tiles import CHART, FIGURE, KINDS, REGIONS, Tile
from kith.core.reports import charting, reading, words
from kith.core.reports.charts import figure
from kith.core.reports.table import Cell, Line
from kith.core.reports.tiles import Tile as Number
from kith.core.reports.tiles import tiles as numbers
from kith.core.ui import board_page, formats, list_page, list_rows, values
from kith.core.ui.list_rows import Column
from kith.core.views import LIST, REPORT

#: Lines of a table in a tile; the report has them all.
MOST_LINES = 60
#: How wide charts are drawn where a tile has room for more than the narrow drawing: in broad tiles, and in those of half a page.
WIDE, MEDIUM, BROAD = 760.0, 600.0, 8


@dataclass
class Drawn:
    """An answer for the template."""

    answer: Answer
    actor: Actor

    @property
    def tile(self) -> Tile:
        """What was asked."""
        return self.answer.tile

    @property
    def title(self) -> str:
        """What stands over it; one that may not be seen has no name."""
        if self.answer.state == "hidden":
            return self.tile.kind_label
        return self.tile.own_title or (str(self.answer.view) if self.answer.view else self.tile.kind_label)

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return str(KINDS[self.tile.kind][1])

    @cached_property
    def href(self) -> str:
        """The page with everything that the tile is made of; empty where there is none."""
        look = self.answer.look
        if look is None:
            return ""
        if self.tile.kind == FIGURE:
            return self.answer.figure.href if self.answer.figure else ""
        if self.tile.kind in (CHART, REGIONS) and look.shape != REPORT:
            return report_address(self.answer)
        return list_page.address(look)

    @property
    def text(self) -> Markup:
        """A note, harmless."""
        return values.markup(sanitising.clean(self.tile.text))

    # --- chart and regions ----------------------------------------------------------------------------------------

    @cached_property
    def chart(self) -> Markup:
        """The chart with its table; nothing where only a table is asked for, or there is nothing to draw."""
        table = self.answer.table
        if table is None or not any(table.value(line, None, 0) for line in (*table.lines, table.total)):
            return Markup("")
        chart = charting.chart_of(table, self.title)
        if chart is None:
            return Markup("")
        missing = charting.unplaced(chart) if chart.kind == "map" else []
        told = (
            Markup('<p class="t2 fs12">{}</p>').format(
                _("Not on the map: %(names)s") % {"names": ", ".join(missing[:20])}
            )
            if missing
            else ""
        )
        wide = WIDE if self.tile.w >= BROAD else MEDIUM
        return figure(chart, f"tile-{self.tile.id}-chart", twin=self.tile.kind == CHART, foot=told, wide=wide)

    @property
    def numbers(self) -> list[Number]:
        """A report of numbers."""
        table = self.answer.table
        return numbers(table) if table is not None and table.report.chart == "tiles" else []

    @property
    def has_lines(self) -> bool:
        """Whether a table stands there: always for regions, else where no chart does."""
        table = self.answer.table
        return (
            table is not None and bool(table.lines) and (self.tile.kind == REGIONS or not (self.chart or self.numbers))
        )

    @property
    def lines(self) -> Iterator[tuple[Line, int, list[Cell]]]:
        """The lines of the table with how deep they stand, and their figures."""
        table = self.answer.table
        assert table is not None
        for line in table.lines[:MOST_LINES]:
            cells = [table.cell(line, None, at) for at in range(len(table.columns))]
            yield line, line.depth - 1 + sum(key.level for key in line.keys), cells

    @cached_property
    def greatest(self) -> Decimal:
        """The largest first figure among the innermost or highest lines, for their bars."""
        table = self.answer.table
        assert table is not None
        found = [words.number(table.value(line, None, 0)) for line in table.lines]
        return max((Decimal(one) for one in found if isinstance(one, int | Decimal)), default=Decimal(0))

    def share(self, cell: Cell) -> Decimal:
        """How long the bar of a figure is, in percent."""
        value = words.number(cell.value)
        is_number = isinstance(value, int | Decimal) and self.greatest > 0 and value > 0
        return Decimal(value) / self.greatest * 100 if is_number else Decimal(0)

    def short(self, cell: Cell) -> str:
        """A figure where room is little."""
        value = words.number(cell.value)
        return (
            words.unit_of(cell.column).short(value)
            if isinstance(value, int | Decimal)
            else words.text(cell.value, cell.column)
        )

    @property
    def note(self) -> str:
        """What has to be known of amounts."""
        table = self.answer.table
        if table is None or not table.lacking:
            return ""
        return _("No rate for %(currency)s: amounts stand apart.") % {"currency": table.lacking[0][0]}

    # --- list -----------------------------------------------------------------------------------------------------

    @cached_property
    def sheet(self) -> list_rows.Sheet:
        """The columns of the list that have room."""
        assert self.answer.look is not None and self.answer.page is not None
        made = list_rows.sheet(self.answer.look, self.actor, selects=False)
        made.columns = made.columns[: 2 if self.tile.w < 5 else 3 if self.tile.w < 9 else 6]
        made.titles = titles.for_records(self.actor, made.specs, self.answer.page.records)
        return made

    @property
    def rows(self) -> Iterator[Markup]:
        """The rows of the list, without what edits them."""
        page, sheet = self.answer.page, self.sheet
        for record in page.records if page else ():
            address = f"/{sheet.entity.face_of(record).slug}/{record.pk}/"
            cells = "".join(list_rows.cell(sheet, column, record, address, "") for column in sheet.columns)
            yield values.markup(f"<tr>{cells}</tr>")

    @property
    def heads(self) -> list[Column]:
        """The columns."""
        return self.sheet.columns

    @property
    def count_words(self) -> str:
        """How many rows: exact, or marked as an estimate."""
        page = self.answer.page
        if page is None:
            return ""
        number = formats.num(page.count)
        return number if page.exact else _("about %(count)s") % {"count": number}

    # --- board ----------------------------------------------------------------------------------------------------

    @property
    def lanes(self) -> Iterator[dict[str, Any]]:
        """The columns of the board."""
        for lane in self.answer.lanes:
            plain, weighted = board_page.told(lane.total)
            yield {
                "column": lane.column, "count": formats.num(lane.total.count) + ("" if lane.total.exact else "+"), "sum": plain, "weighted": weighted,
                "href": list_page.address(lane.look), "is_empty": not lane.total.count,
            }  # fmt: skip

    @property
    def sums(self) -> list[tuple[str, Markup]]:
        """What all columns add up to."""
        return board_page.over_all([lane.total for lane in self.answer.lanes], weighs=self.answer.weighs)


def report_address(answer: Answer) -> str:
    """The report page with what a chart of a tile shows."""
    assert answer.look is not None
    if answer.table is None:
        return list_page.address(replace(answer.look, shape=LIST, group=""))
    data = reading.to_data(answer.table.report)
    look = replace(answer.look, shape=REPORT, group="", report=data, view_id="all", saved=None)
    return list_page.address(look)
