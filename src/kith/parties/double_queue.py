"""The queue of possible duplicates as one reader sees it, and what is decided about a pair.

A pair is shown to whoever may see both of its parties; the others are counted, not named (R27). Score, order and place follow
from fields that the reader may read; a pair for which only others speak is none. To decide one needs the right to edit both.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, ledger, titles
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing, Refused

from .doubles import ordered
from .duplicates import in_reasons
from .entities.duplicate_pair import DuplicatePair
from .known_score import known
from .likeness import TOLD_BY

State = DuplicatePair.State
PAGE = 50
#: Counted up to here; beyond it the page says "or more".
COUNTED = 2000
#: As many are compared at once.
AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A pair with its records."""

    pair: DuplicatePair
    one: Any
    other: Any
    why: list[Any]
    group: list[UUID]
    #: Out of what the reader may know.
    score: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue, the place of the next one, how many there are and how many others concern records the reader may not see."""

    lines: list[Line]
    after: str
    count: int
    hidden: int

    @property
    def is_exact(self) -> bool:
        """Whether all were counted."""
        return self.count < COUNTED


def may_decide(actor: Actor, entity: Entity) -> bool:
    """Whether the queue is of any use to somebody."""
    return access.allowed(actor, entity, "edit")


def pairs(actor: Actor, entity: Entity, state: str) -> Any:
    """Pairs of a kind of which the actor may see both parties, the likeliest first, with `known`, the score as far as it may know it."""
    mine = entity.rows(actor).order_by().values("pk")
    return told(actor, entity, state).filter(one__in=mine, other__in=mine).order_by("-known", "pk")


def told(actor: Actor, entity: Entity, state: str) -> Any:
    """Pairs of a kind that are pairs by what the actor may read, whoever may see their parties."""
    kind = entity.face["kind"]
    return known(DuplicatePair.objects.filter(kind=kind, state=state), kind, knowable(actor, entity))


def knowable(actor: Actor, entity: Entity) -> set[str]:
    """Fields by which the actor may know a pair: those it may read, and those that no record of the kind has, whose words no pair has either."""
    return {*access.readable(actor, entity), *(name for name in TOLD_BY.values() if name not in entity.fields)}


def page(actor: Actor, entity: Entity, state: str = State.OPEN, after: str = "", size: int = PAGE) -> Page:
    """One page of the queue; `after` is the place that the page before ended with."""
    found = pairs(actor, entity, state)
    # Whom one may see costs most: the first ones are asked for once, to be counted and to be shown.
    first = list(found.values_list("known", "pk")[:COUNTED])
    count = len(first)
    everything = told(actor, entity, state).filter(one__deleted_at=None, other__deleted_at=None)
    total = everything[:COUNTED].count() if count < COUNTED else count
    place = place_of(after)
    keys = [key for score, key in first if place is None or (-score, key) > (-place[0], place[1])][: size + 1]
    if place and len(keys) <= size and count == COUNTED:  # beyond what is counted
        rows = list(found.filter(Q(known__lt=place[0]) | Q(known=place[0], pk__gt=place[1]))[: size + 1])
    else:
        rows = list(found.filter(pk__in=keys))
    records = {
        record.pk: record
        for record in entity.rows(actor)
        .filter(pk__in={key for row in rows for key in (row.one_id, row.other_id)})
        .defer(*titles.HEAVY)
    }
    readable = access.readable(actor, entity)
    together = groups(actor, entity, rows[:size]) if state == State.OPEN else {}
    lines = [
        Line(
            row,
            records[row.one_id],
            records[row.other_id],
            reasons(row, readable),
            together.get(row.pk, []),
            row.known,
        )
        for row in rows[:size]
        if row.one_id in records and row.other_id in records
    ]
    last = rows[size - 1] if len(rows) > size else None
    return Page(lines, f"{last.known}-{last.pk}" if last else "", count, max(0, total - count))


def place_of(text: str) -> tuple[int, UUID] | None:
    """Where a page begins; None for the first one, and for nonsense."""
    score, _dash, key = text.partition("-")
    try:
        return int(score[:3]), UUID(key)
    except ValueError:
        return None


def reasons(pair: DuplicatePair, readable: Collection[str]) -> list[Any]:
    """Why two parties may be one, in words, without what tells a field that the reader may not read."""
    told, signs = (
        [word for word in words if TOLD_BY.get(word, "name") in readable] for words in (pair.reasons, pair.signs)
    )
    return in_reasons(told, signs)


def groups(actor: Actor, entity: Entity, rows: Collection[DuplicatePair]) -> dict[UUID, list[UUID]]:
    """By pair: its parties and those that may be the same as one of them, as many as are compared at once; one query."""
    keys = {key for row in rows for key in (row.one_id, row.other_id)}
    near: dict[UUID, list[UUID]] = defaultdict(list)
    touching = pairs(actor, entity, State.OPEN).filter(Q(one__in=keys) | Q(other__in=keys))
    for one, other in touching.values_list("one_id", "other_id")[:COUNTED]:
        near[one].append(other)
        near[other].append(one)
    return {
        row.pk: list(dict.fromkeys([row.one_id, row.other_id, *near[row.one_id], *near[row.other_id]]))[:AT_ONCE]
        for row in rows
    }


def decide(actor: Actor, entity: Entity, one: UUID, other: UUID, state: str) -> None:
    """Say that two parties are different, or that they may be the same after all. Raises Refused for a pair that is none."""
    if state not in (State.OPEN, State.DIFFERENT):
        raise Refused({"state": [_("Choose “to decide” or “not a duplicate”.")]})
    if one == other:
        raise Refused(_("A record is no duplicate of itself."))
    first, second = ordered(one, other)
    for key in (first, second):
        access.fetch(entity, actor, key)
        access.fetch(entity, actor, key, "edit")
    found = DuplicatePair.objects.filter(one=first, other=second).first()
    if found is None and state == State.OPEN:
        raise Missing("parties.duplicatepair", f"{first} {second}")
    values = {"state": state, "decided_at": timezone.now(), "decided_by": actor.id}
    DuplicatePair.objects.update_or_create(
        one_id=first,
        other_id=second,
        defaults=values,
        create_defaults=values | {"kind": entity.face["kind"], "score": 0},
    )
    for key in (first, second):
        ledger.log(
            actor,
            "update",
            entity=entity.label,
            record_id=key,
            title=str(entity.rows(actor).get(pk=key)),
            duplicate=state,
        )


def different_from(key: UUID, others: Collection[UUID]) -> set[UUID]:
    """Those of the others of which somebody said that they are not the same as a party."""
    rows = DuplicatePair.objects.filter(state=State.DIFFERENT).filter(
        Q(one=key, other__in=others) | Q(other=key, one__in=others)
    )
    return {each for pair in rows.values_list("one_id", "other_id") for each in pair} - {key}
