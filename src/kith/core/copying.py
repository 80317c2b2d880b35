"""Rows as the text of COPY, made column by column and escaped a few hundred at once: three times as fast as value by value."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import batched, repeat
from operator import attrgetter, is_, itemgetter
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
def plan(model: type[models.Model]) -> tuple[str, tuple[tuple[int, Write], ...]]:
    """The names of the columns, and how those that are not text are written."""
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns_of(model))
    return names, tuple((at, write) for at, column in enumerate(columns_of(model)) if (write := writer(column)))


def columns_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns that are written by COPY."""
    return [
        column
        for column in model._meta.concrete_fields
        if not column.generated and not isinstance(column, models.AutoField)
    ]


@lru_cache(maxsize=500)
def attributes(model: type[models.Model]) -> tuple[str, ...]:
    """The attributes that hold the values of these columns."""
    return tuple(column.attname for column in columns_of(model))


def names(model: type[models.Model]) -> str:
    """The names of the columns that are written."""
    return plan(model)[0]


def lines(model: type[models.Model], records: Iterable[Any]) -> Iterator[bytes]:
    """The rows of records, some hundred in a piece."""
    names = attributes(model)
    writers = plan(model)[1]
    get, look = attrgetter(*names), itemgetter(*names)
    for some in batched(records, AT_ONCE, strict=False):
        # Beside the descriptors of links, which look into the same place.
        held = map(look, map(vars, some)) if isinstance(some[0], models.Model) else map(get, some)
        columns: list[Sequence[Any]] = list(zip(*held, strict=True))
        for at, write in writers:
            columns[at] = in_column(columns[at], write)
        yield escaped(list(zip(*columns, strict=True)))


def in_column(values: Sequence[Any], write: Write) -> list[str]:
    """The values of one column; most columns hold the same in all rows: nothing, or who imports."""
    return [write(values[0])] * len(values) if is_same(values) else list(map(write, values))


def is_same(values: Sequence[Any]) -> bool:
    """Whether all values are one and the same, which cannot be changed for one of them."""
    first = values[0]
    return first is values[-1] and not isinstance(first, dict | list) and all(map(is_, values, repeat(first)))


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
