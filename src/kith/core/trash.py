"""Deleting, bringing back and erasing: records go into the trash and out of it with their parts."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CASCADE, FETCH_PEERS, SET_NULL, ForeignObjectRel
from django.utils.translation import gettext_lazy as _

from . import access, bag_links, pipeline, room, store
from .access import Actor
from .batch import Batch, Item
from .changes import Running, change_set
from .entity import Entity, registry
from .errors import Forbidden, Refused
from .ledger import Op
from .merging.merged import hidden
from .pipeline import STAMPS, Outcome, as_itself, constraint_errors, dump, entry, lock

#: Whether something that the database cannot tell points to records that are erased: functions (entity, ids).
holders: list[Callable[[Entity, Sequence[Any]], bool]] = []
#: Why records may not be erased yet, in words, or None: functions (entity, records).
keepers: list[Callable[[Entity, Sequence[Any]], Any]] = []
STILL_LINKED = _("Other records still point to it; remove those links first.")


def delete(actor: Actor, entity: Entity, keys: Iterable[uuid.UUID], *, reason: str = "") -> Outcome:
    """Move records and their parts to the trash; those that may not be deleted are skipped."""
    as_itself(entity)
    wanted = list(dict.fromkeys(keys))
    with room.making(), change_set(actor, kind="delete", entity=entity.label, reason=reason) as changes:
        mine = set(entity.rows(actor, "delete").filter(pk__in=wanted).values_list("pk", flat=True))
        skipped = [(key, _("You may not delete it.")) for key in wanted if key not in mine]
        records = lock(entity, mine)
        set_trash(changes, entity, records, changes.at)
    return Outcome(records, skipped, changes.id)


def restore(actor: Actor, entity: Entity, keys: Iterable[uuid.UUID]) -> Outcome:
    """Bring records back from the trash, with the parts that went with them."""
    as_itself(entity)
    wanted = list(dict.fromkeys(keys))
    with change_set(actor, kind="restore", entity=entity.label) as changes:
        mine = set(entity.rows(actor, "delete", trashed=True).filter(pk__in=wanted).values_list("pk", flat=True))
        skipped = [(key, _("You may not restore it.")) for key in wanted if key not in mine]
        merged = hidden(mine)
        skipped += [(key, _("It was merged into another record; take that merge apart.")) for key in merged]
        mine -= merged
        records = lock(entity, mine, trashed=True)
        set_trash(changes, entity, records, None)
    return Outcome(records, skipped, changes.id)


def set_trash(changes: Running, entity: Entity, records: list[Any], at: Any, *, with_whole: bool = False) -> None:
    """Trash records (or bring them back when `at` is None), with the parts that share their fate, and record it."""
    if not records:
        return
    moments = {record.deleted_at for record in records} - {None}
    for part, link in entity.parts:
        rows = part.model._base_manager.filter(**{f"{link}__in": [record.pk for record in records]}, **part.face)
        rows = rows.filter(deleted_at=None) if at else rows.filter(deleted_at__in=moments)
        set_trash(
            changes,
            part,
            list(rows.select_for_update(of=("self",)).order_by("pk").fetch_mode(FETCH_PEERS)),
            at,
            with_whole=True,
        )
    for record in records:
        record.deleted_at, record.updated_at, record.version = at, changes.at, record.version + 1
    try:
        with transaction.atomic():
            store.update(entity.model, records, {"deleted_at", *STAMPS})
    except IntegrityError as error:
        raise Refused(constraint_errors(entity, error)) from error
    if at is None:
        pipeline.came_back(entity, records)
    op = Op.DELETE if at else Op.RESTORE
    changes.add([entry(changes, entity, record, op, {}, {}) for record in records])
    pipeline.derive(
        Batch(
            changes.actor,
            entity,
            [Item(record, {}) for record in records],
            "with_whole" if with_whole else "delete" if at else "restore",
        )
    )


def purge(actor: Actor, entity: Entity, records: Sequence[Any]) -> None:
    """Erase rows for good, keeping their last values in the ledger; raises Refused when something still points to them."""
    as_itself(entity)
    access.require_system_right(actor, "trash_purge")
    alive = any(record.deleted_at is None for record in records)
    if alive and not actor.is_system:
        raise Refused(_("Only records in the trash can be erased."))
    with room.making(), change_set(actor, kind="purge", entity=entity.label) as changes:
        mine = (
            {record.pk for record in records}
            if actor.is_system
            else set(
                entity.rows(actor, "delete", trashed=True)
                .filter(pk__in=[r.pk for r in records])
                .values_list("pk", flat=True)
            )
        )
        if len(mine) < len({record.pk for record in records}):
            raise Forbidden(access.right(entity, "delete"))
        erase(
            changes, entity, lock(entity, mine, trashed=None if alive else True)
        )  # not what has been brought back meanwhile


def erase(changes: Running, entity: Entity, records: Sequence[Any]) -> None:
    """Remove rows, their parts and what was merged into them from the tables, recording their last values."""
    if why := next((why for keeps in keepers if (why := keeps(entity, records))), None):
        raise Refused(why)
    if entity.duplicates:
        from .merging import merge  # it moves records to the trash

        merge.forget(changes, entity, [record.pk for record in records])
    for part, link in entity.parts:
        parts = list(
            part.model._base_manager.filter(
                **{f"{link}__in": [record.pk for record in records]}, **part.face
            ).fetch_mode(FETCH_PEERS)
        )
        if parts:
            erase(changes, part, parts)
    full = [
        {
            name: dump(spec, spec.get(record))
            for name, spec in entity.fields.items()
            if spec.columns and not spec.type.is_empty(spec.get(record))
        }
        for record in records
    ]
    changes.add(
        [entry(changes, entity, record, Op.PURGE, values, {}) for record, values in zip(records, full, strict=True)]
    )
    keys = [record.pk for record in records]
    if bag_links.are_held(entity, keys) or any(holds(entity, keys) for holds in holders):
        raise Refused(STILL_LINKED)
    try:
        with transaction.atomic():
            let_go(entity, [record.pk for record in records])
            store.delete(entity.model, [record.pk for record in records])
            store.check_links()
    except IntegrityError as error:
        raise Refused(STILL_LINKED) from error
    pipeline.derive(Batch(changes.actor, entity, [Item(record, {}) for record in records], "purge"))


def let_go(entity: Entity, keys: Sequence[Any]) -> None:
    """What is kept beside the records (notifications, stars, sessions, jobs) goes with them or forgets them, as its link says.

    Links of records are left alone: they decide whether something may be erased at all.
    """
    tables = {each.model._meta.db_table for each in registry}
    model = entity.model._meta.concrete_model or entity.model
    for link in model._meta.get_fields(include_hidden=True):
        if not isinstance(link, ForeignObjectRel) or link.field.model._meta.db_table in tables:
            continue
        rows = link.field.model._base_manager.filter(**{f"{link.field.name}__in": keys})
        if link.on_delete is CASCADE:
            rows.delete()
        elif link.on_delete is SET_NULL:
            rows.update(**{link.field.name: None})
