"""Undo of any change-set, or of several together, at any later time (N1): each field compared three ways; what was edited since is kept and told.

1. Walk the change-set's entries backwards.
2. A created record is erased, unless it was edited since or others point to it: then it is kept.
3. A changed field gets its old value back if it still has the value the change-set gave it; else it is kept.
4. A deleted record returns from the trash, a restored one goes back, with its parts; an erased one cannot come back: refused,
   unless an undo erased it, which took back that it was created (`recreating.py`).
5. Change-sets that are undone together are walked as one: what one of them edited of another is no edit since.
6. Whoever undoes needs the right to what is undone, on each record and field, at this moment.
7. An undo is a change-set like any other: its undo does again what was undone (`redo`). Asked for a change-set that was
   undone and done again since, the last link of that chain is undone (`standing.py`).
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from . import access, pipeline, recreating, standing, store, trash, writes
from .access import Actor
from .batch import Batch, Item
from .changes import Running, change_set
from .entity import Entity, registry
from .errors import Forbidden, Missing, Refused
from .ledger import Change, ChangeSet, Op
from .owning import is_owned
from .recreating import loaded

CHUNK = 2000
#: Change-sets that are undone together.
MOST = 500
#: No change-set takes longer than this.
LONGEST = timedelta(days=1)


@dataclass
class Plan:
    """What an undo would do or did: counts, and examples of what is kept or refused with the reason."""

    changesets: list[ChangeSet]
    restored: int = 0
    kept: list[tuple[str, str, Any]] = field(default_factory=list)
    refused: list[tuple[str, str, Any]] = field(default_factory=list)
    by_entity: Counter[str] = field(default_factory=Counter)
    moved: set[uuid.UUID] = field(default_factory=set)
    denied: set[uuid.UUID] = field(default_factory=set)
    #: The change-set that was written; None for a preview, and where nothing could be undone.
    made: uuid.UUID | None = None

    @property
    def is_redo(self) -> bool:
        """Whether it does again what was undone."""
        return all(found.kind == "undo" for found in self.changesets)

    @property
    def keys(self) -> list[uuid.UUID]:
        """The ids of the change-sets."""
        return [found.pk for found in self.changesets]

    @property
    def entity(self) -> str:
        """The kind of record that all of them are about; "" where they differ."""
        labels = {found.entity for found in self.changesets}
        return labels.pop() if len(labels) == 1 else ""

    @property
    def began(self) -> datetime:
        """When the first of them began."""
        return min(found.at for found in self.changesets)


class Dry(Exception):
    """Raised to roll a rehearsal back."""


def find(actor: Actor, key: uuid.UUID) -> ChangeSet:
    """A change-set the actor may undo: its own, or any with the system right "undo_others"."""
    found = ChangeSet.objects.filter(pk=key).first()
    if found is None:
        raise Missing("core.changeset", str(key))
    if not may_turn(actor, found):
        raise Forbidden("system:undo_others", _("Only the person who made a change, or an administrator, can undo it."))
    return found


def may_turn(actor: Actor, found: ChangeSet) -> bool:
    """Whether somebody may undo a change-set, or do it again: one's own, or any with the system right "undo_others"."""
    mine = actor.id is not None and found.actor_id == actor.id
    return mine or access.has_system_right(actor, "undo_others")


def window(actor: Actor, user_id: uuid.UUID, since: datetime, until: datetime) -> list[ChangeSet]:
    """What a user changed between two moments and nobody has undone, the latest first, but for merges, each of which is taken apart by itself; of others with the right to undo theirs."""
    if user_id != actor.id and not access.has_system_right(actor, "undo_others"):
        raise Forbidden("system:undo_others", _("Only the person who made a change, or an administrator, can undo it."))
    found = ChangeSet.objects.filter(actor_id=user_id, at__gte=since, at__lte=until, undone_by=None).exclude(
        kind__in=("undo", "merge")
    )
    return list(found.order_by("-at", "-pk")[: MOST + 1])


