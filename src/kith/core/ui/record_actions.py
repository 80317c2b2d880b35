"""Verbs of one record: the entity's actions with their questions, trash and back."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.cleaning import Errors, references
from kith.core.entity import Action, Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.ui import looking
from kith.core.ui import record_parts as parts
from kith.core.ui.base import named_page, record_page
from kith.core.ui.editors import posted
from kith.core.ui.respond import closing, go, into, is_htmx, trigger


def action_of(entity: Entity, name: str) -> Action:
    """The action of an address."""
    for action in entity.actions:
        if action.name == name:
            return action
    raise Missing(entity.label, name)


@require_http_methods(["GET", "POST"])
@named_page
def act(request: HttpRequest, entity: Entity, actor: Actor, key: Any, name: str) -> HttpResponse:
    """Run an action; one that asks for fields shows its dialog first."""
    action = action_of(entity, name)
    record = access.fetch(entity, actor, key, action.right or action.name)
    if action.fields and (request.method == "GET" or "asked" not in request.POST):
        return ask(request, entity, actor, record, action, {}, {})
    values, errors = answers(action, request.POST)
    if errors:
        return ask(request, entity, actor, record, action, values, errors)
    try:
        with change_set(actor, kind="action", entity=entity.label) as changes:
            made = action(actor, [record], **values)
    except Refused as error:
        if not action.fields:
            raise
        return ask(request, entity, actor, record, action, values, error.errors)
    text, undo = _("Done: %(what)s") % {"what": action.label}, f"/undo/{changes.id}" if changes.counts else ""
    if action.opens and (address := seen(actor, made)):
        request.session["toast"] = {"text": text, "undo": undo}
        return go(request, address)
    return done(request, entity, record, text, undo)


def seen(actor: Actor, made: Sequence[Any]) -> str:
    """Where the first of these records is looked at; "" for none, and for one that the actor may not see."""
    if not made:
        return ""
    entity = registry.for_model(type(made[0])).face_of(made[0])
    return parts.address(entity, made[0]) if entity.rows(actor).filter(pk=made[0].pk).exists() else ""


def answers(action: Action, data: Any) -> tuple[dict[str, Any], Errors]:
    """The values given in the dialog and what is wrong with them."""
    values, errors = dict[str, Any](), Errors()
    for spec in action.fields:
        raw = posted(spec, data)
        try:
            values[spec.name] = spec.type.parse(raw, spec) if isinstance(raw, str) else spec.type.clean(raw, spec)
        except BadValue as error:
            values[spec.name], errors[spec.name] = raw, [error.message]
            continue
        if spec.required and spec.type.is_empty(values[spec.name]):
            errors[spec.name] = [_("This field is required.")]
    return values, errors


def ask(
    request: HttpRequest,
    entity: Entity,
    actor: Actor,
    record: Any,
    action: Action,
    values: dict[str, Any],
    errors: Errors,
) -> HttpResponse:
    """The dialog of an action."""
    found = titles.load(
        actor,
        {
            pair
            for spec in action.fields
            if spec.name in values and spec.name not in errors
            for pair in references(spec, values[spec.name])
        },
    )
    context = {
        "entity": entity,
        "record": record,
        "action": action,
        "values": values,
        "errors": errors,
        "titles": found,
        "actor": actor,
        "here": parts.address(entity, record),
    }
    return render(request, "kith/action.html", context, status=422 if errors else 200)


def done(request: HttpRequest, entity: Entity, record: Any, text: str, undo: str) -> HttpResponse:
    """Close the dialog and show the record anew."""
    if not is_htmx(request):
        return go(request, parts.address(entity, record))
    return trigger(
        closing(text, undo=undo),
        **{"record-reload": {}, "related-changed": {}, "timeline-changed": {}, "refresh-list": {}},
    )


@require_POST
@record_page("delete")
def delete(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Move the record to the trash; the list that follows offers to undo it. What asks for a second look is shown before."""
    if (asked := ask_first(request, entity, actor, record)) is not None:
        return asked
    outcome = writes.delete(actor, entity, [record.pk])
    if request.GET.get("stay") == "1":
        return done(
            request, entity, record, _("“%(name)s” is in the trash.") % {"name": record}, f"/undo/{outcome.changeset}"
        )
    request.session["toast"] = {
        "text": _("“%(name)s” is in the trash.") % {"name": record},
        "undo": f"/undo/{outcome.changeset}",
    }
    return go(request, f"/{entity.slug}/")


def ask_first(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse | None:
    """The dialog that shows what deleting leads to; None where there is nothing to see, or where it has been seen."""
    looker = looking.of(actor, entity)
    if looker is None or "seen" in request.POST or not is_htmx(request):
        return None
    found = looker.alarms(actor, lambda: writes.delete(actor, entity, [record.pk]))
    if found is None:
        return None
    context = found | {"record": record, "looker": looker, "address": request.get_full_path()}
    return into(render(request, "kith/look_confirm.html", context, status=409), "#modal", "innerHTML")


@require_POST
@named_page
def restore(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """Bring the record back from the trash."""
    record = access.fetch(entity, actor, key, "delete", trashed=True)
    outcome = writes.restore(actor, entity, [record.pk])
    request.session["toast"] = {
        "text": _("“%(name)s” is back.") % {"name": record},
        "undo": f"/undo/{outcome.changeset}",
    }
    return go(request, parts.address(entity, record))
