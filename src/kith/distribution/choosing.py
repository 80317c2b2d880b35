"""Who of several people gets which of several records: the methods of distribution as plain computation (R46, R47, R50).

A `Dealer` has seats in the order of the list and gives records to them, one method each; it knows no database.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

DAYS = 30


def quota(capacity: int, given: int = 0) -> int:
    """What is left of today's share of a monthly capacity: a thirtieth, half rounded up, minus what was given already (R47)."""
    return (2 * capacity + DAYS) // (2 * DAYS) - given


@dataclass(slots=True, eq=False)
class Seat:
    """One person who takes part: what may be given, and what was.

    `accepts`: records that the own filter lets through, None for all; `prefers`: those wished for; `matches`: those whose
    territory, language or skill is the person's, None where the method asks for none. `quota` None means no limit.
    """

    member: Any
    user: Any
    name: str
    weight: int = 1
    capacity: int | None = None
    quota: int | None = None
    load: int = 0
    given: int = 0
    accepts: Collection[Any] | None = None
    prefers: Collection[Any] = frozenset()
    matches: Collection[Any] | None = None
    stands_for: str = ""

    def takes(self, key: Any) -> bool:
        """Whether this record may go to this seat now."""
        return self.quota != 0 and self.weight > 0 and (self.accepts is None or key in self.accepts)

    def receive(self) -> None:
        """Count one more."""
        self.given += 1
        self.load += 1
        if self.quota is not None:
            self.quota -= 1


@dataclass(frozen=True, slots=True)
class Pick:
    """A record given to a seat: its place among how many that could take one, by which method."""

    seat: Seat
    place: int
    of: int
    by: str
    preferred: bool = False
    figure: int | None = None


@dataclass(slots=True)
class Dealer:
    """Gives records to seats by one method; goes on where it stopped when asked again."""

    method: str
    seats: Sequence[Seat]
    last: int = -1
    former: Mapping[Any, Any] = field(default_factory=dict)

    def deal(self, keys: Sequence[Any]) -> dict[Any, Pick]:
        """The records that found somebody, in the order given."""
        if self.method == "capacity":
            return by_quota(keys, self.seats)
        return {key: pick for key in keys if (pick := self.one(key))}

    def one(self, key: Any) -> Pick | None:
        """Who gets one record."""
        free = [seat for seat in self.seats if seat.takes(key)]
        pick = CHOOSE[self.method](self, key, free) if free else None
        if pick:
            pick.seat.receive()
            self.last = self.seats.index(pick.seat)
        return pick

    def in_turn(self, key: Any, free: list[Seat]) -> Pick:
        """The next in the list after the last one served (R46)."""
        order = [*range(self.last + 1, len(self.seats)), *range(self.last + 1)]
        at = next(at for at in order if self.seats[at] in free)
        return Pick(self.seats[at], at + 1, len(self.seats), "round_robin")

    def weighted(self, key: Any, free: list[Seat], by: str = "weighted") -> Pick:
        """Whoever would be least ahead of the own weight."""
        seat = min(free, key=lambda seat: (seat.given + 1) / seat.weight)
        return Pick(seat, free.index(seat) + 1, len(free), by, figure=seat.given)

    def least_busy(self, key: Any, free: list[Seat]) -> Pick:
        """Whoever has the fewest open records."""
        seat = min(free, key=lambda seat: seat.load)
        return Pick(seat, free.index(seat) + 1, len(free), "least_busy", figure=seat.load)

    def matching(self, key: Any, free: list[Seat]) -> Pick | None:
        """Among those whose territory, language or skill fits, whoever is least ahead."""
        fit = [seat for seat in free if seat.matches is not None and key in seat.matches]
        return self.weighted(key, fit, self.method) if fit else None

    def previous(self, key: Any, free: list[Seat]) -> Pick:
        """Whoever had it before; somebody new in turn."""
        seat = next((seat for seat in free if seat.user == self.former.get(key)), None)
        return Pick(seat, free.index(seat) + 1, len(free), "previous") if seat else self.in_turn(key, free)


CHOOSE: dict[str, Callable[[Dealer, Any, list[Seat]], Pick | None]] = {
    "round_robin": Dealer.in_turn, "weighted": Dealer.weighted, "least_busy": Dealer.least_busy, "previous": Dealer.previous,
    "territory": Dealer.matching, "language": Dealer.matching, "skill": Dealer.matching,
}  # fmt: skip


def by_quota(keys: Sequence[Any], seats: Iterable[Seat]) -> dict[Any, Pick]:
    """Two passes through a queue by quota (R50).

    1. Seats with a quota queue, the largest first, then in the order of the list.
    2. A record that somebody prefers goes to the first in the queue who accepts and prefers it.
    3. Each remaining record goes to the first in the queue who accepts it.
    4. Who has taken one goes to the end of the queue, who has used up the quota leaves it.
    """
    queue = deque(sorted((seat for seat in seats if (seat.quota or 0) > 0), key=lambda seat: -(seat.quota or 0)))
    picks: dict[Any, Pick] = {}
    for wanted in (True, False):
        for key in keys:
            if key not in picks and (pick := first_in(queue, key, wanted)):
                picks[key] = pick
    return {key: picks[key] for key in keys if key in picks}


def first_in(queue: deque[Seat], key: Any, preferred: bool) -> Pick | None:
    """The first in the queue who takes (and prefers) the record, sent to its end or, with the quota used up, away."""
    for at, seat in enumerate(queue):
        if seat.takes(key) and (not preferred or key in seat.prefers):
            pick = Pick(seat, at + 1, len(queue), "capacity", preferred, seat.quota)
            queue.remove(seat)
            seat.receive()
            if seat.quota:
                queue.append(seat)
            return pick
    return None


def spread(keys: Sequence[Any], people: Sequence[Any]) -> dict[Any, Any]:
    """Records to people in turn, beginning with the first (R46)."""
    return {key: people[at % len(people)] for at, key in enumerate(keys)} if people else {}


@dataclass(slots=True)
class Team:
    """One of several rules of a step: which records it accepts, how large it is, how many it has got in this run (R49)."""

    rule: UUID
    size: int
    accepts: Collection[Any]
    received: int = 0


def team_for(key: Any, teams: Iterable[Team]) -> Team | None:
    """The team that accepts the record and has got the least for its size; of equal ones the first (R49)."""
    fit = [team for team in teams if key in team.accepts]
    found = min(fit, key=lambda team: team.received / team.size if team.size else float("inf"), default=None)
    if found:
        found.received += 1
    return found
