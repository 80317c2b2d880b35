"""What is particular to merging people and companies: primaries, the better address, opt-outs, pairs of the queue (R33)."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.changes import Running
from kith.core.entity import Entity, registry
from kith.core.following import follow

from . import contact_points, naming, primaries
from .doubles import LABELS, ordered
from .entities.duplicate_pair import DuplicatePair
from .places import LINES

State = DuplicatePair.State
#: Parts of which one is the primary one, with the link to their party.
PRIMARIES = {"parties.contactpoint": "party", "parties.address": "party", "parties.employment": "person"}


def values(ranked: Sequence[Any]) -> dict[str, Any]:
    """What holds for the one that stays whatever it says itself: known if one of the others was, not to be contacted, held."""
    first, found = ranked[0], dict[str, Any]()
    statuses = [record.status for record in ranked]
    known = next((status for status in statuses if status != "provisional"), None)
    if first.status == "provisional" and known:
        found["status"] = known
    if "do_not_contact" in statuses and first.status not in ("do_not_contact", "deceased"):
        found["status"] = "do_not_contact"
    if any(record.legal_hold for record in ranked) and not first.legal_hold:
        found["legal_hold"] = True
    return found


def settle_primaries(survivor: Any, others: Sequence[Any]) -> None:
    """The survivor's primaries stay the primary ones; another address takes their place if it has more filled lines."""
    for label, link in PRIMARIES.items():
        entity = registry.get(label)
        if link not in entity.fields:
            continue
        rows = {record.pk: primaries.live_parts(entity, link, [record.pk]) for record in (survivor, *others)}
        wanted: dict[Any, Any] = {}
        for row in (row for record in (survivor, *others) for row in rows[record.pk] if holds(label, row)):
            kind = getattr(row, "kind", "") if label == "parties.contactpoint" else ""
            best = wanted.setdefault(kind, row)
            if label == "parties.address" and lines(row) > lines(best):
                wanted[kind] = row
        kept = {row.pk for row in wanted.values()}
        follow(entity, [
            Item(row, {"is_primary": False})
            for members in rows.values() for row in members if row.is_primary and row.pk not in kept
        ])  # fmt: skip


def holds(label: str, row: Any) -> bool:
    """Whether a part is a primary one now."""
    valid = contact_points.is_valid(row) if label == "parties.contactpoint" else label == "parties.address" or primaries.is_current(row)  # fmt: skip
    return bool(row.is_primary and valid)


def lines(address: Any) -> int:
    """How many lines of an address are filled."""
    return sum(bool(getattr(address, name)) for name in LINES)


def point_values(ranked: Sequence[Any]) -> dict[str, Any]:
    """An opt-out, and a reason why an address is invalid, hold for the one that stays."""
    opted = any(point.opted_out for point in ranked) and not ranked[0].opted_out
    return {"opted_out": True} if opted else {}


# --- the queue -----------------------------------------------------------------------------------------------------------


def pairs_merged(changes: Running, entity: Entity, survivor: Any, merged: Sequence[Any]) -> None:
    """Pairs among the merged ones are done; others of theirs are the survivor's, what was called different stays so."""
    if entity.label not in LABELS.values():
        return
    keys = {record.pk for record in merged}
    for pair in DuplicatePair.objects.filter(Q(one__in=keys) | Q(other__in=keys)).exclude(state=State.MERGED):
        ends = {survivor.pk if key in keys else key for key in (pair.one_id, pair.other_id)}
        if len(ends) == 1:
            decided(pair, State.MERGED, changes)
        elif pair.state == State.DIFFERENT:
            keep_apart(changes, pair, *ordered(*ends))


def keep_apart(changes: Running, pair: DuplicatePair, one: UUID, other: UUID) -> None:
    """What somebody said of the merged one is said of the survivor, too, unless it was said of that one before."""
    said = {"state": State.DIFFERENT, "decided_at": changes.at, "decided_by": changes.actor.id}
    if not DuplicatePair.objects.filter(one=one, other=other, state=State.DIFFERENT).exists():
        DuplicatePair.objects.update_or_create(
            one_id=one, other_id=other, defaults=said, create_defaults=said | {"kind": pair.kind, "score": pair.score}
        )


def pairs_apart(changes: Running, entity: Entity, survivor: Any, records: Sequence[Any], since: Any) -> None:
    """Whoever takes a merge apart says that these are not the same."""
    if entity.label not in LABELS.values():
        return
    by_merge = DuplicatePair.objects.filter(
        Q(one=survivor.pk) | Q(other=survivor.pk), state=State.DIFFERENT, decided_at=since
    )
    by_merge.filter(reasons=[]).delete()  # nobody ever said this of the survivor alone
    by_merge.update(state=State.OPEN, decided_at=None, decided_by=None)
    for one, other in pairs_among([survivor.pk, *(record.pk for record in records)]):
        pair = DuplicatePair.objects.filter(one=one, other=other).first()
        if pair is not None:
            decided(pair, State.DIFFERENT, changes)
        else:
            DuplicatePair.objects.create(
                one_id=one, other_id=other, kind=entity.face["kind"], score=0, state=State.DIFFERENT,
                decided_at=changes.at, decided_by=changes.actor.id,
            )  # fmt: skip


def names_anew(changes: Running, entity: Entity, survivor: Any, records: Sequence[Any], since: Any) -> None:
    """The display name of people follows the parts of the name that are there again."""
    if entity.label != "parties.person":
        return
    items = [Item(record, {"given_name": record.given_name}) for record in writes.lock(entity, [survivor.pk])]
    naming.prepare(Batch(SYSTEM, entity, items, "edit"))
    follow(entity, items)


def pairs_among(keys: Sequence[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Each two of some records."""
    return (ordered(one, other) for at, one in enumerate(keys) for other in keys[at + 1 :])


def decided(pair: DuplicatePair, state: str, changes: Running) -> None:
    """Note what became of a pair."""
    pair.state, pair.decided_at, pair.decided_by = state, changes.at, changes.actor.id
    pair.save(update_fields=["state", "decided_at", "decided_by"])
