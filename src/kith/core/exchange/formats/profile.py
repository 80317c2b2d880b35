"""What a whole column holds: how full, which kinds of values, and which notations all of its cells still fit (R151)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from .cell_kinds import ALL_DATES, ALL_SIGNS, TEXT, Found, look, look_typed
from .date_text import NOTATIONS, DateNotation
from .number_text import SIGNS, NumberNotation
from .table import Cell

#: A column is of a kind when so many of a hundred filled cells are.
MAJORITY = 90
MOST_DISTINCT = 1_000
LONGEST_DISTINCT = 200
MOST_EXAMPLES = 5
DATES, NUMBERS = frozenset({"date", "moment"}), frozenset({"number", "percent", "money"})


class Example(NamedTuple):
    """A cell that does not fit its column, with the row where it was first seen."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What was found out about a column. `ask_dates` or `ask_numbers` mean: more than one notation fits, a person must say.

    `kind` is what the column looks like: empty, text, boolean, date, moment, number, percent or money.
    """

    filled: int
    empty: int
    distinct: tuple[str, ...]
    has_more_distinct: bool
    kind: str
    dates: tuple[DateNotation, ...]
    numbers: tuple[NumberNotation, ...]
    ask_dates: bool
    ask_numbers: bool
    invalid: tuple[Example, ...]
    invalid_count: int

    @property
    def date_notation(self) -> DateNotation | None:
        """The notation of dates, None when there is none or a person must choose."""
        return self.dates[0] if self.dates and not self.ask_dates else None

    @property
    def number_notation(self) -> NumberNotation | None:
        """The decimal sign, None when there is none or a person must choose."""
        return self.numbers[0] if self.numbers and not self.ask_numbers else None

    @property
    def ask(self) -> bool:
        """Whether a person must choose a notation before cells of this kind can be read."""
        return (self.kind in DATES and self.ask_dates) or (self.kind in NUMBERS and self.ask_numbers)


@dataclass(slots=True)
class ColumnProfile:
    """Takes in the cells of one column, one after the other, in constant memory."""

    filled: int = 0
    empty: int = 0
    known: dict[str, Found] = field(default_factory=dict)
    has_more_distinct: bool = False
    #: How many cells fitted which set of notations, and whether the notation made a difference to them.
    date_fits: Counter[tuple[frozenset[DateNotation], bool]] = field(default_factory=Counter)
    number_fits: Counter[tuple[frozenset[NumberNotation], bool]] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Example]] = field(default_factory=dict)

    def feed(self, cell: Cell, row: int) -> None:
        """Take in one cell and the number of its row."""
        text = cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)
        if not text:
            self.empty += 1
            return
        self.filled += 1
        found = self.known.get(text)
        if found is None:
            found = look(text) if isinstance(cell, str) else look_typed(cell)
            if len(self.known) < MOST_DISTINCT and len(text) <= LONGEST_DISTINCT:
                self.known[text] = found
            else:
                self.has_more_distinct = True
        self.count(found, text, row)

    def count(self, found: Found, text: str, row: int) -> None:
        """Count what the cell may be, and keep the first ones that cannot be something."""
        if found is TEXT:
            self.keep("text", text, row)
            return
        if found.dates:
            self.date_fits[found.dates, found.depends_on_order] += 1
        if found.numbers:
            self.number_fits[found.numbers, found.depends_on_sign] += 1
        for mark in found.marks:
            self.marks[mark] += 1
        for notation in ALL_DATES - found.dates:
            self.keep(notation, text, row)
        for sign in ALL_SIGNS - found.numbers:
            self.keep(sign, text, row)

    def keep(self, what: str, text: str, row: int) -> None:
        """Keep an example of a cell that cannot be read as `what`."""
        kept = self.examples.setdefault(what, [])
        if len(kept) < MOST_EXAMPLES:
            kept.append(Example(row, text[:LONGEST_DISTINCT]))

    def facts(self) -> ColumnFacts:
        """What is known after all cells were fed."""
        dates, ask_dates = standing(self.date_fits, NOTATIONS)
        numbers, ask_numbers = standing(self.number_fits, SIGNS)
        kind = self.kind()
        fitting = self.fitting(kind, dates, numbers)
        chosen = dates if kind in DATES else numbers if kind in NUMBERS else ()
        return ColumnFacts(
            filled=self.filled,
            empty=self.empty,
            distinct=tuple(self.known),
            has_more_distinct=self.has_more_distinct,
            kind=kind,
            dates=dates,
            numbers=numbers,
            ask_dates=ask_dates,
            ask_numbers=ask_numbers,
            invalid=self.invalid(chosen) if fitting < self.filled else (),
            invalid_count=self.filled - fitting,
        )

    def fitting(self, kind: str, dates: tuple[DateNotation, ...], numbers: tuple[NumberNotation, ...]) -> int:
        """How many cells are what the column looks like."""
        if kind in DATES:
            return total(self.date_fits, dates)
        return total(self.number_fits, numbers) if kind in NUMBERS else self.filled

    def invalid(self, chosen: tuple[str, ...]) -> tuple[Example, ...]:
        """The first cells that cannot be read; those that depend on a notation only when that is settled."""
        examples = self.examples.get("text", []) + (self.examples.get(chosen[0], []) if len(chosen) == 1 else [])
        return tuple(sorted(examples)[:MOST_EXAMPLES])

    def kind(self) -> str:
        """What the column looks like."""
        if not self.filled:
            return "empty"
        needed = self.filled * MAJORITY / 100
        if self.marks["boolean"] == self.filled and len(self.known) > (1 if self.number_fits else 0):
            return "boolean"
        if self.date_fits.total() >= needed:
            return "moment" if self.marks["clock"] * 2 > self.filled else "date"
        if self.marks["code"] or self.number_fits.total() < needed:
            return "text"
        return next((kind for kind in ("percent", "money") if self.marks[kind] * 2 > self.filled), "number")


def total[Notation: str](fits: Counter[tuple[frozenset[Notation], bool]], notations: Iterable[Notation]) -> int:
    """How many cells fit the notation that fits most."""
    return max(
        (sum(count for (fitting, _depends), count in fits.items() if each in fitting) for each in notations), default=0
    )


def standing[Notation: str](
    fits: Counter[tuple[frozenset[Notation], bool]], every: tuple[Notation, ...]
) -> tuple[tuple[Notation, ...], bool]:
    """The notations that no other one beats by fitting all of their cells and more, and whether a person must choose.

    Nobody need choose when the notation makes no difference to any cell.
    """
    sets = {notations for notations, _depends in fits}
    seen = [notation for notation in every if any(notation in each for each in sets)]
    cells = {notation: {each for each in sets if notation in each} for notation in seen}
    best = tuple(notation for notation in seen if not any(cells[notation] < cells[other] for other in seen))
    matters = any(depends for _notations, depends in fits)
    return (best, True) if len(best) > 1 and matters else (best[:1], False)


def column_notation(cells: Iterable[Cell]) -> ColumnFacts:
    """What a column holds, from all of its cells."""
    profile = ColumnProfile()
    for row, cell in enumerate(cells, start=1):
        profile.feed(cell, row)
    return profile.facts()
