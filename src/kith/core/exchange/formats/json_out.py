"""Writes JSON as a stream: an array of objects, one on each line, numbers exact, dates and moments in ISO form."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import batched

import msgspec

from .columns import Column, Rows, Value, in_zone

ROWS_AT_ONCE = 500
encoder = msgspec.json.Encoder(decimal_format="number")


def json_chunks(columns: Sequence[Column], rows: Rows, *, zone: tzinfo = UTC) -> Iterator[bytes]:
    """The file in pieces."""
    names = [column.name for column in columns]
    before = b"[\n"
    for batch in batched(rows, ROWS_AT_ONCE, strict=False):
        yield before + b",\n".join(line(names, row, zone) for row in batch)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def line(names: Sequence[str], row: Sequence[Value], zone: tzinfo) -> bytes:
    """One row as an object."""
    return encoder.encode({name: value_of(value, zone) for name, value in zip(names, row, strict=True)})


def value_of(value: Value, zone: tzinfo) -> Value:
    """The value as JSON holds it; text that no encoding can hold is mended."""
    if isinstance(value, datetime):
        return in_zone(value, zone).isoformat()
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, Sequence) else value
