"""The figures beside the greeting: won in the period against the target, weighted pipeline, win rate (R165, R168)."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import prepared, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Group, Test, compile_filter
from kith.core.ui import formats
from kith.core.ui.tiles import Range, Statistic, compared, counted, points, short

from ..steering import addresses
from ..steering.periods import Period
from . import pipeline, scope, targets

RATE_DAYS = 90
WON = Test("state", "any", ["won"])
ENDED = Test("state", "any", ["won", "lost"])
NOTHING_ENDED: dict[str, Any] = {
    "amount": Decimal(0), "amount_before": Decimal(0), "number": 0, "number_before": 0, "won": 0, "lost": 0, "won_before": 0, "lost_before": 0,
}  # fmt: skip


def closed(days: Range) -> Test:
    """Closed on these days."""
    return Test("closed_at", "between", days.dates)


def to_date(period: Period) -> Range:
    """A period until today."""
    return Range(period.first, timezone.localdate())


def context(actor: Actor) -> dict[str, Any] | None:
    """The figures; None for those who have no deals, or may not see what they are made of."""
    if not scope.sees(actor, scope.DEALS, *scope.MONEY):
        return None
    period = targets.period(actor)
    sums, totals, target = ended(actor), pipeline.totals(actor), targets.of_period(actor, period)
    if not (totals.count or target or any(sums.values())):
        return None
    return {"tiles": [won(actor, period, sums, target), weighted(actor, totals), win_rate(actor, sums)]}


@scope.once
def ended(actor: Actor) -> dict[str, Any]:
    """Numbers and sums of deals closed in the period so far and in the days before, one query."""
    period = targets.period(actor)
    found = prepared.of_day(actor, ("closed deals", period), lambda: by_state(actor, period))
    return {name: sum((row[name] for row in found), nothing) for name, nothing in NOTHING_ENDED.items()}


def by_state(actor: Actor, whole: Period) -> "QuerySet[Any, Any]":
    """The same apart for the won and the lost."""
    entity, period = registry.get(scope.DEALS), to_date(whole)
    rate = Range.last_days(RATE_DAYS, timezone.localdate())
    since = min(period.before.first, rate.before.first)
    asked = Group("all", (scope.whose(actor), ENDED, closed(Range(since, timezone.localdate()))))

    def on(days: Range, *states: str) -> Q:
        return Q(state__in=states) & compile_filter(entity, closed(days), actor)

    rows = entity.rows(actor).filter(compile_filter(entity, asked, actor)).order_by()
    parted: QuerySet[Any, Any] = rows.values("state").annotate(
        amount=Coalesce(Sum("amount_base", filter=on(period, "won")), Decimal(0)),
        amount_before=Coalesce(Sum("amount_base", filter=on(period.before, "won")), Decimal(0)),
        number=Count("pk", filter=on(period, "won")), number_before=Count("pk", filter=on(period.before, "won")),
        won=Count("pk", filter=on(rate, "won")), lost=Count("pk", filter=on(rate, "lost")),
        won_before=Count("pk", filter=on(rate.before, "won")), lost_before=Count("pk", filter=on(rate.before, "lost")),
    )  # fmt: skip
    return parted


def titled(actor: Actor, text: str) -> str:
    """The label of a figure, marked where it is the team's."""
    return _("Team: %(what)s") % {"what": text} if actor.report_ids else capfirst(text)


def won(actor: Actor, period: Period, sums: dict[str, Any], target: Decimal) -> Statistic:
    """What was won so far in the period, of what is to be won."""
    labels = {"month": _("won this month"), "quarter": _("won this quarter"), "year": _("won this year")}
    label, days, currency = titled(actor, labels[period.kind]), to_date(period), rates.base()
    of = formats.money(target, currency, short=True) if target else ""
    if not (sums["number"] or sums["number_before"] or target):
        return Statistic(label, key="won")
    return Statistic(
        label, formats.money(sums["amount"], currency, digits=0, short=True), key="won", of=of,
        href=addresses.rows(scope.DEALS, scope.whose(actor), WON, closed(days)),
        difference=compared(sums["amount"], sums["amount_before"], days.days, short(currency)) if sums["number"] or sums["number_before"] else None,
        share=sums["amount"] * 100 / target if target else None,
    )  # fmt: skip


def weighted(actor: Actor, totals: pipeline.Totals) -> Statistic:
    """Open deals by their probability: a stock, which has no range to compare."""
    label, href = titled(actor, _("weighted pipeline")), addresses.rows(scope.DEALS, scope.whose(actor), pipeline.OPEN)
    if not totals.count:
        return Statistic(label, key="weighted")
    told = ngettext("%(num)s open deal", "%(num)s open deals", totals.count) % {"num": counted(totals.count)}
    amount = formats.money(totals.weighted, rates.base(), digits=0, short=True)
    return Statistic(label, amount, href, extra=((told, href),), key="weighted")


def share(won: int, lost: int) -> Decimal | None:
    """The win rate in percent; nothing without a closed deal (R163)."""
    return Decimal(won * 100 / Decimal(won + lost)).quantize(Decimal(1)) if won + lost else None


def win_rate(actor: Actor, sums: dict[str, Any]) -> Statistic:
    """Won of won and lost in the last days, with the difference in percentage points."""
    label = titled(actor, _("win rate, %(days)s days") % {"days": RATE_DAYS})
    days = Range.last_days(RATE_DAYS, timezone.localdate())
    now, before = share(sums["won"], sums["lost"]), share(sums["won_before"], sums["lost_before"])
    if now is None:
        return Statistic(label, key="rate")

    def rows(test: Test) -> str:
        return addresses.rows(scope.DEALS, scope.whose(actor), test, closed(days))

    told = (
        (ngettext("%(num)s won", "%(num)s won", sums["won"]) % {"num": formats.num(sums["won"])}, rows(WON)),
        (ngettext("%(num)s lost", "%(num)s lost", sums["lost"]) % {"num": formats.num(sums["lost"])}, rows(Test("state", "any", ["lost"]))),
    )  # fmt: skip
    difference = compared(now, before, RATE_DAYS, points) if before is not None else None
    return Statistic(label, formats.percent(now / 100), rows(ENDED), difference, extra=told, key="rate")
