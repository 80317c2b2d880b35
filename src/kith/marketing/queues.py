"""The queue of one person: the own open prospects in their order, the next one taken for a while, and who may see their cards.

Order: those who asked to be called again and whose moment has come, then those who wait, not called yet before those
who did not answer, then those to be called again later. "Next" offers the first two.
"""

from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import custom_fields, owning
from kith.core.access import SYSTEM, Actor
from kith.core.among import one_of
from kith.core.batch import Batch
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.distribution import leases
from kith.distribution.entities.work_item import WorkItem

from . import splitting
from .calling import ENTRY, OPEN

#: What whoever has open prospects sees of them, by the column that names it.
SEEN = {"parties.company": "party_id", "parties.person": "party_id", "marketing.calllist": "call_list_id"}


def entries() -> Entity:
    """The kind of records that stand in queues."""
    return registry.get(ENTRY)


def of(actor: Actor, owner: UUID | None = None, call_list: UUID | None = None) -> QuerySet[Any]:
    """The open prospects of a person (by default the actor) that the actor may see, in order, each with its place (0 due, 1 waiting, 2 later)."""
    due = Q(status="callback", callback_at__lte=timezone.now())
    place = Case(When(due, then=Value(0)), When(status="waiting", then=Value(1)), default=Value(2))
    rows = entries().rows(actor).filter(owner=owner or actor.id, status__in=OPEN)
    if call_list:
        rows = rows.filter(call_list=call_list)
    found: QuerySet[Any] = rows.annotate(place=place).order_by(
        "place", "callback_at", F("last_call_at").asc(nulls_first=True), "pk"
    )
    return found


# --- working ------------------------------------------------------------------------------------------------------------


def current(actor: Actor) -> Any | None:
    """The prospect that the actor is working on now."""
    mine = WorkItem.objects.filter(subject_entity=ENTRY, lease_owner_id=actor.id, state=WorkItem.State.LEASED, lease_until__gt=timezone.now())  # fmt: skip
    key = mine.order_by("-leased_at").values_list("subject_id", flat=True).first()
    return entries().rows(actor).filter(pk=key, owner=actor.id, status__in=OPEN).first() if key else None


def take_next(actor: Actor, call_list: UUID | None = None) -> Any:
    """Begin to work the next own prospect whose customer nobody else is working; the one left off comes after the others."""
    left = current(actor)
    rows = [row for row in of(actor, call_list=call_list)[:200] if row.place < 2]
    quiet = splitting.not_to_be_called([row.party_id for row in rows])
    rows = [row for row in rows if row.party_id not in quiet]
    order = [row.pk for row in rows]
    start = order.index(left.pk) + 1 if left and left.pk in order else 0
    busy: Any = None
    for row in [*rows[start:], *rows[:start]]:
        if left and row.pk == left.pk:
            continue
        try:
            leases.take(actor, entries(), row)
        except Refused as refused:
            busy = refused
            continue
        if left:
            leases.release(actor, entries(), left)
        return row
    if left and left.pk in order:
        raise Refused(_("This is the last one that you could call now."))
    raise busy or Refused(_("Nobody is left in your queue whom you could call now."))


def take(actor: Actor, key: UUID) -> Any:
    """Begin to work one of the own prospects."""
    entry = of(actor).filter(pk=key).first()
    if entry is None:
        raise Refused(_("This prospect is no longer in your queue."))
    if splitting.not_to_be_called([entry.party_id]):
        raise Refused(_("This customer does not want to be contacted."))
    left = current(actor)
    leases.take(actor, entries(), entry)
    if left and left.pk != entry.pk:
        leases.release(actor, entries(), left)
    return entry


# --- who sees the cards ----------------------------------------------------------------------------------------------------


def holders() -> frozenset[UUID]:
    """People with open prospects, or who had some lately; the same set until somebody gets or loses one."""
    return custom_fields.remembered("marketing.queues", load, then=True)


def load() -> frozenset[UUID]:
    """Read them."""
    rows = entries().rows(SYSTEM).filter(status__in=OPEN).exclude(owner=None)
    return frozenset(rows.order_by().values_list("owner_id", flat=True).distinct())


def way_in(entity: Entity, actor: Actor, operation: str) -> Q | None:
    """Whoever is to call a customer sees its card, and the list with what to say, for as long as the prospect is open."""
    column = SEEN.get(entity.label) if operation == "view" else None
    if column is None or actor.id not in holders():
        return None
    return one_of(entries().rows(SYSTEM).filter(owner=actor.id, status__in=OPEN).values_list(column))


def keep_closed(batch: Batch) -> None:
    """Who had a prospect does not open it again for oneself, and with it the card of the customer: whoever gives prospects does."""
    again = {
        item.record.pk
        for item in batch.items
        if not item.is_new and item.values.get("status") in OPEN and item.record.status not in OPEN
    }
    if again and not batch.actor.is_system and again - owning.may_be_given(batch.actor, batch.entity, again):
        raise owning.lacking(batch.entity)


def derive(batch: Batch) -> None:
    """Read the holders anew when a prospect comes into somebody's queue, or opens again."""
    known = holders()
    opened = (item.record for item in batch.items if item.record.status in OPEN)
    if any(record.owner_id and record.owner_id not in known for record in opened):
        custom_fields.announce()
