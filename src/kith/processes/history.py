"""How long each record was in each stage: one stay after the other, kept in the change-set of the move (B7)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from kith.core.batch import Batch, Item
from kith.core.changes import Running, running
from kith.core.ids import uuid7
from kith.core.store import insert_plain

from .entities.stage_stay import StageStay
from .rules import is_staged


def follow(batch: Batch) -> None:
    """Close and open stays as records move; those of erased records go, those of an undone move end as if it had not been."""
    if not is_staged(batch.entity):
        return
    keys = [item.record.pk for item in batch.items]
    if batch.operation == "purge":
        StageStay.objects.filter(record_id__in=keys).delete()
        return
    moved = [item for item in batch.items if item.is_new or "stage" in item.after]
    changes = running()
    if not moved or changes is None:
        return
    if batch.operation == "undo" and changes.undo_of:
        moved = unmove(moved, changes.undo_of)
    begin(changes, batch, moved)


def begin(changes: Running, batch: Batch, items: Sequence[Item]) -> None:
    """End the running stays of these records and open new ones."""
    leave([item.record.pk for item in items if not item.is_new], changes.at)
    insert_plain(
        StageStay,
        [
            StageStay(
                id=uuid7(),
                entity=batch.entity.label,
                record_id=item.record.pk,
                process_id=item.record.process_id,
                stage_id=item.record.stage_id,
                state=item.record.state,
                entered_at=item.record.stage_at,
                by_id=changes.actor.id,
                changeset_id=changes.id,
            )
            for item in items
        ],
    )


def leave(keys: Collection[UUID], at: Any) -> None:
    """End the running stays of records."""
    if keys:
        StageStay.objects.filter(record_id__in=keys, left_at=None).update(left_at=at)


def unmove(items: Sequence[Item], undone: UUID) -> list[Item]:
    """Take back the stays that an undone change-set began, where the one before is the one returned to; gives the other items."""
    keys = [item.record.pk for item in items]
    begun = dict(
        StageStay.objects.filter(record_id__in=keys, left_at=None, changeset_id=undone).values_list("record_id", "pk")
    )
    former: dict[UUID, StageStay] = {}
    for stay in StageStay.objects.filter(record_id__in=begun).exclude(left_at=None).order_by("entered_at", "pk"):
        former[stay.record_id] = stay
    back = [item for item in items if returns(item, former)]
    mine = {item.record.pk for item in back}
    StageStay.objects.filter(pk__in=[begun[key] for key in mine]).delete()
    StageStay.objects.filter(pk__in=[former[key].pk for key in mine]).update(left_at=None)
    return [item for item in items if item.record.pk not in mine]


def returns(item: Item, former: dict[UUID, StageStay]) -> bool:
    """Whether a record is back in the stage of its stay before."""
    before = former.get(item.record.pk)
    return before is not None and before.stage_id == item.record.stage_id


def stays(record: Any) -> list[StageStay]:
    """All stays of a record, oldest first."""
    return list(StageStay.objects.filter(record_id=record.pk).order_by("entered_at", "pk"))
