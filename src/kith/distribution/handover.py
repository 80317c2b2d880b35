"""The hand-over: everything that one person works on, to others by a rule, to one person or into a pool, in one change-set.

`holdings` counts what there is, `plan` says for each kind where it would go, `perform` does it. What the one who hands
over may not give away is counted and left.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.owning import is_owned
from kith.core.staged import Staged

from . import candidates, claiming
from .book import book
from .running import Decision, decide, note, rules_of
from .subjects import still_open, urgency

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Holding:
    """What somebody holds of one kind: how many in each state, how many of the open ones may be given away."""

    entity: Entity
    column: str
    states: tuple[tuple[Any, int], ...]
    total: int
    open: int
    given: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where records go: to a person, by a rule, into a pool."""

    kind: str
    key: UUID


@dataclass
class Plan:
    """Where the records of each kind would go: counts by the name of the receiver, and those that stay."""

    entity: Entity
    moves: list[Decision] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    stays: int = 0


def column_of(entity: Entity) -> str:
    """The link that says whose work a record is; "" for what nobody works on. A task is the work of whom it is given to."""
    if is_owned(entity):
        return "owner"
    own = [name for name in entity.access.own if name != "owner" and name in entity.declared]
    return own[0] if entity.access.subject and entity.access.rules and own else ""


def kinds() -> list[tuple[Entity, str]]:
    """All kinds of work with their link."""
    return [(entity, column) for entity in registry if (column := column_of(entity))]


def mine(entity: Entity, column: str, user: UUID, *, closed: bool = False) -> Any:
    """The records of one person, open ones unless all are asked for."""
    rows = entity.rows(SYSTEM).filter(**{column: user})
    return rows if closed else rows.filter(still_open(entity))


def given(actor: Actor, entity: Entity, column: str, user: UUID, *, closed: bool = False) -> list[UUID]:
    """Those that the actor may give away, in the order of the queue."""
    allowed = entity.rows(actor, "assign" if column == "owner" else "edit").filter(**{column: user})
    rows = allowed if closed else allowed.filter(still_open(entity))
    return list(rows.order_by(*urgency(entity)).values_list("pk", flat=True))


def holdings(actor: Actor, user: UUID, *, closed: bool = False) -> list[Holding]:
    """What somebody holds, by kind and state; kinds of which there is nothing are left out."""
    found = []
    for entity, column in kinds():
        rows = mine(entity, column, user, closed=True)
        total = rows.count()
        if total:
            current = mine(entity, column, user).count()
            may = len(given(actor, entity, column, user, closed=closed))
            found.append(Holding(entity, column, states(entity, rows), total, current, may))
    return found


def states(entity: Entity, rows: Any) -> tuple[tuple[Any, int], ...]:
    """How many are in each state, where there are states."""
    name = "state" if issubclass(entity.model, Staged) else entity.board if entity.closed else ""
    if not name:
        return ()
    labels = dict(entity.fields[name].choices)
    counts = rows.order_by().values_list(name).annotate(n=Count("pk"))
    return tuple((labels.get(value, value), count) for value, count in sorted(counts, key=lambda pair: list(labels).index(pair[0]) if pair[0] in labels else 99))  # fmt: skip


def has_open(user: UUID) -> bool:
    """Whether somebody still works on anything."""
    return any(mine(entity, column, user).exists() for entity, column in kinds())


# --- planning -------------------------------------------------------------------------------------------------------


def targets(entity: Entity, column: str) -> list[tuple[str, Any]]:
    """Where records of a kind can go besides one person: rules and pools."""
    if column != "owner":
        return []
    rules = [(f"rule:{rule.pk}", _("by the rule “%(name)s”") % {"name": rule}) for rule in rules_of(entity)]
    return rules + [(f"pool:{one.pool.pk}", _("into the pool “%(name)s”") % {"name": one.pool}) for one in book().of(entity)]  # fmt: skip


def plan(actor: Actor, user: UUID, choices: Mapping[str, Target], *, closed: bool = False) -> list[Plan]:
    """What would happen, kind by kind; writes nothing."""
    made = []
    for entity, column in kinds():
        if entity.label in choices:
            keys = given(actor, entity, column, user, closed=closed)
            made.append(one_plan(entity, column, user, keys, choices[entity.label]))
    return made


