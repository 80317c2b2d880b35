"""Everything that is linked to a merged record belongs to the survivor: found in the registry, moved with its history (R35).

Each link field of each kind of record is moved, also of records in the trash. A row that would then stand twice under
its natural key is merged itself, into the survivor's own; a row that would link the survivor to itself goes.
"""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import batched
from typing import Any

from django.db.models import Q, UniqueConstraint

from kith.core import pipeline, trash, writes
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.changes import Running
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.specs import FieldSpec
from kith.core.types import Ref

from .filling import filled
from .merged import Merged

CHUNK = 1000
#: Who a merged record was shared with does not see the survivor by that.
STAYS = frozenset({"access.share"})


@dataclass
class Moved:
    """What went over to the survivor: rows by kind of record, and rows that became one with the survivor's own."""

    rows: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)


def links(entity: Entity) -> Iterator[tuple[Entity, FieldSpec]]:
    """Every field of every kind of record that can link to records of an entity."""
    targets = {entity.label} | {other.label for other in registry if entity.label in other.access.faces}
    for other in registry:
        if other.access.faces or other.label in STAYS:
            continue
        for spec in other.fields.values():
            if spec.columns and (
                spec.type.name == "ref" or (spec.target in targets and spec.type.name in ("link", "tags"))
            ):
                yield other, spec


def rows(entity: Entity, other: Entity, spec: FieldSpec, keys: Sequence[uuid.UUID]) -> Any:
    """The rows of a kind, in the trash or not, whose field links to one of some records."""
    found = other.model._base_manager.filter(**other.face)
    if spec.type.name == "ref":
        return found.filter(**{f"{spec.name}_entity": entity.label, f"{spec.name}_id__in": keys})
    if spec.is_bag:
        listed = spec.type.name == "tags"
        held = [{spec.name: [str(key)] if listed else str(key)} for key in keys]
        return found.filter(reduce(Q.__or__, (Q(custom__contains=one) for one in held)))
    return found.filter(**({f"{spec.name}__overlap": keys} if spec.type.name == "tags" else {f"{spec.path}__in": keys}))


def counts(entity: Entity, keys: Sequence[uuid.UUID]) -> Counter[str]:
    """How many rows of each kind link to some records and are not in the trash; one query for each link."""
    found: Counter[str] = Counter()
    for other, spec in links(entity):
        if count := rows(entity, other, spec, keys).filter(deleted_at=None).count():
            found[other.label] += count
    return found


def relinked(entity: Entity, spec: FieldSpec, record: Any, source: uuid.UUID, target: uuid.UUID) -> Any:
    """The value of a field that links to the target instead of the source."""
    if spec.type.name == "ref":
        return Ref(entity.label, target)
    if spec.type.name == "tags":
        return list(dict.fromkeys(target if key == source else key for key in spec.get(record)))
    return target


def move_all(changes: Running, entity: Entity, source: Any, target: Any, moved: Moved, *, alive: bool = False) -> None:
    """Let everything that links to the source link to the target; with `alive` only what is not in the trash."""
    for other, spec in links(entity):
        found = rows(entity, other, spec, [source.pk]).order_by("pk")
        keys = list((found.filter(deleted_at=None) if alive else found).values_list("pk", flat=True))
        for some in batched(keys, CHUNK, strict=False):
            records = writes.lock(other, some, trashed=None)
            move_some(changes, entity, other, spec, records, source, target, moved)


def move_some(
    changes: Running, entity: Entity, other: Entity, spec: FieldSpec, records: list[Any], source: Any, target: Any, moved: Moved
) -> None:  # fmt: skip
    """Move some rows of one kind; those that the survivor has already become one with its own."""
    twins = twins_of(other, spec, records, target.pk)
    going, items = [], []
    for record in records:
        if record.pk == target.pk:
            items.append(Item(record, {spec.name: None}))
        elif record.pk in twins or (record.pk == source.pk and other is entity):
            going.append(record)
        else:
            items.append(Item(record, {spec.name: relinked(entity, spec, record, source.pk, target.pk)}))
    store(changes, other, items, moved)
    for record in going:
        if record.pk in twins:
            absorb(changes, other, record, twins[record.pk], moved)
            moved.joined[other.label] += 1


def break_circles(entity: Entity, key: uuid.UUID) -> None:
    """Let the survivor stand on top where it would lie below itself now (a company that was above its own double)."""
    for spec in entity.fields.values():
        if spec.target != entity.label or spec.type.name != "link" or not spec.columns or spec.is_bag:
            continue
        (record,) = writes.lock(entity, [key], trashed=None)
        seen, above = {key}, spec.get(record)
        while above is not None and above not in seen:
            seen.add(above)
            above = entity.model._base_manager.filter(pk=above).values_list(spec.path, flat=True).first()
        if above == key:
            follow_values(entity, record, {spec.name: None})


