"""Records that a change-set created, erased by its undo; kept where they were edited, added to or linked to since."""

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import access, trash, writes
from .access import Actor
from .changes import Running
from .entity import Entity, registry
from .errors import Refused
from .ledger import Change, ChangeSet, Op
from .merging.merged import Merged
from .owning import is_owned
from .undo_plan import Plan, done, permitted

#: No change-set takes longer than this.
LONGEST = timedelta(days=1)


def uncreate(changes: Running, actor: Actor, entity: Entity, entries: list[Change], plan: Plan) -> None:
    """Erase records that the change-set created, except those edited since or still pointed to."""
    entries = permitted(actor, entity, "edit", entries, plan)
    # First: edits under way are waited for, and seen.
    locked = writes.lock(entity, [entry.record_id for entry in entries], trashed=None)
    edited = edited_since(changes, plan, entries)
    edited |= parts_of_kept(changes, entity, entries, plan)
    plan.kept += [(entity.label, entry.title, _("edited since")) for entry in entries if entry.record_id in edited]
    grown = added_since(changes, entity, [entry.record_id for entry in entries if entry.record_id not in edited], plan)
    plan.kept += [
        (entity.label, entry.title, _("something was added to it since"))
        for entry in entries
        if entry.record_id in grown
    ]
    records = [record for record in locked if record.pk not in edited | grown]
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
    pairs = set(later.values_list("record_id", "changeset_id").distinct())
    sets = ChangeSet.objects.in_bulk({key for _record, key in pairs})
    return {record for record, key in pairs if holds(record, sets.get(key), pairs)}


def holds(record: uuid.UUID, found: ChangeSet | None, pairs: Collection[tuple[uuid.UUID, uuid.UUID]]) -> bool:
    """Whether what a change-set did to a record is done now: nothing undid it, or its undo left just this record alone."""
    if found is None:
        return True
    return found.kind != "undo" and (found.undone_by is None or (record, found.undone_by) not in pairs)


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
    """Records into which another one was merged, that have got parts, notes, tasks or files from other change-sets, or parts that may not be undone or are somebody's work and were edited since: erasing them would take those away."""
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
    joined = Merged.objects.filter(survivor_id__in=keys, ended_at=None) if entity.duplicates else Merged.objects.none()
    return {whole for whole, pk in pairs if pk not in own - worked - plan.denied} | {
        row.survivor_id for row in joined if row.survivor_id
    }


def erase_all(changes: Running, entity: Entity, records: list[Any]) -> None:
    """Erase as a part that may fail, so that a refusal leaves ledger and rows as they were."""
    with changes.attempt():
        trash.erase(changes, entity, records)