def find_all(actor: Actor, keys: Iterable[uuid.UUID]) -> list[ChangeSet]:
    """Change-sets to be undone together, each of which the actor may undo; of those done again since, what did them again."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise Refused(_("Choose the changes to be undone."))
    if len(wanted) > MOST:
        raise Refused(_("At most %(limit)d changes can be undone together.") % {"limit": MOST})
    found = [find(actor, key) for key in wanted]
    stand = standing.of(found)
    return lasts(actor, [one if not stand[one.pk].holds else stand[one.pk].last for one in found])


def find_undone(actor: Actor, keys: Iterable[uuid.UUID]) -> list[ChangeSet]:
    """The undos that change-sets wait to be done again after; raises Refused where nothing is undone."""
    stand = standing.of([find(actor, key) for key in dict.fromkeys(keys)])
    if not stand or not all(one.is_undone for one in stand.values()):
        raise Refused(_("This is not undone now, so there is nothing to do again."))
    return lasts(actor, [one.last for one in stand.values()])


def lasts(actor: Actor, found: list[ChangeSet]) -> list[ChangeSet]:
    """Each once, the latest first; the actor needs the right to undo the last link of a chain, too."""
    once = {one.pk: one for one in found}
    for key in once:
        find(actor, key)
    if len({one.kind == "undo" for one in once.values()}) > 1:
        raise Refused(_("Undo and redo are not done in one step; choose either."))
    return sorted(once.values(), key=lambda one: (one.at, one.pk), reverse=True)


def preview(actor: Actor, *keys: uuid.UUID) -> Plan:
    """What undo would restore, keep and refuse; writes nothing."""
    return rehearse(actor, find_all(actor, keys))


def preview_redo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """What redo would give back, keep and refuse; writes nothing."""
    return rehearse(actor, find_undone(actor, keys))


def rehearse(actor: Actor, found: list[ChangeSet]) -> Plan:
    """Do it, and roll it back."""
    plan: Plan | None = None
    try:
        with change_set(actor, kind=kind_of(found), undo_of=found[0].pk if len(found) == 1 else None) as changes:
            plan = run(changes, actor, found)
            raise Dry
    except Dry:
        assert plan is not None
        return plan


def undo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """Undo change-sets together; raises Refused when one of them was undone before."""
    return turn(actor, find_all(actor, keys))


def redo(actor: Actor, *keys: uuid.UUID) -> Plan:
    """Do again what was undone: by the change-set itself, or by its undo; raises Refused when it is not undone now."""
    return turn(actor, find_undone(actor, keys))


def turn(actor: Actor, found: list[ChangeSet]) -> Plan:
    """Take change-sets back in one of their own; raises Refused when somebody did so before."""
    if any(one.undone_by for one in found):
        raise Refused(_("This was undone already."))
    ids, only = [one.pk for one in found], found[0]
    entity = only.entity if len({one.entity for one in found}) == 1 else ""
    alone = only.pk if len(found) == 1 else None
    with change_set(actor, kind=kind_of(found), entity=entity, undo_of=alone) as changes:
        if ChangeSet.objects.filter(pk__in=ids, undone_by=None).update(undone_by=changes.id) < len(ids):
            raise Refused(_("This was undone already."))
        plan = run(changes, actor, found)
        plan.made = changes.id if changes.counts else None
        if not changes.counts:  # nothing could be undone: somebody else, or another time, may still do it
            ChangeSet.objects.filter(pk__in=ids).update(undone_by=None)
        return plan


def kind_of(found: list[ChangeSet]) -> str:
    """What the change-set is that takes these back: the undo of an undo is a redo, that of a merge taken apart a merge."""
    if any(one.kind != "undo" for one in found):
        return "undo"
    return "merge" if is_apart(found) else "redo"


def is_apart(found: list[ChangeSet]) -> bool:
    """Whether one of some undos took a merge apart."""
    return ChangeSet.objects.filter(pk__in=[one.undo_of for one in found if one.undo_of], kind="merge").exists()


def run(changes: Running, actor: Actor, found: list[ChangeSet]) -> Plan:
    """Take change-sets back; a merge in its own way, and by itself."""
    apart = all(one.kind == "undo" for one in found) and is_apart(found)
    if not apart and all(one.kind != "merge" for one in found):
        return walk(changes, actor, found)
    if len(found) > 1:
        raise Refused(_("A merge is taken apart or done again by itself; leave it out here."))
    from .merging import again, unmerge  # they walk with what stands here

    return again.run(changes, actor, found[0]) if apart else unmerge.run(changes, actor, found[0])


def walk(changes: Running, actor: Actor, found: list[ChangeSet]) -> Plan:
    """Walk the entries backwards in chunks of one entity and operation."""
    plan = Plan(found)
    again = recreating.Again()
    for entity_label, op, entries in runs(plan.keys):
        entity = registry.find(entity_label)
        if entity is None:
            plan.refused += [
                (entity_label, entry.title, _("this kind of record no longer exists")) for entry in entries
            ]
            continue
        steps = {
            Op.CREATE: uncreate, Op.UPDATE: unchange, Op.DELETE: untrash, Op.RESTORE: retrash,
            Op.CONFIRM: unconfirm, Op.UNCONFIRM: reconfirm, **({Op.PURGE: again.recreate} if plan.is_redo else {}),
        }  # fmt: skip
        step = steps.get(Op(op))
        if step is None:
            plan.refused += [(entity_label, entry.title, _("erased for good")) for entry in entries]
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


def permitted(
    actor: Actor, entity: Entity, operation: str, entries: list[Change], plan: Plan, *, trashed: bool = False
) -> list[Change]:
    """The entries on whose records the actor may act; the others are refused by title."""
    if actor.is_system:
        return entries
    keys = set(
        entity.rows(actor, operation, trashed=trashed)
        .filter(pk__in=[entry.record_id for entry in entries])
        .values_list("pk", flat=True)
    )
    plan.refused += [
        (entity.label, entry.title, _("you may no longer change it"))
        for entry in entries
        if entry.record_id not in keys
    ]
    plan.denied |= {entry.record_id for entry in entries if entry.record_id not in keys}
    return [entry for entry in entries if entry.record_id in keys]


def edited_since(changes: Running, plan: Plan, entries: list[Change]) -> set[uuid.UUID]:
    """Records that a later change-set, itself not undone, changed; the running undo does not count.

    Later is what stands behind in the ledger: a change-set bears the moment at which it began, and may have taken long.
    """
    if not entries:
        return set()
    written = Change.objects.filter(at__gte=plan.began - LONGEST, id__gt=min(entry.id for entry in entries))
    later = written.filter(record_id__in=[entry.record_id for entry in entries]).exclude(
        changeset_id__in=[*plan.keys, changes.id]
    )
    later = later.exclude(op__in=(Op.CONFIRM, Op.UNCONFIRM))  # no edits
    pairs = list(later.values_list("record_id", "changeset_id").distinct())
    gone = {
        pk
        for pk, kind, undone in ChangeSet.objects.filter(pk__in={cs for _r, cs in pairs}).values_list(
            "pk", "kind", "undone_by"
        )
        if kind == "undo" or undone
    }
    return {record for record, cs in pairs if cs not in gone}


def uncreate(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Erase records that the change-set created, except those edited since or still pointed to."""
    entries = permitted(actor, entity, "edit", entries, plan)
    edited = edited_since(changes, plan, entries)
    edited |= parts_of_kept(changes, entity, entries, plan)
    plan.kept += [(entity.label, entry.title, _("edited since")) for entry in entries if entry.record_id in edited]
    grown = added_since(changes, entity, [entry.record_id for entry in entries if entry.record_id not in edited], plan)
    plan.kept += [
        (entity.label, entry.title, _("something was added to it since"))
        for entry in entries
        if entry.record_id in grown
    ]
    edited |= grown
    records = writes.lock(entity, [entry.record_id for entry in entries if entry.record_id not in edited], trashed=None)
    try:
        erase_all(changes, entity, records)
        done(plan, entity, len(records))
    except Refused:
        for record in records:
            try:
                erase_all(changes, entity, [record])
                done(plan, entity, 1)
            except Refused:
                plan.kept.append((entity.label, str(record), _("other records point to it")))


