"""Merging two to five records of one kind into one of them: one change-set, nothing half done (R30-R35).

merged = merge(actor, entity, [key, other], survivor=key, take={"phone": other}, values={"name": "Arbor"})
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import access, cleaning, field_rules, notify, settings_store, trash, trees, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import Running, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.pipeline import as_itself

from .filling import filled
from .moving import Moved, break_circles, counts, follow_values, move_all, put_away

settings_store.declare(
    "merge.max_records", _("Records merged at once"), "number", default=5, group=settings_store.COMPANY,
    help=_("At most so many records can be merged into one."), minimum=2, maximum=20,
)  # fmt: skip


@dataclass
class Merge:
    """A merge that was done: the survivor as it is now, the change-set, and what moved."""

    survivor: Any
    changeset: uuid.UUID
    moved: Moved = field(default_factory=Moved)


@dataclass(frozen=True, slots=True)
class Preview:
    """A merge that could be done: the records in the order of their rank, what the survivor would hold, what would move."""

    ranked: list[Any]
    values: dict[str, Any]
    moves: dict[str, int]


#: What apps do besides: (change-set, entity, survivor, merged records).
after: list[Callable[[Running, Entity, Any, Sequence[Any]], None]] = []


def may_merge(actor: Actor, entity: Entity) -> bool:
    """Whether merging is of any use to somebody at all (R31)."""
    return entity.duplicates and access.allowed(actor, entity, "edit") and access.allowed(actor, entity, "delete")


def chosen(actor: Actor, entity: Entity, keys: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The records to merge, each once; refuses too few and too many (R30), hidden ones are missing."""
    if not entity.duplicates:
        raise Missing(entity.label, "merge")
    as_itself(entity)
    wanted, most = list(dict.fromkeys(keys)), settings_store.get("merge.max_records")
    if len(wanted) < 2:
        raise Refused(_("Select from 2 to %(max)d records.") % {"max": most})
    if len(wanted) > most:
        raise Refused(_("Too many records selected; at most %(max)d can be merged.") % {"max": most})
    seen = set(entity.rows(actor).filter(pk__in=wanted).values_list("pk", flat=True))
    for key in wanted:
        if key not in seen:
            refuse_other_kind(actor, entity, key)
            raise Missing(entity.label, str(key))
    return wanted


def refuse_other_kind(actor: Actor, entity: Entity, key: uuid.UUID) -> None:
    """A lead is not merged with an opportunity, nor a person with a company: say so to who sees the record."""
    for other in (one for one in registry if one.duplicates and one is not entity):
        if record := other.rows(actor).filter(pk=key).first():
            words = _("“%(name)s” is of another kind (%(kind)s); only records of one kind are merged.")
            raise Refused(words % {"name": record, "kind": other.name})


def authorise(actor: Actor, entity: Entity, keys: Collection[uuid.UUID], survivor: uuid.UUID) -> None:
    """The right to edit each record and to delete each that disappears; otherwise nothing of it (R31)."""
    for operation, needed in (("edit", set(keys)), ("delete", set(keys) - {survivor})):
        if needed - set(entity.rows(actor, operation).filter(pk__in=needed).values_list("pk", flat=True)):
            words = _("To merge these records you need the right “%(right)s” on each of them.")
            right = access.right(entity, operation)
            raise Forbidden(right, words % {"right": right})


def ranked(entity: Entity, records: Sequence[Any], survivor: uuid.UUID | None) -> list[Any]:
    """The survivor first: the one that was chosen, else the highest in rank (R32); then the others by rank."""
    order = sorted(records, key=lambda record: (entity.merge_rank(record), record.created_at, record.pk))
    if survivor is not None and survivor not in {record.pk for record in order}:
        raise Refused({"survivor": [_("Choose one of the selected records.")]})
    return sorted(order, key=lambda record: record.pk != survivor) if survivor else order


def preview(actor: Actor, entity: Entity, keys: Sequence[uuid.UUID], survivor: uuid.UUID | None = None) -> Preview:
    """What a merge would do; writes nothing."""
    wanted = chosen(actor, entity, keys)
    order = ranked(entity, list(entity.rows(actor).filter(pk__in=wanted)), survivor)
    authorise(actor, entity, wanted, order[0].pk)
    entity.merge_check(order)
    moves = counts(entity, [record.pk for record in order[1:]])
    return Preview(order, filled(entity, order), dict(moves))


