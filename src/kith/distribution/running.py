"""The assignment run: records without an owner to people, by the rules of their kind, each with an explanation (R48-R51).

1. What apps do before (joining doubles, R39); then open records without an owner that wait in no pool.
2. Step by step: of the rules that accept a record the one that has got the least for its size takes it (R49).
3. Each rule gives its records to its members by its method (R46, R50); the rest waits, asks the next step, or goes where
   the rule says (R51).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.among import LookedUp
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.ids import uuid7
from kith.core.store import insert_plain

from . import candidates, claiming, locks
from .choosing import Dealer, Pick, Team, team_for
from .entities.assignment import Assignment
from .entities.work_item import WorkItem
from .subjects import still_open, urgency

#: What apps do with the records of a run before it, such as joining those that are the same (R39).
before: list[Callable[[Entity, Sequence[UUID]], Any]] = []
MOST = 5000


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one record: its new owner or pool, by which rule and member, and why, as data."""

    record: UUID
    why: dict[str, Any]
    rule: Any = None
    owner: UUID | None = None
    member: UUID | None = None
    pool: UUID | None = None


@dataclass
class Run:
    """What a run did."""

    decisions: list[Decision] = field(default_factory=list)
    changeset: UUID | None = None

    @property
    def given(self) -> int:
        """How many records found an owner."""
        return sum(1 for one in self.decisions if one.owner)


def rules_of(entity: Entity, *, clock: bool | None = None) -> list[Any]:
    """The rules that are on, in order; `clock` True for those of every hour, False for those of a new record."""
    rules = registry.get("distribution.assignmentrule").rows(SYSTEM).filter(entity=entity.label, is_active=True)
    if clock is not None:
        rules = rules.filter(hourly=True) if clock else rules.filter(on_creation=True)
    return list(rules.order_by("position", "name", "pk"))


def waiting(entity: Entity, keys: Collection[UUID] | None = None, *, most: int | None = MOST) -> list[UUID]:
    """Open records without an owner that wait in no pool, in the order of the queue (R48)."""
    pooled = WorkItem.objects.filter(subject_id=OuterRef("pk"), state=WorkItem.State.WAITING)
    rows = entity.rows(SYSTEM).filter(still_open(entity), ~Q(LookedUp(pooled)), owner=None)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return list(rows.order_by(*ranked(entity)).values_list("pk", flat=True)[:most])


def ranked(entity: Entity) -> list[Any]:
    """See urgency; records without a rank come last."""
    return [F(name[1:]).desc(nulls_last=True) if name[0] == "-" else name for name in urgency(entity)]


def run(entity: Entity, rules: Sequence[Any], keys: Collection[UUID] | None = None, *, actor: Actor = SYSTEM) -> Run:
    """Distribute; one change-set, so that one undo takes it back. Runs of one kind of record follow each other."""
    done = Run()
    if not rules:
        return done
    with change_set(actor, kind="assign", entity=entity.label, reason=", ".join(rule.name for rule in rules)[:200]) as changes:  # fmt: skip
        locks.hold("run", [entity.label])
        for prepare in before:
            prepare(entity, waiting(entity, keys))
        done.decisions = decide(entity, rules, waiting(entity, keys), candidates.dealer)
        write(changes.id, changes.at, entity, done.decisions)
    done.changeset = changes.id if changes.counts else None
    return done


def by_hand(actor: Actor, rules: Sequence[Any]) -> Run:
    """The action of a rule: distribute by it now, whatever its clock says."""
    done = Run()
    for rule in rules:
        mine = run(registry.get(rule.entity), [rule], actor=actor)
        done.decisions += mine.decisions
        done.changeset = mine.changeset or done.changeset
    return done


# --- deciding -------------------------------------------------------------------------------------------------------

Seating = Callable[[Any, Entity, Sequence[UUID]], Dealer]


def decide(entity: Entity, rules: Sequence[Any], keys: Sequence[UUID], seating: Seating) -> list[Decision]:
    """What becomes of each record, in the order given; writes nothing."""
    decided: dict[UUID, Decision] = {}
    for _step, of_step in groupby(rules, key=lambda rule: rule.position):
        pending = [key for key in keys if key not in decided]
        if pending:
            decided |= one_step(entity, list(of_step), pending, seating)
    nobody = {"none": "no_rule"}
    return [decided.get(key) or Decision(key, nobody) for key in keys]


