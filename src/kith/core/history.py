"""The history of a record and the feed of all changes, cut to what the reader may see (R138, R143)."""

import uuid
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from . import access
from .access import Actor
from .entity import Entity, registry
from .ledger import Change, ChangeSet


def visible_values(entity: Entity, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Values of a ledger entry by fields the actor may read."""
    readable = access.readable(actor, entity)
    return {name: value for name, value in values.items() if name in readable}


def as_data(
    entity: Entity, actor: Actor, change: Change, changeset: ChangeSet | None, *, in_full: bool = True
) -> dict[str, Any]:
    """One entry for the API; without the right to the history it says only that something happened (R143)."""
    data: dict[str, Any] = {
        "cursor": change.id, "at": change.at, "op": change.op, "entity": entity.label, "id": str(change.record_id), "title": "", "version": change.version,
        "before": {}, "after": {}, "changeset": str(change.changeset_id), "by": "", "origin": "", "reason": "", "kind": "", "source": {},
    }  # fmt: skip
    if in_full:
        data |= {
            "title": change.title,
            "source": change.source,
            "before": visible_values(entity, actor, change.before),
            "after": visible_values(entity, actor, change.after),
        }
    if in_full and changeset:
        data |= {
            "by": changeset.actor_name,
            "origin": changeset.origin,
            "reason": changeset.reason,
            "kind": changeset.kind,
        }
    return data


def sets_of(changes: list[Change]) -> dict[uuid.UUID, ChangeSet]:
    """The change-sets of entries, by id."""
    return ChangeSet.objects.in_bulk({change.changeset_id for change in changes})


def changes_of(
    entity: Entity, actor: Actor, key: uuid.UUID, limit: int = 200, before: int | None = None
) -> list[dict[str, Any]]:
    """The latest changes of one record; the caller has checked the right to its history."""
    found = Change.objects.filter(record_id=key).order_by("-at", "-id")
    entries = list((found.filter(id__lt=before) if before else found)[:limit])
    sets = sets_of(entries)
    return [as_data(entity, actor, change, sets.get(change.changeset_id)) for change in entries]


HORIZON = """
SELECT coalesce(
    (SELECT backend_xid FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY age(backend_xid) DESC LIMIT 1),
    pg_snapshot_xmax(pg_current_snapshot())::xid)::text
"""


def settled() -> QuerySet[Change]:
    """Entries of transactions older than every running one: no entry with a lower id can appear later.

    The horizon is read by a statement of its own, before the entries: whoever wrote below it has ended by then and is seen.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        horizon = cursor.fetchone()[0]
    return Change.objects.filter(
        RawSQL("age(core_change.xmin) > age(%s::xid)", (horizon,), output_field=BooleanField())
    )


def feed(actor: Actor, after: int, limit: int, label: str = "") -> tuple[list[dict[str, Any]], int]:
    """Changes after a cursor, oldest first, of records the actor may see now (also in the trash); and the next cursor."""
    found = settled().filter(id__gt=after).order_by("id")
    entries = list((found.filter(entity=label) if label else found)[:limit])
    sets = sets_of(entries)
    labels = {entry.entity for entry in entries}
    seen, full = ({name: within(actor, name, right, entries) for name in labels} for right in ("view", "history"))
    results = [
        as_data(
            registry.get(change.entity),
            actor,
            change,
            sets.get(change.changeset_id),
            in_full=change.record_id in full[change.entity],
        )
        for change in entries
        if change.record_id in seen[change.entity]
    ]
    return results, entries[-1].id if entries else after


def within(actor: Actor, label: str, operation: str, entries: list[Change]) -> set[uuid.UUID]:
    """The records of the entries, of one entity, on which the actor has a right, also in the trash."""
    entity = registry.find(label)
    if entity is None:
        return set()
    keys = {entry.record_id for entry in entries if entry.entity == label}
    return {
        key
        for trashed in (False, True)
        for key in entity.rows(actor, operation, trashed=trashed).filter(pk__in=keys).values_list("pk", flat=True)
    }
