"""Taking a merge apart at any later time: the undo of its change-set, with what is particular to merges.

What was moved goes back where it has not been moved on since; what was added to the survivor after the merge stays with
it; fields edited since stay as they are; of lists (tags, external ids) only what the merge added is taken away again.
Whoever takes apart needs the rights on survivor and merged records; what is linked follows by rule, as it came.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import access, field_rules, unwinding, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import Running
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.undo_plan import HIDDEN, Plan, sees_all

from .merged import Merged, current

#: What apps do besides, once the records stand for themselves again: (change-set, entity, survivor, records, since when).
after: list[Callable[[Running, Entity, Any, Sequence[Any], Any], None]] = []


def run(changes: Running, actor: Actor, found: ChangeSet) -> Plan:
    """Take a merge apart inside the change-set of an undo."""
    merged = list(Merged.objects.filter(changeset_id=found.pk, ended_at=None, whole=True))
    entity = registry.find(found.entity)
    if entity is None or not merged:
        raise Refused(_("This merge cannot be taken apart: its records were erased."))
    survivor = whole(entity, merged[0].survivor_id)
    records = writes.lock(entity, [one.record_id for one in merged], trashed=None)
    if survivor is None or len(records) < len(merged):
        raise Refused(_("This merge cannot be taken apart: its records were erased."))
    authorise(actor, entity, survivor, records)
    refuse_hidden(entity, survivor)
    plan = unwinding.walk(changes, SYSTEM, [found])
    plan.kept, plan.refused = named(actor, plan.kept), named(actor, plan.refused)
    Merged.objects.filter(changeset_id=found.pk, ended_at=None).update(ended_at=changes.at)
    settle(entity, survivor, found)
    back = writes.lock(entity, [record.pk for record in records])
    if len(back) < len(records):  # as when another record holds by now what only one may hold
        why = next((reason for label, _title, reason in plan.refused if label == entity.label), "")
        raise Refused(_("This merge cannot be taken apart: %(reason)s") % {"reason": why})
    for step in after:
        step(changes, entity, survivor, back, found.at)
    field_rules.merged([survivor.pk, *(record.pk for record in back)])
    return plan


def whole(entity: Entity, key: uuid.UUID | None) -> Any:
    """A record, in the trash or not."""
    return next(iter(writes.lock(entity, [key] if key else [], trashed=None)), None)


def refuse_hidden(entity: Entity, survivor: Any) -> None:
    """A survivor that is merged itself, or in the trash, has to come back first."""
    if current().filter(record_id=survivor.pk).exists():
        words = _("“%(name)s” has itself been merged into another record since; take that merge apart first.")
        raise Refused(words % {"name": survivor})
    if survivor.deleted_at is not None:
        raise Refused(_("“%(name)s” is in the trash; bring it back first.") % {"name": survivor})


def authorise(actor: Actor, entity: Entity, survivor: Any, records: Iterable[Any]) -> None:
    """The rights that the merge needed, at this moment."""
    keys = {record.pk for record in records}
    stands = entity.rows(actor, "edit", trashed=survivor.deleted_at is not None)
    may = stands.filter(pk=survivor.pk).exists() and keys <= set(
        entity.rows(actor, "delete", trashed=True).filter(pk__in=keys).values_list("pk", flat=True)
    )
    if not may:
        right = access.right(entity, "delete")
        words = _("To take this merge apart you need the right “%(right)s” on each of its records.")
        raise Forbidden(right, words % {"right": right})


def named(actor: Actor, lines: list[tuple[str, str, Any]]) -> list[tuple[str, str, Any]]:
    """What is told about records: of kinds of which the actor may not see every record only the number stays."""
    known = {label: actor.is_system or sees_all(actor, label) for label in {label for label, _title, _reason in lines}}
    return [(label, title if known[label] else str(HIDDEN), reason) for label, title, reason in lines]


def settle(entity: Entity, survivor: Any, found: ChangeSet) -> None:
    """Let rules about parts (one primary each, what the card shows) hold for both sides again."""
    for part, link in entity.parts:
        moved = Change.objects.filter(changeset_id=found.pk, entity=part.label, after__has_key=link)
        rows = [
            row
            for row in writes.lock(part, moved.values_list("record_id", flat=True))
            if part.fields[link].get(row) != survivor.pk
        ]
        items = [Item(row, {}, before={link: survivor.pk}, after={link: part.fields[link].get(row)}) for row in rows]
        if items:
            part.derive(Batch(SYSTEM, part, items, "edit"))
