"""Columns of an export and how their values become text; every writer takes the same columns and rows."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Literal, NamedTuple

from .lists import joined

type Kind = Literal["text", "number", "date", "moment", "boolean"]
type Value = str | int | bool | Decimal | date | datetime | Sequence[str] | None
type Rows = Iterable[Sequence[Value]]


class Column(NamedTuple):
    """One column: `name` addresses it (JSON), `title` stands above it (CSV, XLSX), `kind` says how it looks."""

    name: str
    title: str
    kind: Kind = "text"


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The moment in the reader's time zone; one without a zone is taken as UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)


def plain(value: Value, zone: tzinfo) -> str:
    """The value as text that every program reads alike: ISO dates, plain digits, true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return in_zone(value, zone).isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, str | int):
        return str(value)
    return "" if value is None else joined(value)
