"""What a change of owner means for pools and leases, through whatever door it came, undo included."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.batch import Batch
from kith.core.changes import running
from kith.core.errors import Refused
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


def keep_pool(batch: Batch) -> None:
    """What waits in a pool is taken from there, with its limits, and not by writing an owner."""
    if (
        batch.actor.is_system
        or not is_owned(batch.entity)
        or access.has_rule_for_all(batch.actor, batch.entity, "assign")
    ):
        return
    mine = [item.record.pk for item in batch.items if not item.is_new and item.values.get("owner")]
    if mine and WorkItem.objects.filter(subject_id__in=mine, state=State.WAITING).exists():
        raise Refused({"owner": [_("It waits in a pool; take it from there.")]})


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
    again = list(WorkItem.objects.filter(subject_id__in=free, changeset_id=undone).exclude(pool_id=None))
    now = timezone.now()
    # What was taken counts for the day though it was undone: else one could look at one record after the other.
    WorkItem.objects.filter(pk__in=[item.pk for item in again]).update(state=State.RETURNED, ended_at=now)
    WorkItem.objects.bulk_create(
        WorkItem(
            subject_entity=item.subject_entity, subject_id=item.subject_id, party_id=item.party_id, pool_id=item.pool_id, priority=item.priority,
            state=State.WAITING, entered_at=item.entered_at, previous_owner_id=item.previous_owner_id, reason=item.reason,
        )
        for item in again
    )  # fmt: skip
