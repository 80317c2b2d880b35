"""Who works on a customer that was merged works on the survivor; taken apart, each piece of work is its own customer's again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kith.core.access import SYSTEM
from kith.core.changes import Running
from kith.core.entity import Entity, registry

from .entities.work_item import WorkItem


def gather(changes: Running, entity: Entity, survivor: Any, merged: Sequence[Any]) -> None:
    """Open work on merged customers is work on the survivor. Where two people work at this moment, both go on until their leases end."""
    for item in WorkItem.objects.filter(party_id__in=[one.pk for one in merged], state__in=WorkItem.OPEN):
        give(item, survivor.pk)


def part(changes: Running, entity: Entity, survivor: Any, records: Sequence[Any], since: Any) -> None:
    """Open work on the survivor is about the customer that its record names now."""
    for item in WorkItem.objects.filter(party_id=survivor.pk, state__in=WorkItem.OPEN):
        subject = registry.find(item.subject_entity)
        record = subject.rows(SYSTEM).filter(pk=item.subject_id).first() if subject else None
        if subject is not None and record is not None:
            give(item, subject.work_party(record))


def stop(changes: Running, entity: Entity, survivor: Any, merged: Sequence[Any]) -> None:
    """Work on records that became another one is over; that one has its own owner, waits by itself, or waits in their place."""
    items = WorkItem.objects.filter(subject_id__in=[one.pk for one in merged], state__in=WorkItem.OPEN)
    waiting = items.filter(state=WorkItem.State.WAITING).exclude(pool_id=None).first()
    items.update(state=WorkItem.State.DONE, ended_at=changes.at, changeset_id=changes.id)
    if waiting is not None and getattr(survivor, "owner_id", None) is None:
        wait(waiting, survivor.pk, changeset_id=changes.id)


def wait_again(changes: Running, entity: Entity, survivor: Any, records: Sequence[Any], since: Any) -> None:
    """Records that stand for themselves again and have no owner wait in the pool in which they waited before; the survivor no longer for them."""
    WorkItem.objects.filter(subject_id=survivor.pk, changeset_id=changes.undo_of, state=WorkItem.State.WAITING).delete()
    free = [one.pk for one in records if getattr(one, "owner_id", None) is None]
    ended = WorkItem.objects.filter(subject_id__in=free, ended_at=since, state=WorkItem.State.DONE)
    for item in ended.exclude(pool_id=None):
        wait(item, item.subject_id)


def wait(item: WorkItem, subject: UUID, **facts: Any) -> None:
    """Let a record wait as another one did, or it itself before, unless it waits or is worked already."""
    if WorkItem.objects.filter(subject_id=subject, state__in=WorkItem.OPEN).exists():
        return
    WorkItem.objects.create(
        subject_entity=item.subject_entity, subject_id=subject, party_id=item.party_id, pool_id=item.pool_id, priority=item.priority,
        state=WorkItem.State.WAITING, entered_at=item.entered_at, previous_owner_id=item.previous_owner_id, reason=item.reason, **facts,
    )  # fmt: skip


def give(item: WorkItem, party: UUID) -> None:
    """Let a piece of work be about a customer, unless somebody else works on that one."""
    if item.party_id == party:
        return
    try:
        with transaction.atomic():
            WorkItem.objects.filter(pk=item.pk).update(party_id=party)
    except IntegrityError:
        pass  # the constraint keeps two people from one customer; the lease that is left ends by itself
