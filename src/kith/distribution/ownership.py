"""Who owned a record from when to when, by whom and why it changed hands: read from the ledger (A13)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.ledger import Change, ChangeSet

from . import explaining
from .entities.assignment import Assignment

#: What each kind of change-set means for an owner; others are told by their reason alone.
KINDS = {
    "claim": _("taken from the pool"), "return": _("given back"), "recycle": _("went back by itself"), "assign": _("given by a rule or a manager"),
    "handover": _("handed over"), "undo": _("undone"), "redo": _("done again"), "merge": _("joined"), "import": _("imported"),
}  # fmt: skip
MOST = 200


@dataclass(frozen=True, slots=True)
class Handover:
    """One change of owner."""

    at: dt.datetime
    before: str
    after: str
    by: str
    how: Any
    reason: str

    def as_json(self) -> dict[str, Any]:
        """For the API."""
        return {"at": self.at.isoformat(), "from": self.before or None, "to": self.after or None, "by": self.by, "how": str(self.how), "reason": self.reason}  # fmt: skip


def of(entity: Entity, record_id: UUID) -> list[Handover]:
    """All changes of owner, latest first."""
    changes = list(Change.objects.filter(record_id=record_id, entity=entity.label, after__has_key="owner").order_by("-at", "-id")[:MOST])  # fmt: skip
    sets = {one.pk: one for one in ChangeSet.objects.filter(pk__in={change.changeset_id for change in changes})}
    gifts = {one.changeset_id: one for one in Assignment.objects.filter(record_id=record_id)}
    names = people({key for change in changes for key in (change.before.get("owner"), change.after.get("owner")) if key})  # fmt: skip
    return [handed(change, sets.get(change.changeset_id), gifts.get(change.changeset_id), names) for change in changes]


def people(keys: set[str]) -> dict[str, str]:
    """Names of users, those in the trash too."""
    users = registry.get("access.user")
    both = [*users.rows(SYSTEM).filter(pk__in=keys), *users.rows(SYSTEM, trashed=True).filter(pk__in=keys)]
    return {str(user.pk): str(user) for user in both}


def handed(change: Change, made: ChangeSet | None, gift: Assignment | None, names: dict[str, str]) -> Handover:
    """One line."""
    before, after = change.before.get("owner"), change.after.get("owner")
    how = KINDS.get(made.kind, "") if made else ""
    reason = explaining.words(gift.explanation) if gift else (made.reason if made else "")
    who = (made.actor_name if made else "") or "Kith"
    return Handover(change.at, names.get(before or "", ""), names.get(after or "", ""), who, how, reason)


def why(made: ChangeSet) -> str:
    """What a change-set was and the reason given for it, in one line."""
    return " · ".join(str(part) for part in (KINDS.get(made.kind, ""), made.reason) if part)