def one_step(entity: Entity, rules: list[Any], keys: list[UUID], seating: Seating) -> dict[UUID, Decision]:
    """The records that rules of one step decide about."""
    dealers = {rule.pk: seating(rule, entity, keys) for rule in rules}
    teams = [Team(rule.pk, size(dealers[rule.pk]), accepted(entity, rule, keys)) for rule in rules]
    queues: dict[UUID, list[UUID]] = {rule.pk: [] for rule in rules}
    for key in keys:
        if team := team_for(key, teams):
            queues[team.rule].append(key)
    decided: dict[UUID, Decision] = {}
    for rule in rules:
        picks = dealers[rule.pk].deal(queues[rule.pk])
        for key in queues[rule.pk]:
            decision = given(rule, key, picks[key]) if key in picks else left(rule, key, dealers[rule.pk])
            if decision:
                decided[key] = decision
    return decided


def size(dealer: Dealer) -> int:
    """How much a rule's people can take together: their capacities, else their weights."""
    return sum(seat.capacity or 0 for seat in dealer.seats) or sum(seat.weight for seat in dealer.seats)


def accepted(entity: Entity, rule: Any, keys: Sequence[UUID]) -> frozenset[UUID]:
    """The records that a rule takes: those of its department or of none, for which its condition holds."""
    found = candidates.that_fit(entity, rule.condition, keys)
    if rule.unit_id is None:
        return found
    mine = entity.rows(SYSTEM).filter(Q(org_unit=rule.unit_id) | Q(org_unit=None), pk__in=found)
    return frozenset(mine.values_list("pk", flat=True))


def given(rule: Any, key: UUID, pick: Pick) -> Decision:
    """A record that found somebody."""
    seat = pick.seat
    why = {"to": seat.name, "place": pick.place, "of": pick.of, "by": pick.by, "rule": rule.name}
    why |= {"preferred": True} if pick.preferred else {}
    why |= {"figure": pick.figure} if pick.figure is not None else {}
    why |= {"instead": seat.stands_for} if seat.stands_for else {}
    return Decision(key, why, rule, owner=seat.user, member=seat.member)


def left(rule: Any, key: UUID, dealer: Dealer) -> Decision | None:
    """A record that nobody of the rule can take; None when the next step is asked."""
    why: dict[str, Any] = {"none": "full" if dealer.seats else "nobody", "rule": rule.name, "then": rule.fallback}
    if rule.fallback == "next":
        return None
    if rule.fallback == "owner" and rule.fallback_owner_id and rule.fallback_owner.is_active:
        return Decision(key, why | {"to": str(rule.fallback_owner)}, rule, owner=rule.fallback_owner_id)
    if rule.fallback == "pool" and rule.fallback_pool_id:
        return Decision(key, why | {"pool": str(rule.fallback_pool)}, rule, pool=rule.fallback_pool_id)
    return Decision(key, why, rule)


# --- writing --------------------------------------------------------------------------------------------------------


def write(changeset: UUID, at: Any, entity: Entity, decisions: Sequence[Decision]) -> None:
    """Give the records to their owners and pools; one that got an owner meanwhile keeps it."""
    found = {one.record: one for one in decisions if one.owner}
    outcome = writes.update_many(SYSTEM, entity, found, lambda record: values(record, found[record.pk]), on_errors=lambda _at, _errors: None)  # fmt: skip
    gifts = [found[record.pk] for record in outcome.records if record.owner_id == found[record.pk].owner and found[record.pk].member]  # fmt: skip
    note(changeset, at, entity, gifts)
    pools = {one.pool for one in decisions if one.pool}
    for pool in pools:
        keys = [one.record for one in decisions if one.pool == pool]
        claiming.put(entity, keys, pool, reason=str(_("Nobody of the rule could take it.")))


def note(changeset: UUID, at: Any, entity: Entity, gifts: Sequence[Decision]) -> None:
    """Remember what rules gave, for quotas, turns and the explanation."""
    insert_plain(Assignment, [gift(changeset, at, entity, one) for one in gifts])


def gift(changeset: UUID, at: Any, entity: Entity, one: Decision) -> Assignment:
    """One record given by a rule to a member."""
    assert one.owner and one.member, "only what a member got is a gift"
    return Assignment(
        id=uuid7(),
        at=at,
        entity=entity.label,
        record_id=one.record,
        rule_id=one.rule.pk,
        member_id=one.member,
        user_id=one.owner,
        explanation=one.why,
        changeset_id=changeset,
    )


def values(record: Any, decision: Decision) -> dict[str, Any]:
    """What the gift writes: the owner, and the rule's department where there was none (R49)."""
    if record.owner_id is not None:
        return {}
    unit = {"org_unit": decision.rule.unit_id} if decision.rule.unit_id and record.org_unit_id is None else {}
    return {"owner": decision.owner} | unit
