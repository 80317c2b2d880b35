"""Access what-if (N5): who would gain and lose which records, if a change of rights were saved.

1. The change is written in a transaction that is rolled back at the end.
2. Inside it each affected user has two actors: the one before and the one after.
3. Both actors' predicates run over the same rows; the difference is counted in SQL, with examples.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from kith.core.access import NOTHING, SYSTEM, Actor, allowed, predicate, readable, writable
from kith.core.entity import Entity, registry

from . import closure, effective, principals

OPERATIONS = ("view", "edit", "delete", "export")
CAP = 10_000  # counted exactly so far; more is shown as "more than"
EXAMPLES = 3
SAMPLE = 12  # users whose records are compared


@dataclass(slots=True)
class Difference:
    """What one user gains or loses of one kind of record."""

    user: Any
    entity: Entity
    operation: str
    gains: int = 0
    losses: int = 0
    gained: list[Any] = field(default_factory=list)
    lost: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class FieldDifference:
    """A field that becomes readable, writable, or neither."""

    user: Any
    entity: Entity
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Outcome:
    """All differences among the compared users, and how many users the change reaches in all."""

    records: list[Difference] = field(default_factory=list)
    fields: list[FieldDifference] = field(default_factory=list)
    may: list[tuple[Any, Entity, str, bool]] = field(default_factory=list)  # operations without rows, such as "create"
    users: int = 0
    compared: int = 0


class Rehearsed(Exception):
    """Rolls the rehearsal back."""


def compare(user_ids: Iterable[uuid.UUID], change: Callable[[], Any], *, entities: Iterable[Entity] = ()) -> Outcome:
    """Rehearse a change and compare; whatever the change raises comes through."""
    wanted = list(dict.fromkeys(user_ids))
    users = list(registry.get("access.user").rows(SYSTEM).filter(pk__in=wanted, is_active=True).order_by("name", "pk"))
    outcome = Outcome(users=len(users), compared=min(len(users), SAMPLE))
    day = timezone.localdate()
    before = {user.pk: principals.build(user.pk, day) for user in users[:SAMPLE]}
    try:
        with transaction.atomic():
            change()
            for user in users[:SAMPLE]:
                differ(
                    outcome,
                    user,
                    before[user.pk],
                    principals.build(user.pk, day),
                    list(entities) or effective.subjects(),
                )
            raise Rehearsed
    except Rehearsed:
        return outcome


def differ(outcome: Outcome, user: Any, old: Actor, new: Actor, entities: list[Entity]) -> None:
    """Add what one user gains and loses."""
    for entity in entities:
        for operation in OPERATIONS:
            found = records(user, entity, operation, old, new)
            if found.gains or found.losses:
                outcome.records.append(found)
        for operation in ("create", "import"):
            if allowed(old, entity, operation) != (now := allowed(new, entity, operation)):
                outcome.may.append((user, entity, operation, now))
        outcome.fields += fields(user, entity, old, new)


def records(user: Any, entity: Entity, operation: str, old: Actor, new: Actor) -> Difference:
    """The rows of one entity that only one of the two actors reaches."""
    found = Difference(user, entity, operation)
    before, after = predicate(entity, old, operation), predicate(entity, new, operation)
    if before == after and old.shares == new.shares:
        return found
    found.gains, found.gained = only(entity, new, old, operation) if after != NOTHING else (0, [])
    found.losses, found.lost = only(entity, old, new, operation) if before != NOTHING else (0, [])
    return found


def only(entity: Entity, here: Actor, there: Actor, operation: str) -> tuple[int, list[Any]]:
    """How many rows `here` reaches and `there` does not, with examples."""
    other = entity.rows(there, operation).filter(pk=OuterRef("pk"))
    rows = entity.rows(here, operation).filter(~Exists(other)).order_by("-updated_at", "-pk")
    count = len(rows.values_list("pk")[: CAP + 1])
    return count, list(rows[:EXAMPLES]) if count else []


def fields(user: Any, entity: Entity, old: Actor, new: Actor) -> list[FieldDifference]:
    """Fields whose sight or writing changes, of entities that the user sees before or after."""
    if not (allowed(old, entity, "view") or allowed(new, entity, "view")):
        return []
    names = (readable(old, entity) ^ readable(new, entity)) | (writable(old, entity) ^ writable(new, entity))
    return [
        FieldDifference(user, entity, name, sight(old, entity, name), sight(new, entity, name))
        for name in sorted(names)
    ]


def sight(actor: Actor, entity: Entity, name: str) -> str:
    """What an actor may do with a field."""
    return "edit" if name in writable(actor, entity) else "read" if name in readable(actor, entity) else "none"


def reached_by_role(role: Any) -> list[uuid.UUID]:
    """Users whom a role reaches today: given to them, to a group they are in, or to their department."""
    day = timezone.localdate()
    grants = list(registry.get("access.rolegrant").rows(SYSTEM).filter(role=role.pk))
    found = {grant.user_id for grant in grants if grant.user_id}
    found |= closure.members([grant.group_id for grant in grants if grant.group_id], day)
    units = [
        unit for grant in grants if grant.org_unit_granted_id for unit in closure.units_below(grant.org_unit_granted_id)
    ]
    return [
        *found,
        *registry.get("access.user")
        .rows(SYSTEM)
        .filter(org_unit__in=units)
        .exclude(pk__in=found)
        .values_list("pk", flat=True),
    ]


def reached_by_group(group: uuid.UUID, *more: uuid.UUID) -> list[uuid.UUID]:
    """Users whom a change of a group's members reaches: the new ones, and those in the same teams."""
    return list(closure.members([*closure.groups_above(group), *more], timezone.localdate()))
