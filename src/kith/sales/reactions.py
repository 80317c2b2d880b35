"""What sales does because something happened elsewhere: answers stop clocks, rates and names change."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.events import Event, subscribe
from kith.core.following import follow
from kith.core.jobs import wake
from kith.core.ledger import Change

from . import jobs

#: Kinds of tasks that, once done, answer a lead.
ANSWERS = ("call", "email")


def task_done(event: Event) -> None:
    """A call or e-mail that is done answers the lead it is about."""
    tasks = (
        registry.get("activities.task").rows(SYSTEM).filter(pk__in=event.record_ids, status="done", kind__in=ANSWERS)
    )
    stop(tasks.filter(subject_entity="sales.lead").values_list("subject_id", "done_at"))


def note_written(event: Event) -> None:
    """A note about a lead tells that somebody took care of it."""
    notes = registry.get("activities.note").rows(SYSTEM).filter(pk__in=event.record_ids, subject_entity="sales.lead")
    stop(notes.values_list("subject_id", "created_at"))


def stop(answers: Iterable[tuple[UUID, Any]]) -> None:
    """Stop the clocks of leads at the moment of their first answer."""
    first: dict[UUID, Any] = {}
    for key, at in answers:
        if at is not None:
            first[key] = min(first.get(key, at), at)
    entity = registry.get("sales.lead")
    if not first:
        return
    with change_set(SYSTEM, kind="answer", entity=entity.label):
        waiting = [lead for lead in writes.lock(entity, first) if lead.first_response_at is None]
        follow(entity, [Item(lead, {"first_response_at": first[lead.pk]}) for lead in waiting])


def rates_changed(event: Event) -> None:
    """Amounts of open opportunities follow the rates."""
    wake(jobs.convert)


def renamed(event: Event) -> None:
    """A lead that is called like its party follows when the party is renamed (R12)."""
    link = event.entity.partition(".")[2]
    changes = Change.objects.filter(changeset_id=event.changeset, entity=event.entity, record_id__in=event.record_ids)
    names: Mapping[UUID, tuple[str, str]] = {
        change.record_id: (change.before.get("name") or "", change.after["name"])
        for change in changes
        if change.after.get("name")
    }
    entity = registry.get("sales.lead")
    for key, (old, new) in names.items():
        with change_set(SYSTEM, kind="rename", entity=entity.label):
            keys = entity.rows(SYSTEM).filter(**{link: key}, name=old[:200]).values_list("pk", flat=True)
            follow(entity, [Item(lead, {"name": new[:200]}) for lead in (writes.lock(entity, keys) if keys else ())])


def listen() -> None:
    """Subscribe; called once, when the app is ready."""
    for name in ("created", "updated"):
        subscribe(f"activities.task.{name}")(task_done)
    subscribe("activities.note.created")(note_written)
    for name in ("created", "updated", "deleted", "restored"):
        subscribe(f"core.exchangerate.{name}")(rates_changed)
    for label in ("parties.person", "parties.company"):
        subscribe(f"{label}.updated")(renamed)
