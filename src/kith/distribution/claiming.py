"""In and out of a pool: put in, take, give back, give out. Whoever takes becomes the owner and works the customer (B26).

Taking, for records named or for the next ones:
1. Locks: the person in this pool (limits), the customers, then the records, then their items.
2. Limits of the person: most per day, most held; of each record: still waiting, not too new, not the former owner's too
   soon, its customer not worked by somebody else. Each record that cannot be taken is told with the reason.
3. Items become leases, records get their owner, in one change-set.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set, running
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.filters import compile_filter, from_json

from . import leases, locks
from .book import Basin, book
from .entities.work_item import WorkItem
from .subjects import parties, still_open

State = WorkItem.State
AT_ONCE = 200
#: So many records are put into a pool by one statement.
CHUNK = 500
TAKEN = _("Somebody else has taken it, or it is no longer in the pool.")


@dataclass
class Outcome:
    """What came of an attempt on several records."""

    taken: list[UUID] = field(default_factory=list)
    refused: list[tuple[UUID, Any]] = field(default_factory=list)
    changeset: UUID | None = None


def entity_of(basin: Basin) -> Entity:
    """The kind of records of a pool."""
    return registry.get(basin.pool.entity)


def in_scope(basin: Basin) -> Any:
    """The condition of a pool's scope, with which something is still to be done."""
    entity = entity_of(basin)
    return compile_filter(entity, from_json(basin.pool.scope), SYSTEM) & still_open(entity)


def member_of(actor: Actor, key: Any, *, manages: bool = False) -> Basin:
    """A pool in which the actor may take (or give out) records; hidden from everybody else."""
    basin = book().basin(key)
    if not basin.has(actor):
        raise Missing("distribution.pool", str(key))
    if not access.in_scope(actor, entity_of(basin), "edit"):
        raise Forbidden(access.right(entity_of(basin), "edit"), _("This token may not change such records."))
    if manages and not distributes(actor, basin):
        raise Forbidden(
            access.right(entity_of(basin), "assign"), _("Only a manager of the pool gives out its records.")
        )
    return basin


def distributes(actor: Actor, basin: Basin) -> bool:
    """Whether the actor gives out what waits in a pool: its managers, and whoever may assign all such records."""
    return basin.has(actor, as_manager=True) or access.has_rule_for_all(actor, entity_of(basin), "assign")


# --- taking ---------------------------------------------------------------------------------------------------------


def claim(actor: Actor, pool: Any, keys: Iterable[UUID]) -> Outcome:
    """Take these records; those that cannot be taken are told with the reason, and stay."""
    basin, wanted = member_of(actor, pool), list(dict.fromkeys(keys))
    if not wanted or len(wanted) > AT_ONCE:
        raise Refused({"records": [_("Name between 1 and %(most)d records.") % {"most": AT_ONCE}]})
    done = Outcome()
    with change_set(actor, kind="claim", entity=basin.pool.entity) as changes:
        locks.hold("person", [f"{basin.pool.pk}:{actor.id}"])
        take(actor, basin, wanted, done)
    done.changeset = changes.id if changes.counts else None
    return done


def claim_next(actor: Actor, pool: Any, count: int = 1) -> Outcome:
    """Take the first records of the queue that are free; somebody who asks at the same moment gets the ones after."""
    basin = member_of(actor, pool)
    done = Outcome()
    with change_set(actor, kind="claim", entity=basin.pool.entity) as changes:
        locks.hold("person", [f"{basin.pool.pk}:{actor.id}"])
        allowance(actor, basin)
        for key in queue(basin).values_list("subject_id", flat=True)[:AT_ONCE]:
            if len(done.taken) >= count:
                break
            if is_free(basin, key) and locks.tried("party", customer(basin, key)):
                take(actor, basin, [key], done)
    done.changeset = changes.id if changes.counts else None
    return done


def queue(basin: Basin) -> Any:
    """The items that wait in a pool, in order."""
    return WorkItem.objects.filter(pool_id=basin.pool.pk, state=State.WAITING).order_by("-priority", "entered_at", "pk")


def is_free(basin: Basin, key: UUID) -> bool:
    """Whether nobody is taking the record at this moment; it is ours until the transaction ends."""
    rows = entity_of(basin).rows(SYSTEM).filter(still_open(entity_of(basin)), pk=key, owner=None)
    return bool(rows.select_for_update(skip_locked=True, of=("self",)).first())


