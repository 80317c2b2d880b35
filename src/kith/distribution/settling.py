"""What a change of owner means for pools and leases, through whatever door it came, undo included."""

from typing import Any
from uuid import UUID

from kith.core.changes import running
from kith.core.entity import Batch
from kith.core.owning import is_owned

from .entities.assignment import Assignment
from .entities.work_item import WorkItem

State = WorkItem.State


def follow(batch: Batch) -> None:
    """A record with an owner waits no longer; an undone taking waits again; what is erased is forgotten."""
    if not is_owned(batch.entity):
        return
    if batch.operation == "purge":
        WorkItem.objects.filter(subject_id__in=[item.record.pk for item in batch.items]).delete()
        return
    moved = [item.record for item in batch.items if not item.is_new and "owner" in item.after]
    changes = running()
    if not moved or changes is None:
        return
    if batch.operation == "undo" and changes.undo_of:
        take_back(moved, changes.undo_of)
    owned = [record.pk for record in moved if record.owner_id]
    if owned:
        WorkItem.objects.filter(subject_id__in=owned, state=State.WAITING).update(state=State.DONE, ended_at=changes.at, changeset_id=changes.id)  # fmt: skip
    release(moved, changes.at)


def release(records: list[Any], at: Any) -> None:
    """End the work of those who are no longer the owner."""
    for item in WorkItem.objects.filter(subject_id__in=[record.pk for record in records], state=State.LEASED):
        owner = next(record.owner_id for record in records if record.pk == item.subject_id)
        if owner not in (item.lease_owner_id, None):
            WorkItem.objects.filter(pk=item.pk, state=State.LEASED).update(state=State.RETURNED, ended_at=at)


def take_back(records: list[Any], undone: UUID) -> None:
    """Undo what the change-set did: a gift counts no more, what was taken waits again, what was put in is out."""
    keys = [record.pk for record in records]
    free = [record.pk for record in records if record.owner_id is None]
    Assignment.objects.filter(record_id__in=keys, changeset_id=undone).delete()
    WorkItem.objects.filter(subject_id__in=keys, changeset_id=undone, state=State.WAITING).delete()
    again = WorkItem.objects.filter(subject_id__in=free, changeset_id=undone).exclude(pool_id=None)
    again.update(state=State.WAITING, lease_owner_id=None, leased_at=None, lease_until=None, ended_at=None)
