"""Access what-if (N5): who would gain and lose which records, fields and operations, if a change of rights were saved.

1. The change is written in a transaction that is rolled back; what it wrote tells whom it reaches (`reaching`).
2. Each of them, up to PEOPLE, has two actors: the one before, and the one built after the change is written once more.
3. Both actors' predicates run over the same rows; the difference is counted in SQL, with records to look at. That takes longest and is
   done when the change has been rolled back, so that nobody waits for its locks; only shares are read where they stand.

Whoever has the same predicates twice is asked nothing. What was left out because of a limit is told.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kith.core import access, custom_fields
from kith.core.access import NOTHING, SYSTEM, Actor, allowed, predicate, readable, writable
from kith.core.changes import change_set, running
from kith.core.entity import Entity, registry
from kith.core.ledger import Op

from . import effective, lockout, principals, reaching

type Actors = dict[uuid.UUID, Actor]
type Shared = dict[uuid.UUID, dict[tuple[str, str], set[Any]]]
OPERATIONS = ("view", "edit", "delete", "export")
WITHOUT_ROWS = ("create", "import")
CAP = 10_000  # counted exactly so far; more is shown as "more than"
EXAMPLES = 50  # records shown of one difference
LISTED = 2_000  # records shown in all
PEOPLE = 200  # users who are compared
WORK = 2_000  # differences that are counted; then no further user is begun


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


@dataclass(frozen=True, slots=True)
class Alarm:
    """What asks for a second look: sensitive fields that somebody comes to see ("sensitive"), or nothing left to see ("last")."""

    kind: str
    user: Any
    entity: Entity | None = None


@dataclass(slots=True)
class Outcome:
    """All differences among the compared users, and how many users the change reaches in all."""

    records: list[Difference] = field(default_factory=list)
    fields: list[FieldDifference] = field(default_factory=list)
    may: list[tuple[Any, Entity, str, bool]] = field(default_factory=list)  # operations without rows, such as "create"
    alarms: list[Alarm] = field(default_factory=list)
    users: int = 0
    compared: int = 0
    listed: int = 0
    counted: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody gains or loses anything."""
        return not (self.records or self.fields or self.may or self.alarms)

    @property
    def people(self) -> list["Person"]:
        """The differences by user."""
        found: dict[uuid.UUID, Person] = {}
        differences: list[Any] = [*self.records, *self.fields, *self.alarms]
        for user in [*(item.user for item in differences), *(may[0] for may in self.may)]:
            found.setdefault(user.pk, Person(user))
        for record in self.records:
            found[record.user.pk].records.append(record)
        for user, entity, operation, now in self.may:
            found[user.pk].may.append((entity, operation, now))
        for item in self.fields:
            found[item.user.pk].fields.append(item)
        for alarm in self.alarms:
            found[alarm.user.pk].alarms.append(alarm)
        return sorted(found.values(), key=lambda person: (not person.alarms, person.user.name, person.user.pk))


@dataclass(slots=True)
class Person:
    """What one user gains and loses."""

    user: Any
    records: list[Difference] = field(default_factory=list)
    fields: list[FieldDifference] = field(default_factory=list)
    may: list[tuple[Entity, str, bool]] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def verbs(self) -> list[tuple[Entity, list[tuple[str, bool]]]]:
        """Operations without rows by kind of record: each with whether it is allowed then."""
        found: dict[str, tuple[Entity, list[tuple[str, bool]]]] = {}
        for entity, operation, now in self.may:
            found.setdefault(entity.label, (entity, []))[1].append((operation, now))
        return list(found.values())


class Rehearsed(Exception):
    """Rolls the rehearsal back."""


_seen: ContextVar[bool] = ContextVar("kith_whatif_seen", default=False)


@contextmanager
def seen() -> Iterator[None]:
    """Let the block change rights without asking again: its author has seen what follows."""
    token = _seen.set(True)
    try:
        yield
    finally:
        _seen.reset(token)


def is_seen() -> bool:
    """Whether nobody has to be asked."""
    return _seen.get()


def may_ask(actor: Actor) -> bool:
    """Whether the actor may know what others gain and lose: whoever may edit rights."""
    return allowed(actor, registry.get("access.role"), "edit")


def require(actor: Actor) -> None:
    """Raise Forbidden unless the actor may ask."""
    access.require(actor, registry.get("access.role"), "edit")


