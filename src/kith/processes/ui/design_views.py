"""Designing a process: the order of its stages, editions, rules pair by pair with their condition."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, titles, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.cleaning import references
from kith.core.entity import registry
from kith.core.errors import Missing, Refused
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, go, toast

from .. import designing, editions
from ..book import Course, book
from ..entities.process import Process
from ..entities.stage import Stage
from ..entities.transition import Transition

RULE = ("allowed", "required_fields", "needs_checklist", "condition", "approver", "approver_group", "guidance")
RELOAD: dict[str, Any] = {"record-reload": {}}


def course_of(actor: Actor, key: Any, operation: str = "edit") -> Course:
    """The process of an address, for somebody who may do this with it."""
    process = access.fetch(registry.get("processes.process"), actor, key, operation)
    return book().courses[process.pk]


# --- stages, editions --------------------------------------------------------------------------------------------------


@require_POST
@guarded
def order(request: HttpRequest, key: Any) -> HttpResponse:
    """A new order of the stages: all ids, or one stage and by how many places it moves."""
    actor = actor_of(request)
    course = course_of(actor, key)
    if "stage" in request.POST:
        by = -1 if request.POST.get("by") == "-1" else 1
        keys = designing.moved(course.process, ident(request.POST["stage"]), by)
    else:
        keys = editors.as_ids(request.POST)
    with change_set(actor, entity="processes.stage") as changes:
        designing.reorder(actor, course.process, keys)
    response = design(request, actor, course.process)
    return toast(response, _("Order saved"), undo=f"/undo/{changes.id}") if changes.counts else response


def ident(text: str) -> UUID:
    """The id in a form."""
    try:
        return UUID(text)
    except ValueError:
        raise Missing("processes.stage", text) from None


def design(request: HttpRequest, actor: Actor, process: Process) -> HttpResponse:
    """The page of the design anew."""
    return render(request, "processes/design.html", designing.context(actor, process))


@require_POST
@guarded
def revise(request: HttpRequest, key: Any) -> HttpResponse:
    """Begin the next edition and go there; where somebody has begun it, go to that one."""
    actor = actor_of(request)
    course = course_of(actor, key)
    draft = present.process if (present := designing.next_of(course)) else editions.copy(actor, course.process)
    return go(request, f"/processes/{draft.pk}/?tab=design")


# --- rules -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@guarded
def rule(request: HttpRequest, key: Any) -> HttpResponse:
    """The dialog of one pair: what the move needs; a published edition is only shown."""
    actor = actor_of(request)
    course = course_of(actor, key, "edit" if request.method == "POST" else "view")
    origin, target = ends(course, request.GET)
    present = course.rules.get((origin.pk if origin else None, target.pk))
    if request.method == "GET":
        return rule_dialog(request, actor, course, origin, target, present)
    entity = registry.get("processes.transition")
    if "remove" in request.POST:
        if present:
            writes.delete(actor, entity, [present.pk])
        return closing(_("Rule removed"), **RELOAD)
    try:
        values = {name: editors.posted(entity.fields[name], request.POST) for name in RULE}
        with change_set(actor, entity=entity.label) as changes:
            store(actor, course, origin, target, present, values)
    except Refused as refused:
        return rule_dialog(request, actor, course, origin, target, present, refused)
    return closing(_("Rule saved"), undo=f"/undo/{changes.id}" if changes.counts else "", **RELOAD)


def store(
    actor: Actor, course: Course, origin: Stage | None, target: Stage, present: Transition | None, values: dict[str, Any]
) -> None:  # fmt: skip
    """Change the rule of a pair, or make one."""
    if present is not None:
        writes.save(actor, present, values, typed=True)
        return
    own = {"process": course.process.pk, "from_stage": origin.pk if origin else None, "to_stage": target.pk}
    writes.create(actor, registry.get("processes.transition"), {**own, **values}, typed=True)


def ends(course: Course, data: Any) -> tuple[Stage | None, Stage]:
    """The two stages of a pair, by key; no first one means from any stage."""
    origin, target = course.stage(data.get("from", "")), course.stage(data.get("to", ""))
    if target is None or (data.get("from") and origin is None) or origin == target:
        raise Missing("processes.transition", f"{data.get('from')} → {data.get('to')}")
    return origin, target


def rule_dialog(
    request: HttpRequest,
    actor: Actor,
    course: Course,
    origin: Stage | None,
    target: Stage,
    present: Transition | None,
    refused: Refused | None = None,
) -> HttpResponse:
    """What is known of a rule, or was typed and refused."""
    entity = registry.get("processes.transition")
    draft = present or Transition(process=course.process, from_stage=origin, to_stage=target)
    specs = [editors.narrowed(actor, entity, entity.fields[name], draft) for name in RULE]
    typed = (
        {name: editors.posted(entity.fields[name], request.POST) for name in RULE} if request.method == "POST" else {}
    )
    values = {spec.name: typed.get(spec.name, entity.fields[spec.name].get(draft)) for spec in specs}
    errors = refused.errors if refused else {}
    context = {
        "course": course, "origin": origin, "target": target, "present": present, "specs": specs, "values": values, "errors": errors, "actor": actor, "entity": entity,
        "titles": titles.load(SYSTEM, {pair for spec in specs if spec.type.name in ("link", "condition") for pair in references(spec, editors.as_links(spec, values[spec.name]))}),
        "told": [text for name in ("", "process", "from_stage", "to_stage") for text in errors.get(name, ())],
        "edits": course.process.status == Process.Status.DRAFT and may_edit(actor, course), "address": request.get_full_path(),
    }  # fmt: skip
    return render(request, "processes/rule.html", context, status=422 if refused else 200)


def may_edit(actor: Actor, course: Course) -> bool:
    """Whether the actor may change this process."""
    return registry.get("processes.process").rows(actor, "edit").filter(pk=course.process.pk).exists()
