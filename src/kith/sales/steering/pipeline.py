"""The pipeline report: what was created in a period, how much of it came to an offer, and how that ended, by person (R167).

1. Leads that became nothing yet and opportunities count; a converted lead is its opportunity.
2. An opportunity is converted once an offer was out: it was in a stage that stands for one (a setting names them by key), or it was won.
3. The second part is about those converted or lost.
Amounts are in the base currency: of opportunities as they are kept, of leads by today's rate.
"""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from kith.core import access, conversion
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Group, Node, Test, compile_filter
from kith.core.money import round_to
from kith.processes.book import book
from kith.sales import preferences

from .periods import Period

DEALS, LEADS = "sales.opportunity", "sales.lead"
PLACES = Decimal("0.0001")


@dataclass(slots=True)
class Line:
    """The figures of one person, or of all together."""

    leads: int = 0
    deals: int = 0
    amount: Decimal = Decimal(0)
    converted: int = 0
    converted_amount: Decimal = Decimal(0)
    decided: int = 0
    won: int = 0
    won_amount: Decimal = Decimal(0)
    lost: int = 0

    @property
    def number(self) -> int:
        """Leads and opportunities together."""
        return self.leads + self.deals

    @property
    def rate(self) -> Decimal | None:
        """Converted of the number, to 4 places; none of nothing (R163)."""
        return share(self.converted, self.number)

    @property
    def win_rate(self) -> Decimal | None:
        """Won of those converted or lost."""
        return share(self.won, self.decided)

    def add(self, other: "Line") -> None:
        """Add the figures of another line."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole`, to 4 places."""
    return round_to(Decimal(part) / whole, PLACES) if whole else None


@dataclass(frozen=True, slots=True)
class Condition:
    """The rows behind a figure: whose, and the conditions."""

    entity: str
    tests: tuple[Node, ...] = ()


def offered() -> Node:
    """Deals for which an offer was out at some time, or that were won."""
    keys = preferences.get("pipeline.offer_stages")
    stages = [str(stage.pk) for stage in book().stages.values() if stage.key in keys]
    return Group("any", (Test("reached", "any", stages), Test("state", "any", ["won"])))


def conditions() -> dict[str, Condition]:
    """What each number counts, besides the period and the person."""
    won, lost = Test("state", "any", ["won"]), Test("state", "any", ["lost"])
    return {
        "leads": Condition(LEADS, (Test("opportunity", "empty"),)),
        "deals": Condition(DEALS),
        "converted": Condition(DEALS, (offered(),)),
        "decided": Condition(DEALS, (Group("any", (offered(), lost)),)),
        "won": Condition(DEALS, (won,)),
        "lost": Condition(DEALS, (lost,)),
    }


def rows_of(name: str, period: Period, owner: UUID | None = None, *, of_all: bool = True) -> tuple[str, Node]:
    """The rows of a figure, of one person or of all: what its number opens."""
    found = conditions()[name]
    days = Test("created_at", "between", [period.first.isoformat(), period.last.isoformat()])
    whose = () if of_all else (Test("owner", "any", [str(owner)]) if owner else Test("owner", "empty"),)
    return found.entity, Group("all", (days, *whose, *found.tests))


def lines(actor: Actor, period: Period) -> dict[UUID | None, Line]:
    """The figures by owner, of the rows that the reader may see; one query for each kind of record."""
    found: dict[UUID | None, Line] = {}
    for owner, count, amount in of_leads(actor, period):
        line = found.setdefault(owner, Line())
        line.leads, line.amount = count, line.amount + amount
    for owner, *figures in of_deals(actor, period):
        line = found.setdefault(owner, Line())
        (
            line.deals,
            amount,
            line.converted,
            line.converted_amount,
            line.decided,
            line.won,
            line.won_amount,
            line.lost,
        ) = figures
        line.amount += amount
    return found


def total(found: dict[UUID | None, Line]) -> Line:
    """All lines together."""
    whole = Line()
    for line in found.values():
        whole.add(line)
    return whole


def of_leads(actor: Actor, period: Period) -> "QuerySet[Any, Any] | list[Any]":
    """Owner, number and amount of the leads that became nothing yet; none for those who may not see leads or their amounts."""
    entity = registry.get(LEADS)
    if not access.allowed(actor, entity, "view") or not {"owner", "created_at", "opportunity"} <= access.readable(
        actor, entity
    ):
        return []
    label, node = rows_of("leads", period)
    may_sum = "amount" in access.readable(actor, entity)
    amount = conversion.of_field(entity, entity.fields["amount"]) if may_sum else Value(Decimal(0), DecimalField())
    rows = registry.get(label).rows(actor).filter(compile_filter(entity, node, access.SYSTEM, me=actor)).order_by()
    figures: dict[str, Any] = {"n": Count("pk"), "sum": nothing_as_zero("base_amount", Q())}
    found: QuerySet[Any, Any] = rows.annotate(base_amount=amount).values("owner").annotate(**figures)
    return found.values_list("owner", "n", "sum")


def of_deals(actor: Actor, period: Period) -> "QuerySet[Any, Any]":
    """Owner and the figures of the opportunities."""
    entity = registry.get(DEALS)

    def where(name: str) -> Q:
        return compile_filter(entity, Group("all", conditions()[name].tests), access.SYSTEM, me=actor)

    _label, node = rows_of("deals", period)
    rows = entity.rows(actor).filter(compile_filter(entity, node, access.SYSTEM, me=actor)).order_by()
    figures: dict[str, Any] = {"n": Count("pk"), "amount_sum": nothing_as_zero("amount_base", Q())}
    for name in ("converted", "decided", "won", "lost"):
        figures[f"n_{name}"] = Count("pk", filter=where(name))
        if name in ("converted", "won"):
            figures[f"sum_{name}"] = nothing_as_zero("amount_base", where(name))
    order = ("n", "amount_sum", "n_converted", "sum_converted", "n_decided", "n_won", "sum_won", "n_lost")
    found: QuerySet[Any, Any] = rows.values("owner").annotate(**figures).values_list("owner", *order)
    return found


def nothing_as_zero(name: str, where: Q) -> Coalesce:
    """A sum that is 0 where there is nothing to add up."""
    return Coalesce(Sum(name, filter=where) if where else Sum(name), Decimal(0), output_field=DecimalField())