def parts_of_kept(changes: Running, entity: Entity, entries: list[Change], plan: Plan) -> set[uuid.UUID]:
    """Records that are parts of ones created with them but edited or added to since: those are kept, so their parts are kept, too.

    Parts that are somebody's own work, as the prospects of a call list are, are kept for their own sake only.
    """
    whole = "" if is_owned(entity) else next((spec.name for spec in entity.declared.values() if spec.part_of), "")
    links = {entry.record_id: entry.after[whole] for entry in entries if whole in entry.after}
    born = (
        list(Change.objects.filter(changeset_id__in=plan.keys, op=Op.CREATE, record_id__in=set(links.values())))
        if links
        else []
    )
    kept = edited_since(changes, plan, born)
    for label in {entry.entity for entry in born}:
        kept |= added_since(
            changes, registry.get(label), [entry.record_id for entry in born if entry.entity == label], plan
        )
    return {key for key, link in links.items() if uuid.UUID(link) in kept}


def added_since(changes: Running, entity: Entity, keys: list[uuid.UUID], plan: Plan) -> set[uuid.UUID]:
    """Records that have got parts, notes, tasks or files from other change-sets, or parts that may not be undone or are somebody's work and were edited since: erasing them would take those away."""
    pairs: list[tuple[uuid.UUID, uuid.UUID]] = []
    worked: set[uuid.UUID] = set()
    for part, link in entity.parts:
        found = list(
            part.model._base_manager.filter(**{f"{link}__in": keys}, **part.face).values_list(f"{link}_id", "pk")
        )
        pairs += found
        if is_owned(part):
            born = Change.objects.filter(
                changeset_id__in=plan.keys, op=Op.CREATE, record_id__in=[pk for _whole, pk in found]
            )
            worked |= edited_since(changes, plan, list(born))
    for other in (other for other in registry if other.is_about):
        pairs += (
            other.rows(access.SYSTEM)
            .filter(subject_entity=entity.label, subject_id__in=keys)
            .values_list("subject_id", "pk")
        )
    own = set(
        Change.objects.filter(
            changeset_id__in=plan.keys, op=Op.CREATE, record_id__in=[pk for _whole, pk in pairs]
        ).values_list("record_id", flat=True)
    )
    return {whole for whole, pk in pairs if pk not in own - worked - plan.denied}


