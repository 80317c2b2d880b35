"""Reads delimited text of any encoding, delimiter and line end as a stream; a damaged row is reported, the rest goes on."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice

from . import dialect as dialects
from .damage import HANDLER, MARK, SHOWN
from .dialect import Dialect
from .encoding import settled_encoding
from .errors import Problem
from .escapes import unescape
from .header import PEEK, bounded, find_header, header_names, is_blank
from .table import Layout, Reading, Row, Source, Table, signature_of

#: Characters of one line; a longer one is reported and skipped without ever being held in memory.
MAX_LINE = 16 << 20
#: Characters that are looked at to recognise the dialect.
HEAD = 256 * 1024


class Lines:
    """The lines of a text file, none longer than MAX_LINE, with notes about the lines handed out since `clear`."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text = text
        self.clear()

    def clear(self) -> None:
        """Forget the notes: a new record begins."""
        self.is_odd = self.is_cut = self.is_at_end = False

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self.text.readline, MAX_LINE), ""):
            if len(line) == MAX_LINE and line[-1] not in "\r\n":
                self.skip_rest()
            if "'" in line or "\0" in line or MARK in line:
                self.is_odd = True
            yield line
        self.is_at_end = True

    def skip_rest(self) -> None:
        """Read on to the end of an endless line."""
        self.is_cut = True
        while (piece := self.text.readline(MAX_LINE)) and piece[-1] not in "\r\n":
            pass


def open_csv(source: Source, reading: Reading) -> Table:
    """The table in a delimited text file, recognised where `reading` does not say."""
    encoding = settled_encoding(source, reading.encoding)
    with text_of(source, encoding) as text:
        dialect = dialects.recognise(text.read(HEAD), reading.delimiter, reading.quote)
    header = find_header(list(islice(records(source, encoding, dialect), PEEK)), reading.header_row)
    names = bounded(header_names(header))
    layout = Layout(
        kind="csv",
        headers=names,
        signature=signature_of(names),
        reading=Reading(encoding=encoding, delimiter=dialect.delimiter, quote=dialect.quote, header_row=header.number),
    )
    return Table(layout, partial(rows, source, encoding, dialect, header.number, len(names)))


def text_of(source: Source, encoding: str) -> io.TextIOWrapper:
    """The file as text with its own line ends and marks in place of broken bytes."""
    return io.TextIOWrapper(source(), encoding=encoding, errors=HANDLER, newline="")


def rows(source: Source, encoding: str, dialect: Dialect, header: int, width: int) -> Iterator[Row]:
    """The data rows below the header, each exactly `width` cells wide; blank rows are left out."""
    for row in records(source, encoding, dialect):
        if row.number <= header or (not any(row.cells) and not row.problems):
            continue
        if len(row.cells) != width:
            row = fitted(row, width, dialect.delimiter)
        yield row


def fitted(row: Row, width: int, delimiter: str) -> Row:
    """The row at the table's width: missing cells are a problem, and so is what stands beyond the last column."""
    missing, beyond = width - len(row.cells), [str(cell) for cell in row.cells[width:] if not is_blank(cell)]
    if row.problems:
        return row._replace(cells=(row.cells + [None] * missing)[:width])
    if missing > 0:
        return row._replace(cells=row.cells + [None] * missing, problems=(Problem("row_short"),))
    problems = (Problem("row_long", detail=delimiter.join(beyond)[:200]),) if beyond else ()
    return row._replace(cells=row.cells[:width], problems=problems)


def records(source: Source, encoding: str, dialect: Dialect) -> Iterator[Row]:
    """Every record of the file with its number, empty cells as None."""
    with text_of(source, encoding) as text:
        for _line in range(dialect.skip):
            text.readline(MAX_LINE)
        lines = Lines(text)
        reader = dialects.reader(lines, dialect)
        number = dialect.skip
        while True:
            number += 1
            lines.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(number, [], (Problem("line_too_long" if lines.is_cut else "cell_too_long"),))
                continue
            if lines.is_odd or lines.is_cut or lines.is_at_end:
                yield examined(number, cells, lines)
            else:
                yield Row(number, [cell or None for cell in cells])


def examined(number: int, cells: list[str], lines: Lines) -> Row:
    """A record in which something unusual was seen: escapes are removed, damage becomes problems."""
    if lines.is_cut:
        return Row(number, [], (Problem("line_too_long"),))
    problems = [Problem("quote_unclosed")] if lines.is_at_end else []
    for column, cell in enumerate(cells):
        if MARK in cell:
            problems.append(Problem("cell_encoding", column, cell[:200].replace(MARK, SHOWN)))
        if "\0" in cell:
            problems.append(Problem("cell_nul", column))
    return Row(number, [unescape(cell.replace(MARK, SHOWN)) or None for cell in cells], tuple(problems))
