"""Writing notes, tasks and files about a record, and marking tasks as done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kith.activities import actions, reacting
from kith.core import access, files, timeline, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Refused
from kith.core.types.picks import as_uuid
from kith.core.ui import record_parts as parts
from kith.core.ui.base import actor_of, guarded, record_page
from kith.core.ui.editors import posted_values
from kith.core.ui.respond import toast, trigger

MOST_FILES = 20
TASK_FIELDS = ("name", "kind", "assignee", "due_at", "description", "priority")
CHANGED: dict[str, Any] = {"timeline-changed": {}, "related-changed": {}}


def entity_of(noun: str) -> Entity:
    """An entity of this app."""
    return registry.get(f"activities.{noun}")


def about(entity: Entity, record: Any) -> str:
    """A record as the subject of a note, task or file."""
    return f"{entity.label}/{record.pk}"


@require_POST
@record_page("view")
def write_note(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """A note about the record, with colleagues mentioned and files attached, in one change-set."""
    values: dict[str, Any] = {
        "text": request.POST.get("text", ""),
        "subject": about(entity, record),
        "mentions": mentioned(request),
        **answered(actor, request),
    }
    try:
        with change_set(actor, entity="activities.note") as changes:
            if values["text"].strip() or not request.FILES:
                writes.create(actor, entity_of("note"), values, typed=False)
            attach(actor, entity, record, request.FILES.getlist("files"))
    except Refused as error:
        return compose(request, "note", entity, actor, record, values, error)
    answer = compose(request, "note", entity, actor, record, {}, None)
    return trigger(toast(answer, _("Note saved"), undo=f"/undo/{changes.id}"), **CHANGED)


def answered(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the note answers: it is then about what that one is about."""
    if not request.POST.get("reply_to"):
        return {}
    source = access.fetch(entity_of("note"), actor, as_uuid(request.POST["reply_to"]))
    subject = f"{source.subject_entity}/{source.subject_id}"
    return {"reply_to": str(source.pk), "quote": request.POST.get("quote", "").strip(), "subject": subject}


def mentioned(request: HttpRequest) -> list[str]:
    """Ids of mentioned users that still stand in the text as chosen."""
    return list(dict.fromkeys(value for value in request.POST.getlist("mention") if value))[:50]


def attach(actor: Actor, entity: Entity, record: Any, uploads: list[Any]) -> list[Any]:
    """Store uploads as attachments of a record; all or none."""
    if len(uploads) > MOST_FILES:
        raise Refused({"files": [_("Too many files at once; at most %(limit)d.") % {"limit": MOST_FILES}]})
    keys: list[str] = []
    try:
        keys += (files.store(upload.chunks()) for upload in uploads)
        rows = [
            {"name": upload.name, "file": files.ticket(actor, key), "subject": about(entity, record)}
            for upload, key in zip(uploads, keys, strict=True)
        ]
        return [writes.create(actor, entity_of("attachment"), row) for row in rows]
    except BadValue as error:
        discard(keys)
        raise Refused({"files": [error.message]}) from None
    except Exception:
        discard(keys)
        raise


def discard(keys: list[str]) -> None:
    """Erase files that did not become attachments."""
    for key in keys:
        files.remove(key)


@require_POST
@record_page("view")
def add_files(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Files for the record."""
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise Refused({"files": [_("Choose a file.")]})
    with change_set(actor, entity="activities.attachment") as changes:
        made = attach(actor, entity, record, uploads)
    text = ngettext("%(num)s file added", "%(num)s files added", len(made)) % {"num": len(made)}
    return trigger(toast(HttpResponse(status=204), text, undo=f"/undo/{changes.id}"), **CHANGED)


@require_POST
@record_page("view")
def write_task(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """A task about the record."""
    task = entity_of("task")
    values = {name: value for name, value in posted_values(task, TASK_FIELDS, request.POST).items() if value != ""}
    try:
        with change_set(actor, entity=task.label) as changes:
            writes.create(actor, task, {**values, "subject": about(entity, record)}, typed=True)
    except Refused as error:
        return compose(request, "task", entity, actor, record, values, error)
    answer = compose(request, "task", entity, actor, record, {}, None)
    return trigger(toast(answer, _("Task saved"), undo=f"/undo/{changes.id}"), **CHANGED)


def compose(
    request: HttpRequest,
    noun: str,
    entity: Entity,
    actor: Actor,
    record: Any,
    values: dict[str, Any],
    error: Refused | None,
) -> HttpResponse:
    """The box again: empty after saving, else with what was typed and what is wrong."""
    composer = next(one for one in timeline.composers if one.name == noun)
    context = {
        "entity": entity, "record": record, "actor": actor, "here": parts.address(entity, record), "typed": values, "compose_errors": error.errors if error else {}, "tools": composer.context(actor),
    }  # fmt: skip
    return render(request, composer.template, context, status=422 if error else 200)


@require_POST
@guarded
def pin(request: HttpRequest, key: Any) -> HttpResponse:
    """Keep a note on top of the timeline, or no longer."""
    actor = actor_of(request)
    note = access.fetch(entity_of("note"), actor, key, "edit")
    writes.save(actor, note, {"pinned": request.POST.get("on") == "1"})
    return trigger(HttpResponse(status=204), **CHANGED)


@require_POST
@guarded
def react(request: HttpRequest, key: Any) -> HttpResponse:
    """React to a note, or take it back; answers with its reactions."""
    actor = actor_of(request)
    note = reacting.react(actor, key, request.POST.get("kind", ""), on=request.POST.get("on") == "1")
    said = reacting.said(actor, [note.pk])[note.pk]
    context = {"key": note.pk, "said": said, "react_menu": reacting.menu(note.pk, said)}
    return render(request, "activities/reactions.html", context)


@require_POST
@guarded
def toggle(request: HttpRequest, key: Any) -> HttpResponse:
    """Mark a task as done, or open it again; answers with its line."""
    actor, entity = actor_of(request), entity_of("task")
    task = access.fetch(entity, actor, key, "edit")
    outcome = actions.done(actor, [task]) if task.is_open else actions.reopen(actor, [task])
    task = access.fetch(entity, actor, key)
    text = (
        _("Done: %(what)s") % {"what": task.name}
        if not task.is_open
        else _("Open again: %(what)s") % {"what": task.name}
    )
    return trigger(
        toast(HttpResponse(status=204), text, undo=f"/undo/{outcome.changeset}"), **CHANGED, **{"tasks-changed": {}}
    )
