"""The forecast of the running period by category: of the reader, or of the team (G5)."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from kith.core import prepared, rates
from kith.core.access import Actor
from kith.processes.book import book

from ..steering import addresses
from ..steering import forecast as steering
from ..steering.periods import Period
from . import figures, pipeline, scope, targets


def labels() -> dict[str, str]:
    """Names of the categories."""
    return {"closed": _("won"), "commit": _("commit"), "best": _("best case"), "pipeline": _("pipeline")}


def by_category(actor: Actor, period: Period) -> "QuerySet[Any, Any]":
    """Number and amount of the deals in each category."""
    rows = steering.deals(actor, period.first, period.last).filter(owner__in=scope.people(actor)).order_by()
    parted: QuerySet[Any, Any] = rows.values_list("category").annotate(Count("pk"), Sum("amount_base"))
    return parted


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None without deals that count in the period."""
    if not scope.sees(actor, scope.DEALS, *scope.MONEY, "forecast_category", "counted_as", "process"):
        return None
    if not (pipeline.totals(actor).count or figures.ended(actor)["number"]):
        return None
    period = targets.period(actor)
    rows = prepared.of_day(actor, ("forecast", book(), period), lambda: by_category(actor, period))
    found = {name: (count, amount or Decimal(0)) for name, count, amount in rows}
    if not found:
        return None
    target = targets.of_period(actor, period)
    top = max([*(amount for _count, amount in found.values()), Decimal(1)])
    lines = [
        (label, amount * 100 / top, count, amount, addresses.rows(scope.DEALS, *steering.rows_of(period, scope.whose(actor), name)))
        for name, label in labels().items() if name in found for count, amount in [found[name]]
    ]  # fmt: skip
    expected = sum((found[name][1] for name in ("closed", "commit") if name in found), Decimal(0))
    return {
        "lines": lines, "currency": rates.base(), "period": period, "target": target, "expected": expected, "team": bool(actor.report_ids),
        "missing": target - expected, "place": "main" if actor.report_ids else "side", "href": f"/sales/forecast?kind={period.kind}&at={period.first.isoformat()}",
    }  # fmt: skip
