"""What an undo would do or did: how many records came back, which are kept or refused and why; and whose records may be touched."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import access
from .access import Actor
from .entity import Entity, registry
from .ledger import Change, ChangeSet
from .merging.merged import hidden

#: Stands for the name of what the reader does not see.
HIDDEN = _("hidden")


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


def done(plan: Plan, entity: Entity, count: int) -> None:
    """Count records brought back."""
    plan.restored += count
    plan.by_entity[entity.label] += count


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
    if denied := [entry for entry in entries if entry.record_id not in keys]:
        plan.refused += whys(actor, entity, denied, trashed=trashed)
        plan.denied |= {entry.record_id for entry in denied}
    return [entry for entry in entries if entry.record_id in keys]


def whys(actor: Actor, entity: Entity, entries: list[Change], *, trashed: bool) -> list[tuple[str, str, Any]]:
    """Why the actor may not act on records; those that it does not see are told without their names."""
    keys = [entry.record_id for entry in entries]
    here, there = (
        set(entity.rows(actor, trashed=side).filter(pk__in=keys).values_list("pk", flat=True))
        for side in (trashed, not trashed)
    )
    merged = hidden(keys) if entity.duplicates else set()
    elsewhere = _("it is there again") if trashed else _("it is in the trash")
    lines = []
    for entry in entries:
        key, reason = entry.record_id, _("you may no longer change it")
        if key in there:
            reason = _("it was merged into another record since") if key in merged else elsewhere
        lines.append((entity.label, entry.title if key in here | there else str(HIDDEN), reason))
    return lines


def title_of(actor: Actor, plan: Plan, entry: Change) -> Any:
    """What a record is called that is gone: for who made the changes themselves, or sees every record of its kind."""
    mine = actor.is_system or all(found.actor_id == actor.id for found in plan.changesets)
    return entry.title if mine or sees_all(actor, entry.entity) else HIDDEN


def sees_all(actor: Actor, label: str) -> bool:
    """Whether the actor may see every record of a kind."""
    entity = registry.find(label)
    return entity is not None and access.allowed(actor, entity, "view") and not access.predicate(entity, actor, "view")
