"""What a call of a prospect came to: reached, not interested, call again, no answer; after enough of those it is closed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import Actor
from kith.core.batch import Item
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.following import follow
from kith.core.pipeline import now
from kith.distribution import leases
from kith.distribution.entities.work_item import WorkItem

ENTRY = "marketing.calllistentry"
OPEN = ("waiting", "callback")
WHEN = _("Say when to call again.")
#: What each outcome makes of a prospect; no answer leaves it where it is, until there were enough of them.
STATUS = {"reached": "reached", "refused": "refused", "callback": "callback"}


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Whoever wants to be called again says when; only whoever does has such a moment."""
    status = values.get("status", record.status)
    at = values.get("callback_at", record.callback_at)
    if {"status", "callback_at"} & values.keys() and status == "callback" and not at:
        return {"callback_at": [WHEN]}
    return {}


def called(actor: Actor, entries: Sequence[Any], outcome: str, callback_at: dt.datetime | None = None, note: str | None = None) -> UUID:  # fmt: skip
    """Note what came of a call; the customer is free for others then. Refused while somebody else works this customer. Gives the change-set."""
    entity = registry.get(ENTRY)
    if outcome == "callback" and callback_at is None:
        raise Refused({"callback_at": [WHEN]})
    if outcome != "callback" and callback_at is not None:
        raise Refused({"callback_at": [_("Only for “wants to be called again”; leave it empty.")]})
    if callback_at is not None and callback_at <= timezone.now():
        raise Refused({"callback_at": [_("This moment is over; name a later one.")]})
    with change_set(actor, kind="call", entity=entity.label) as changes:
        for entry in entries:
            access.fetch(entity, actor, entry.pk, "edit")
            (fresh,) = writes.lock(entity, [entry.pk])
            if fresh.status not in OPEN:
                raise Refused(_("This prospect is closed: %(status)s.") % {"status": fresh.get_status_display()})
            leases.check_parties(actor, {fresh.pk: fresh.party_id})
            writes.save(actor, fresh, after(fresh, outcome, callback_at, note))
            (fresh,) = writes.lock(entity, [entry.pk])
            follow(entity, [Item(fresh, {"attempts": fresh.attempts + 1, "last_call_at": now()})])
            stop(actor, fresh)
    return changes.id


def after(entry: Any, outcome: str, callback_at: dt.datetime | None, note: str | None) -> dict[str, Any]:
    """The values of a prospect after a call."""
    status = STATUS.get(outcome)
    if status is None:  # no answer
        status = "exhausted" if entry.attempts + 1 >= entry.call_list.attempts_limit else "waiting"
    return {"status": status, "callback_at": callback_at} | ({"note": note} if note else {})


def stop(actor: Actor, entry: Any) -> None:
    """End the actor's work on a prospect."""
    mine = WorkItem.objects.filter(subject_id=entry.pk, state=WorkItem.State.LEASED, lease_owner_id=actor.id)
    leases.end(mine.values_list("pk", flat=True), WorkItem.State.DONE)
