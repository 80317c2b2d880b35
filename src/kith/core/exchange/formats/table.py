"""Table: what every readable file looks like to an import: named columns and a stream of numbered rows."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, NamedTuple, Self

import msgspec

from .errors import Problem

#: CSV and vCard give text, spreadsheets typed cells; None is an empty cell.
type Cell = str | int | bool | Decimal | date | datetime | None
#: Opens the file anew, at its beginning; the caller closes it.
type Source = Callable[[], BinaryIO]


class Row(NamedTuple):
    """One data row: its number as a spreadsheet shows it (1 is the first row of the file), its cells, what is wrong with it."""

    number: int
    cells: list[Cell]
    problems: tuple[Problem, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is read; None means "recognise it". `header_row` 0 means there is no header."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    header_row: int | None = None


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a table before its rows: format, header, sheets and the reading that was recognised."""

    kind: str
    headers: tuple[str, ...]
    signature: str
    reading: Reading = Reading()
    sheets: tuple[str, ...] = ()


def nothing() -> None:
    """The close of a table that holds nothing open."""


@dataclass(slots=True)
class Table:
    """A file opened for import. Iterating starts at the first data row, any number of times; close it when done."""

    layout: Layout
    read: Callable[[], Iterator[Row]]
    release: Callable[[], None] = nothing
    filename: str = ""
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = unique_names(self.layout.headers)

    def __iter__(self) -> Iterator[Row]:
        return self.read()

    @property
    def signature(self) -> str:
        """The same for files with the same header; a mapping is remembered under it."""
        return self.layout.signature

    def sample(self, count: int) -> list[Row]:
        """The first `count` data rows."""
        return list(islice(self.read(), count))

    def close(self) -> None:
        """Let go of the file and of the process that reads it."""
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def unique_names(headers: Iterable[str]) -> tuple[str, ...]:
    """Column names that address one column each: "mail", "mail (2)"; a nameless column is called by its letter, "[C]"."""
    taken: set[str] = set()
    names: list[str] = []
    for index, header in enumerate(headers):
        base = header or f"[{letters(index)}]"
        name, copy = base, 1
        while name in taken:
            copy += 1
            name = f"{base} ({copy})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def letters(index: int) -> str:
    """The letters of a column as spreadsheets show them: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def signature_of(headers: Sequence[str]) -> str:
    """SHA-256 of the header without regard to case, width, accents' encoding and spaces."""
    tidy = [" ".join(unicodedata.normalize("NFKC", header).casefold().split()) for header in headers]
    return hashlib.sha256("\x1f".join(tidy).encode("utf-8", "replace")).hexdigest()
