"""Who could do what with one record at a moment, by which way; and who gained or lost it until another, by which change-set.

    found = compare(entity, key, since, until)

The rules of then are asked of the record of then (`then.Rights`), those of the second moment of that one. What made the
difference is found by halves: the rights are played back to moments between, until one change-set stands between
"could not" and "could".
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kith.core import access, asof, past
from kith.core.access import NOTHING, SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.past import TICK, Past
from kith.core.why import in_words

from . import reaching, then
from .then import Key, Rights

OPERATIONS = ("view", "edit", "delete")
#: Conditions that are asked in one query; people who are compared; moments that are played back to find causes.
AT_ONCE, PEOPLE, MOMENTS = 60, 1000, 80
#: So long may it take: a moment is some twenty small queries.
SECONDS = 60
#: Kinds of records whose changes may change who reaches others, besides those of `reaching`; apps add theirs.
deciding: list[str] = ["core.setting"]


@dataclass(frozen=True, slots=True)
class Way:
    """Why somebody reached a record: what allows it, and the groups, departments and roles by which it came."""

    operation: str
    text: Any
    path: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """What made the difference: a change-set with its entries in the ledger, or none where a date passed."""

    at: dt.datetime
    by: ChangeSet | None = None
    entries: tuple[Change, ...] = ()


@dataclass(slots=True)
class Person:
    """One user: what it could do at both moments, by which ways at the first one, and what made each difference."""

    id: Key
    before: frozenset[str]
    after: frozenset[str]
    ways: list[Way] = field(default_factory=list)
    causes: dict[str, Cause] = field(default_factory=dict)

    @property
    def gained(self) -> list[str]:
        """The operations that it has come to."""
        return [name for name in OPERATIONS if name in self.after - self.before]

    @property
    def lost(self) -> list[str]:
        """The operations that it has no more."""
        return [name for name in OPERATIONS if name in self.before - self.after]


@dataclass(frozen=True, slots=True)
class Reach:
    """Everybody who reached the record at one of the moments; `is_cut` where there are too many users to ask all."""

    since: Past
    until: Past
    people: list[Person]
    is_cut: bool = False
    most: int = PEOPLE

    @property
    def differing(self) -> list[Person]:
        """Those who gained or lost something."""
        return [person for person in self.people if person.before != person.after]


# --- at one moment ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Question:
    """Conditions on one row, each asked once."""

    rows: Any
    asked: dict[Q, int] = field(default_factory=dict)
    answers: list[bool] = field(default_factory=list)

    def add(self, condition: Q) -> Q:
        """Ask one more."""
        if condition and condition != NOTHING:
            self.asked.setdefault(condition, len(self.asked))
        return condition

    def ask(self) -> "Question":
        """Put them, some at once; a row that is not there fulfils none."""
        conditions = list(self.asked)
        for start in range(0, len(conditions), AT_ONCE):
            self.answers += asof.fulfilled(self.rows, conditions[start : start + AT_ONCE])
        return self

    def holds(self, condition: Q) -> bool:
        """Whether one holds."""
        return not condition or (condition != NOTHING and self.answers[self.asked[condition]])


def verdicts(entity: Entity, key: Key, rights: Rights, users: Iterable[Key]) -> dict[Key, frozenset[str]]:
    """What each of the users could do with the record at the moment of these rights."""
    with past.playing(rights.when):
        rows = asof.one(entity, key, rights.when)
        if not rows.exists():
            return dict.fromkeys(users, frozenset())
        question = Question(rows)
        asked = {
            user: {name: question.add(access.predicate(entity, rights.actor(user), name)) for name in OPERATIONS}
            for user in users
        }
        question.ask()
    return {
        user: frozenset(name for name, condition in found.items() if question.holds(condition))
        for user, found in asked.items()
    }


def ways(entity: Entity, key: Key, rights: Rights, may: dict[Key, frozenset[str]]) -> dict[Key, list[Way]]:
    """By which ways those who could reached the record."""
    with past.playing(rights.when):
        question = Question(asof.one(entity, key, rights.when))
        asked = {
            user: [(way, question.add(condition)) for name in OPERATIONS if name in found for way, condition in speaking(entity, rights.actor(user), name)]
            for user, found in may.items()
        }  # fmt: skip
        question.ask()
    return {user: [way for way, condition in found if question.holds(condition)] for user, found in asked.items()}


def speaking(entity: Entity, actor: Actor, operation: str) -> Iterator[tuple[Way, Q]]:
    """Every way that could let the actor do it, with the rows that it reaches."""
    for rule in access.rules_for(actor, entity, operation):
        if not rule.deny and rule.level != "none":
            yield Way(operation, in_words(rule), rule.via), access.rule_condition(entity, actor, rule)
    if operation == "view" and entity.access.public:
        yield Way(operation, _("open to everybody who signs in")), Q()
    if entity.access.parent or entity.access.subject:
        yield Way(operation, _("follows the record it is a part of")), access.by_parent(entity, actor, operation)
    yield Way(operation, _("the record was shared")), access.by_share(entity, actor, operation)
    found = [way for provider in access.ways_in if (way := provider(entity, actor, operation)) is not None]
    if found:
        yield Way(operation, _("by a task, a queue or a pool")), access.union(found)


# --- two moments ------------------------------------------------------------------------------------------------------


def compare(entity: Entity, key: Key, since: Past, until: Past) -> Reach:
    """Who reached a record at the first moment, who does at the second, and what made the difference; the caller has checked the rights."""
    first, last = then.at(since), then.at(until)
    users = sorted(first.users.keys() | last.users.keys())
    before = verdicts(entity, key, first, users[:PEOPLE])
    after = verdicts(entity, key, last, users[:PEOPLE])
    people = {user: Person(user, before[user], after[user]) for user in before if before[user] or after[user]}
    shown = {user: may for user, may in before.items() if may}
    for user, found in ways(entity, key, first, shown).items():
        people[user].ways = found
    changed = [(user, name) for user, one in people.items() for name in sorted(one.before ^ one.after)]
    for (user, name), cause in Search(entity, key, since, until).causes(changed, before).items():
        people[user].causes[name] = cause
    return Reach(since, until, list(people.values()), len(users) > PEOPLE)


type Case_ = tuple[Key, str]


class Search:
    """Finds the change-set that stands between two answers."""

    def __init__(self, entity: Entity, key: Key, since: Past, until: Past) -> None:
        self.entity, self.key, self.since, self.until = entity, key, since, until
        self.entries: dict[dt.datetime, list[Change]] = defaultdict(list)
        self.left = MOMENTS

    def causes(self, cases: Collection[Case_], before: dict[Key, frozenset[str]]) -> dict[Case_, Cause]:
        """What made each of the differences; those that would take too many moments are left out."""
        if not cases:
            return {}
        for entry in entries_between(self.entity, self.key, self.since, self.until):
            self.entries[entry.at].append(entry)
        moments = [self.since.moment, *sorted(self.entries)]
        if moments[-1] < self.until.moment:
            moments.append(self.until.moment)
        found: dict[Case_, Cause] = {}
        self.halve(moments, list(cases), {case: case[1] in before[case[0]] for case in cases}, found)
        return found

    def halve(self, moments: list[dt.datetime], cases: list[Case_], old: dict[Case_, bool], found: dict[Case_, Cause]) -> None:  # fmt: skip
        """Go on with the half in which the answer changes."""
        if not cases:
            return
        if len(moments) == 2:
            self.name(moments[1], cases, old, found)
            return
        middle = len(moments) // 2
        changed = self.otherwise(moments[middle], cases, old)
        if changed is None:
            return
        self.halve(moments[: middle + 1], [case for case in cases if case in changed], old, found)
        self.halve(moments[middle:], [case for case in cases if case not in changed], old, found)

    def name(self, moment: dt.datetime, cases: list[Case_], old: dict[Case_, bool], found: dict[Case_, Cause]) -> None:
        """Say what happened at a moment; where the answer was another one already before, a date had passed."""
        entries = self.entries.get(moment, [])
        passed = set(cases) if not entries else self.otherwise(moment - TICK, cases, old)
        if passed is None:
            return
        by = ChangeSet.objects.filter(pk=entries[-1].changeset_id).first() if entries else None
        for case in cases:
            found[case] = Cause(moment) if case in passed else Cause(moment, by, tuple(entries))

    def otherwise(self, moment: dt.datetime, cases: list[Case_], old: dict[Case_, bool]) -> set[Case_] | None:
        """The cases whose answer at a moment is no longer the old one; None where enough has been played back."""
        self.left -= 1
        if self.left < 0:
            return None
        rights = then.at(Past(moment, moment.isoformat()))
        may = verdicts(self.entity, self.key, rights, {user for user, _name in cases})
        return {case for case in cases if (case[1] in may[case[0]]) != old[case]}


def entries_between(entity: Entity, key: Key, since: Past, until: Past) -> list[Change]:
    """Entries of the ledger that may have changed who reaches a record, in order."""
    labels = [label for label in (*reaching.NOTES, *deciding) if registry.find(label)]
    made = [found for label in labels for found in made_between(registry.get(label), since, until)]
    about = [key, *wholes(entity, key), *parts_about(key)]
    between = Change.objects.filter(at__gt=since.moment, at__lte=until.moment)
    later = between.filter(entity__in=labels).exclude(op=Op.CREATE)
    mine = between.filter(record_id__in=[*about, *made])
    return sorted({entry.pk: entry for found in (later, mine) for entry in found}.values(), key=lambda entry: entry.pk)


def made_between(entity: Entity, since: Past, until: Past) -> list[uuid.UUID]:
    """Records of a kind that were made between two moments: the index of the ledger knows no creations by kind."""
    return [
        key for trashed in (False, True) for key in entity.rows(SYSTEM, trashed=trashed).filter(created_at__gt=since.moment, created_at__lte=until.moment).order_by().values_list("pk", flat=True)
    ]  # fmt: skip


def wholes(entity: Entity, key: Key) -> list[uuid.UUID]:
    """The record that a part belongs to."""
    if not entity.access.parent:
        return []
    return [
        whole
        for trashed in (False, True)
        for whole in entity.rows(SYSTEM, trashed=trashed).filter(pk=key).values_list(entity.access.parent, flat=True)
        if whole
    ]


def parts_about(key: Key) -> list[uuid.UUID]:
    """Tasks and the like about a record: they may open it."""
    kinds = [entity for entity in registry if entity.access.subject]
    return [
        found
        for entity in kinds
        for trashed in (False, True)
        for found in entity.rows(SYSTEM, trashed=trashed).filter(subject_id=key).order_by().values_list("pk", flat=True)
    ]
