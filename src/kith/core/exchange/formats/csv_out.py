"""Writes CSV as a stream of bytes; no text in it is taken for a formula by a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo
from itertools import batched

from .columns import Column, Rows, Value, plain
from .escapes import escape

ROWS_AT_ONCE = 500
#: Tells Excel that the file is UTF-8.
BOM = "\ufeff"


def csv_chunks(
    columns: Sequence[Column], rows: Rows, *, delimiter: str = ",", bom: bool = False, zone: tzinfo = UTC
) -> Iterator[bytes]:
    """The file in pieces: the header, then the rows as they come."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    buffer.write(BOM if bom else "")
    writer.writerow([escape(column.title) for column in columns])
    for batch in batched(rows, ROWS_AT_ONCE, strict=False):
        writer.writerows([cell(value, zone) for value in row] for row in batch)
        yield drained(buffer)
    if buffer.tell():
        yield drained(buffer)


def cell(value: Value, zone: tzinfo) -> str:
    """The cell; only text can pretend to be a formula, a negative number is just a number."""
    text = plain(value, zone)
    return escape(text) if isinstance(value, str | Sequence) else text


def drained(buffer: io.StringIO) -> bytes:
    """What was written, and an empty buffer."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
