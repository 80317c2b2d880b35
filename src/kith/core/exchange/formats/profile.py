"""Looks at every cell of a column as it streams by, in constant memory, to tell what the column holds (R151)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .cell_kinds import ALL_DATES, ALL_SIGNS, TEXT, Found, look, look_typed
from .column_facts import DATES, NUMBERS, ColumnFacts, Example, Tally, standing
from .date_text import NOTATIONS
from .number_text import SIGNS
from .table import Cell

MOST_DISTINCT = 1_000
LONGEST_DISTINCT = 200
MOST_EXAMPLES = 5
#: Of what examples are kept: of text that is neither date nor number, and of cells that do not fit one notation.
WANTED: frozenset[str] = frozenset({"text", *ALL_DATES, *ALL_SIGNS})


@dataclass(slots=True)
class ColumnProfile:
    """Takes in the cells of one column, one after the other."""

    empty: int = 0
    cells: Counter[Found] = field(default_factory=Counter)
    known: dict[str, Found] = field(default_factory=dict)
    has_more_distinct: bool = False
    examples: dict[str, list[Example]] = field(default_factory=dict)
    wanted: frozenset[str] = WANTED

    def feed(self, cell: Cell, row: int) -> None:
        """Take in one cell and the number of its row."""
        text = cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)
        if not text:
            self.empty += 1
            return
        found = self.known.get(text)
        if found is None:
            found = look(text) if isinstance(cell, str) else look_typed(cell)
            if len(self.known) < MOST_DISTINCT and len(text) <= LONGEST_DISTINCT:
                self.known[text] = found
            else:
                self.has_more_distinct = True
        self.cells[found] += 1
        if self.wanted:
            self.keep(found, text, row)

    def keep(self, found: Found, text: str, row: int) -> None:
        """Keep the first cells that are neither date nor number, or do not fit a notation that others fit."""
        misfits = ("text",) if found is TEXT else WANTED - found.dates - found.numbers - {"text"}
        for what in self.wanted.intersection(misfits):
            kept = self.examples.setdefault(what, [])
            kept.append(Example(row, text[:LONGEST_DISTINCT]))
            if len(kept) == MOST_EXAMPLES:
                self.wanted -= {what}

    def facts(self) -> ColumnFacts:
        """What is known after all cells were fed."""
        tally = Tally(self.cells, len(self.known))
        dates, ask_dates = standing(tally.dates, NOTATIONS)
        numbers, ask_numbers = standing(tally.numbers, SIGNS)
        kind = tally.kind()
        invalid_count = tally.filled - tally.fitting(kind, dates, numbers)
        return ColumnFacts(
            filled=tally.filled,
            empty=self.empty,
            distinct=tuple(self.known),
            has_more_distinct=self.has_more_distinct,
            kind=kind,
            dates=dates,
            numbers=numbers,
            ask_dates=ask_dates,
            ask_numbers=ask_numbers,
            invalid=self.invalid(dates if kind in DATES else numbers if kind in NUMBERS else ())
            if invalid_count
            else (),
            invalid_count=invalid_count,
        )

    def invalid(self, chosen: tuple[str, ...]) -> tuple[Example, ...]:
        """The first cells that cannot be read; those that depend on a notation only when that is settled."""
        examples = self.examples.get("text", []) + (self.examples.get(chosen[0], []) if len(chosen) == 1 else [])
        return tuple(sorted(examples)[:MOST_EXAMPLES])


def column_notation(cells: Iterable[Cell]) -> ColumnFacts:
    """What a column holds, from all of its cells."""
    profile = ColumnProfile()
    for row, cell in enumerate(cells, start=1):
        profile.feed(cell, row)
    return profile.facts()
