"""The entries of change-sets walked backwards: fields get their old values, records leave the trash or go back, confirmations too."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from . import access, pipeline, recreating, store, writes
from .access import Actor
from .batch import Batch, Item
from .changes import Running
from .entity import Entity, registry
from .errors import Refused
from .ledger import Change, ChangeSet, Op
from .recreating import loaded
from .uncreating import uncreate
from .undo_plan import HIDDEN, Plan, done, permitted, title_of

CHUNK = 2000


def walk(changes: Running, actor: Actor, found: list[ChangeSet]) -> Plan:
    """Walk the entries backwards in chunks of one entity and operation."""
    plan = Plan(found)
    again = recreating.Again()
    for entity_label, op, entries in runs(plan.keys):
        entity = registry.find(entity_label)
        if entity is None:
            gone = _("this kind of record no longer exists")
            plan.refused += [(entity_label, title_of(actor, plan, entry), gone) for entry in entries]
            continue
        steps = {
            Op.CREATE: uncreate, Op.UPDATE: unchange, Op.DELETE: untrash, Op.RESTORE: retrash,
            Op.CONFIRM: unconfirm, Op.UNCONFIRM: reconfirm, **({Op.PURGE: again.recreate} if plan.is_redo else {}),
        }  # fmt: skip
        step = steps.get(Op(op))
        if step is None:
            gone = _("erased for good")
            plan.refused += [(entity_label, title_of(actor, plan, entry), gone) for entry in entries]
        else:
            step(changes, actor, entity, entries, plan)
    again.settle()
    return plan


def runs(keys: list[uuid.UUID]) -> Iterator[tuple[str, str, list[Change]]]:
    """The entries of change-sets, last first, in runs of one entity and operation of bounded size."""
    chunk: list[Change] = []
    for entry in Change.objects.filter(changeset_id__in=keys).order_by("-id").iterator(chunk_size=CHUNK):
        if chunk and (len(chunk) >= CHUNK or (chunk[0].entity, chunk[0].op) != (entry.entity, entry.op)):
            yield chunk[0].entity, chunk[0].op, chunk
            chunk = []
        chunk.append(entry)
    if chunk:
        yield chunk[0].entity, chunk[0].op, chunk


def unchange(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Give changed fields their old values where nobody changed them since."""
    entries = permitted(actor, entity, "edit", entries, plan)
    locked = locked_fields(actor, entity, entries)
    by_record: dict[uuid.UUID, list[Change]] = defaultdict(list)
    for entry in entries:
        by_record[entry.record_id].append(entry)
    items: list[Item] = []
    is_merge = any(one.kind == "merge" for one in plan.changesets)  # whose moved rows may lie in the trash
    for record in writes.lock(entity, by_record, trashed=None if is_merge else False):
        item = Item(record, {}, row=len(items))
        for entry in by_record[record.pk]:
            values, kept = old_values(entity, record, entry, by_element=is_merge)
            refused = values.keys() & locked
            plan.refused += [
                (entity.label, field_title(actor, entity, entry, name), _("you may no longer change it"))
                for name in refused
            ]
            plan.kept += [(entity.label, field_title(actor, entity, entry, name), _("edited since")) for name in kept]
            take_back(entity, item, {name: value for name, value in values.items() if name not in refused})
        if item.after:
            items.append(item)
    if items:
        give_back(changes, actor, entity, items, plan)


def field_title(actor: Actor, entity: Entity, entry: Change, name: str) -> str:
    """A field of a record in words; one that the actor may not read without its name."""
    seen = actor.is_system or access.field_level(actor, entity, name) != "none"
    return f"{entry.title}: {entity.fields[name].label if seen else HIDDEN}"


def take_back(entity: Entity, item: Item, values: dict[str, Any]) -> None:
    """Put old values on a record, which several changes may have given one after the other."""
    for name, value in values.items():
        spec = entity.fields[name]
        item.before.setdefault(name, spec.get(item.record))
        spec.put(item.record, value)
        item.values[name], item.after[name] = value, spec.get(item.record)


def give_back(changes: Running, actor: Actor, entity: Entity, items: list[Item], plan: Plan) -> None:
    """Store old values; a row that a constraint or a gate refuses stays as it is and is told."""

    def refuse(position: int, errors: dict[str, list[Any]]) -> None:
        reason = next(iter(errors.values()))[0]
        plan.refused.append((entity.label, str(items[position].record), reason))

    pipeline.stamp(changes, entity, items)
    stored = pipeline.store_each(entity, items, refuse)
    if stored:
        pipeline.record_changes(changes, entity, stored)
        pipeline.derive(Batch(actor, entity, stored, "undo"))
        done(plan, entity, len(stored))


