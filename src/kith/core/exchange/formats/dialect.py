"""Recognises delimiter and quote of a delimited text from its first lines."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from .errors import Unreadable

CANDIDATES = (",", ";", "\t", "|")
#: Stands for "one column only": a character that text does not hold.
NO_DELIMITER = "\x1f"
RECORDS = 200
#: Characters of one cell; the module's own limit of 131,072 is too little for notes and far too little for XML in a cell.
MAX_CELL = 1 << 20
#: Excel's own way to say it: a first line "sep=;".
EXCEL_HINT = re.compile(r"\ufeff?\"?sep=([^\r\n])\"?(\r\n|\r|\n|$)", re.IGNORECASE)


csv.field_size_limit(MAX_CELL)


class Dialect(NamedTuple):
    """How cells are told apart; an empty `quote` means that quotes are plain text; `skip` lines stand before the table."""

    delimiter: str
    quote: str
    skip: int = 0


class Fit(NamedTuple):
    """How well a delimiter explains a text; compared as a tuple, so the order of the fields is the order of importance."""

    header_agrees: bool
    share: float
    width: int


def reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The records of the lines in this dialect."""
    if not dialect.quote:
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)


def recognise(head: str, delimiter: str | None, quote: str | None) -> Dialect:
    """The dialect of a text that starts with `head`; what the caller names is taken as it is."""
    hint = EXCEL_HINT.match(head)
    skip = 1 if hint else 0
    lines = list(io.StringIO(head[hint.end() if hint else 0 :], newline=""))
    if delimiter is None:
        delimiter = hint.group(1) if hint else best_delimiter(lines, '"' if quote is None else quote)
    delimiter = delimiter or NO_DELIMITER
    if len(delimiter) != 1 or delimiter in '\r\n"' or len(quote or "") > 1 or quote == delimiter:
        raise Unreadable("bad_delimiter")
    return Dialect(delimiter, best_quote(lines, delimiter) if quote is None else quote, skip)


def best_delimiter(lines: list[str], quote: str) -> str:
    """The candidate whose number of cells is the steadiest, the header's first of all."""
    fits = {candidate: fit(lines, Dialect(candidate, quote)) for candidate in CANDIDATES}
    best = max(CANDIDATES, key=lambda candidate: fits[candidate])
    return best if fits[best].header_agrees or fits[best].share >= 0.6 else NO_DELIMITER


def fit(lines: list[str], dialect: Dialect) -> Fit:
    """How well the dialect explains the lines."""
    try:
        widths = [len(cells) for cells in islice(reader(lines, dialect), RECORDS) if any(cells)]
    except csv.Error:
        return Fit(False, 0.0, 0)
    if not widths:
        return Fit(False, 0.0, 0)
    counts = Counter(widths)
    header, usual = widths[0], max(counts, key=lambda each: (counts[each], each))
    if header > 1 and counts[header] * 3 >= len(widths):
        return Fit(True, round(counts[header] / len(widths), 1), header)
    return Fit(False, round(counts[usual] / len(widths), 1) if usual > 1 else 0.0, usual)


def best_quote(lines: list[str], delimiter: str) -> str:
    """The single quote when it encloses most cells, else the double quote."""
    try:
        cells = [cell for record in islice(reader(lines, Dialect(delimiter, '"')), RECORDS) for cell in record if cell]
    except csv.Error:
        return '"'
    enclosed = sum(1 for cell in cells if len(cell) > 1 and cell[0] == cell[-1] == "'")
    return "'" if enclosed * 2 > len(cells) else '"'
