"""A product line edited in place: every change of a control saves the row, and the amount of the opportunity follows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kith.core import titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity
from kith.core.errors import Conflict, Refused
from kith.core.ui.base import record_page
from kith.core.ui.editors import posted_values
from kith.core.ui.respond import toast, trigger

NAMES = ("quantity", "price", "discount")


@require_POST
@record_page("edit")
def save(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Save a row; refused, it comes back with what was typed and why."""
    typed = posted_values(entity, NAMES, request.POST)
    version = request.POST.get("version", "")
    try:
        with change_set(actor, entity=entity.label) as changes:
            fresh = writes.save(actor, record, typed, typed=True, version=int(version) if version.isdecimal() else None)
    except Refused as refused:
        return draw(request, entity, actor, record, typed, refused.errors, 422)
    except Conflict:
        return draw(
            request,
            entity,
            actor,
            record,
            {},
            {"": [_("Somebody changed this line meanwhile; this is how it stands now.")]},
            409,
        )
    answer = trigger(draw(request, entity, actor, fresh, {}, {}), **{"record-changed": {}})
    return toast(answer, _("Saved"), undo=f"/undo/{changes.id}") if changes.counts else answer


def draw(
    request: HttpRequest, entity: Entity, actor: Actor, line: Any, typed: dict[str, Any], errors: dict[str, list[Any]], status: int = 200
) -> HttpResponse:  # fmt: skip
    """One row."""
    found = titles.for_records(actor, [entity.fields["product"]], [line])
    context = {
        "line": line,
        "titles": found,
        "specs": entity.fields,
        "edits": True,
        "errors": errors,
        "typed": typed,
        "actor": actor,
    }
    return render(request, "sales/line_row.html", context, status=status)