def locked_fields(actor: Actor, entity: Entity, entries: list[Change]) -> set[str]:
    """Fields of the entries that the actor may not write; those that rules keep follow from others and are nobody's to write."""
    names = {name for entry in entries for name in entry.after if name in entity.fields}
    return set() if actor.is_system else {name for name in names if access.field_level(actor, entity, name) != "edit"}


def old_values(
    entity: Entity, record: Any, entry: Change, *, by_element: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """Values to give back, and names of fields that have been edited since; of lists, with `by_element`, what was added goes."""
    values, kept = {}, []
    for name, after in entry.after.items():
        spec = entity.fields.get(name)
        if spec is None:
            continue
        now, before = spec.get(record), loaded(spec, entry.before.get(name))
        if pipeline.same(spec, now, loaded(spec, after)):
            values[name] = before
        elif by_element and isinstance(now, list):
            values[name] = elements(now, before or [], loaded(spec, after) or [])
        elif not pipeline.same(spec, now, before):
            kept.append(name)
    return values, kept


def elements(now: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """A list without what was added to it and with what was taken from it; what else was done to it since stays."""
    kept = [element for element in now if element not in after or element in before]
    return kept + [element for element in before if element not in after and element not in kept]


def untrash(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Bring deleted records back."""
    flip(changes, actor, entity, entries, plan, trashed=True)


def retrash(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Put restored records back into the trash."""
    flip(changes, actor, entity, entries, plan, trashed=False)


def flip(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan, *, trashed: bool) -> None:
    """Move records out of the trash or into it; parts follow a whole that has just moved or stayed, others need a right of their own."""
    records = writes.lock(entity, [entry.record_id for entry in entries], trashed=trashed)
    wholes = {record.pk: whole_of(entity, record) for record in records}
    followers = [key for key, whole in wholes.items() if whole in plan.moved]
    alone = [entry for entry in entries if wholes.get(entry.record_id) not in plan.moved | plan.denied]
    mine = permitted(actor, entity, "delete", alone, plan, trashed=trashed)
    keys = [*followers, *(entry.record_id for entry in mine)]
    try:
        move(changes, actor, entity, keys, plan, trashed=trashed)
    except Refused:
        for key in keys:
            try:
                move(changes, actor, entity, [key], plan, trashed=trashed)
            except Refused as refused:
                reasons = [message for messages in refused.errors.values() for message in messages]
                plan.refused += [(entity.label, entry.title, reasons[0]) for entry in entries if entry.record_id == key]
                plan.denied.add(key)


def whole_of(entity: Entity, record: Any) -> Any:
    """The id of the record that this one is a part of; None for one that stands for itself."""
    return entity.declared[entity.access.parent].get(record) if entity.access.parent else None


def move(changes: Running, actor: Actor, entity: Entity, keys: list[uuid.UUID], plan: Plan, *, trashed: bool) -> None:
    """Move records together, or raise Refused with all of them where they were."""
    records = writes.lock(entity, keys, trashed=trashed)
    if not records:
        return
    for record in records:
        record.deleted_at, record.updated_at, record.version = (
            (None if trashed else changes.at),
            changes.at,
            record.version + 1,
        )
    with changes.attempt():
        try:
            store.update(entity.model, records, {"deleted_at", *pipeline.STAMPS})
        except IntegrityError as error:
            raise Refused(pipeline.constraint_errors(entity, error)) from error
        if trashed:
            pipeline.came_back(entity, records)
        op = Op.RESTORE if trashed else Op.DELETE
        changes.add([pipeline.entry(changes, entity, record, op, {}, {}) for record in records])
        pipeline.derive(
            Batch(actor, entity, [Item(record, {}) for record in records], "restore" if trashed else "delete")
        )
    plan.moved |= {record.pk for record in records}
    done(plan, entity, len(records))


def unconfirm(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Take confirmations back: the values stay, as old as they were."""
    reconfirm(changes, actor, entity, entries, plan, op=Op.UNCONFIRM)


def reconfirm(
    changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan, *, op: Op = Op.CONFIRM
) -> None:
    """Give back confirmations that were taken back."""
    mine = {entry.record_id: entry for entry in permitted(actor, entity, "edit", entries, plan)}
    records = writes.lock(entity, mine)
    changes.add([pipeline.entry(changes, entity, one, op, mine[one.pk].before, mine[one.pk].after) for one in records])
    done(plan, entity, len(records))
