"""Leads of the reader that wait for the first answer, the most urgent first."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kith.core import access, prepared, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.tally import tally
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.tiles import counted

from ..steering.team import Sign, signs
from . import scope

MOST = 5


def unanswered() -> Sign:
    """The sign that the team is looked at by."""
    return next(sign for sign in signs() if sign.key == "unanswered")


def context(actor: Actor) -> dict[str, Any] | None:
    """The card; None when no lead waits."""
    sign = unanswered()
    if not (sign.is_known(actor) and scope.sees(actor, scope.LEADS, "respond_by")):
        return None
    entity = registry.get(scope.LEADS)

    def rows() -> "QuerySet[Any]":
        return entity.rows(actor).filter(sign.condition(actor), owner=actor.id)

    def first() -> "QuerySet[Any]":
        urgent = rows().order_by(F("respond_by").asc(nulls_last=True), "pk")
        return urgent.only("name", "company", "person", "respond_by")[: MOST + 1]

    found = prepared.of_day(actor, "leads that wait", first)
    if not found:
        return None
    count = len(found) if len(found) <= MOST else tally({"all": rows()})["all"]
    told = ngettext("%(num)s lead to answer", "%(num)s leads to answer", count) % {"num": counted(count)}
    return {
        "lines": lines(actor, found[:MOST]), "count": counted(count), "brief": told, "href": sign.rows("me"), "now": timezone.now(),
        "answers": access.allowed(actor, entity, "edit"),
    }  # fmt: skip


def lines(actor: Actor, found: list[Any]) -> list[tuple[Any, str]]:
    """Leads with whom they are about, where the subject does not say it."""
    entity = registry.get(scope.LEADS)
    names = [name for name in ("company", "person") if scope.sees(actor, scope.LEADS, name)]
    known = titles.for_records(actor, [entity.fields[name] for name in names], found)
    told = []
    for lead in found:
        texts = dict.fromkeys(title.text for title in scope.customers(lead, known))
        told.append((lead, " · ".join(text for text in texts if text != lead.name)))
    return told


@require_safe
@guarded
def card(request: HttpRequest) -> HttpResponse:
    """The card alone, after a lead was answered."""
    return render(request, "sales/home_leads.html", {"data": context(actor_of(request)) or {"lines": []}})