def customer(basin: Basin, key: UUID) -> UUID:
    """Whose customer a record is about."""
    entity = entity_of(basin)
    return parties(entity, entity.rows(SYSTEM).filter(pk=key))[key]


def take(actor: Actor, basin: Basin, keys: list[UUID], done: Outcome) -> None:
    """See claim; inside its change-set."""
    entity, room = entity_of(basin), allowance(actor, basin)
    known = {record.pk: record for record in entity.rows(SYSTEM).filter(pk__in=keys)}
    customers = parties(entity, known.values())
    locks.hold("party", customers.values())
    records = {record.pk: record for record in writes.lock(entity, known)}
    items = {item.subject_id: item for item in WorkItem.objects.select_for_update().filter(pool_id=basin.pool.pk, state=State.WAITING, subject_id__in=keys).order_by("pk")}  # fmt: skip
    rivals = leases.rivals(actor, customers.values())
    free: list[UUID] = []
    for key in keys:
        reason = obstacle(actor, basin, records.get(key), items.get(key), rivals.get(customers.get(key, key)))
        reason = reason or (None if len(free) < room else limit_words(basin))
        if reason:
            done.refused.append((key, reason))
        else:
            free.append(key)
    hand_over(actor, basin, [items[key] for key in free], customers, records)
    done.taken += free


def obstacle(actor: Actor, basin: Basin, record: Any, item: WorkItem | None, rival: WorkItem | None) -> Any:
    """Why this record cannot be taken by this person now; None when it can."""
    if record is None or item is None or record.owner_id is not None:
        return TAKEN
    pool, now = basin.pool, timezone.now()
    ready = record.created_at + dt.timedelta(hours=pool.delay_hours)
    if ready > now:
        return _("It is new; it can be taken from %(when)s.") % {"when": short(ready)}
    back = item.entered_at + dt.timedelta(days=pool.ban_days)
    if item.previous_owner_id == actor.id and back > now:
        return _("You had it before; you can take it again from %(when)s.") % {"when": short(back)}
    return leases.busy_words(rival) if rival else None


def short(moment: dt.datetime) -> str:
    """Day and time, for a message."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def allowance(actor: Actor, basin: Basin) -> int:
    """How many more the actor may take now; raises Refused for none."""
    pool, entity = basin.pool, entity_of(basin)
    rest = AT_ONCE
    if pool.daily_limit is not None:
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        today = WorkItem.objects.filter(pool_id=pool.pk, lease_owner_id=actor.id, leased_at__gte=midnight).count()
        rest = min(rest, pool.daily_limit - today)
    if pool.capacity is not None:
        held = entity.rows(SYSTEM).filter(in_scope(basin), owner=actor.id).order_by()[: pool.capacity + 1].count()
        rest = min(rest, pool.capacity - held)
    if rest <= 0:
        raise Refused(limit_words(basin))
    return rest


def limit_words(basin: Basin) -> Any:
    """What the limits of a pool are."""
    pool = basin.pool
    parts = [_("%(count)d a day") % {"count": pool.daily_limit}] if pool.daily_limit is not None else []
    parts += [_("%(count)d held at a time") % {"count": pool.capacity}] if pool.capacity is not None else []
    return _("You have reached the limit of this pool: %(limits)s.") % {"limits": ", ".join(map(str, parts)) or AT_ONCE}


def hand_over(actor: Actor, basin: Basin, items: list[WorkItem], customers: dict[UUID, UUID], records: dict[UUID, Any]) -> None:  # fmt: skip
    """Turn items into leases, each by changing its old state, and the records into the actor's."""
    changes = running()
    assert changes is not None, "taking happens in a change-set"
    now = changes.at
    until = now + dt.timedelta(minutes=max(1, basin.pool.lease_minutes))
    for item in items:
        leased = {
            "state": State.LEASED, "lease_owner_id": actor.id, "leased_at": now, "lease_until": until,
            "party_id": customers[item.subject_id], "changeset_id": changes.id,
        }  # fmt: skip
        took = WorkItem.objects.filter(pk=item.pk, state=State.WAITING).update(**leased) == 1
        if not took:
            raise Refused(TAKEN)
    if items:
        writes.update_many(SYSTEM, entity_of(basin), [item.subject_id for item in items], {"owner": actor.id})


# --- putting in and giving back -----------------------------------------------------------------------------------------


