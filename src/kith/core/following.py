"""Writes that follow by a rule from a write that was authorised and checked: copies, marks, parts."""

from collections.abc import Sequence
from typing import Any

from . import pipeline, store
from .batch import Item
from .changes import Running, running
from .entity import Entity


def active() -> Running:
    """The change-set in which a hook runs."""
    changes = running()
    if changes is None:
        raise RuntimeError("what follows from a write belongs into its change-set")
    return changes


def follow(entity: Entity, items: Sequence[Item]) -> list[Any]:
    """Store and record the values of `items` in the running change-set; returns the records that changed.

    Neither rights nor values are checked and no further hook runs: the rule that calls it has decided both.
    """
    pipeline.put(entity, items)
    changed = [item for item in items if item.is_new or item.after or item.before]
    if changed:
        pipeline.stamp(active(), entity, changed)
        pipeline.store_rows(entity, changed)
        pipeline.record_changes(active(), entity, changed)
    return [item.record for item in changed]


def reindex(entity: Entity, records: Sequence[Any]) -> None:
    """Renew the search text of records whose parts changed; no change of content, so no ledger entry."""
    if records:
        pipeline.index(entity, records, with_parts=True)
        store.update(entity.model, records, pipeline.SEARCH)
