"""Notes, tasks and files in the timeline of every record, and the box in which notes and tasks are written."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.activities import reacting, replying
from kith.activities.entities.task import Task
from kith.core import timeline, wholes
from kith.core.access import Actor
from kith.core.entity import Entity, Related, add_to, on_every, registry
from kith.core.timeline import About, Composer, Entry, Source, shaped, subjects
from kith.core.titles import Title
from kith.core.ui.notification_views import add_kind

FILES_TAB = "files"


def rows(label: str, actor: Actor, about: About) -> "QuerySet[Any]":
    """Rows of an entity that are about these records."""
    part, kinds = registry.get(label), [registry.get(kind) for kind in about]
    found = wholes.rows_of(part, actor, kinds) if about.is_seen else part.rows(actor, about=about)
    return found.filter(subjects(about))


def notes(actor: Actor, about: About) -> "QuerySet[Any]":
    """Notes that are not pinned."""
    return shaped_notes(rows("activities.note", actor, about).filter(pinned=False))


def pinned(actor: Actor, about: About) -> "QuerySet[Any]":
    """Notes that stay on top."""
    return shaped_notes(rows("activities.note", actor, about).filter(pinned=True))


def shaped_notes(found: "QuerySet[Any]") -> "QuerySet[Any]":
    """Notes as entries."""
    return shaped(found, "note", text="text", pinned="pinned", by="created_by__name", author="created_by_id", answers="reply_to_id", quote="quote")  # fmt: skip


def gather_notes(actor: Actor, entries: list[Entry]) -> None:
    """Reactions to the notes, and whose notes they answer: two queries, one where nothing is answered."""
    found = reacting.said(actor, [uuid.UUID(str(entry.key)) for entry in entries])
    answered = {uuid.UUID(entry.data["answers"]) for entry in entries if entry.data.get("answers")}
    sources = replying.sources(actor, answered) if answered else {}
    for entry in entries:
        key = entry.data.get("answers")
        entry.data["said"] = found[uuid.UUID(str(entry.key))]
        entry.data["source"] = sources.get(uuid.UUID(key)) if key else None
        entry.data["menu"] = reacting.menu(uuid.UUID(str(entry.key)), entry.data["said"])


def open_tasks(actor: Actor, about: About) -> "QuerySet[Any]":
    """What is planned, the most urgent first. Said by what is not closed: the index of all open tasks is not to be read for the few of these records."""
    found = rows("activities.task", actor, about).exclude(
        status__in=[word for word in Task.Status.values if word not in Task.OPEN]
    )
    return shaped_tasks(found, at="due_at")


def closed_tasks(actor: Actor, about: About) -> "QuerySet[Any]":
    """What was done."""
    return shaped_tasks(
        rows("activities.task", actor, about).filter(status="done", done_at__isnull=False), at="done_at"
    )


def shaped_tasks(found: "QuerySet[Any]", *, at: str) -> "QuerySet[Any]":
    """Tasks as entries."""
    return shaped(
        found,
        "task",
        at=at,
        name="name",
        task="kind",
        status="status",
        result="result",
        assignee="assignee_id",
        who="assignee__name",
        priority="priority",
    )


def files(actor: Actor, about: About) -> "QuerySet[Any]":
    """Files that were attached."""
    return shaped(
        rows("activities.attachment", actor, about),
        "file",
        name="name",
        size="size",
        type="content_type",
        by="created_by__name",
    )


def task_facts(actor: Actor, entry: Entry) -> Iterable[tuple[str, uuid.UUID]]:
    """The icon of a task's kind, and whether it is late."""
    entry.data["icon"] = ICONS.get(entry.data["task"], "circle-check")
    entry.data["late"] = entry.data["status"] != "done" and entry.at is not None and entry.at < timezone.now()
    return ()


def task_context(actor: Actor) -> dict[str, Any]:
    """What the box for a task needs: the fields, and the reader as the one who will do it."""
    label = "access.user"
    me = {(label, actor.id): Title(actor.id, actor.name, f"/users/{actor.id}/", "", label)} if actor.id else {}
    return {"fields": registry.get("activities.task").fields, "me": me}


ICONS = {"call": "phone", "email": "mail", "meeting": "calendar", "visit": "map-pin"}


def register() -> None:
    """Tell core; called once, when the app is ready."""
    timeline.add(
        Source(
            "note",
            _("Notes"),
            "notebook-pen",
            "activities/entry_note.html",
            notes,
            pinned,
            gather=gather_notes,
            order=10,
        )
    )
    timeline.add(
        Source(
            "task",
            _("Tasks"),
            "circle-check",
            "activities/entry_task.html",
            closed_tasks,
            open_tasks,
            prepare=task_facts,
            order=20,
        )
    )
    timeline.add(Source("file", _("Files"), "paperclip", "activities/entry_file.html", files, order=30))
    timeline.composers[:] = [
        Composer("note", _("Note"), "notebook-pen", "activities/compose_note.html", "N"),
        Composer(
            "task", pgettext_lazy("noun", "Task"), "circle-check", "activities/compose_task.html", "T", task_context
        ),
    ]
    on_every(keep_files)
    add_kind(reacting.TOLD, "thumbs-up", _("reacted to your note"))
    add_kind(replying.TOLD, "reply", _("replied to your note"))


def keep_files(entity: Entity) -> None:
    """Records with a timeline have files."""
    if entity.has_timeline and not any(related.key == FILES_TAB for related in entity.related):
        add_to(
            entity, related=(Related("activities.attachment", "subject", _("Files"), show=("size",), name=FILES_TAB),)
        )
