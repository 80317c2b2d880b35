"""Sharing one record beyond the roles, and the answer to "why can I see this?"."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.core import titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import OPERATION_LABELS, Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.titles import HEAVY
from kith.core.ui import record_parts as parts
from kith.core.ui.base import record_page
from kith.core.ui.editors import posted_values
from kith.core.ui.respond import toast
from kith.core.why import explain

SHARE = "access.share"
FIELDS = ("user", "group", "level", "valid_to")
EXPLAINED = ("view", "edit", "delete", "share", "history")


def shares() -> Entity:
    """The entity of shares; an installation without it has none."""
    found = registry.find(SHARE)
    if found is None:
        raise Missing(SHARE)
    return found


@require_http_methods(["GET", "POST"])
@record_page("share")
def share(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Who the record is shared with; one more."""
    if request.method != "POST":
        return draw(request, entity, actor, record, {}, {})
    values = posted_values(shares(), FIELDS, request.POST)
    try:
        with change_set(actor, entity=SHARE) as changes:
            writes.create(actor, shares(), {**values, "subject": f"{entity.label}/{record.pk}"}, typed=True)
    except Refused as error:
        return draw(request, entity, actor, record, values, error.errors, 422)
    return toast(
        draw(request, entity, actor, record, {}, {}),
        _("Shared: %(what)s") % {"what": record},
        undo=f"/undo/{changes.id}",
    )


def draw(
    request: HttpRequest,
    entity: Entity,
    actor: Actor,
    record: Any,
    values: dict[str, Any],
    errors: Any,
    status: int = 200,
) -> HttpResponse:
    """The dialog."""
    rows = list(
        shares()
        .rows(actor)
        .filter(subject_entity=entity.label, subject_id=record.pk)
        .defer(*HEAVY)
        .order_by("created_at", "pk")[:200]
    )
    specs = [shares().fields[name] for name in FIELDS]
    context = {
        "entity": entity, "record": record, "actor": actor, "rows": rows, "specs": specs, "values": values, "errors": errors, "here": parts.address(entity, record),
        "titles": titles.for_records(actor, specs, rows),
    }  # fmt: skip
    return render(request, "kith/share.html", context, status=status)


@require_POST
@record_page("share")
def unshare(request: HttpRequest, entity: Entity, actor: Actor, record: Any, share: Any) -> HttpResponse:
    """End one share."""
    row = shares().rows(actor).filter(pk=share, subject_entity=entity.label, subject_id=record.pk).first()
    if row is None:
        raise Missing(SHARE, str(share))
    outcome = writes.delete(actor, shares(), [row.pk])
    return toast(
        draw(request, entity, actor, record, {}, {}), _("No longer shared."), undo=f"/undo/{outcome.changeset}"
    )


@require_safe
@record_page("view")
def why(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """What the reader may do with the record, and by which roles and groups."""
    answers = [(OPERATION_LABELS[operation], *explain(actor, entity, operation, record)) for operation in EXPLAINED]
    return render(request, "kith/why.html", {"entity": entity, "record": record, "answers": answers})
