"""Back into the pool: owned records that nobody touched for days, or that stood in one stage too long, by a clock (A13)."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import notify
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.staged import Staged

from . import claiming, running
from .book import Basin, book
from .entities.work_item import WorkItem

CHUNK = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """Records that go back, and why."""

    keys: tuple[UUID, ...]
    reason: str


def due(basin: Basin) -> list[Due]:
    """The records of a pool's scope that were left alone, by reason; each in one of them."""
    pool, entity = basin.pool, claiming.entity_of(basin)
    found: list[Due] = []
    if pool.idle_days:
        reason = ngettext("No activity for %(num)s day.", "No activity for %(num)s days.", pool.idle_days)
        found.append(Due(keys(basin, entity, idle(entity, pool.idle_days)), reason % {"num": pool.idle_days}))
    if pool.stage_days and issubclass(entity.model, Staged):
        reason = ngettext("%(num)s day in one stage.", "%(num)s days in one stage.", pool.stage_days)
        late = Q(stage_at__lt=timezone.now() - dt.timedelta(days=pool.stage_days))
        already = {key for one in found for key in one.keys}
        mine = tuple(key for key in keys(basin, entity, late) if key not in already)
        found.append(Due(mine, reason % {"num": pool.stage_days}))
    return [one for one in found if one.keys]


def keys(basin: Basin, entity: Entity, condition: Q) -> tuple[UUID, ...]:
    """Owned open records of the scope that the pool takes back under a condition; work that is going on goes on."""
    only = compile_filter(entity, from_json(basin.pool.recycles), SYSTEM)
    rows = entity.rows(SYSTEM).filter(claiming.in_scope(basin), only, condition, owner__isnull=False)
    worked = WorkItem.objects.filter(subject_id=OuterRef("pk"), state="leased", lease_until__gt=timezone.now())
    return tuple(rows.filter(~Q(Exists(worked))).order_by("pk").values_list("pk", flat=True))


def idle(entity: Entity, days: int) -> Q:
    """Neither the record nor a task, note or file about it changed for so long, nor did it get its owner meanwhile."""
    since = timezone.now() - dt.timedelta(days=days)
    condition = Q(updated_at__lt=since)
    for other in (other for other in registry if other.access.subject):
        lately = other.rows(SYSTEM).filter(
            subject_id=OuterRef("pk"), subject_entity=entity.label, updated_at__gte=since
        )
        condition &= ~Q(Exists(lately))
    return condition


def recycle(basin: Basin, actor: Actor = SYSTEM) -> int:
    """Take back what is due, a change-set for each reason, and tell those who had it."""
    count, entity = 0, claiming.entity_of(basin)
    for one in due(basin):
        owners = dict(entity.rows(SYSTEM).filter(pk__in=one.keys).values_list("pk", "owner_id"))
        with change_set(actor, kind="recycle", entity=entity.label, reason=one.reason):
            back: list[UUID] = []
            for at in range(0, len(one.keys), CHUNK):
                back += claiming.put(entity, one.keys[at : at + CHUNK], basin.pool.pk, reason=one.reason)
            tell(basin, entity, {key: owners[key] for key in back if owners.get(key)}, one.reason, actor)
        count += len(back)
    return count


def tell(basin: Basin, entity: Entity, owners: dict[UUID, UUID], reason: str, actor: Actor) -> None:
    """One message to each former owner."""
    for owner in dict.fromkeys(owners.values()):
        mine = [key for key, who in owners.items() if who == owner]
        title = ngettext("%(num)s record went back into “%(pool)s”: %(why)s", "%(num)s records went back into “%(pool)s”: %(why)s", len(mine))  # fmt: skip
        words = title % {"num": len(mine), "pool": basin.pool, "why": reason}
        single = mine[0] if len(mine) == 1 else None
        notify.tell([owner], "recycled", by=actor, entity=entity.label, record_id=single, title=words)


def collect(basin: Basin, keys: Sequence[UUID] | None = None) -> list[UUID]:
    """Let records without an owner (all, or these) come in, except those that a rule gives away or keeps for its next run (R51)."""
    if not basin.pool.collects:
        return []
    entity = claiming.entity_of(basin)
    rows = entity.rows(SYSTEM).filter(claiming.in_scope(basin), owner=None)
    waits = WorkItem.objects.filter(subject_id=OuterRef("pk"), state=WorkItem.State.WAITING)
    rows = rows.filter(~Q(Exists(waits))) if keys is None else rows.filter(pk__in=list(keys))
    fit = set(rows.values_list("pk", flat=True))
    free = running.waiting(entity, fit, most=None)
    for rule in running.rules_of(entity):
        if rule.fallback == "wait":
            kept = running.accepted(entity, rule, free)
            free = [key for key in free if key not in kept]
    if not free:
        return []
    with change_set(SYSTEM, kind="collect", entity=entity.label, reason=str(basin.pool)):
        return claiming.put(entity, free, basin.pool.pk, reason=_("It had no owner."))


def tend(basin: Basin, actor: Actor = SYSTEM) -> int:
    """Take back what is due and let in what has no owner; a pool whose conditions cannot be asked any more is left alone."""
    try:
        return recycle(basin, actor) + len(collect(basin))
    except BadFilter as bad:
        log.warning("the pool %s cannot be tended: %s", basin.pool, bad.message)
        return 0


def by_hand(actor: Actor, pools: Sequence[Any]) -> int:
    """The action of a pool: take back and collect now."""
    return sum(tend(book().basins[pool.pk], actor) for pool in pools if pool.pk in book().basins)
