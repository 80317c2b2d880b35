"""The score of a lead or an opportunity: naive Bayes over what was won and lost (R66-R70); pure arithmetic, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

#: Added to every count, so that nothing is impossible.
TENTH, FIFTH, HALF = Decimal("0.1"), Decimal("0.2"), Decimal("0.5")
LEAST, MOST = Decimal("0.01"), Decimal("99.99")
STAGE = "stage"
MOST_REASONS = 3
#: States of phone and e-mail, and which of them say nothing new on which side.
OK, BAD, EMPTY = "ok", "bad", "empty"
STATES = ("phone", "email")


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of a team: numbers won and lost, lost ones by position of their last open stage, values by field."""

    won: int = 0
    lost: int = 0
    stages: Mapping[int, int] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever won or lost."""
        return not (self.won or self.lost)


@dataclass(frozen=True, slots=True)
class Factor:
    """One value with what it does to the score: its factors for won and for lost."""

    field: str
    value: str
    won: Decimal
    lost: Decimal

    @property
    def impact(self) -> Decimal:
        """Above a half it speaks for winning, below against it (R70)."""
        return 1 - self.lost if self.field == STAGE else self.won / (self.won + self.lost)


@dataclass(frozen=True, slots=True)
class Score:
    """A score with what it is made of."""

    value: Decimal
    factors: tuple[Factor, ...]
    counts: Counts

    @property
    def good(self) -> list[Factor]:
        """The best three reasons, the best first."""
        found = [one for one in self.factors if one.impact > HALF and not (one.field in STATES and one.value != OK)]
        return sorted(found, key=lambda one: -one.impact)[:MOST_REASONS]

    @property
    def bad(self) -> list[Factor]:
        """The worst three reasons, the worst first; the first stage is none."""
        found = [one for one in self.factors if one.impact < HALF and not is_silent(one)]
        return sorted(found, key=lambda one: one.impact)[:MOST_REASONS]


def is_silent(factor: Factor) -> bool:
    """Whether a factor is never told as a bad reason."""
    return (factor.field in STATES and factor.value == OK) or (factor.field == STAGE and factor.lost == 1)


def compute(counts: Counts, position: int, values: Mapping[str, list[str]], *, least_tags: int = 0) -> Score:
    """The score of an open record in the stage at `position` with these values by field."""
    total = counts.won + counts.lost + FIFTH
    won, lost = (counts.won + TENTH) / total, (counts.lost + TENTH) / total
    factors = [stage_factor(counts, position)]
    for name, mine in values.items():
        seen = counts.values.get(name, {})
        factors += [
            value_factor(name, value, seen) for value in mine if value in seen and enough(name, seen[value], least_tags)
        ]
    for factor in factors:
        won, lost = won * factor.won, lost * factor.lost
    share = (100 * won / (won + lost)).quantize(LEAST, rounding=ROUND_HALF_UP)
    return Score(min(MOST, max(LEAST, share)), tuple(factors), counts)


def stage_factor(counts: Counts, position: int) -> Factor:
    """How far the lost ones came."""
    reached = sum(number for at, number in counts.stages.items() if at >= position)
    return Factor(STAGE, str(position), Decimal(1), (reached + TENTH) / (counts.lost + TENTH))


def enough(name: str, seen: tuple[int, int], least_tags: int) -> bool:
    """Whether a value was seen often enough to count."""
    return name != "tags" or sum(seen) >= least_tags


def value_factor(name: str, value: str, seen: Mapping[str, tuple[int, int]]) -> Factor:
    """How often won and lost ones had this value, among all values that were seen."""
    won = sum((one + TENTH for one, _lost in seen.values()), Decimal(0))
    lost = sum((one + TENTH for _won, one in seen.values()), Decimal(0))
    return Factor(name, value, (seen[value][0] + TENTH) / won, (seen[value][1] + TENTH) / lost)


def from_json(data: Mapping[str, Any]) -> Counts:
    """Counts as they are stored."""
    return Counts(
        data["won"],
        data["lost"],
        {int(at): number for at, number in data["stages"].items()},
        {name: {value: (pair[0], pair[1]) for value, pair in seen.items()} for name, seen in data["values"].items()},
    )
