"""The open deals by stage, and how many of the reader's own need a look: one query for several cards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from kith.core import prepared, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Test, compile_filter
from kith.core.staged import CLOSED, GOING
from kith.processes.book import book

from ..steering import addresses, team
from ..steering.team import Sign
from . import scope

#: A deal that is expected to close in so many days closes soon.
SOON = 14
OPEN = Test("state", "not_any", [str(state) for state in CLOSED])
MOST = 8


@dataclass(slots=True)
class Totals:
    """Open deals of the reader and everybody below: number, sums in the base currency; the reader's own by sign."""

    count: int = 0
    weighted: Decimal = Decimal(0)
    soon: int = 0
    signs: dict[str, int] = field(default_factory=dict)
    flagged: int = 0
    stages: dict[UUID, tuple[int, Decimal]] = field(default_factory=dict)


def closing_soon() -> Test:
    """Deals expected to close soon."""
    return Test("closes_on", "next", f"{SOON} days")


def signs(actor: Actor) -> list[Sign]:
    """What the owner of a deal is told of, as far as its fields may be read."""
    known = {sign.key: sign for sign in (*team.signs(), team.step_due())}
    asked = [known[key] for key in ("late_close", "step_due", "no_step", "stuck", "silent")]
    return [sign for sign in asked if sign.is_known(actor)]


def conditions(actor: Actor) -> dict[str, Q]:
    """The signs in the database, by key; worked out where they are asked, since they hold the moment."""
    return {sign.key: sign.condition(actor) for sign in signs(actor)}


def any_of(parts: Iterable[Q]) -> Q:
    """Rows that meet any of some conditions."""
    whole = Q()
    for one in parts:
        whole |= one
    return whole


@scope.once
def totals(actor: Actor) -> Totals:
    """All of it; nothing for those who may not see what it is made of."""
    found = Totals()
    if not scope.sees(actor, scope.DEALS, "owner", "state", "stage"):
        return found
    for row in prepared.of_day(actor, ("open deals by stage", book()), lambda: rows(actor)):
        add(found, row)
    return found


def rows(actor: Actor) -> "QuerySet[Any, Any]":
    """Numbers by stage; of those with a sign only the reader's own."""
    entity, me = registry.get(scope.DEALS), Q(owner=actor.id)
    asked = conditions(actor)
    counts: dict[str, Any] = {f"n_{key}": Count("pk", filter=me & one) for key, one in asked.items()}
    if asked:
        counts["flagged"] = Count("pk", filter=me & any_of(asked.values()))
    if scope.sees(actor, scope.DEALS, *scope.MONEY):
        counts["sum_amount"] = Coalesce(Sum("amount_base"), Decimal(0))
        counts["sum_weighted"] = Coalesce(Sum(F("amount_base") * F("probability") / 100), Decimal(0))
        counts["soon"] = Count("pk", filter=Q(state="open") & compile_filter(entity, closing_soon(), actor))
    open_ones = entity.rows(actor).filter(owner__in=scope.people(actor), state__in=GOING).order_by()
    by_stage: QuerySet[Any, Any] = open_ones.values("stage_id").annotate(number=Count("pk"), **counts)
    return by_stage


def add(found: Totals, row: dict[str, Any]) -> None:
    """Add what the row of a stage says."""
    found.count += row["number"]
    found.soon += row.get("soon", 0)
    found.flagged += row.get("flagged", 0)
    found.weighted += row.get("sum_weighted", Decimal(0))
    found.stages[row["stage_id"]] = (row["number"], row.get("sum_amount", Decimal(0)))
    for name, value in row.items():
        if name.startswith("n_"):
            found.signs[name[2:]] = found.signs.get(name[2:], 0) + value


@dataclass(slots=True)
class Bar:
    """One stage, in whatever edition of its process."""

    label: str
    at: tuple[str, int]
    stages: list[UUID]
    count: int = 0
    amount: Decimal = Decimal(0)
    share: Decimal = Decimal(0)
    href: str = ""


def bars(actor: Actor) -> list[Bar]:
    """The stages in order; the longest bar is that of the largest sum, or number without sums."""
    found: dict[tuple[str, str], Bar] = {}
    for key, (count, amount) in totals(actor).stages.items():
        stage = book().stage(key)
        course = book().course(stage.process_id) if stage else None
        if stage is None or course is None:
            continue
        place = (str(course.process), stage.position)
        bar = found.setdefault((course.process.series, stage.key), Bar(str(stage), place, []))
        bar.stages.append(key)
        bar.count, bar.amount = bar.count + count, bar.amount + amount
    whole = sorted(found.values(), key=lambda bar: bar.at)[:MOST]
    top = max((bar.amount for bar in whole), default=Decimal(0))
    most = max((bar.count for bar in whole), default=0)
    for bar in whole:
        bar.share = bar.amount * 100 / top if top else Decimal(bar.count) * 100 / most
        keys = Test("stage", "any", [str(key) for key in bar.stages])
        bar.href = addresses.rows(scope.DEALS, scope.whose(actor), OPEN, keys)
    return whole


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None without open deals."""
    found = bars(actor)
    if not found:
        return None
    money = scope.sees(actor, scope.DEALS, *scope.MONEY)
    board = f"/{registry.get(scope.DEALS).slug}/board?f=owner:any:{scope.word(actor)}"
    return {"bars": found, "currency": rates.base(), "money": money, "board": board, "team": bool(actor.report_ids)}
