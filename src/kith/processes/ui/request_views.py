"""Answering requests to move: from the record's page, from the first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.errors import Missing, Refused
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.home_blocks import Card, add_card
from kith.core.ui.respond import closing, into

from .. import approval
from ..book import book
from .move_views import EVENTS

ANSWERED: dict[str, Any] = {**EVENTS, "requests-changed": {}}

VERBS = {"approve": approval.approve, "decline": approval.decline}


@require_http_methods(["GET", "POST"])
@guarded
def answer(request: HttpRequest, key: Any, verb: str) -> HttpResponse:
    """Allow, decline or withdraw; declining asks for a word why."""
    actor = actor_of(request)
    found = access.fetch(approval.entity(), actor, key)
    if verb == "withdraw" and request.method == "POST":
        approval.withdraw(actor, [found])
        return closing(_("Withdrawn"), **ANSWERED)
    if verb not in VERBS:
        raise Missing(approval.LABEL, verb)
    if request.method == "GET":
        return ask(request, found, verb)
    try:
        VERBS[verb](actor, [found], remark=request.POST.get("remark", ""))
    except Refused as refused:
        if "asked" not in request.POST:
            raise
        return ask(request, found, verb, refused)
    words = _("Approved and moved to “%(stage)s”") if verb == "approve" else _("Declined")
    return closing(words % {"stage": found.to_stage} if verb == "approve" else words, **ANSWERED)


def ask(request: HttpRequest, found: Any, verb: str, refused: Refused | None = None) -> HttpResponse:
    """The dialog with what was asked and room for a remark."""
    actor = actor_of(request)
    record = approval.record_of(actor, found)
    approval.legible(actor, [found])
    told = [str(text) for texts in refused.errors.values() for text in texts] if refused else []
    context = {
        "request_": found, "record": record, "verb": verb, "told": told, "remark": request.POST.get("remark", ""),
        "by": approval.name_of(found.created_by_id), "entered": approval.entered(actor, record, found), "address": f"/move-requests/{found.pk}/answer/{verb}",
    }  # fmt: skip
    response = render(request, "processes/answer.html", context, status=422 if refused else 200)
    return into(response, "#modal", "innerHTML") if refused else response


# --- first page ----------------------------------------------------------------------------------------------------------


def context(actor: Actor) -> dict[str, Any] | None:
    """Requests that wait for the reader; the card is left out when there are none."""
    found = approval.waiting(actor)
    if not found:
        return None
    known = titles.load(
        actor,
        {(row.subject_entity, row.subject_id) for row in found}
        | {("access.user", row.created_by_id) for row in found if row.created_by_id},
    )
    lines = [
        {
            "request": row, "record": title, "from": book().stage(row.from_stage_id), "to": book().stage(row.to_stage_id),
            "by": known[who].text if (who := ("access.user", row.created_by_id)) in known else "",
        }
        for row in found
        if (title := known.get((row.subject_entity, row.subject_id)))
    ]  # fmt: skip
    told = ngettext("%(num)s approval", "%(num)s approvals", len(lines)) % {"num": len(lines)}
    return {"lines": lines, "brief": told} if lines else None


@require_safe
@guarded
def home(request: HttpRequest) -> HttpResponse:
    """The card alone, after a request was answered."""
    found = context(actor_of(request))
    return render(request, "processes/home_requests.html", {"card": found or {"lines": []}})


def register() -> None:
    """Put the card on the first page."""
    add_card(Card("requests", "processes/home_requests.html", context, order=5))