def merge(
    actor: Actor,
    entity: Entity,
    keys: Sequence[uuid.UUID],
    *,
    survivor: uuid.UUID | None = None,
    take: Mapping[str, uuid.UUID] | None = None,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Merge:
    """Merge records. `take` names for a field the record whose value wins, `values` gives new ones; both need the right to write the field."""
    wanted = chosen(actor, entity, keys)
    with change_set(actor, kind="merge", entity=entity.label, reason=reason) as changes:
        records = writes.lock(entity, wanted)
        if len(records) < len(wanted):  # somebody has just moved one to the trash
            raise Missing(entity.label)
        order = ranked(entity, records, survivor)
        first, others = order[0], order[1:]
        authorise(actor, entity, wanted, first.pk)
        entity.merge_check(order)
        given = decided(actor, entity, order, take or {}, values or {})
        made = Merge(first, changes.id)
        earliest = min(record.created_at for record in order)
        wins = filled(entity, order) | given
        entity.merge_parts(first, others)
        for other in others:
            move_all(changes, entity, other, writes.lock(entity, [first.pk])[0], made.moved)
        break_circles(entity, first.pk)
        fresh = writes.lock(entity, [first.pk])[0]
        left = {name: value for name, value in wins.items() if name in given or not shows(entity, fresh, name)}
        left = {name: value for name, value in left.items() if name in given or not circles(entity, fresh, name, value)}
        # Put away first: some values only one record may hold.
        for other in writes.lock(entity, [record.pk for record in others]):
            put_away(changes, entity, other, first, whole=True)
            notify.carry_over(entity.label, other.pk, first.pk)
        if left:
            writes.save(SYSTEM, fresh, left)
        follow_values(entity, writes.lock(entity, [first.pk])[0], {"created_at": earliest} if earliest < first.created_at else {})  # fmt: skip
        made.survivor = writes.lock(entity, [first.pk])[0]
        for step in after:
            step(changes, entity, made.survivor, others)
        field_rules.merged(wanted)
    return made


def shows(entity: Entity, record: Any, name: str) -> bool:
    """Whether parts that moved have given the record a value already (the card shows its primary contact points)."""
    spec = entity.fields[name]
    return name in entity.shown_of_parts and not spec.type.is_empty(spec.get(record))


def circles(entity: Entity, record: Any, name: str, value: Any) -> bool:
    """Whether a value would put the record below itself."""
    if entity.fields[name].target != entity.label or entity.fields[name].is_bag:
        return False
    return value == record.pk or value in trees.below(entity, [record.pk], name)


def decided(
    actor: Actor, entity: Entity, order: Sequence[Any], take: Mapping[str, uuid.UUID], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values that whoever merges decides on, checked as any other write of theirs."""
    cleaning.check_names(actor, entity, [*take, *values])
    if fixed := [name for name in (*take, *values) if name in entity.merge_fixed]:
        raise Refused({name: [_("This goes with the record that stays; let the other one stay.")] for name in fixed})
    by_key = {record.pk: record for record in order}
    readable, taken = access.readable(actor, entity), {}
    for name, key in take.items():
        if key not in by_key:
            raise Refused({name: [_("Choose one of the selected records.")]})
        if name not in readable:
            raise Forbidden(access.right(entity, "edit"), fields=(name,))
        taken[name] = entity.fields[name].get(by_key[key])
    cleaned, errors = cleaning.clean(actor, entity, values, record=order[0])
    if errors:
        raise Refused(errors)
    return taken | cleaned


def forget(changes: Running, entity: Entity, keys: Collection[uuid.UUID]) -> None:
    """Erase what was merged into records that are being erased: it is the same person."""
    from .merged import Merged

    ours = Merged.objects.filter(survivor_id__in=list(keys), entity=entity.label, ended_at=None)
    old = list(ours.values_list("record_id", flat=True))
    if old:
        trash.erase(changes, entity, writes.lock(entity, old, trashed=None))
        Merged.objects.filter(record_id__in=old).delete()