# --- rehearsing -------------------------------------------------------------------------------------------------------


@contextmanager
def rehearsal(actor: Actor, change: Callable[[], Any]) -> Iterator[list[Any]]:
    """The block runs as if the change had been saved, and is given what it wrote."""
    try:
        with change_set(actor, kind="rights"), seen(), lockout.accepted():
            changes = running()
            assert changes is not None
            before = len(changes.pending)
            change()
            yield changes.pending[before:]
            raise Rehearsed
    except Rehearsed:
        custom_fields.forget()  # what was read inside has never been


def compare(
    actor: Actor,
    change: Callable[[], Any],
    *,
    entities: Iterable[Entity] = (),
    look: bool = True,
) -> Outcome:
    """Rehearse a change and compare; whatever the change raises comes through. Without `look` only alarms are worked out."""
    with rehearsal(actor, change) as entries:
        what = reaching.touched(entries)
        found = reaching.reached(what)
        alive = active(found)
    found |= reaching.reached(what)
    users = people(found, alive)
    outcome = Outcome(users=len(users))
    day = reaching.today()
    before = actors(users[:PEOPLE], day)
    opened: Shared = {}
    for user in users[:PEOPLE] if what.records else ():
        opened[user.pk] = shared(before[user.pk], what)
    eyes = Eyes(actor, outcome, list(entities) or effective.subjects(), look)
    with rehearsal(actor, change) as entries:
        now, eyes.made = actors(users[:PEOPLE], day), made(entries)
        if what.records:
            eyes.all(users[:PEOPLE], before, now, opened, what)
    if not what.records:
        eyes.all(users[:PEOPLE], before, now, opened, what)
    return outcome


def actors(users: Iterable[Any], day: dt.date) -> dict[uuid.UUID, Actor]:
    """The actors of some users as rights stand now."""
    with principals.together():
        return {user.pk: principals.build(user.pk, day) for user in users}


def made(entries: Iterable[Any]) -> dict[str, set[uuid.UUID]]:
    """The records that a change makes or throws away, by kind: nobody gains what is not there yet, or loses what goes."""
    found: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        if entry.op in (Op.CREATE, Op.DELETE):
            found.setdefault(entry.entity, set()).add(entry.record_id)
    return found