def store(changes: Running, other: Entity, items: list[Item], moved: Moved) -> None:
    """Store moved rows with what follows from it; a row that the database refuses because both its ends are one now goes."""
    if not items:
        return
    try:
        with changes.attempt():
            put(changes, other, items)
            moved.rows[other.label] += len(items)
    except Refused:
        if len(items) > 1:
            for item in items:
                store(changes, other, [again(other, item)], moved)
        elif ends_meet(other, items[0]):
            dissolve(changes, other, items[0].record)
        else:
            raise


def again(other: Entity, item: Item) -> Item:
    """An item as it was before it was refused."""
    (record,) = writes.lock(other, [item.record.pk], trashed=None)
    return Item(record, item.values)


def put(changes: Running, other: Entity, items: list[Item]) -> None:
    """Write values that follow from a merge: recorded and with all that follows for rows that are not in the trash."""
    pipeline.put(other, items)
    changed = [item for item in items if item.after or item.before]
    if changed:
        pipeline.stamp(changes, other, changed)
        pipeline.store_rows(other, changed)
        pipeline.record_changes(changes, other, changed)
        if living := [item for item in changed if item.record.deleted_at is None]:
            pipeline.derive(Batch(SYSTEM, other, living, "edit"))


def ends_meet(other: Entity, item: Item) -> bool:
    """Whether a row would link one record to itself."""
    ends = [spec.get(item.record) for spec in other.fields.values() if spec.type.name == "link" and spec.columns]
    values = list(item.values.values())
    return sum(end in values for end in ends if end is not None) > 1


def dissolve(changes: Running, other: Entity, record: Any) -> None:
    """Put a row away that says something about two records that are one now."""
    (fresh,) = writes.lock(other, [record.pk], trashed=None)
    put_away(changes, other, fresh, None)


def absorb(changes: Running, other: Entity, source: Any, target: Any, moved: Moved) -> None:
    """Let a row become one with its twin, which takes what it lacks and everything that was linked to it."""
    values = filled(other, [target, source])
    move_all(changes, other, source, target, moved)
    put_away(changes, other, source, target)
    if values:
        put(changes, other, [Item(writes.lock(other, [target.pk])[0], values)])


def put_away(changes: Running, other: Entity, record: Any, target: Any, *, whole: bool = False) -> None:
    """Hide a merged row."""
    Merged.objects.create(
        entity=other.label, record_id=record.pk, title=str(record)[:500], survivor_id=target.pk if target else None,
        whole=whole, changeset_id=changes.id, at=changes.at,
    )  # fmt: skip
    if record.deleted_at is None:
        trash.set_trash(changes, other, [record], changes.at)


# --- equal rows --------------------------------------------------------------------------------------------------------


def natural_keys(other: Entity, spec: FieldSpec) -> list[tuple[str, ...]]:
    """Sets of fields by which rows that differ in this link are the same otherwise: what the entity names, and its unique constraints."""
    unique = [
        tuple(constraint.fields)
        for constraint in other.model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and spec.name in constraint.fields
    ]
    return [names for names in (*unique, *((other.natural,) if other.natural else ())) if spec.name in names]


def twins_of(other: Entity, spec: FieldSpec, records: Sequence[Any], target: uuid.UUID) -> dict[uuid.UUID, Any]:
    """By row: the target's own row of the same natural key. Rows in the trash have none."""
    if spec.type.name != "link" or spec.is_bag:
        return {}
    found: dict[uuid.UUID, Any] = {}
    for names in natural_keys(other, spec):
        rest = [other.fields[name] for name in names if name != spec.name]
        own: dict[tuple[Any, ...], Any] = {}
        for row in writes.lock(other, other.rows(SYSTEM).filter(**{spec.path: target}).values_list("pk", flat=True)):
            if key := natural_key(rest, row):
                own.setdefault(key, row)
        for record in records:
            key = natural_key(rest, record)
            if record.deleted_at is None and key and (twin := own.get(key)) is not None and twin.pk != record.pk:
                found.setdefault(record.pk, twin)
    return found


def natural_key(specs: Sequence[FieldSpec], record: Any) -> tuple[Any, ...]:
    """What a row holds in some fields, texts without regard to case and spaces at the ends; () if it says nothing there."""
    values = [spec.get(record) for spec in specs]
    if not any(value for spec, value in zip(specs, values, strict=True) if spec.type.name != "choice"):
        return ()
    return tuple(value.casefold().strip() if isinstance(value, str) else value for value in values)


def follow_values(entity: Entity, record: Any, values: dict[str, Any]) -> None:
    """Write values of one record that follow by a rule."""
    if values:
        follow(entity, [Item(record, values)])
