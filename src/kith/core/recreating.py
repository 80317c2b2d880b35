"""Records that an undo erased, made anew under their old id: the redo of a creation.

Their values stand in the entry with which the undo erased them. A record is refused when those were erased since, when
something it links to or a file of it is gone, and when who does it may not create it, fill a field of it or edit it then.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import access, files, pipeline, store, writes
from .access import SYSTEM, Actor
from .batch import Batch, Item
from .changes import Running
from .entity import Entity, registry
from .following import reindex
from .ledger import Change, Op
from .specs import FieldSpec
from .undo_plan import Plan, done, title_of

#: What a new record gets of itself where its creator left it empty.
OWNING = ("owner", "org_unit")


class NotMine(Exception):
    """Rows that were stored could not be edited by who stored them."""

    def __init__(self, keys: set[uuid.UUID]) -> None:
        super().__init__()
        self.keys = keys


@dataclass
class Again:
    """What one redo has made anew."""

    made: dict[str, list[uuid.UUID]] = field(default_factory=lambda: defaultdict(list))
    coming: set[uuid.UUID] | None = None

    def recreate(self, changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
        """Make records anew that the undo erased."""
        alive = {record.pk for record in writes.lock(entity, [one.record_id for one in entries], trashed=None)}
        plan.kept += [(entity.label, one.title, _("it is there again")) for one in entries if one.record_id in alive]
        able, erased = list[Change](), [one for one in entries if one.record_id not in alive]
        gone = self.gone(entity, erased, plan)
        for entry in erased:
            reason = self.hindrance(actor, entity, entry, gone)
            if reason:
                plan.refused.append((entity.label, title_of(actor, plan, entry), reason))
            else:
                able.append(entry)
        self.put(changes, actor, entity, able, plan)

    def hindrance(self, actor: Actor, entity: Entity, entry: Change, gone: Collection[uuid.UUID]) -> Any:
        """Why a record cannot be made anew; None if nothing is in the way."""
        if not entry.before:
            return _("erased for good")
        if not may_fill(actor, entity, entry.before):
            return _("you may not create it")
        if any(lacks(spec, entry.before[spec.name]) for spec in held(entity, entry, "file")):
            return _("its file was erased meanwhile")
        if any(key in gone for _target, key in linked(entity, entry)):
            return _("something it links to was erased meanwhile")
        return None

    def gone(self, entity: Entity, entries: Sequence[Change], plan: Plan) -> set[uuid.UUID]:
        """What the records link to that does not exist and is not about to be made anew; two queries for each kind."""
        wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
        for target, key in (pair for entry in entries for pair in linked(entity, entry)):
            wanted[target].add(key)
        lacking = set[uuid.UUID]()
        for label, keys in wanted.items():
            for trashed in (False, True):
                found = registry.get(label).rows(SYSTEM, trashed=trashed).filter(pk__in=keys)
                keys = keys - set(found.values_list("pk", flat=True))
            lacking |= keys
        if lacking and self.coming is None:
            erased = Change.objects.filter(changeset_id__in=plan.keys, op=Op.PURGE)
            self.coming = set(erased.values_list("record_id", flat=True))
        return lacking - (self.coming or set())

    def put(self, changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
        """Store them all, or those among them that who does it may edit then."""
        if not entries:
            return
        refused: list[tuple[str, str, Any]] = []

        def refuse(position: int, errors: dict[str, list[Any]]) -> None:
            refused.append((entity.label, entries[position].title, next(iter(errors.values()))[0]))

        try:
            with changes.attempt():
                stored = store_anew(changes, actor, entity, entries, refuse)
        except NotMine as foreign:
            plan.refused += [
                (entity.label, one.title, _("you may not create it"))
                for one in entries
                if one.record_id in foreign.keys
            ]
            self.put(changes, actor, entity, [one for one in entries if one.record_id not in foreign.keys], plan)
            return
        plan.refused += refused
        self.made[entity.label] += stored
        done(plan, entity, len(stored))

    def settle(self) -> None:
        """Records are found by the words of their parts again, which were made after them."""
        for label, keys in self.made.items():
            entity = registry.get(label)
            if entity.parts:
                reindex(entity, writes.lock(entity, keys))


def held(entity: Entity, entry: Change, kind: str) -> Iterator[FieldSpec]:
    """The fields of one type in which the record held something."""
    return (spec for name, spec in entity.fields.items() if spec.type.name == kind and entry.before.get(name))


def linked(entity: Entity, entry: Change) -> Iterator[tuple[str, uuid.UUID]]:
    """The kind and id of what the record linked to by its columns."""
    for spec in held(entity, entry, "link"):
        if not spec.is_bag and spec.target and registry.find(spec.target):
            yield spec.target, uuid.UUID(entry.before[spec.name])


def lacks(spec: FieldSpec, raw: Any) -> bool:
    """Whether the file in a field is not kept any more."""
    return not files.path_of(loaded(spec, raw)).exists()


def loaded(spec: FieldSpec, raw: Any) -> Any:
    """A value of the ledger: numbers are compared as numbers, whatever zeros they were written with (R4)."""
    return None if raw is None else spec.type.load(raw, spec)


def may_fill(actor: Actor, entity: Entity, values: dict[str, Any]) -> bool:
    """Whether the actor may create such a record with these values; what it holds of itself needs no right."""
    if actor.is_system:
        return True
    if not access.allowed(actor, entity, "create"):
        return False
    specs = [entity.fields[name] for name in values if name in entity.fields]
    return all(
        access.field_level(actor, entity, spec.name) == "edit"
        for spec in specs
        if spec.editable and loaded(spec, values[spec.name]) != spec.default
    )


def items_of(entity: Entity, entries: Sequence[Change]) -> list[Item]:
    """New records as they were when the undo erased them."""
    make, items = store.maker(entity.model), []
    for position, entry in enumerate(entries):
        record = make(**entity.face)
        record.pk = entry.record_id
        values = {
            name: loaded(spec, entry.before[name])
            for name, spec in entity.fields.items()
            if spec.columns and name in entry.before
        }
        items.append(Item(record, values, is_new=True, row=position))
    return items


def fill(entity: Entity, item: Item) -> None:
    """Set the values, also of what no surface may set."""
    for name, value in item.values.items():
        entity.fields[name].put(item.record, value)
        item.before[name], item.after[name] = None, value
    for name in OWNING:
        if name in entity.declared and name not in item.values:
            entity.fields[name].put(item.record, None)


def store_anew(
    changes: Running, actor: Actor, entity: Entity, entries: Sequence[Change], refuse: pipeline.OnErrors
) -> list[uuid.UUID]:
    """Store records under their old ids, with their own times; the ids of those that nothing refused. Raises NotMine."""
    items = items_of(entity, entries)
    for item in items:
        fill(entity, item)
    pipeline.stamp(changes, entity, items)
    for item, entry in zip(items, entries, strict=True):
        fill(entity, item)
        item.record.updated_at, item.record.version = changes.at, entry.version + 1
    stored = pipeline.store_each(entity, items, refuse)
    keys = {item.record.pk for item in stored}
    if not actor.is_system:
        mine = set(entity.rows(actor, "edit").filter(pk__in=keys).values_list("pk", flat=True))
        if keys - mine:
            raise NotMine(keys - mine)
    if stored:
        pipeline.record_changes(changes, entity, stored)
        pipeline.derive(Batch(actor, entity, stored, "undo"))
    return [item.record.pk for item in stored]
