r"""Patterns that administrators write for the values of a field, compared in time that grows with the text alone.

They look like regular expressions, but what is typed never reaches the `re` module, where one can take minutes (C14): a
pattern becomes a machine of states that reads each sign once. It knows letters as they are, `.`, `[A-Z0-9_]`, `[^…]`, `\d`,
`\w`, `\s`, `\.` and the like, groups, `|`, and `?`, `*`, `+`, `{2}`, `{2,}`, `{2,4}`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

MOST_STATES, MOST_KNOWN, MOST_REPEATS, MOST_DEPTH = 2000, 5000, 200, 10
#: Numbers of states that the sets of one machine hold together.
MOST_HELD = 50_000
SPECIAL = frozenset("()[]{}|?*+.\\^$")
type Accepts = Callable[[str], bool]
type Part = tuple[object, ...]


class BadPattern(ValueError):
    """A pattern that cannot be read; `at` is the place, counted from 1."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


# --- reading ------------------------------------------------------------------------------------------------------------


class Reader:
    """Reads a pattern into a tree: ("sign", accepts), ("row", parts), ("either", parts), ("times", part, least, most)."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0

    @property
    def sign(self) -> str:
        """The sign that comes next; empty at the end."""
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        """The next sign, which is then behind us."""
        sign = self.sign
        if not sign:
            raise BadPattern(self.at + 1)
        self.at += 1
        return sign

    def whole(self) -> Part:
        """The whole pattern."""
        made = self.either()
        if self.sign:
            raise BadPattern(self.at + 1)
        return made

    def either(self) -> Part:
        """Ways with bars between them."""
        ways = [self.row()]
        while self.sign == "|":
            self.take()
            ways.append(self.row())
        return ways[0] if len(ways) == 1 else ("either", ways)

    def row(self) -> Part:
        """Parts that follow each other."""
        parts = []
        while self.sign and self.sign not in "|)":
            parts.append(self.repeated())
        return ("row", parts)

    def repeated(self) -> Part:
        """One part, as often as it says."""
        made = self.one()
        if self.sign not in ("?", "*", "+", "{"):
            return made
        least, most = self.times()
        if self.sign in ("?", "*", "+", "{"):
            raise BadPattern(self.at + 1)
        return ("times", made, least, most)

    def times(self) -> tuple[int, int | None]:
        """How often; None stands for "without end"."""
        sign = self.take()
        if sign != "{":
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        least = self.number()
        most: int | None = least
        if self.sign == ",":
            self.take()
            most = None if self.sign == "}" else self.number()
        if self.take() != "}" or (most is not None and most < least):
            raise BadPattern(self.at)
        return least, most

    def number(self) -> int:
        """A small whole number."""
        begin = self.at
        while self.sign and self.sign in "0123456789":
            self.at += 1
        digits = self.text[begin : self.at]
        if not digits or len(digits) > 3 or int(digits) > MOST_REPEATS:
            raise BadPattern(begin + 1)
        return int(digits)

    def one(self) -> Part:
        """One sign, one choice of signs, or a group."""
        sign = self.take()
        if sign == "(":
            return self.group()
        if sign == "[":
            return ("sign", self.choice())
        if sign == ".":
            return ("sign", lambda _one: True)
        if sign == "\\":
            return ("sign", self.escaped())
        if sign in SPECIAL:
            raise BadPattern(self.at)
        return ("sign", sign.__eq__)

    def group(self) -> Part:
        """What stands in brackets; `(?:` is the same, anything else after `(?` is not known here."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise BadPattern(self.at)
        if self.text[self.at : self.at + 2] == "?:":
            self.at += 2
        made = self.either()
        if self.sign != ")":
            raise BadPattern(self.at + 1)
        self.take()
        self.depth -= 1
        return made

    def escaped(self) -> Accepts:
        """What follows a backslash."""
        sign = self.take()
        kinds: dict[str, Accepts] = {
            "d": str.isdecimal, "w": is_word, "s": str.isspace, "D": lambda one: not one.isdecimal(), "W": lambda one: not is_word(one), "S": lambda one: not one.isspace(),
        }  # fmt: skip
        if sign in kinds:
            return kinds[sign]
        if sign.isalnum():  # something that `re` knows and this does not, such as what was found before
            raise BadPattern(self.at)
        return sign.__eq__

    def choice(self) -> Accepts:
        """Signs in square brackets."""
        negated = self.sign == "^"
        if negated:
            self.take()
        kinds: list[Accepts] = []
        while self.sign != "]" or not kinds:
            kinds.append(self.span())
        self.take()
        return lambda one: any(kind(one) for kind in kinds) != negated

    def span(self) -> Accepts:
        """One sign of a choice, or a span such as A-Z."""
        first = self.take()
        if first == "\\":
            return self.escaped()
        if self.sign != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first.__eq__
        self.take()
        last = self.take()
        if last == "\\" or last < first:
            raise BadPattern(self.at)
        return lambda one: first <= one <= last