def active(keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the users who may sign in."""
    return set(reaching.rows("access.user").filter(pk__in=keys, is_active=True).values_list("pk", flat=True))


def people(keys: Collection[uuid.UUID], alive: Collection[uuid.UUID]) -> list[Any]:
    """The users who may sign in before or after, by name."""
    wanted = {*active(keys), *alive}
    live = list(reaching.rows("access.user").filter(pk__in=wanted))
    gone = list(registry.get("access.user").rows(SYSTEM, trashed=True).filter(pk__in=wanted))
    return sorted([*live, *gone], key=lambda user: (user.name, user.pk))


def shared(actor: Actor, what: reaching.Touched) -> dict[tuple[str, str], set[Any]]:
    """Which of the records that shares are about the actor reaches, by kind and operation, as shares stand now."""
    if actor.id is None:
        return {}
    return {
        (label, operation): set(
            registry.get(label).rows(actor, operation).filter(pk__in=keys).values_list("pk", flat=True)
        )
        for label, keys in what.records.items()
        for operation in OPERATIONS
    }


# --- comparing --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Eyes:
    """Compares users one after the other; `actor` sees only records that it may see itself."""

    actor: Actor
    outcome: Outcome
    entities: list[Entity]
    look: bool = True
    made: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    filled: dict[str, bool] = field(default_factory=dict)

    def all(self, users: list[Any], before: Actors, now: Actors, opened: Shared, what: reaching.Touched) -> None:
        """Add what each user gains and loses, until there is enough of it."""
        for user in users:
            if self.outcome.counted >= WORK:
                break
            self.outcome.compared += 1
            self.differ(user, before[user.pk], now[user.pk])
            if what.records:
                self.differ_shared(user, now[user.pk], opened[user.pk], shared(now[user.pk], what))

    def differ(self, user: Any, old: Actor, new: Actor) -> None:
        """Add what one user gains and loses."""
        if standing(old) == standing(new):
            return
        self.outcome.alarms += alarms(user, old, new)
        for entity in self.entities if self.look else ():
            for operation in OPERATIONS:
                self.records(user, entity, operation, old, new)
            for operation in WITHOUT_ROWS:
                if allowed(old, entity, operation) != (now := allowed(new, entity, operation)):
                    self.outcome.may.append((user, entity, operation, now))
            self.outcome.fields += fields(user, entity, old, new)

    def records(self, user: Any, entity: Entity, operation: str, old: Actor, new: Actor) -> None:
        """The rows of one entity that only one of the two actors reaches."""
        before, after = predicate(entity, old, operation), predicate(entity, new, operation)
        if before == after or not self.has_rows(entity):
            return
        found = Difference(user, entity, operation)
        self.outcome.counted += 1
        found.gains, found.gained = self.only(entity, new, old, operation) if after != NOTHING else (0, [])
        found.losses, found.lost = self.only(entity, old, new, operation) if before != NOTHING else (0, [])
        if found.gains or found.losses:
            self.outcome.records.append(found)

    def has_rows(self, entity: Entity) -> bool:
        """Whether there is anything to gain or lose of a kind of record; asked once."""
        if entity.label not in self.filled:
            self.filled[entity.label] = entity.rows(SYSTEM).exists()
        return self.filled[entity.label]

    def only(self, entity: Entity, here: Actor, there: Actor, operation: str) -> tuple[int, list[Any]]:
        """How many rows `here` reaches and `there` does not, with records to look at."""
        other = entity.rows(there, operation).filter(pk=OuterRef("pk"))
        rows = entity.rows(here, operation).filter(~Exists(other)).order_by("-updated_at", "-pk")
        if new := self.made.get(entity.label):
            rows = rows.exclude(pk__in=new)
        count = len(rows.values_list("pk")[: CAP + 1])
        return count, self.shown(entity, rows) if count else []

    def shown(self, entity: Entity, rows: QuerySet[Any]) -> list[Any]:
        """The first records, of those that whoever asks may see."""
        if self.outcome.listed >= LISTED:
            return []
        mine = entity.rows(self.actor).filter(pk=OuterRef("pk"))
        found = list(rows.filter(Exists(mine))[:EXAMPLES])
        self.outcome.listed += len(found)
        return found

    def differ_shared(self, user: Any, actor: Actor, before: Any, after: Any) -> None:
        """Add what shares alone open or close: the predicates of both actors read the shares as they stand now."""
        if not self.look:
            return
        known = {(item.user.pk, item.entity.label, item.operation) for item in self.outcome.records}
        for label, operation in before.keys() | after.keys():
            old, new = before.get((label, operation), set()), after.get((label, operation), set())
            if old == new or (user.pk, label, operation) in known:
                continue
            entity = registry.get(label)
            found = Difference(user, entity, operation, len(new - old), len(old - new))
            found.gained = self.shown(entity, entity.rows(SYSTEM).filter(pk__in=new - old).order_by("pk"))
            found.lost = self.shown(entity, entity.rows(SYSTEM).filter(pk__in=old - new).order_by("pk"))
            self.outcome.records.append(found)


def standing(actor: Actor) -> tuple[Any, ...]:
    """All of an actor that decides about rights; by which way a rule came does not."""
    rules = sorted(repr((r.role, r.entity, r.operation, r.level, r.deny, r.condition)) for r in actor.rules)
    fields = sorted(repr((r.role, r.entity, r.field, r.level, r.deny)) for r in actor.field_rules)
    places = (actor.group_ids, actor.team_ids, actor.report_ids, actor.unit_ids, actor.unit_id, actor.shares)
    return (actor.id, actor.kind, rules, fields, *places)


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


def alarms(user: Any, old: Actor, new: Actor) -> list[Alarm]:
    """What asks for a second look."""
    found = [Alarm("sensitive", user, e) for e in effective.subjects() if delicate(new, e) - delicate(old, e)]
    if sees_something(old) and not sees_something(new):
        found.append(Alarm("last", user))
    return found


def delicate(actor: Actor, entity: Entity) -> set[str]:
    """The sensitive fields that an actor sees on at least some records."""
    names = {name for name, spec in entity.fields.items() if spec.sensitive}
    return set(readable(actor, entity)) & names if names and allowed(actor, entity, "view") else set()


def sees_something(actor: Actor) -> bool:
    """Whether any rule lets an actor see records that not everybody sees."""
    return any(allowed(actor, entity, "view") for entity in effective.subjects() if not entity.access.public)
