"""What members of a pool see of its records: all rows, or, where the pool hides fields, none until they own them.

Where fields are hidden the records are kept from members on every surface, so that neither a filter nor an export tells
what stands in them; the page and the API of the pool show the fields that are left.
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from kith.core import access, past
from kith.core.access import Actor
from kith.core.among import LookedUp
from kith.core.entity import Entity

from .book import Basin, book
from .entities.work_item import WorkItem


def waiting_in(pools: Iterable[UUID]) -> Q:
    """Rows that wait in one of these pools."""
    items = WorkItem.objects.filter(pool_id__in=list(pools), subject_id=OuterRef("pk"))
    return Q(
        LookedUp(items.filter(waited(when.moment) if (when := past.played()) else Q(state=WorkItem.State.WAITING)))
    )


def waited(moment: dt.datetime) -> Q:
    """Items that waited at a moment: they had come in, and nobody had taken them or put an end to it."""
    ended = Coalesce("leased_at", "ended_at")
    return Q(entered_at__lte=moment) & (Q(state=WorkItem.State.WAITING) | Q(GreaterThan(ended, moment)))


def is_veiled(basin: Basin, actor: Actor) -> bool:
    """Whether fields of this pool are hidden from the actor, who is a member."""
    return bool(basin.pool.hidden_fields) and not basin.has(actor, as_manager=True)


def way_in(entity: Entity, actor: Actor, operation: str) -> Q | None:
    """Members see what waits in their pools."""
    if operation != "view" or actor.id is None:
        return None
    open_ones = [basin.pool.pk for basin in book().of(entity) if basin.has(actor) and not is_veiled(basin, actor)]
    return waiting_in(open_ones) if open_ones else None


def way_out(entity: Entity, actor: Actor) -> Q | None:
    """Members do not see what waits in a pool that hides fields, unless they distribute all such records."""
    if actor.id is None:
        return None
    veiled = [basin.pool.pk for basin in book().of(entity) if basin.has(actor) and is_veiled(basin, actor)]
    if not veiled or access.has_rule_for_all(actor, entity, "assign"):
        return None
    return waiting_in(veiled)


def shown(basin: Basin, entity: Entity, actor: Actor) -> list[str]:
    """Columns of the list that the actor may read in this pool; the owner is always the same: nobody."""
    hidden = {"owner", *(basin.pool.hidden_fields if is_veiled(basin, actor) else ())}
    readable = access.readable(actor, entity)
    return [name for name in entity.list_columns if name in readable and name not in hidden]