def one_plan(entity: Entity, column: str, user: UUID, keys: list[UUID], target: Target) -> Plan:
    """The plan of one kind; raises Refused for a target that is none."""
    made = Plan(entity)
    if target.kind == "person":
        receiver = active_user(target.key, user)
        made.moves = [Decision(key, {}, owner=receiver.pk) for key in keys]
        made.counts[str(receiver)] = len(keys)
    elif target.kind == "pool" and column == "owner":
        basin = book().basin(target.key)
        fit = set(entity.rows(SYSTEM).filter(claiming.in_scope(basin), pk__in=keys).values_list("pk", flat=True))
        if basin.pool.entity == entity.label:
            made.moves = [Decision(key, {}, pool=target.key) for key in keys if key in fit]
            made.counts[str(basin.pool)] = len(made.moves)
    elif target.kind == "rule" and column == "owner":
        by_rule(made, entity, user, keys, target.key)
    made.stays = len(keys) - len(made.moves)
    return made


def active_user(key: UUID, leaving: UUID) -> Any:
    """The receiver, who must be able to sign in and be somebody else."""
    found = registry.get("access.user").rows(SYSTEM).filter(pk=key, is_active=True).first()
    if found is None or found.pk == leaving:
        raise Refused({"person": [_("Choose another person who may sign in.")]})
    return found


def by_rule(made: Plan, entity: Entity, user: UUID, keys: list[UUID], rule_id: UUID) -> None:
    """Spread records by a rule among its members but the one who leaves; the rule's fallback to a pool or a person holds."""
    rule = next((rule for rule in rules_of(entity) if rule.pk == rule_id), None)
    if rule is None:
        raise Refused({"": [_("This rule is off or for other records.")]})

    def seating(one: Any, kind: Entity, wanted: Sequence[UUID]) -> Any:
        dealer = candidates.dealer(one, kind, wanted)
        dealer.seats = [seat for seat in dealer.seats if seat.user != user]
        dealer.last = -1
        dealer.former = {}
        return dealer

    made.moves = [one for one in decide(entity, [rule], keys, seating) if (one.owner and one.owner != user) or one.pool]
    names = people({one.owner for one in made.moves if one.owner})
    for one in made.moves:
        made.counts[names[one.owner] if one.owner else str(book().basin(one.pool).pool)] += 1


def people(keys: set[UUID]) -> dict[UUID, str]:
    """Names of users."""
    return {user.pk: str(user) for user in registry.get("access.user").rows(SYSTEM).filter(pk__in=keys)}


# --- doing ----------------------------------------------------------------------------------------------------------


def perform(actor: Actor, user: UUID, choices: Mapping[str, Target], reason: str, *, closed: bool = False) -> tuple[list[Plan], UUID | None]:  # fmt: skip
    """Do it, in one change-set that one undo takes back."""
    if not choices:
        raise Refused(_("Say for at least one kind where it shall go."))
    with change_set(actor, kind="handover", reason=reason[:500]) as changes:
        made = plan(actor, user, choices, closed=closed)
        for one in made:
            move(changes.id, changes.at, one, user, reason)
    return made, changes.id if changes.counts else None


def move(changeset: UUID, at: Any, made: Plan, user: UUID, reason: str) -> None:
    """Write one plan; what changed hands meanwhile stays where it is."""
    entity, column = made.entity, column_of(made.entity)
    owners = {one.record: one for one in made.moves if one.owner}
    keys = list(owners)
    for start in range(0, len(keys), CHUNK):
        writes.update_many(
            SYSTEM, entity, keys[start : start + CHUNK],
            lambda record: {column: owners[record.pk].owner} if getattr(record, f"{column}_id") == user else {},
        )  # fmt: skip
    note(changeset, at, entity, [one for one in owners.values() if one.member])
    for pool in {one.pool for one in made.moves if one.pool}:
        claiming.put(entity, [one.record for one in made.moves if one.pool == pool], pool, reason=reason or str(_("Handed over.")))  # fmt: skip


def target_of(text: str, person: str) -> Target | None:
    """A target as a form or the API names it: "person", "rule:<id>", "pool:<id>"; None for "stay"."""
    kind, _colon, key = text.partition(":")
    if kind == "person":
        key = key or person
    if kind not in ("person", "rule", "pool"):
        return None
    try:
        return Target(kind, UUID(key))
    except ValueError:
        raise Refused({"person" if kind == "person" else "": [_("Choose another person who may sign in.") if kind == "person" else _("Unknown target “%(text)s”.") % {"text": text}]}) from None  # fmt: skip


def may_hand_over(actor: Actor) -> bool:
    """Whether the actor may give away anything at all."""
    return any(access.allowed(actor, entity, "assign") for entity, column in kinds() if column == "owner")


__all__ = ["Holding", "Plan", "Target", "has_open", "holdings", "perform", "plan"]