def is_word(sign: str) -> bool:
    """Letters of any script, digits, the underscore."""
    return sign.isalnum() or sign == "_"


# --- the machine --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class State:
    """One place of the machine: where it goes on without a sign, and the signs that lead to the next place."""

    free: list[int] = field(default_factory=list)
    accepts: Accepts | None = None


@dataclass(slots=True)
class Machine:
    """States; a sign leads from a state to the one behind it. Which states a set of them leads to is worked out once per sign."""

    states: list[State] = field(default_factory=list)
    known: dict[tuple[frozenset[int], str], frozenset[int]] = field(default_factory=dict)
    #: The sets there are, so that equal ones are one; how many numbers they hold.
    sets: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    held: int = 0
    first: frozenset[int] = frozenset()
    last: int = 0

    def new(self) -> int:
        """One more state."""
        if len(self.states) >= MOST_STATES:
            raise BadPattern(1)
        self.states.append(State())
        return len(self.states) - 1

    def add(self, part: Part) -> tuple[int, int]:
        """The states of a part: its first and its last."""
        kind, what = part[0], part[1]
        if kind == "sign":
            start = self.new()
            self.states[start].accepts = what  # type: ignore[assignment]
            return start, self.new()
        if kind == "row":
            return self.row(what)  # type: ignore[arg-type]
        if kind == "either":
            return self.either(what)  # type: ignore[arg-type]
        return self.times(what, part[2], part[3])  # type: ignore[arg-type]

    def row(self, parts: list[Part]) -> tuple[int, int]:
        """Parts that follow each other."""
        first = last = self.new()
        for part in parts:
            start, end = self.add(part)
            self.states[last].free.append(start)
            last = end
        return first, last

    def either(self, parts: list[Part]) -> tuple[int, int]:
        """One of several ways."""
        first, ends = self.new(), []
        for part in parts:
            start, end = self.add(part)
            self.states[first].free.append(start)
            ends.append(end)
        last = self.new()
        for end in ends:
            self.states[end].free.append(last)
        return first, last

    def times(self, part: Part, least: int, most: int | None) -> tuple[int, int]:
        """A part several times: those that must be, then those that may be, or one that goes round."""
        first, last = self.row([part] * least)
        if most is None:
            start, end = self.add(part)
            self.states[last].free.append(start)
            self.states[end].free.append(last)
            return first, last
        behind = self.new()
        for _time in range(most - least):
            self.states[last].free.append(behind)
            start, end = self.add(part)
            self.states[last].free.append(start)
            last = end
        self.states[last].free.append(behind)
        return first, behind

    def spread(self, states: set[int]) -> frozenset[int]:
        """These states and all that they lead to without a sign."""
        found, open_ones = set(states), list(states)
        while open_ones:
            for state in self.states[open_ones.pop()].free:
                if state not in found:
                    found.add(state)
                    open_ones.append(state)
        return frozenset(found)

    def fits(self, text: str) -> bool:
        """Whether the whole text fits."""
        here = self.first
        for sign in text:
            step = self.known.get((here, sign))
            if step is None:
                if len(self.known) >= MOST_KNOWN or self.held > MOST_HELD:
                    self.known.clear()
                    self.sets.clear()
                    self.held = 0
                next_ones = {state + 1 for state in here if (kind := self.states[state].accepts) and kind(sign)}
                step = self.spread(next_ones)
                if step not in self.sets:
                    self.sets[step] = step
                    self.held += len(step)
                step = self.known[here, sign] = self.sets[step]
            here = step
            if not here:
                return False
        return self.last in here


@lru_cache(maxsize=200)
def machine(pattern: str) -> Machine:
    """The machine of a pattern; raises BadPattern."""
    made = Machine()
    first, made.last = made.add(Reader(pattern).whole())
    made.first = made.spread({first})
    return made


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern."""
    return machine(pattern).fits(text)
