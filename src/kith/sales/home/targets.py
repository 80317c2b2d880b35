"""Targets that run today: the reader's, and for whoever has people below theirs and those of the department."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kith.core import prepared, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.titles import HEAVY

from ..steering import addresses
from ..steering import targets as steering
from ..steering.periods import Kind, Period
from . import scope

MOST = 6


@scope.once
def running(actor: Actor) -> list[Any]:
    """The targets that run today, the largest first."""
    if not scope.sees(actor, steering.LABEL, *steering.FIELDS):
        return []
    return prepared.of_day(actor, "targets that run", lambda: of_today(actor))


def of_today(actor: Actor) -> "QuerySet[Any]":
    """The same as rows."""
    day, entity = timezone.localdate(), registry.get(steering.LABEL)
    mine = Q(person__in=scope.people(actor))
    if actor.report_ids and actor.unit_id:
        mine |= Q(unit=actor.unit_id)
    rows = entity.rows(actor).filter(mine, starts_on__lte=day, ends_on__gte=day)
    linked = ("person", "unit", "territory", "product")
    heavy = [*HEAVY, *(f"{name}__{column}" for name in linked for column in HEAVY)]
    return rows.select_related(*linked).defer(*heavy).order_by("-value", "pk")


def period(actor: Actor) -> Period:
    """The quarter; the month or the year where only they have a target of won amounts for people."""
    today = timezone.localdate()
    kinds: tuple[Kind, ...] = ("quarter", "month", "year")
    for kind in kinds:
        found = Period.holding(kind, today)
        if of_period(actor, found):
            return found
    return Period.holding("quarter", today)


def of_period(actor: Actor, asked: Period) -> Decimal:
    """What the reader and everybody below are to win in a period, as far as each has a target of just these days."""
    whole = [
        target.value for target in running(actor)
        if target.metric == "won_amount" and target.person_id and (target.starts_on, target.ends_on) == (asked.first, asked.last)
        and not (target.unit_id or target.territory_id or target.product_id)
    ]  # fmt: skip
    return sum(whole, Decimal(0))


@dataclass(frozen=True, slots=True)
class Line:
    """A target with what was reached and how much of its time has passed."""

    target: Any
    reached: Decimal
    href: str
    is_money: bool
    pace: Decimal

    @property
    def share(self) -> Decimal:
        """Reached of the target, in percent."""
        return Decimal(self.reached * 100 / self.target.value)

    @property
    def is_behind(self) -> bool:
        """Whether less was reached than the time that has passed would ask for."""
        return self.share < self.pace


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None without a target. Sums need the fields that they are made of."""
    shown = [target for target in running(actor) if steering.may_count(actor, target)][:MOST]
    if not shown:
        return None
    found = steering.reached(actor, shown)
    lines = [
        Line(
            target, found[target.pk], addresses.of_node(steering.METRICS[target.metric].entity, steering.rows_of(target)),
            bool(steering.METRICS[target.metric].sum), steering.pace(target),
        )
        for target in shown
    ]  # fmt: skip
    return {"lines": lines, "currency": rates.base(), "place": "main" if actor.report_ids else "side"}