def erase_all(changes: Running, entity: Entity, records: list[Any]) -> None:
    """Erase as a part that may fail, so that a refusal leaves ledger and rows as they were."""
    with changes.attempt():
        trash.erase(changes, entity, records)


def done(plan: Plan, entity: Entity, count: int) -> None:
    """Count records brought back."""
    plan.restored += count
    plan.by_entity[entity.label] += count


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
                (entity.label, f"{entry.title}: {entity.fields[name].label}", _("you may no longer change it"))
                for name in refused
            ]
            plan.kept += [
                (
                    entity.label,
                    f"{entry.title}: {entity.fields[name].label if name in entity.fields else name}",
                    _("edited since"),
                )
                for name in kept
            ]
            take_back(entity, item, {name: value for name, value in values.items() if name not in refused})
        if item.after:
            items.append(item)
    if items:
        give_back(changes, actor, entity, items, plan)


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
        if by_element and isinstance(now, list):
            added = [element for element in loaded(spec, after) or [] if element not in (before or [])]
            values[name] = [element for element in now if element not in added]
        elif pipeline.same(spec, now, loaded(spec, after)):
            values[name] = before
        elif not pipeline.same(spec, now, before):
            kept.append(name)
    return values, kept


def untrash(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Bring deleted records back."""
    flip(changes, actor, entity, entries, plan, trashed=True)


def retrash(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Put restored records back into the trash."""
    flip(changes, actor, entity, entries, plan, trashed=False)


def flip(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan, *, trashed: bool) -> None:
    """Move records out of the trash or into it; parts follow a whole that has just moved, others need a right of their own."""
    followers = {
        record.pk
        for record in writes.lock(entity, [entry.record_id for entry in entries], trashed=trashed)
        if whole_of(entity, record) in plan.moved
    }
    mine = permitted(
        actor, entity, "delete", [entry for entry in entries if entry.record_id not in followers], plan, trashed=trashed
    )
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


__all__ = ["Plan", "access", "find", "loaded", "preview", "preview_redo", "redo", "undo", "window"]
