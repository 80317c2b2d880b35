"""Opens any file that holds a table: delimited text, a workbook or address cards."""

from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from .readers import open_here
from .sandbox import Sandbox
from .table import Reading, Source, Table
from .wire import Limits


def open_table(
    source: Path | bytes,
    filename: str = "",
    overrides: Reading | None = None,
    *,
    is_trusted: bool = False,
    limits: Limits | None = None,
) -> Table:
    """The table in a file, told by its content; use it in a `with` statement.

    A file of a stranger is read in a confined child process. `is_trusted` reads in this one: for files we wrote ourselves.
    Raises Unreadable with a message key when there is no table to be had, here or while iterating.
    """
    reading = overrides or Reading()
    if not is_trusted:
        return Sandbox(source, reading, limits or Limits()).open(filename)
    table = open_here(opener(source), reading)
    table.filename = filename
    return table


def opener(source: Path | bytes) -> Source:
    """How to open the file anew."""
    return partial(BytesIO, source) if isinstance(source, bytes) else partial(open_file, source)


def open_file(path: Path) -> BinaryIO:
    """The file, for reading bytes."""
    return path.open("rb")
