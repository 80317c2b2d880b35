"""Moving a record: by a click on its path, by a drop on a board, in a cell; what is missing is asked for in one dialog."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.changes import Running
from kith.core.cleaning import check_names, references
from kith.core.entity import Entity
from kith.core.errors import BadValue, Conflict, Missing, Refused, Warned
from kith.core.specs import FieldSpec
from kith.core.ui import editors
from kith.core.ui.base import record_page
from kith.core.ui.respond import closing, into, is_htmx

from .. import approval, moving, resolving, rules
from ..book import book
from ..entities.stage import Stage
from ..moving import Move

EVENTS: dict[str, Any] = {"record-reload": {}, "related-changed": {}, "timeline-changed": {}, "refresh-list": {}}


@require_http_methods(["GET", "POST"])
@record_page("edit")
def move(request: HttpRequest, entity: Entity, actor: Actor, record: Any, stage: str) -> HttpResponse:
    """Move a record to a stage of its process; GET, or what is still missing, gives the dialog. Only who may move it is asked for anything."""
    check(entity, actor)
    check_names(actor, entity, ["stage"])
    plan, typed = given(request, entity, actor, record, stage)
    if request.method == "GET" or (plan.asks and "go" not in request.POST):
        return dialog(request, plan, typed)
    return attempt(request, plan, typed)


def given(request: HttpRequest, entity: Entity, actor: Actor, record: Any, key: str) -> tuple[Move, dict[str, Any]]:
    """The move of an address, and what was typed for it."""
    asked = request.POST.getlist("asked")
    plan = moving.plan(entity, actor, record, moving.stage_of(record, key), asked)
    return plan, editors.posted_values(entity, [name for name in asked if name in plan.names], request.POST)


def attempt(request: HttpRequest, plan: Move, typed: Mapping[str, Any]) -> HttpResponse:
    """Move, or say in the dialog what stands in the way."""
    version = request.POST.get("version", "")
    try:
        changes = moving.make(
            plan, typed, version=int(version) if version.isdecimal() and len(version) < 10 else None,
            done=request.POST.getlist("done"), confirm=request.POST.getlist("confirm"),
        )  # fmt: skip
    except Refused as refused:
        return again(request, plan, typed, refused)
    except Warned as warned:
        return dialog(request, plan, typed, warnings=warned.warnings)
    return moved(plan.stage, changes)


def again(request: HttpRequest, plan: Move, typed: Mapping[str, Any], refused: Refused) -> HttpResponse:
    """The dialog after a refusal, with the fields that it names."""
    more = [*plan.names, *moving.named_in(refused, plan.entity)]
    wider = moving.plan(plan.entity, plan.actor, plan.record, plan.stage, more)
    return dialog(request, wider, typed, errors=refused.errors)


def moved(stage: Stage, changes: Running) -> HttpResponse:
    """Close the dialog and let the page show it."""
    undo = f"/undo/{changes.id}" if changes.counts else ""
    return closing(_("Moved to “%(stage)s”") % {"stage": stage}, undo=undo, **EVENTS)


def check(entity: Entity, actor: Actor) -> None:
    """Stages are a matter of records that have some, and of readers who may know them (R65)."""
    if not rules.is_staged(entity) or "stage" not in access.readable(actor, entity):
        raise Missing(entity.label, "stage")


# --- the dialog --------------------------------------------------------------------------------------------------------


def dialog(
    request: HttpRequest, plan: Move, typed: Mapping[str, Any], *, errors: Any = None, warnings: Any = ()
) -> HttpResponse:
    """Just the fields that are missing, what the stage advises, what is not done yet, and who has to allow it."""
    errors = dict(errors or {})
    specs = [editors.narrowed(plan.actor, plan.entity, plan.entity.fields[name], plan.draft) for name in plan.names]
    values = {spec.name: typed.get(spec.name, plan.value(spec)) for spec in specs}
    shown = {spec.name for spec in specs}
    told = [*errors.get("", ()), *(reasons(plan) or errors.get("stage", ()))]
    told += [
        f"{plan.entity.fields[name].label}: {text}"
        for name, texts in errors.items()
        if name in plan.entity.fields and name not in shown | {"stage"}
        for text in texts
    ]
    context = {
        "plan": plan, "specs": specs, "values": values, "errors": errors, "told": told, "warnings": warnings, "actor": plan.actor, "entity": plan.entity,
        "address": f"/{plan.entity.slug}/{plan.record.pk}/stage/{plan.stage.key}", "version": request.POST.get("version") or plan.record.version, "note_text": request.POST.get("note", ""), "done": request.POST.getlist("done"),
        "titles": titles.load(plan.actor, {pair for spec in specs for pair in links(plan.entity.fields[spec.name], values[spec.name])}),
        "before": book().stage(plan.record.stage_id), "can_ask": bool(plan.look.approvers) and not plan.look.reasons, "submits": not plan.look.reasons,
    }  # fmt: skip
    status = 200 if request.method == "GET" else 409 if warnings else 422
    return into(render(request, "processes/move.html", context, status=status), "#modal", "innerHTML")


def reasons(plan: Move) -> list[Any]:
    """Why there is no way to the stage at all."""
    return list(plan.look.reasons)


def links(spec: FieldSpec, value: Any) -> list[Any]:
    """The records that a value names; none in what was typed wrongly."""
    if not spec.type.names_records:
        return []
    try:
        return references(spec, spec.type.clean(value, spec))
    except BadValue:
        return []


# --- other doors that meet a move ----------------------------------------------------------------------------------------


def ask(
    request: HttpRequest, entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any], refused: Refused | None
) -> HttpResponse | None:
    """The dialog for a stage that was dropped on or picked in a cell (`core.ui.asking`)."""
    stage = target(entity, actor, record, values)
    if stage is None or not is_htmx(request):
        return None
    plan = moving.plan(entity, actor, record, stage, moving.named_in(refused, entity) if refused else ())
    if refused is None and not plan.asks:
        return None
    if plan.look.reasons or (refused is not None and not plan.asks):
        return None  # the door tells why there is no way
    return dialog(request, plan, {}, errors=refused.errors if refused else None)


def target(entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any]) -> Stage | None:
    """The stage that these values would move a record to; None when they do not move it within its process."""
    if not rules.is_staged(entity) or "stage" not in values or not moving.may_move(actor, entity, record):
        return None
    try:
        key = resolving.as_id(str(resolving.resolve(actor, entity, record, values)["stage"]))
    except Refused:
        return None
    stage = book().stage(key)
    if stage is None or stage.key == moving.key_of(record):
        return None
    return stage if stage.process_id == record.process_id else moving.twin(record, stage)


def remedy(entity: Entity, key: str, values: Mapping[str, Any]) -> str:
    """Where a record that a bulk move left out can be moved with what is missing."""
    stage = values.get("stage")
    if not rules.is_staged(entity) or not stage:
        return ""
    found = book().stage(resolving.as_id(str(stage)))
    return f"/{entity.slug}/{key}/stage/{found.key if found else stage}"


# --- checklist, leave ----------------------------------------------------------------------------------------------------


@require_POST
@record_page()
def tick(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Mark a step of the checklist as done, or not."""
    check(entity, actor)
    changes = moving.tick(actor, record, request.POST.get("step", ""), done=request.POST.get("done") == "1")
    return closing(_("Saved"), undo=f"/undo/{changes.id}" if changes.counts else "", **{"record-changed": {}})


@require_POST
@record_page("edit")
def request_move(request: HttpRequest, entity: Entity, actor: Actor, record: Any, stage: str) -> HttpResponse:
    """Ask those who may allow a move to do so."""
    check(entity, actor)
    plan, typed = given(request, entity, actor, record, stage)
    try:
        approval.ask(actor, record, plan.stage, typed, request.POST.get("note", ""))
    except Refused as refused:
        return again(request, plan, typed, lifted(refused))
    except (Warned, Conflict) as error:
        return again(request, plan, typed, Refused(str(error)))
    names = ", ".join(plan.look.approvers)
    return closing(_("%(people)s will be asked.") % {"people": names}, **EVENTS)


def lifted(refused: Refused) -> Refused:
    """A refusal of the request as one of the move."""
    names = {"to_stage": "stage", "subject": "", "subject_id": ""}
    return Refused({names.get(name, name): texts for name, texts in refused.errors.items()})
