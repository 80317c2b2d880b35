"""What was reached of targets, and day by day: every figure is a filter on rows that the reader may see (B18)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import NullIf, TruncDate
from django.utils import timezone

from kith.core import access
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.filters import Group, Node, Test, compile_filter
from kith.core.titles import HEAVY

from .facts import PRODUCT


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure: whose rows, the moment or day that puts them into the period, what else they meet, what is summed."""

    entity: str
    day: str
    tests: tuple[Test, ...] = ()
    sum: str = ""
    person: str = "owner"


LABEL, AT_ONCE = "sales.salestarget", 100
#: What a target says.
FIELDS = frozenset({"metric", "value", "starts_on", "ends_on", "person", "unit", "territory", "product"})
#: Of a line, its share of the amount of its deal in the base currency, added up.
PART = F("quantity") * F("price") * (100 - F("discount")) / 100
SHARE = Sum(
    PART * F("opportunity__amount_base") / NullIf(F("opportunity__amount"), Decimal(0)), output_field=DecimalField()
)
METRICS = {
    "won_amount": Metric("sales.opportunity", "closed_at", (Test("state", "any", ["won"]),), "amount_base"),
    "won_count": Metric("sales.opportunity", "closed_at", (Test("state", "any", ["won"]),)),
    "created_amount": Metric("sales.opportunity", "created_at", (), "amount_base"),
    "created_count": Metric("sales.opportunity", "created_at"),
    "leads_qualified": Metric("sales.lead", "closed_at", (Test("state", "any", ["won"]),)),
    "tasks_done": Metric("activities.task", "done_at", (Test("status", "any", ["done"]),), person="assignee"),
}


def running(actor: Actor, first: dt.date, last: dt.date) -> list[Any]:
    """The targets of these days, the largest of each metric first, as far as the actor may read them and what counts for them."""
    entity = registry.get(LABEL)
    if not access.readable(actor, entity) >= FIELDS:
        return []
    rows = entity.rows(actor).filter(starts_on__lte=last, ends_on__gte=first)
    linked = ("person", "unit", "territory", "product")
    heavy = [*HEAVY, *(f"{name}__{column}" for name in linked for column in HEAVY)]
    found = rows.select_related(*linked).defer(*heavy).order_by("metric", "-value", "pk")
    return [target for target in found if may_count(actor, target)]


def may_count(actor: Actor, target: Any) -> bool:
    """Whether the reader may know what counts for a target."""
    metric = METRICS[target.metric]
    fields = {metric.day, metric.person, *(test.field for test in metric.tests), *([metric.sum] if metric.sum else [])}
    entity = registry.get(metric.entity)
    return access.allowed(actor, entity, "view") and fields <= access.readable(actor, entity)


def rows_of(target: Any) -> Node:
    """The rows that count for a target, as a filter: what its number opens."""
    metric = METRICS[target.metric]
    days = Test(metric.day, "between", [target.starts_on.isoformat(), target.ends_on.isoformat()])
    return Group("all", (*metric.tests, days, *scope(target, metric)))


def scope(target: Any, metric: Metric) -> list[Node]:
    """Whose rows: those of the person, of the people of the department and those below it, of the territory, with the product."""
    found: list[Node] = []
    if target.person_id:
        found.append(Test(metric.person, "any", [str(target.person_id)]))
    if target.unit_id:
        found.append(Test(f"{metric.person}.org_unit", "within", [str(target.unit_id)]))
    if target.territory_id and metric.entity != "activities.task":
        found.append(Test("territory", "within", [str(target.territory_id)]))
    if target.product_id and metric.entity == "sales.opportunity":
        found.append(Test(PRODUCT, "any", [str(target.product_id)]))
    return found


def reached(actor: Actor, targets: Sequence[Any]) -> dict[Any, Decimal]:
    """What was reached of each target, of the rows the reader may see; a query for each kind of figure and hundred targets."""
    by_metric: dict[str, list[Any]] = defaultdict(list)
    for target in targets:
        by_metric[target.metric].append(target)
    found: dict[Any, Decimal] = {}
    for name, mine in by_metric.items():
        metric = METRICS[name]
        entity = registry.get(metric.entity)
        whole = [target for target in mine if not (metric.sum and target.product_id)]
        for some in batched(whole, AT_ONCE, strict=False):
            sums = {f"t{at}": total(metric, condition(entity, target, actor)) for at, target in enumerate(some)}
            figures = entity.rows(actor).aggregate(**sums)
            found |= {target.pk: Decimal(figures[f"t{at}"] or 0) for at, target in enumerate(some)}
        found |= {target.pk: of_product(actor, entity, target) for target in mine if metric.sum and target.product_id}
    return found


def of_product(actor: Actor, entity: Entity, target: Any) -> Decimal:
    """The part of the amounts that lines of the product make, in the base currency."""
    return Decimal(lines_of(actor, entity, target).aggregate(sum=SHARE)["sum"] or 0)


def lines_of(actor: Actor, entity: Entity, target: Any) -> QuerySet[Any]:
    """The lines of a target's product in its deals."""
    deals = entity.rows(actor).filter(condition(entity, target, actor))
    lines = registry.get("sales.opportunityline").rows(SYSTEM).order_by()
    return lines.filter(product=target.product_id, opportunity__in=deals.order_by().values("pk"))


def condition(entity: Entity, target: Any, actor: Actor) -> Q:
    """The rows of a target as SQL; the scope is the target's, not a question of the reader's rights on fields."""
    return compile_filter(entity, rows_of(target), SYSTEM, me=actor)


def total(metric: Metric, where: Q) -> Any:
    """The sum or the number of the rows that meet a condition."""
    return Sum(metric.sum, filter=where) if metric.sum else Count("pk", filter=where)


def pace(target: Any) -> Decimal:
    """How much of the time of a target has passed, in percent."""
    whole: int = (target.ends_on - target.starts_on).days + 1
    passed = min(max((timezone.localdate() - target.starts_on).days + 1, 0), whole)
    return Decimal(passed) * 100 / whole


def burn_up(actor: Actor, target: Any) -> list[tuple[dt.date, Decimal]]:
    """What was reached until the end of each day on which something was, in order."""
    metric = METRICS[target.metric]
    entity = registry.get(metric.entity)
    figure: Sum | Count
    if metric.sum and target.product_id:
        rows, day, figure = lines_of(actor, entity, target), f"opportunity__{metric.day}", SHARE
    else:
        rows, day = entity.rows(actor).filter(condition(entity, target, actor)).order_by(), metric.day
        figure = Sum(metric.sum) if metric.sum else Count("pk")
    days = rows.annotate(on=TruncDate(day)).values_list("on").annotate(figure=figure).order_by("on")
    return list(added_up((on, Decimal(amount or 0)) for on, amount in days))


def added_up(days: Iterable[tuple[dt.date, Decimal]]) -> Iterable[tuple[dt.date, Decimal]]:
    """Running totals."""
    reached_so_far = Decimal(0)
    for day, amount in days:
        reached_so_far += amount
        yield day, reached_so_far
