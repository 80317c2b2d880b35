"""A provisional party becomes a known one as soon as somebody edits its card (R11)."""

from kith.core.batch import Batch


def prepare(batch: Batch) -> None:
    """Make provisional parties active that a person, not Kith, is editing."""
    if batch.operation != "edit" or batch.actor.is_system:
        return
    for item in batch.items:
        if item.record.status == "provisional" and "status" not in item.values:
            item.values["status"] = "active"
