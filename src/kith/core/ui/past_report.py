"""Why the figures of a report changed between two days: each group and the total in their parts, each with its records."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kith.core import deltas, ledger
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.filters import BadFilter
from kith.core.reports import reading, why
from kith.core.reports.budget import limited
from kith.core.ui import past_views
from kith.core.ui.base import page
from kith.core.views import REPORT

NO_GROUP = _("There is no group “%(name)s” in this report.")


@require_safe
@page
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The page."""
    look, since, until = past_views.asked(request, entity, actor, REPORT)
    report, part, group = reading.of_look(look), request.GET.get("part", ""), request.GET.get("within", "")
    offered = why.measures(report, look, actor)
    measure = request.GET.get("measure") or next(iter(offered), "")
    if part and part not in deltas.PARTS:
        raise Missing("part", part)
    with limited(at_once=True):
        found = why.explain(report, look, actor, measure, since, until)
        opened = opened_rows(found, group, part) if part else []
    ledger.log(actor, "list", entity=entity.label, count=len(opened), query=request.GET.urlencode()[:500], how="why")
    context = past_views.moments(request, look, since, until, "report/why")
    address = f"/{entity.slug}/report/why?{context['query']}&{urlencode({'measure': measure})}"
    inside = next((line for line in found.groups if line.name == group), None) if group else None
    context |= {
        "why": found, "explained": found.total, "measures": offered, "measure": measure, "part": part, "part_label": deltas.PARTS.get(part, ""), "parts": deltas.PARTS,
        "address": address, "show": past_views.shower(found.figure, found.total), "rows": past_views.drawn(found.figure, actor, opened), "within": group,
        "inside": " / ".join(key.label for key in inside.keys) if inside else "", "list_href": f"/{entity.slug}/report?{urlencode(context['pairs'])}",
        "heads": [dim.label for dim in found.dims],
    }  # fmt: skip
    return render(request, "kith/why_report.html", context)


def opened_rows(found: why.Why, group: str, part: str) -> list[Any]:
    """The records of a part; raises BadFilter for a group that is not there."""
    try:
        return list(why.rows(found, group, part))
    except LookupError:
        raise BadFilter(NO_GROUP % {"name": group[:80]}) from None
