"""The reader's own deals that need a look: what is wrong with how many, and the largest of them with the reasons."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import prepared, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ui import formats
from kith.core.ui.home_blocks import sentence
from kith.core.ui.tiles import counted
from kith.processes import rotting
from kith.processes.book import book

from ..steering.team import SILENT
from . import pipeline, scope

MOST = 6
AMOUNT = ("amount", "amount_base")


@dataclass(frozen=True, slots=True)
class Line:
    """A deal with the reasons why it needs a look, the worst first."""

    deal: Any
    about: str
    reasons: tuple[tuple[str, str], ...]
    amount: Any


@scope.once
def lines(actor: Actor) -> list[Line]:
    """The largest deals that need a look."""
    if not pipeline.totals(actor).flagged:
        return []
    deals = prepared.of_day(actor, ("deals that need a look", book()), lambda: flagged(actor))
    entity, money = registry.get(scope.DEALS), scope.sees(actor, scope.DEALS, *AMOUNT)
    seen = [entity.fields[name] for name in ("company", "person") if scope.sees(actor, scope.DEALS, name)]
    found = titles.for_records(actor, seen, deals)
    step = scope.sees(actor, scope.DEALS, "next_step")
    return [
        Line(deal, about(deal, found), tuple(reasons(deal, step)), deal.amount if money else None) for deal in deals
    ]


def flagged(actor: Actor) -> "QuerySet[Any]":
    """The largest of the reader's own deals that have a sign, each with all of its signs."""
    asked = pipeline.conditions(actor)
    flags = {f"is_{key}": ExpressionWrapper(one, output_field=BooleanField()) for key, one in asked.items()}
    order = (F("amount_base").desc(nulls_last=True), "pk") if scope.sees(actor, scope.DEALS, *AMOUNT) else ("-updated_at", "pk")  # fmt: skip
    mine = registry.get(scope.DEALS).rows(actor).filter(pipeline.any_of(asked.values()), owner=actor.id)
    largest: QuerySet[Any] = mine.annotate(**flags).only(*scope.COLUMNS).order_by(*order)[:MOST]
    return largest


def about(deal: Any, found: titles.Titles) -> str:
    """Whose deal it is."""
    return next((title.text for title in scope.customers(deal, found)), "")


def reasons(deal: Any, names_step: bool) -> list[tuple[str, str]]:
    """Why it needs a look: tone and words."""
    told: list[tuple[str, str]] = []
    if getattr(deal, "is_late_close", False):
        told.append(("bad", _("close was %(day)s") % {"day": formats.day(deal.closes_on)}))
    if getattr(deal, "is_step_due", False):
        late = deal.next_step_on < timezone.localdate()
        step = (names_step and deal.next_step) or _("next step")
        told.append(("bad" if late else "warn", f"{step} · {formats.day(deal.next_step_on)}"))
    if getattr(deal, "is_no_step", False):
        told.append(("warn", _("no next step")))
    if getattr(deal, "is_stuck", False):
        days = rotting.days(deal)
        told.append(("warn", ngettext("stuck for %(num)s day", "stuck for %(num)s days", days) % {"num": days}))
    if getattr(deal, "is_silent", False):
        days = max((timezone.now() - deal.updated_at).days, SILENT)
        told.append(("warn", ngettext("silent for %(num)s day", "silent for %(num)s days", days) % {"num": days}))
    return told


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None while nothing needs a look."""
    found, totals = lines(actor), pipeline.totals(actor)
    if not found:
        return None
    told = ngettext("%(num)s deal that needs a look", "%(num)s deals that need a look", totals.flagged)
    chips = [
        (sign.label, counted(totals.signs[sign.key]), sign.rows("me"))
        for sign in pipeline.signs(actor)
        if totals.signs.get(sign.key)
    ]
    return {"lines": found, "chips": chips, "count": totals.flagged, "brief": told % {"num": totals.flagged}}


def note(actor: Actor) -> dict[str, Any] | None:
    """The one that cannot wait: the largest that should have closed, or does not move."""
    for line in lines(actor):
        if getattr(line.deal, "is_late_close", False) or getattr(line.deal, "is_stuck", False):
            named = line.deal.name if line.about in line.deal.name else f"{line.deal.name} · {line.about}"
            return {"line": line, "what": named, "why": sentence([words for _tone, words in line.reasons])}
    return None
