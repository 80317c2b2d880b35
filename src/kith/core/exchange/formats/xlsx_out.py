"""Writes XLSX row by row in constant memory: text as text, numbers, dates and moments typed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook

from .columns import Column, Rows, Value, in_zone, plain
from .errors import Unwritable

#: Rows of a sheet, the header included.
MAX_ROWS = 1_048_576
MAX_CHARACTERS = 32_767
#: A spreadsheet keeps so many digits of a number; longer ones (accounts, cards) are written as text.
MAX_DIGITS = 15
#: Before this day spreadsheets disagree with the calendar (they know a 29th of February 1900).
FIRST_DATE = date(1900, 3, 1)
NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
WIDTHS = {"text": 28, "number": 14, "date": 12, "moment": 19, "boolean": 10}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}


def write_xlsx(file: IO[bytes], columns: Sequence[Column], rows: Rows, *, sheet: str = "", zone: tzinfo = UTC) -> int:
    """Write the workbook into an open file and return the number of data rows.

    Raises Unwritable when there are more rows than a sheet holds, or a text longer than a cell holds.
    """
    workbook = Workbook(file, OPTIONS)
    try:
        count = Sheet(workbook, sheet, columns, zone).fill(rows)
    except BaseException:
        workbook.fileclosed = 1  # it would try to finish the file when it is collected
        raise
    workbook.close()
    return count


class Sheet:
    """The one sheet of the workbook."""

    def __init__(self, workbook: Any, name: str, columns: Sequence[Column], zone: tzinfo) -> None:
        self.columns, self.zone = columns, zone
        self.sheet = workbook.add_worksheet(name.translate(NOT_IN_SHEET_NAMES).strip(" '")[:31] or None)
        self.date_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment_format = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            self.sheet.set_column(index, index, WIDTHS[column.kind])
            self.sheet.write_string(0, index, column.title[:MAX_CHARACTERS], workbook.add_format({"bold": True}))

    def fill(self, rows: Rows) -> int:
        """Write all rows."""
        count = 0
        for row in rows:
            count += 1
            if count >= MAX_ROWS:
                raise Unwritable("too_many_rows", limit=MAX_ROWS - 1)
            for index, value in enumerate(row):
                if value is not None:
                    self.write(count, index, value)
        return count

    def write(self, row: int, column: int, value: Value) -> None:
        """Write one cell by the type of its value."""
        if isinstance(value, bool):
            self.sheet.write_boolean(row, column, value)
        elif isinstance(value, int | Decimal) and fits_number(value):
            self.sheet.write_number(row, column, value)
        elif isinstance(value, date) and value_date(value) >= FIRST_DATE:
            self.write_date(row, column, value)
        else:
            self.write_text(row, column, plain(value, self.zone))

    def write_date(self, row: int, column: int, value: date) -> None:
        """Write a date, or a moment as the reader's clock showed it."""
        if isinstance(value, datetime):
            self.sheet.write_datetime(row, column, in_zone(value, self.zone).replace(tzinfo=None), self.moment_format)
        else:
            self.sheet.write_datetime(row, column, value, self.date_format)

    def write_text(self, row: int, column: int, text: str) -> None:
        """Write text, whatever it looks like."""
        if len(text) > MAX_CHARACTERS:
            raise Unwritable("xlsx_cell_too_long", row=row, column=self.columns[column].title, limit=MAX_CHARACTERS)
        if text:
            self.sheet.write_string(row, column, text.encode("utf-8", "replace").decode())


def fits_number(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps all digits of the number."""
    number = Decimal(value)
    return (
        number.is_finite() and len(number.normalize().as_tuple().digits) <= MAX_DIGITS and abs(number.adjusted()) < 300
    )


def value_date(value: date) -> date:
    """The calendar date of a date or moment."""
    return value.date() if isinstance(value, datetime) else value
