"""Finds the header among the first rows of a table: titles and blank lines may stand above it."""

from collections import Counter
from collections.abc import Sequence

from .errors import Unreadable
from .table import Row

#: How many records are looked at to find the header and the width of the table.
PEEK = 50
#: More than any table of records has; each column is shown in the wizard and takes part in every row.
MAX_COLUMNS = 2000


def filled(cells: Sequence[object]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in cells if not is_blank(cell))


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def find_header(rows: Sequence[Row], wanted: int | None) -> Row:
    """The header row: the one with number `wanted`, else the first that is more than half as full as rows usually are.

    Row number 0 of the answer means "no header": the cells are empty names, one for each column.
    """
    counts = Counter(count for row in rows if (count := filled(row.cells)))
    if not counts:
        raise Unreadable("empty")
    usual = max(counts, key=lambda count: (counts[count], count))
    if wanted == 0:
        return Row(0, [""] * max(len(row.cells) for row in rows))
    if wanted is None:
        return next(row for row in rows if filled(row.cells) * 2 > usual)
    for row in rows:
        if row.number == wanted:
            return row
    raise Unreadable("no_header_row", row=wanted)


def header_names(header: Row) -> tuple[str, ...]:
    """The names in a header row, without line breaks and spaces around them."""
    return tuple(" ".join(str("" if cell is None else cell).split()) for cell in header.cells)


def bounded(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, unless they are too many."""
    if len(names) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", limit=MAX_COLUMNS)
    return names
