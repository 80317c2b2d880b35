"""What happens to leads and opportunities later or on a clock: scores, amounts in the base currency."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import store, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.jobs import asked_enough, job, wake
from kith.core.rates import base
from kith.core.staged import CLOSED

from . import confirming, lines, scoring

CHUNK = 2000
#: Seconds in which closings gather before scores are computed anew.
SOON = 60


@job("sales.score_leads", lock="sales.score_leads", retry=3)
def score_leads() -> Mapping[str, Any]:
    """Score open leads by what was qualified or not until now."""
    asked_enough(score_leads)
    return {"changed": scoring.renew("sales.lead")}


@job("sales.score_opportunities", lock="sales.score_opportunities", retry=3)
def score_opportunities() -> Mapping[str, Any]:
    """Score open opportunities by what was won and lost until now."""
    asked_enough(score_opportunities)
    return {"changed": scoring.renew("sales.opportunity")}


def ask_scores(label: str) -> None:
    """Have the scores of a kind computed anew within minutes; however much is closed meanwhile, once."""
    wake({"sales.lead": score_leads, "sales.opportunity": score_opportunities}[label], after=SOON)


@job("sales.score_all", periodic="40 2 * * *", retry=3, label=_("Recompute scores"))
def score_all() -> Mapping[str, Any]:
    """Score all leads and opportunities: tags, countries and the like of parties change too."""
    return {label: scoring.renew(label, everything=True) for label in scoring.SCORED}


@job("sales.convert", lock="sales.convert", periodic="20 0 * * *", retry=3)
def convert() -> Mapping[str, Any]:
    """Amounts of open opportunities in the base currency, by the rates of today (R6)."""
    asked_enough(convert)
    return {"changed": sum(convert_some(keys) for keys in foreign())}


def foreign() -> Iterator[list[Any]]:
    """Open opportunities in another currency than the base, in chunks."""
    rows = registry.get("sales.opportunity").rows(SYSTEM).exclude(state__in=CLOSED).exclude(amount=None)
    rows, last = rows.exclude(amount_currency=base()).order_by("pk"), None
    while keys := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        last = keys[-1]


def convert_some(keys: list[Any]) -> int:
    """Convert these; the amount in base currency follows from amount and rate, so the ledger has no line of it."""
    entity = registry.get("sales.opportunity")
    with change_set(SYSTEM, kind="rates", entity=entity.label):
        changed = []
        for record in writes.lock(entity, keys):
            found = None if not record.is_open else lines.in_base(entity.fields["amount"].get(record), None)
            if record.is_open and found != record.amount_base:
                record.amount_base = found
                changed.append(record)
        if changed:
            store.update(entity.model, changed, ("amount_base",))
    return len(changed)


send_confirmation, forget_unconfirmed = confirming.send_confirmation, confirming.forget_unconfirmed
