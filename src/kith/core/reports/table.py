"""The answer to a report: lines, columns and cells, each cell with the list of exactly the rows it is made of (law 6)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kith.core import past
from kith.core.filters import EVERYTHING, Group, Node, Test, to_term
from kith.core.views import Look

from .dimensions import Dim
from .measures import Column
from .shape import Report

if TYPE_CHECKING:
    from kith.core.access import Actor

#: The plain list, whatever view opens first for the reader.
PLAIN = "all"


@dataclass(frozen=True, slots=True)
class Key:
    """One group of one dimension and what it is called."""

    dim: Dim
    value: Any
    label: str
    short: str = ""
    hue: str = ""
    level: int = 0
    trail: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it holds the records without a value."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: the groups it stands for, outermost first; none for the total."""

    keys: tuple[Key, ...]
    is_leaf: bool

    @property
    def depth(self) -> int:
        """How many groups it lies in."""
        return len(self.keys)

    @property
    def label(self) -> str:
        """What it is called."""
        return self.keys[-1].label if self.keys else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list of its rows."""

    value: Any
    href: str
    column: Column


@dataclass(frozen=True)
class Table:
    """Everything a report answered. `heads` are the groups of the column dimension, without their total."""

    report: Report
    actor: "Actor"
    dims: tuple[Dim, ...]
    columns: list[Column]
    lines: list[Line]
    heads: list[Key]
    figures: dict[tuple[Any, ...], list[Any]]
    shown: Node = EVERYTHING
    cut: int = 0
    seconds: float = 0.0
    is_converted: bool = False
    lacking: tuple[tuple[str, Any], ...] = ()
    kept: dict[Any, Any] = field(default_factory=dict)

    @property
    def total(self) -> Line:
        """The line below all others."""
        return Line((), False)

    @property
    def leaves(self) -> list[Line]:
        """The innermost lines."""
        return [line for line in self.lines if line.is_leaf]

    @property
    def has_columns(self) -> bool:
        """Whether it is a cross table."""
        return bool(self.report.columns)

    def value(self, line: Line, head: Key | None, at: int) -> Any:
        """A figure of a line, of one column group or of all of them."""
        results = self.figures.get(self.place(line.keys, head))
        column = self.columns[at]
        return column.value([total.nothing for total in column.sums]) if results is None else results[at]

    def cell(self, line: Line, head: Key | None, at: int) -> Cell:
        """A figure with its list."""
        return Cell(self.value(line, head, at), self.href(line, head, at), self.columns[at])

    def cells(self, line: Line) -> Iterator[Cell]:
        """All cells of a line: for each figure the column groups, then all of them together."""
        for at in range(len(self.columns)):
            for head in self.heads:
                yield self.cell(line, head, at)
            yield self.cell(line, None, at)

    def place(self, keys: tuple[Key, ...], head: Key | None) -> tuple[Any, ...]:
        """Where the figures of a cell are kept: the value of each dimension, `...` for all of them."""
        rows = [key.value for key in keys] + [...] * (len(self.report.rows) - len(keys))
        return (*rows, *((head.value if head else ...,) if self.has_columns else ()))

    def node(self, line: Line, head: Key | None, at: int) -> Node:
        """The conditions that find exactly the rows of a cell."""
        groups = [*line.keys, *([head] if head else [])]
        found = [key.dim.test(key.value) for key in groups]
        if not line.keys and self.shown != EVERYTHING:
            found.insert(0, self.shown)
        mine = self.columns[at].test()
        return Group("all", (*flat(self.report.filter), *found, *(flat(mine) if mine else ())))

    def href(self, line: Line, head: Key | None, at: int) -> str:
        """The address of the list of a cell's rows."""
        return f"/{self.report.entity.slug}/?{self.query(line, head, at, view_id=PLAIN)}"

    def query(self, line: Line, head: Key | None, at: int, view_id: str = "", *, explicit: bool = False) -> str:
        """The conditions of a cell as the query of an address, for lists and for the API."""
        report = self.report
        if line.keys and (text := self.terms(line, head, at)) is not None:  # by far the most cells of a large table
            past_day = self.word(past.NAME, report.as_of.text if report.as_of else "")
            return "&".join(
                [part for part in (self.word("view", view_id), text, self.word("q", report.q), past_day) if part]
            )
        look = Look(report.entity, filter=self.node(line, head, at), q=report.q, view_id=view_id, as_of=report.as_of)
        return look.query(explicit=explicit)

    def terms(self, line: Line, head: Key | None, at: int) -> str | None:
        """The conditions of a cell as parts of an address, each written once; None where plain parts cannot say one of them."""
        parts = [self.of_line(line), "" if head is None else self.of_key(head), self.of_column(at)]
        return joined(parts)

    def word(self, name: str, value: str) -> str:
        """A word of an address, kept for the next cell."""
        return self.once((name, value), lambda: urlencode({name: value}) if value else "") or ""

    def of_line(self, line: Line) -> str | None:
        """The conditions of a line, those of the whole report before them."""
        place = tuple([(id(key.dim), key.value) for key in line.keys])
        return self.once(place, lambda: joined([self.of_report(), *map(self.of_key, line.keys)]))

    def of_report(self) -> str | None:
        """The conditions of all cells."""
        return self.once("filter", lambda: plain(flat(self.report.filter)))

    def of_key(self, key: Key) -> str | None:
        """The conditions of a group."""
        return self.once((id(key.dim), key.value), lambda: plain(flat(key.dim.test(key.value))))

    def of_column(self, at: int) -> str | None:
        """The conditions of a figure."""
        return self.once(("column", at), lambda: plain(flat(self.columns[at].test() or EVERYTHING)))

    def once(self, place: Any, made: Callable[[], str | None]) -> str | None:
        """A part of an address, kept for the next cell."""
        if place not in self.kept:
            self.kept[place] = made()
        found: str | None = self.kept[place]
        return found


def joined(parts: list[str | None]) -> str | None:
    """Parts of an address together; None where one of them cannot be said."""
    known = [part for part in parts if part is not None]
    return "&".join([part for part in known if part]) if len(known) == len(parts) else None


def plain(nodes: Iterable[Node]) -> str | None:
    """Conditions as parts of an address; None where one of them holds others."""
    told = list(nodes)
    tests = [node for node in told if isinstance(node, Test)]
    return urlencode([("f", to_term(test)) for test in tests]) if len(tests) == len(told) else None


def flat(node: Node) -> tuple[Node, ...]:
    """Conditions that must all hold, without the group around them."""
    return node.nodes if isinstance(node, Group) and node.mode == "all" else (node,)
