"""What people do with tasks and notes, and who hears of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from kith.core import settings_store, writes
from kith.core.access import SYSTEM, Actor, actor_of, rules_for
from kith.core.among import one_of
from kith.core.batch import Batch
from kith.core.entity import Entity, registry
from kith.core.notify import tell
from kith.core.pipeline import Outcome, now

OPEN = ("todo", "doing", "blocked")
SILENT = ("undo", "purge", "delete", "restore", "with_whole")


def done(actor: Actor, tasks: Sequence[Any]) -> Outcome:
    """Mark tasks as done; those that are, or that the actor may not change, stay as they are."""
    return set_status(actor, tasks, "done")


def reopen(actor: Actor, tasks: Sequence[Any]) -> Outcome:
    """Open closed tasks again."""
    return set_status(actor, [task for task in tasks if not task.is_open], "todo")


def set_status(actor: Actor, tasks: Sequence[Any], status: str) -> Outcome:
    """Give tasks a status in one change-set."""
    return writes.update_many(actor, registry.get("activities.task"), [task.pk for task in tasks], {"status": status})


def prepare(batch: Batch) -> None:
    """A new task belongs to its author until it is given to somebody; the moment of being done is kept."""
    for item in batch.items:
        if item.is_new and not item.values.get("assignee"):
            item.values["assignee"] = batch.actor.id
        if "status" in item.values and (item.is_new or item.values["status"] != item.record.status):
            item.values["done_at"] = now() if item.values["status"] == "done" else None


def derive(batch: Batch) -> None:
    """Tell people what was given to them."""
    if batch.operation in SILENT:
        return
    for item in batch.items:
        task = item.record
        given = item.is_new or "assignee" in item.after
        if given and task.assignee_id and task.is_open:
            tell(
                [task.assignee_id],
                "assigned",
                by=batch.actor,
                entity=batch.entity.label,
                record_id=task.pk,
                title=task.name,
            )


def tell_mentioned(batch: Batch) -> None:
    """Tell those newly mentioned in a note, if they may read it."""
    if batch.operation in SILENT:
        return
    for item in batch.items:
        old = set(item.before.get("mentions") or ())
        new = (
            [user for user in item.record.mentions if user not in old]
            if item.is_new or "mentions" in item.after
            else []
        )
        readers = [user for user in new if may_read(user, batch.entity, item.record)]
        tell(
            readers,
            "mention",
            by=batch.actor,
            entity=item.record.subject_entity or batch.entity.label,
            record_id=item.record.subject_id or item.record.pk,
            title=item.record.text,
            note=str(item.record.pk),
        )


def may_read(user: UUID, entity: Entity, record: Any) -> bool:
    """Whether a user may read a record."""
    return bool(entity.rows(actor_of(user)).filter(pk=record.pk).exists())


def way_in(entity: Entity, actor: Actor, operation: str) -> Q | None:
    """An open task on a record lets its assignee read it, and those above whose rights reach down to their reports (R135, R136)."""
    if (
        not settings_store.get("access.via_task")
        or operation != "view"
        or actor.id is None
        or entity.access.parent
        or entity.access.subject
    ):
        return None
    task = registry.get("activities.task")
    reach = any(rule.level == "reports" and not rule.deny for rule in rules_for(actor, entity, "view"))
    people = {actor.id, *(actor.report_ids if reach else ())}
    tasks = task.rows(SYSTEM).filter(subject_entity=entity.label, status__in=OPEN, assignee__in=people)
    return one_of(tasks.values("subject_id"))
