"""The timeline as the record page shows it, with filters and pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kith.core import timeline, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.timeline import Timeline
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page


def load(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> Timeline:
    """The part of the timeline that the address asks for."""
    about = timeline.about(entity, actor, record, alone=request.GET.get("scope") == "own")
    return timeline.load(actor, about, kind=request.GET.get("kind", ""), before=request.GET.get("before", ""))


def context(request: HttpRequest, entity: Entity, record: Any) -> dict[str, Any]:
    """What the filters need."""
    return {
        "sources": timeline.sources.values(), "kind": request.GET.get("kind", ""), "alone": request.GET.get("scope") == "own", "composers": timeline.composers,
        "has_circle": type(entity).timeline_ids is not Entity.timeline_ids, "here": parts.address(entity, record),
    }  # fmt: skip


@require_safe
@record_page("view")
def show(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The timeline, or with `before` what comes after an entry."""
    line = load(request, entity, actor, record)
    found = titles.load(actor, line.prepare(actor))
    template = "kith/timeline_more.html" if request.GET.get("before") else "kith/timeline.html"
    return render(
        request,
        template,
        {
            "timeline": line,
            "titles": found,
            "entity": entity,
            "record": record,
            "actor": actor,
            **context(request, entity, record),
        },
    )
