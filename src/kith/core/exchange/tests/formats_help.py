"""Short ways to open what a test has just written."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from kith.core.exchange.formats.detect import open_table
from kith.core.exchange.formats.table import Cell, Reading, Row, Table

PROJECT = Path(__file__).resolve().parents[5]
REAL_FILES = PROJECT.parent / "shared" / "data"


def trusted(content: bytes, **reading: object) -> Table:
    """The table in these bytes, read in this process."""
    return open_table(content, overrides=Reading(**reading), is_trusted=True)


def rows(content: bytes, **reading: object) -> list[Row]:
    """All rows of the table in these bytes."""
    return list(trusted(content, **reading))


def cells(content: bytes, **reading: object) -> list[list[Cell]]:
    """The cells of all rows."""
    return [row.cells for row in rows(content, **reading)]


def written(write, *arguments: object, **options: object) -> bytes:
    """What a writer puts into a file."""
    file = BytesIO()
    write(file, *arguments, **options)
    return file.getvalue()


def rezipped(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one entry changed."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(old.read(info)) if info.filename == name else old.read(info))
    return file.getvalue()
