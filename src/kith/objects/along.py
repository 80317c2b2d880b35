"""What was set up for an object (fields, views, rights, processes, rules, pools) goes into the trash with it, and comes back with it."""

from collections.abc import Iterable, Mapping
from typing import Any

from kith.core import trash, writes
from kith.core.access import SYSTEM
from kith.core.changes import running
from kith.core.entity import Entity, registry
from kith.core.ledger import Change, Op

from .nouns import KINDS


def about() -> list[Entity]:
    """Kinds of record that name a kind of record in a column of their own."""
    return [
        entity for entity in registry.declared.values()
        if "entity" in {column.name for column in entity.model._meta.concrete_fields}
    ]  # fmt: skip


def sleep(labels: Iterable[str]) -> None:
    """Into the trash, as parts of the object: a published process alone could not go there."""
    changes = running()
    assert changes is not None, "inside a change-set"
    for entity in about():
        keys = list(entity.rows(SYSTEM).filter(entity__in=list(labels)).values_list("pk", flat=True))
        trash.set_trash(changes, entity, writes.lock(entity, keys), changes.at, with_whole=True)


def wake(rows: Mapping[str, Any]) -> None:
    """Back from the trash: what went there with the object, and nothing that had gone before."""
    for label, row in rows.items():
        gone = Change.objects.filter(entity=KINDS, record_id=row.pk, op=Op.DELETE).order_by("-id").first()
        for entity in about() if gone else ():
            assert gone is not None
            lost = entity.rows(SYSTEM, trashed=True).filter(entity=label, deleted_at=gone.at)
            if keys := list(lost.values_list("pk", flat=True)):
                trash.restore(SYSTEM, entity, keys)
