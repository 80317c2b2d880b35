"""Reads JSON as our export writes it: a list of records; amounts become two columns, lists one text."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec

from .dialect import MAX_CELL
from .errors import Problem, Unreadable
from .header import bounded
from .lists import joined
from .table import Cell, Layout, Reading, Row, Source, Table, signature_of

AMOUNT = {"amount", "currency"}
decoder = msgspec.json.Decoder(list[dict[str, Any]], float_hook=Decimal)


def open_json(source: Source, _reading: Reading) -> Table:
    """The table in a list of records; its columns are all names that any of them has."""
    with source() as file:
        content = file.read()
    try:
        records = [flat(record) for record in decoder.decode(content.removeprefix(b"\xef\xbb\xbf"))]
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, ArithmeticError, RecursionError):
        raise Unreadable("json_file") from None
    names = bounded(tuple(dict.fromkeys(name for record in records for name in record)))
    if not names:
        raise Unreadable("empty")
    layout = Layout(kind="json", headers=names, signature=signature_of(names), reading=Reading(encoding="utf-8"))
    return Table(layout, partial(rows, records, names))


def flat(record: dict[str, Any]) -> dict[str, Cell]:
    """The cells of a record by column."""
    cells: dict[str, Cell] = {}
    for name, value in record.items():
        if isinstance(value, dict) and set(value) == AMOUNT:
            cells[name], cells[f"{name}_currency"] = str(value["amount"]), str(value["currency"])
        elif isinstance(value, list) and all(isinstance(item, str | int | Decimal) for item in value):
            cells[name] = joined(map(str, value))
        elif isinstance(value, dict | list):
            cells[name] = msgspec.json.encode(value).decode()
        else:
            cells[name] = value
    return cells


def rows(records: list[dict[str, Cell]], names: tuple[str, ...]) -> Iterator[Row]:
    """The rows; the first record is row 1."""
    for number, record in enumerate(records, start=1):
        cells = [record.get(name) for name in names]
        problems = tuple(problem for at, cell in enumerate(cells) if (problem := wrong(at, cell)))
        yield Row(number, cells, problems)


def wrong(at: int, cell: Cell) -> Problem | None:
    """What is wrong with a cell."""
    if not isinstance(cell, str):
        return None
    if "\0" in cell:
        return Problem("cell_nul", at)
    return Problem("cell_too_long", at) if len(cell) > MAX_CELL else None
