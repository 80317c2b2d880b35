"""Leases: somebody works a record for a while, and nobody else works it or another record of the same customer (N9).

take    refused while somebody else has the record or its customer; the refusal names who and since when
renew   by the holder only
release by the holder; by somebody with the right "assign" only with a reason
expire  by a clock, and at once when somebody else asks for what has run out

Each step stands in the log. Locks of the customers make those who ask at the same time follow each other; the
constraints of the table hold even without them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, ledger, titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.owning import lacking
from kith.core.pipeline import now

from . import locks
from .entities.work_item import WorkItem

MINUTES = 30
LONGEST = 24 * 60
State = WorkItem.State


def current(record_id: UUID) -> WorkItem | None:
    """The open item of a record: waiting in a pool or being worked; a lease that has run out is none."""
    found = WorkItem.objects.filter(subject_id=record_id, state__in=WorkItem.OPEN).first()
    return None if found and has_run_out(found) else found


def has_run_out(item: WorkItem) -> bool:
    """Whether a lease is over, though nobody has noted it yet."""
    return item.state == State.LEASED and item.lease_until is not None and item.lease_until <= timezone.now()


def take(actor: Actor, entity: Entity, record: Any, *, minutes: int = MINUTES) -> WorkItem:
    """Begin to work a record, or go on. Raises Refused while somebody else works it or its customer."""
    if actor.id is None:
        raise Refused(_("Only a person can work a record."))
    party, until = entity.work_party(record), timezone.now() + dt.timedelta(minutes=bounded(minutes))
    with transaction.atomic():
        locks.hold("party", [party])
        item = WorkItem.objects.select_for_update().filter(subject_id=record.pk, state__in=WorkItem.OPEN).first()
        if item and item.state == State.WAITING:
            raise Refused(_("It waits in a pool; take it from there."))
        if item and not has_run_out(item):
            if item.lease_owner_id != actor.id:
                raise busy(item)
            WorkItem.objects.filter(pk=item.pk).update(lease_until=until)
            item.lease_until = until
            return item
        run_out(item)
        check_parties(actor, {record.pk: party})
        made = insert(actor, entity, record, party, until)
        note(actor, entity, record.pk, str(record), "taken", until=until.isoformat())
        return made


def bounded(minutes: int) -> int:
    """A lease lasts at least a minute and at most a day."""
    if not 1 <= minutes <= LONGEST:
        raise Refused({"minutes": [_("Between 1 and %(most)d minutes.") % {"most": LONGEST}]})
    return minutes


def insert(actor: Actor, entity: Entity, record: Any, party: UUID, until: dt.datetime) -> WorkItem:
    """A new lease; what the database refuses is somebody else's."""
    begun = timezone.now()
    try:
        with transaction.atomic():
            return WorkItem.objects.create(
                subject_entity=entity.label, subject_id=record.pk, party_id=party, state=State.LEASED, entered_at=begun,
                lease_owner_id=actor.id, leased_at=begun, lease_until=until,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(_("Somebody else has just begun to work it.")) from None


def run_out(item: WorkItem | None) -> None:
    """Note that a lease is over."""
    if item is not None:
        end([item.pk], State.EXPIRED)


def end(keys: Iterable[UUID], state: str, reason: str = "") -> int:
    """End leases that still run, at the moment of the running change-set; gives how many there were."""
    running = WorkItem.objects.filter(pk__in=list(keys), state=State.LEASED)
    return running.update(state=state, ended_at=now(), **({"reason": reason} if reason else {}))


def check_parties(actor: Actor, wanted: Mapping[UUID, UUID]) -> None:
    """Refuse if somebody else works one of the customers; see rivals."""
    for item in rivals(actor, wanted.values()).values():
        raise busy(item)


def rivals(actor: Actor, parties: Iterable[UUID]) -> dict[UUID, WorkItem]:
    """Leases of others on these customers, by customer; those that have run out are ended on the way."""
    held = WorkItem.objects.filter(party_id__in=list(parties), state=State.LEASED).exclude(lease_owner_id=actor.id)
    items = list(held)
    end([item.pk for item in items if has_run_out(item)], State.EXPIRED)
    return {item.party_id: item for item in items if item.party_id and not has_run_out(item)}


def busy(item: WorkItem) -> Refused:
    """Who works it and since when."""
    return Refused(busy_words(item))


def busy_words(item: WorkItem) -> Any:
    """See busy."""
    since = formats.time_format(timezone.localtime(item.leased_at), "H:i") if item.leased_at else ""
    names = {"who": name_of(item.lease_owner_id), "since": since}
    return _("%(who)s is working on this customer since %(since)s; ask for it, or wait until it is free.") % names


def name_of(user_id: UUID | None) -> str:
    """The name of a user."""
    return str(registry.get("access.user").rows(SYSTEM).filter(pk=user_id).first() or "")


def renew(actor: Actor, entity: Entity, record: Any, *, minutes: int = MINUTES) -> WorkItem:
    """Go on working; refused when the lease was lost meanwhile."""
    until = timezone.now() + dt.timedelta(minutes=bounded(minutes))
    mine = WorkItem.objects.filter(subject_id=record.pk, state=State.LEASED, lease_owner_id=actor.id)
    if mine.filter(lease_until__gt=timezone.now()).update(lease_until=until) != 1:
        raise Refused(_("You are not working on it any more; begin again."))
    return mine.get()


def release(actor: Actor, entity: Entity, record: Any, *, reason: str = "") -> None:
    """Stop working; somebody else's work is stopped only by who may assign, with a reason."""
    item = current(record.pk)
    if item is None or item.state != State.LEASED:
        raise Refused(_("Nobody is working on it."))
    if item.lease_owner_id != actor.id:
        if not access.scoped(entity, actor, "assign").filter(pk=record.pk).exists():
            raise lacking(entity)
        if not reason.strip():
            raise Refused(
                {"reason": [_("Say why you end the work of %(who)s.") % {"who": name_of(item.lease_owner_id)}]}
            )
    if not end([item.pk], State.DONE if item.lease_owner_id == actor.id else State.RETURNED, reason.strip()):
        raise Refused(_("Nobody is working on it."))
    note(actor, entity, record.pk, str(record), "released", reason=reason.strip(), of=str(item.lease_owner_id))


def expire() -> int:
    """End all leases that have run out."""
    over = list(WorkItem.objects.filter(state=State.LEASED, lease_until__lte=timezone.now()).values("pk", "subject_entity", "subject_id", "lease_owner_id")[:5000])  # fmt: skip
    ended = end([one["pk"] for one in over], State.EXPIRED)
    named = titles.load(SYSTEM, {(one["subject_entity"], one["subject_id"]) for one in over})
    for one in over:
        if entity := registry.find(one["subject_entity"]):
            title = named.get((entity.label, one["subject_id"]))
            note(
                SYSTEM, entity, one["subject_id"], title.text if title else "", "expired", of=str(one["lease_owner_id"])
            )
    return ended


def note(actor: Actor, entity: Entity, record_id: UUID, title: str, work: str, **detail: Any) -> None:
    """A line of the log."""
    ledger.log(actor, "update", entity=entity.label, record_id=record_id, title=title, work=work, **detail)
