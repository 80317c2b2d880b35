"""Undo of any change-set: at once from a message, or after looking at what it would do."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kith.core import jobs_bulk, undo
from kith.core.entity import registry
from kith.core.jobs import defer
from kith.core.ledger import ChangeSet
from kith.core.ui import list_bulk
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import is_htmx, toast, trigger

#: Larger change-sets are undone by a job, and not rehearsed on a page.
AT_ONCE = 2000
SHOWN = 50


@require_http_methods(["GET", "POST"])
@guarded
def change_set(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """GET shows what an undo would restore, keep and refuse; POST does it."""
    actor = actor_of(request)
    found = undo.find(actor, key)
    if request.method == "GET":
        return preview(request, found)
    if found.records > AT_ONCE and not found.undone_by:
        return list_bulk.progress(request, defer(jobs_bulk.undo_job, request.user, changeset=str(key)))
    plan = undo.undo(actor, key)
    if not is_htmx(request):
        return HttpResponseRedirect(f"/undo/{key}")
    return toast(
        trigger(HttpResponse(status=204), close={}),
        words(plan),
        href=f"/undo/{key}" if plan.kept or plan.refused else "",
        label=_("Details"),
    )


def words(plan: undo.Plan) -> str:
    """What the undo did, in one line."""
    parts = [jobs_bulk.undone_words(plan.restored, 0)]
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
    """The page that says what an undo would do."""
    plan = undo.preview(actor_of(request), found.pk) if found.records <= AT_ONCE and not found.undone_by else None
    lists = [(_("Kept as they are now"), plan.kept), (_("Cannot be undone"), plan.refused)] if plan else []
    context = {
        "found": found,
        "plan": plan,
        "lists": [(title, examples(items), len(items)) for title, items in lists if items],
        "entity": registry.find(found.entity),
    }
    return render(request, "kith/undo.html", context)


def examples(items: list[tuple[str, str, Any]]) -> list[tuple[str, Any]]:
    """The first of many, by title and reason."""
    return [(title, reason) for _entity, title, reason in items[:SHOWN]]
