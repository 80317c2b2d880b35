"""Reads workbooks (xlsx, xlsb, xls, ods) with calamine: one sheet as a table of typed cells."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from .errors import Problem, Unreadable
from .header import PEEK, bounded, find_header, header_names, is_blank
from .numerals import exact, has_lost_digits, percentage
from .table import Cell, Layout, Reading, Row, Source, Table, signature_of
from .xlsx_marks import DIGITS, PERCENT, Mark, marks

type Raw = int | float | str | bool | time | date | datetime | timedelta
type Marks = Iterator[Mark]


class Book:
    """An opened workbook and the sheet that is read."""

    def __init__(self, source: Source, kind: str, sheet: str | None) -> None:
        self.source, self.kind = source, kind
        self.workbook = load(source)
        self.names = [
            each.name
            for each in self.workbook.sheets_metadata
            if each.typ is SheetTypeEnum.WorkSheet and each.visible is SheetVisibleEnum.Visible
        ]
        self.sheet = self.choose(sheet)

    def choose(self, wanted: str | None) -> CalamineSheet:
        """The sheet of this name (a hidden one, too), else the first visible one that holds something."""
        if wanted is not None:
            if wanted not in self.workbook.sheet_names:
                raise Unreadable("no_sheet", sheet=wanted[:100])
            return self.workbook.get_sheet_by_name(wanted)
        for name in self.names:
            sheet = self.workbook.get_sheet_by_name(name)
            if sheet.height:
                return sheet
        raise Unreadable("empty")

    def records(self) -> Iterator[Row]:
        """Every row of the sheet with its number."""
        special: Marks = iter(())
        if self.kind == "xlsx":
            special = marks(self.source, self.workbook.sheet_names.index(self.sheet.name))
        first_column = self.sheet.start[1] if self.sheet.start else 0
        mark = next(special, None)
        for index, raw in enumerate(self.sheet.iter_rows()):
            row = plain(index + 1, raw)
            while mark and mark.row <= index:
                row = marked(row, mark, mark.column - first_column) if mark.row == index else row
                mark = next(special, None)
            yield row

    def rows(self, header: int, width: int) -> Iterator[Row]:
        """The data rows below the header, each exactly `width` cells wide; blank rows are left out."""
        with damage_named():
            for row in self.records():
                if row.number > header and (row.problems or any(cell is not None for cell in row.cells)):
                    yield fitted(row, width)


def open_workbook(source: Source, reading: Reading, kind: str) -> Table:
    """The table in one sheet of a workbook."""
    with damage_named():
        book = Book(source, kind, reading.sheet)
        peek = list(islice(book.records(), PEEK))
    header = find_header(peek or [Row(1, [])], reading.header_row)
    names = header_names(header)
    width = (
        max(filled_width(row) for row in [*peek, header] if row.number >= header.number)
        if header.number
        else len(names)
    )
    names = bounded(names[:width])
    layout = Layout(
        kind=kind,
        headers=names,
        signature=signature_of(names),
        reading=Reading(sheet=book.sheet.name, header_row=header.number),
        sheets=tuple(book.names),
    )
    return Table(layout, partial(book.rows, header.number, len(names)))


@contextmanager
def damage_named() -> Iterator[None]:
    """Turns what the libraries say about a broken workbook into our own words."""
    try:
        yield
    except PasswordError:
        raise Unreadable("password") from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise Unreadable("damaged") from None


def fitted(row: Row, width: int) -> Row:
    """The row at the table's width; what stands beyond the last column is a problem."""
    beyond = [str(cell) for cell in row.cells[width:] if not is_blank(cell)]
    if beyond:
        row = row._replace(problems=(*row.problems, Problem("row_long", detail=", ".join(beyond)[:200])))
    return row._replace(cells=row.cells[:width]) if len(row.cells) > width else row


def load(source: Source) -> CalamineWorkbook:
    """The workbook in the file."""
    return CalamineWorkbook.from_filelike(source())


def filled_width(row: Row) -> int:
    """The position behind the last cell that holds something."""
    return max((index + 1 for index, cell in enumerate(row.cells) if not is_blank(cell)), default=0)


def plain(number: int, raw: list[Raw]) -> Row:
    """A row of exact values; numbers that have lost digits are a problem."""
    problems: tuple[Problem, ...] = ()
    for column, cell in enumerate(raw):
        if type(cell) is float and has_lost_digits(cell):
            problems += (Problem("digits_lost", column, format(cell, ".15g")),)
    return Row(number, [plain_cell(cell) for cell in raw], problems)


def plain_cell(raw: Raw) -> Cell:
    """One value; times of day and spans are text, since no field holds them."""
    if isinstance(raw, str):
        return raw or None
    if isinstance(raw, float):
        return exact(raw)
    if isinstance(raw, time):
        return raw.isoformat()
    if isinstance(raw, timedelta):
        return clock(raw)
    return raw


def clock(span: timedelta) -> str:
    """A span as spreadsheets show it: hours may exceed a day."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def marked(row: Row, mark: Mark, column: int) -> Row:
    """The row with what the XML tells about one of its cells."""
    if not 0 <= column < len(row.cells):
        return row
    if mark.kind == PERCENT:
        row.cells[column] = percentage(mark.text)
    elif mark.kind == DIGITS:
        row.cells[column] = mark.text
        return row._replace(problems=tuple(each for each in row.problems if each.column != column))
    else:
        return row._replace(problems=(*row.problems, Problem("cell_error", column, mark.text)))
    return row
