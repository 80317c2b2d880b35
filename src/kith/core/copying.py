"""Rows as the text of COPY, made column by column and escaped a few hundred at once: three times as fast as value by value."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from operator import attrgetter
from typing import Any

import msgspec
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

#: Lone surrogates stand for what COPY gives a meaning: no text that the database takes holds them.
NEXT, END, NULL = "\ud800", "\ud801", "\ud802"
SIGNS = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), (NEXT, "\t"), (END, "\n"), (NULL, "\\N"))
AT_ONCE = 500
#: Columns whose values are text and never empty (NULL): they go as they are.
TEXT = (models.CharField, models.TextField)

type Write = Callable[[Any], str]
_encoder = msgspec.json.Encoder(enc_hook=str)


def written(value: Any) -> str:
    """A plain value as the database reads it."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value
    return WRITERS.get(type(value), str)(value)


def as_id(value: Any) -> str:
    """An id."""
    return NULL if value is None else f"{value.int:032x}" if isinstance(value, uuid.UUID) else str(value)


def as_json(value: Any) -> str:
    """JSON; the common empty one needs no encoder."""
    return NULL if value is None else "{}" if value == {} else _encoder.encode(value).decode()


def as_list(value: Any) -> str:
    """An array of texts, ids or numbers."""
    return NULL if value is None else "{}" if not value else f"{{{','.join(map(quoted, value))}}}"


def quoted(item: Any) -> str:
    """An item of an array."""
    if item is None:
        return "NULL"
    text = written(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


@lru_cache(maxsize=100)
def moment(value: dt.datetime) -> str:
    """A moment; all rows of a change-set share theirs."""
    return value.isoformat()


WRITERS: dict[type, Write] = {
    uuid.UUID: as_id, bool: lambda value: "t" if value else "f", dt.datetime: moment, dt.date: dt.date.isoformat, Decimal: str, int: str,
    bytes: lambda value: "\\x" + value.hex(), list: as_list, tuple: as_list, dict: as_json,
}  # fmt: skip


def writer(column: "models.Field[Any, Any]") -> Write | None:
    """How the values of a column are written; None when they are text already."""
    if isinstance(column, TEXT) and not column.null:
        return None
    if isinstance(column, models.JSONField):
        return as_json
    if isinstance(column, ArrayField):
        return as_list
    return as_id if isinstance(column, models.UUIDField | models.ForeignKey) else written


@lru_cache(maxsize=500)
def plan(model: type[models.Model]) -> tuple[str, Callable[[Any], tuple[Any, ...]], tuple[tuple[int, Write], ...]]:
    """The names of the columns, a getter of all values, and how those that are not text are written."""
    columns = [
        column
        for column in model._meta.concrete_fields
        if not column.generated and not isinstance(column, models.AutoField)
    ]
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns)
    writers = tuple((at, write) for at, column in enumerate(columns) if (write := writer(column)))
    return names, attrgetter(*[column.attname for column in columns]), writers


def names(model: type[models.Model]) -> str:
    """The names of the columns that are written."""
    return plan(model)[0]


def lines(model: type[models.Model], records: Iterable[Any]) -> Iterator[bytes]:
    """The rows of records, some hundred in a piece."""
    _names, get, writers = plan(model)
    for some in batched(records, AT_ONCE, strict=False):
        columns: list[Sequence[Any]] = list(zip(*map(get, some), strict=True))
        for at, write in writers:
            columns[at] = in_column(columns[at], write)
        yield escaped(list(zip(*columns, strict=True)))


def in_column(values: Sequence[Any], write: Write) -> list[str]:
    """The values of one column; most columns hold the same in all rows: nothing, or who imports."""
    first = values[0]
    if first is values[-1] and not isinstance(first, dict | list) and values.count(first) == len(values):
        return [write(first)] * len(values)
    return list(map(write, values))


def escaped(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows of texts as lines of COPY."""
    try:
        text = END.join(map(NEXT.join, rows)) + END
    except TypeError:  # something else stands in a column of texts
        text = END.join(NEXT.join(map(written, row)) for row in rows) + END
    if text.count(END) != len(rows) or text.count(NEXT) != sum(map(len, rows)) - len(rows):
        raise ValueError("a text holds a sign that no database takes")
    for sign, stands_for in SIGNS:
        text = text.replace(sign, stands_for)
    return text.encode()
