"""The dry run: what the rules would have done with the real records of the last days, day by day; nothing is written."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.entity import Entity

from . import candidates, explaining
from .choosing import Dealer, quota
from .running import Decision, decide

MOST = 2000
DAYS = (1, 7, 30, 90)


@dataclass(frozen=True, slots=True)
class Line:
    """One record: when it came, what the rules would do, who owns it now."""

    record: UUID
    day: dt.date
    words: str
    owner: UUID | None
    pool: UUID | None
    now: UUID | None

    @property
    def is_same(self) -> bool:
        """Whether the rules would give it to whom it belongs."""
        return self.owner is not None and self.owner == self.now


@dataclass
class Rehearsal:
    """All lines, and how many each person would get."""

    lines: list[Line] = field(default_factory=list)
    tally: Counter[UUID] = field(default_factory=Counter)
    waiting: int = 0
    pooled: int = 0
    more: bool = False


def rehearse(entity: Entity, rules: Sequence[Any], days: int) -> Rehearsal:
    """Give each day's new records, and those left from the days before, with that day's quotas."""
    since = timezone.now() - dt.timedelta(days=days)
    rows = list(entity.rows(SYSTEM).filter(created_at__gte=since).order_by("created_at", "pk").values_list("pk", "created_at", "owner_id")[: MOST + 1])  # fmt: skip
    made, known = Rehearsal(more=len(rows) > MOST), rows[:MOST]
    by_day: dict[dt.date, list[UUID]] = {}
    for key, at, _owner in known:
        by_day.setdefault(timezone.localtime(at).date(), []).append(key)
    owners = {key: owner for key, _at, owner in known}
    table = Table(entity, [key for key, _at, _owner in known])
    final: dict[UUID, tuple[dt.date, Decision]] = {}
    left: list[UUID] = []
    for day, fresh in by_day.items():
        table.next_day()
        left = one_day(entity, rules, [*left, *fresh], day, table, final)
    for key, (day, decision) in final.items():
        made.lines.append(Line(key, day, explaining.words(decision.why), decision.owner, decision.pool, owners[key]))
    made.tally = Counter(line.owner for line in made.lines if line.owner)
    made.pooled = sum(1 for line in made.lines if line.pool)
    made.waiting = sum(1 for line in made.lines if not line.owner and not line.pool)
    return made


def one_day(entity: Entity, rules: Sequence[Any], keys: list[UUID], day: dt.date, table: "Table", final: dict[UUID, tuple[dt.date, Decision]]) -> list[UUID]:  # fmt: skip
    """Decide about a day's records; gives those that wait for the next day."""
    decisions = decide(entity, rules, keys, table.seat)
    for one in decisions:
        final[one.record] = (day, one)
    return [one.record for one in decisions if not one.owner and not one.pool]


class Table:
    """The dealers of a rehearsal: whose turn it is goes on from day to day, quotas begin anew."""

    def __init__(self, entity: Entity, keys: Sequence[UUID]) -> None:
        self.entity, self.keys = entity, keys
        self.dealers: dict[Any, Dealer] = {}

    def seat(self, rule: Any, entity: Entity, keys: Sequence[UUID]) -> Dealer:
        """The dealer of a rule, made once for all records."""
        if rule.pk not in self.dealers:
            self.dealers[rule.pk] = candidates.dealer(rule, self.entity, self.keys, rehearsed=True)
        return self.dealers[rule.pk]

    def next_day(self) -> None:
        """New quotas."""
        for dealer in self.dealers.values():
            for seat in dealer.seats:
                if seat.capacity is not None:
                    seat.quota = max(0, quota(seat.capacity))


def with_rule(rule: Any, others: Sequence[Any]) -> list[Any]:
    """The rules that are on, and the rehearsed one even while it is off, in their order."""
    rules = [rule, *(other for other in others if other.pk != rule.pk)]
    return sorted(rules, key=lambda one: (one.position, one.name, one.pk))