def put(entity: Entity, keys: Sequence[UUID], pool: UUID, *, reason: str = "") -> list[UUID]:
    """Let records wait in a pool, without an owner; inside a change-set. Those that wait already stay where they are."""
    changes, basin = running(), book().basins.get(pool)
    assert changes is not None, "putting into a pool happens in a change-set"
    if basin is None or not keys:
        return []
    if len(keys) > CHUNK:
        return [key for part in batched(keys, CHUNK, strict=False) for key in put(entity, part, pool, reason=reason)]
    records = writes.lock(entity, entity.rows(SYSTEM).filter(still_open(entity), pk__in=keys).values_list("pk", flat=True))  # fmt: skip
    open_items = {item.subject_id: item for item in WorkItem.objects.select_for_update().filter(subject_id__in=[record.pk for record in records], state__in=WorkItem.OPEN).order_by("pk")}  # fmt: skip
    leases.end([item.pk for item in open_items.values()], State.RETURNED, reason)
    wait = [record for record in records if record.pk not in open_items or open_items[record.pk].state == State.LEASED]
    owners = {record.pk: record.owner_id for record in wait}
    owned = [key for key, owner in owners.items() if owner]
    if owned:
        writes.update_many(SYSTEM, entity, owned, {"owner": None})
    WorkItem.objects.bulk_create(
        WorkItem(
            subject_entity=entity.label, subject_id=record.pk, party_id=entity.work_party(record), pool_id=pool, state=State.WAITING,
            entered_at=changes.at, previous_owner_id=owners[record.pk], reason=reason, changeset_id=changes.id,
        )
        for record in wait
    )  # fmt: skip
    return list(owners)


def give_back(actor: Actor, entity: Entity, keys: Sequence[UUID], pool: Any, reason: str) -> Outcome:
    """Return records to a pool with a reason: the own ones, those of others only with the right to assign."""
    basin = book().basin(pool)
    if basin.pool.entity != entity.label:
        raise Refused({"pool": [_("This pool is for other records.")]})
    if not reason.strip():
        raise Refused({"reason": [_("Say why you give it back.")]})
    wanted = list(dict.fromkeys(keys))
    own = set(entity.rows(actor, "edit").filter(pk__in=wanted, owner=actor.id).values_list("pk", flat=True))
    given = set(entity.rows(actor, "assign").filter(pk__in=wanted).values_list("pk", flat=True))
    fit = set(entity.rows(SYSTEM).filter(in_scope(basin), pk__in=wanted).values_list("pk", flat=True))
    done = Outcome()
    done.refused = [(key, _("You may not change it.")) for key in wanted if key not in own | given]
    done.refused += [(key, _("It does not belong into this pool.")) for key in wanted if key in (own | given) - fit]
    with change_set(actor, kind="return", entity=entity.label, reason=reason.strip()) as changes:
        done.taken = put(entity, [key for key in wanted if key in (own | given) & fit], basin.pool.pk, reason=reason.strip())  # fmt: skip
    done.changeset = changes.id if changes.counts or done.taken else None
    return done


def give_out(actor: Actor, pool: Any, keys: Sequence[UUID], owner: UUID) -> Outcome:
    """Give records of a pool to somebody: by its managers and by who may assign; the receiver's capacity holds."""
    basin = member_of(actor, pool, manages=True)
    receiver = access.actor_of(owner)
    if receiver.id is None:
        raise Refused({"owner": [_("This user may not sign in; choose another one.")]})
    done, entity = Outcome(), entity_of(basin)
    with change_set(actor, kind="assign", entity=entity.label) as changes:
        locks.hold("person", [f"{basin.pool.pk}:{owner}"])
        room = AT_ONCE
        if basin.pool.capacity is not None:
            room = basin.pool.capacity - entity.rows(SYSTEM).filter(in_scope(basin), owner=owner).count()
        records = {record.pk: record for record in writes.lock(entity, keys)}
        there = set(queue(basin).filter(subject_id__in=list(records)).values_list("subject_id", flat=True))
        free = [key for key in dict.fromkeys(keys) if key in there and records[key].owner_id is None]
        done.taken, rest = free[: max(0, room)], free[max(0, room) :]
        done.refused = [(key, TAKEN) for key in keys if key not in free]
        done.refused += [(key, _("This person holds as many as the pool allows.")) for key in rest]
        if done.taken:
            writes.update_many(SYSTEM, entity, done.taken, {"owner": owner})
    done.changeset = changes.id if changes.counts else None
    return done
