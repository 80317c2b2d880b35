"""Records that an undo erased, made anew under their old id: the redo of a creation.

Their values stand in the entry with which the undo erased them. A record is refused when those were erased since, when
something it links to or a file of it is gone, and when who does it may not create it, fill a field of it or edit it then.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from . import access, files, pipeline, store, writes
from .access import SYSTEM, Actor
from .batch import Batch, Item
from .changes import Running
from .entity import Entity, registry
from .following import reindex
from .ledger import Change, Op
from .specs import FieldSpec

if TYPE_CHECKING:
    from .undo import Plan

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

    def recreate(self, changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: "Plan") -> None:
        """Make records anew that the undo erased."""
        alive = {record.pk for record in writes.lock(entity, [one.record_id for one in entries], trashed=None)}
        plan.kept += [(entity.label, one.title, _("it is there again")) for one in entries if one.record_id in alive]
        able = []
        for entry in (one for one in entries if one.record_id not in alive):
            reason = self.hindrance(actor, entity, entry, plan)
            if reason:
                plan.refused.append((entity.label, entry.title, reason))
            else:
                able.append(entry)
        self.put(changes, actor, entity, able, plan)

    def hindrance(self, actor: Actor, entity: Entity, entry: Change, plan: "Plan") -> Any:
        """Why a record cannot be made anew; None if nothing is in the way."""
        if not entry.before:
            return _("erased for good")
        if not may_fill(actor, entity, entry.before):
            return _("you may not create it")
        if any(lacks(spec, entry.before[spec.name]) for spec in held(entity, entry, "file")):
            return _("its file was erased meanwhile")
        gone = [
            (registry.find(spec.target or ""), uuid.UUID(entry.before[spec.name]))
            for spec in held(entity, entry, "link")
            if not spec.is_bag
        ]
        if any(target is not None and not self.is_there(target, key, plan) for target, key in gone):
            return _("something it links to was erased meanwhile")
        return None

    def is_there(self, target: Entity, key: uuid.UUID, plan: "Plan") -> bool:
        """Whether a link leads to a record that exists, or that is about to be made anew."""
        if any(target.rows(SYSTEM, trashed=trashed).filter(pk=key).exists() for trashed in (False, True)):
            return True
        if self.coming is None:
            erased = Change.objects.filter(changeset_id__in=plan.keys, op=Op.PURGE)
            self.coming = set(erased.values_list("record_id", flat=True))
        return key in self.coming

    def put(self, changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: "Plan") -> None:
        """Store them all, or those among them that who does it may edit then."""
        from .undo import done

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
