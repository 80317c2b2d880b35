"""Undo and redo of any change-set: at once from a message, or after looking at what it would do."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kith.core import jobs_bulk, standing, undo
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.jobs import defer
from kith.core.ledger import ChangeSet
from kith.core.types import TYPES
from kith.core.types.picks import as_uuid
from kith.core.ui import list_bulk
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import is_htmx, toast, trigger

#: Larger change-sets are undone by a job, and not rehearsed on a page.
AT_ONCE = 2000
SHOWN = 50
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@require_http_methods(["GET", "POST"])
@guarded
def change_set(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """GET shows what an undo would restore, keep and refuse; POST does it."""
    actor = actor_of(request)
    found = undo.find(actor, key)
    if request.method == "GET":
        return preview(request, found)
    if sum(one.records for one in undo.find_all(actor, [key]) if not one.undone_by) > AT_ONCE:
        return list_bulk.progress(request, defer(jobs_bulk.undo_job, request.user, changeset=str(key)))
    return answer(request, key, undo.undo(actor, key))


@require_http_methods(["GET", "POST"])
@guarded
def again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """GET shows what doing it again would give back, keep and refuse; POST does it."""
    actor = actor_of(request)
    found = undo.find(actor, key)
    if request.method == "GET":
        return preview(request, found)
    if sum(one.records for one in undo.find_undone(actor, [key])) > AT_ONCE:
        return list_bulk.progress(request, defer(jobs_bulk.undo_job, request.user, changeset=str(key), again=True))
    return answer(request, key, undo.redo(actor, key))


def answer(request: HttpRequest, key: uuid.UUID, plan: undo.Plan) -> HttpResponse:
    """Say what was done, and offer the way back."""
    if not is_htmx(request):
        return HttpResponseRedirect(f"/undo/{key}")
    way = ("undo" if plan.is_redo else "redo") if plan.made else ""
    return toast(
        trigger(HttpResponse(status=204), close={}, undone={}),
        words(plan),
        href=f"/undo/{key}" if plan.kept or plan.refused else "",
        label=_("Details"),
        **({way: f"/{way}/{plan.made}"} if way else {}),
    )


@require_http_methods(["GET", "POST"])
@guarded
def together(request: HttpRequest) -> HttpResponse:
    """What somebody changed in a span of time, by nature oneself in the last hour: GET shows what undoing it together would do; POST does it."""
    actor, asked = actor_of(request), request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and "preview" not in asked:
        return undo_together(request, [as_uuid(key) for key in asked.getlist("changeset")])
    user = as_uuid(asked["user"]) if asked.get("user") else actor.id
    until = moment(asked.get("until", "")) or timezone.now().replace(microsecond=0) + SECOND
    since = moment(asked.get("since", "")) or until - HOUR
    if user is None or since > until:
        raise Refused({"since": [_("The span ends before it begins.")]})
    found = undo.window(actor, user, since, until)[: undo.MOST + 1]
    shown = found[: undo.MOST]
    chosen = {as_uuid(key) for key in asked.getlist("changeset")} or {one.pk for one in shown}
    context = {
        "found": shown, "chosen": chosen, "user": user, "since": typed(since), "until": typed(until), "mine": user == actor.id, "too_many": len(found) > undo.MOST, "limit": undo.MOST,
        "name": next((one.actor_name for one in found if one.actor_name), ""), "nouns": {one.entity: registry.find(one.entity) for one in shown},
    }  # fmt: skip
    plan = rehearsed(actor, [one for one in shown if one.pk in chosen])
    return render(request, "kith/undo_together.html", context | {"plan": plan, "lists": lists_of(plan)})


def rehearsed(actor: Actor, chosen: list[ChangeSet]) -> undo.Plan | None:
    """What undoing them together would do; None for nothing, or for too much to try on a page."""
    if not chosen or sum(one.records for one in chosen) > AT_ONCE:
        return None
    return undo.preview(actor, *(one.pk for one in chosen))


def undo_together(request: HttpRequest, keys: list[uuid.UUID]) -> HttpResponse:
    """Undo these together, in the background where they are large; then their page tells what happened."""
    actor = actor_of(request)
    found = undo.find_all(actor, keys)
    if sum(one.records for one in found) > AT_ONCE:
        return list_bulk.progress(request, defer(jobs_bulk.undo_job, request.user, changeset=",".join(map(str, keys))))
    plan = undo.undo(actor, *keys)
    context = {"plan": plan, "lists": lists_of(plan), "words": words(plan), "count": len(found)}
    return render(request, "kith/undone_together.html", context)


def moment(text: str) -> Any:
    """A moment of the address, in the reader's zone, or nothing; raises BadValue."""
    return TYPES["moment"].parse(text, registry.get("core.tag").field("created_at"))


def typed(value: datetime) -> str:
    """A moment as its control takes it."""
    return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")


def lists_of(plan: undo.Plan | None) -> list[tuple[Any, list[tuple[str, Any]], int]]:
    """What is kept and refused, with the first examples."""
    refused = _("Cannot be done again") if plan and plan.is_redo else _("Cannot be undone")
    lists = [(_("Kept as they are now"), plan.kept), (refused, plan.refused)] if plan else []
    return [(title, examples(items), len(items)) for title, items in lists if items]


def words(plan: undo.Plan) -> str:
    """What the undo did, in one line."""
    parts = [(jobs_bulk.redone_words if plan.is_redo else jobs_bulk.undone_words)(plan.restored, 0)]
    if plan.kept:
        parts.append(
            ngettext(
                "%(num)s kept because it was edited since",
                "%(num)s kept because they were edited since",
                len(plan.kept),
            )
            % {"num": len(plan.kept)}
        )
    if plan.refused:
        parts.append(ngettext("%(num)s refused", "%(num)s refused", len(plan.refused)) % {"num": len(plan.refused)})
    return ", ".join(parts)


def preview(request: HttpRequest, found: ChangeSet) -> HttpResponse:
    """The page that says what an undo would do, or what doing it again would."""
    actor = actor_of(request)
    stands = standing.of([found])[found.pk]
    may = undo.may_turn(actor, stands.last)
    rehearsal = undo.preview_redo if stands.is_undone else undo.preview
    plan = rehearsal(actor, found.pk) if may and stands.last.records <= AT_ONCE else None
    before = found.at - HOUR
    more = {"user": found.actor_id or "", "since": before.isoformat(), "until": found.at.isoformat()}
    context = {
        "found": found,
        "stands": stands,
        "may": may,
        "plan": plan,
        "lists": lists_of(plan),
        "entity": registry.find(found.entity),
        "together": f"/undo/together?{urlencode(more)}" if found.actor_id else "",
    }
    return render(request, "kith/undo.html", context)


def examples(items: list[tuple[str, str, Any]]) -> list[tuple[str, Any]]:
    """The first of many, by title and reason."""
    return [(title, reason) for _entity, title, reason in items[:SHOWN]]
