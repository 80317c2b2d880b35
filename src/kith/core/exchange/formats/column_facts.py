"""The conclusion about a column: what it looks like, which notations stand, whether a person must choose (R151)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .cell_kinds import Found
from .date_text import DateNotation
from .number_text import NumberNotation

#: A column is of a kind when so many of a hundred filled cells are.
MAJORITY = 90
DATES, NUMBERS = frozenset({"date", "moment"}), frozenset({"number", "percent", "money"})

type Fits[Notation] = Counter[tuple[frozenset[Notation], bool]]


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


class Tally:
    """Counts of a column, summed up by what they say about dates, numbers and more."""

    def __init__(self, cells: Mapping[Found, int], distinct: int) -> None:
        self.filled, self.distinct = sum(cells.values()), distinct
        self.dates: Fits[DateNotation] = Counter()
        self.numbers: Fits[NumberNotation] = Counter()
        self.marks: Counter[str] = Counter()
        for found, count in cells.items():
            if found.dates:
                self.dates[found.dates, found.depends_on_order] += count
            if found.numbers:
                self.numbers[found.numbers, found.depends_on_sign] += count
            self.marks.update(dict.fromkeys(found.marks, count))

    def kind(self) -> str:
        """What the column looks like."""
        if not self.filled:
            return "empty"
        needed = self.filled * MAJORITY / 100
        if self.marks["boolean"] == self.filled and self.distinct > (1 if self.numbers else 0):
            return "boolean"
        if self.dates.total() >= needed:
            return "moment" if self.marks["clock"] * 2 > self.filled else "date"
        if self.marks["code"] or self.numbers.total() < needed:
            return "text"
        return next((kind for kind in ("percent", "money") if self.marks[kind] * 2 > self.filled), "number")

    def fitting(self, kind: str, dates: Iterable[DateNotation], numbers: Iterable[NumberNotation]) -> int:
        """How many cells are what the column looks like."""
        if kind in DATES:
            return most(self.dates, dates)
        return most(self.numbers, numbers) if kind in NUMBERS else self.filled


def most[Notation: str](fits: Fits[Notation], notations: Iterable[Notation]) -> int:
    """How many cells fit the notation that fits most."""
    return max(
        (sum(count for (fitting, _depends), count in fits.items() if each in fitting) for each in notations), default=0
    )


def standing[Notation: str](fits: Fits[Notation], every: tuple[Notation, ...]) -> tuple[tuple[Notation, ...], bool]:
    """The notations that no other one beats by fitting all of their cells and more, and whether a person must choose.

    Nobody need choose when the notation makes no difference to any cell.
    """
    sets = {notations for notations, _depends in fits}
    seen = [notation for notation in every if any(notation in each for each in sets)]
    cells = {notation: {each for each in sets if notation in each} for notation in seen}
    best = tuple(notation for notation in seen if not any(cells[notation] < cells[other] for other in seen))
    matters = any(depends for _notations, depends in fits)
    return (best, True) if len(best) > 1 and matters else (best[:1], False)
