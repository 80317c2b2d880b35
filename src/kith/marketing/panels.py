"""Blocks on the pages of target lists and call lists: sharing out, and how far the calling has come."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import Panel, registry

from .calling import ENTRY, OPEN
from .entities.call_list_entry import CallListEntry


def sharing(actor: Actor, target_list: Any) -> dict[str, Any]:
    """How many members the reader could share out, and whether the reader may; nothing to readers who may not know who is on the list."""
    if "status" not in access.readable(actor, registry.get("marketing.targetlistmember")):
        return {"seen": False}
    parties = registry.get("parties.party").rows(actor)
    rows = registry.get("marketing.targetlistmember").rows(actor).filter(target_list=target_list.pk, party__in=parties.values("pk"))  # fmt: skip
    counts = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    makes = all(access.allowed(actor, registry.get(label), "create") for label in ("marketing.calllist", ENTRY))
    return {"seen": True, "listed": counts.get("listed", 0), "off": counts.get("removed", 0), "makes": makes}


@dataclass
class Row:
    """The prospects of one person by status."""

    key: Any
    name: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Those with whom something is still to be done."""
        return sum(self.counts[name] for name in OPEN)


def progress(actor: Actor, call_list: Any) -> dict[str, Any]:
    """Prospects by person and status, as far as the reader may see them; each number opens them. Nothing to readers who may not read both."""
    entity = registry.get(ENTRY)
    if not access.readable(actor, entity) >= {"owner", "status"}:
        return {"seen": False}
    rows = entity.rows(actor).filter(call_list=call_list.pk).order_by()
    found: dict[Any, Row] = {}
    counted = list(rows.values_list("owner_id", "status").annotate(n=Count("pk")))
    names = titles.load(actor, {("access.user", owner) for owner, _status, _n in counted if owner})
    for owner, status, count in counted:
        title = names.get(("access.user", owner))
        found.setdefault(owner, Row(owner, title.text if title else "")).counts[status] = count
    statuses = [(value, CallListEntry.Status(value).label) for value in CallListEntry.Status.values]
    lines = sorted(found.values(), key=lambda row: (row.key is None, row.name))
    return {
        "seen": True,
        "rows": lines,
        "statuses": statuses,
        "total": sum(row.total for row in lines),
        "open": sum(row.open for row in lines),
    }


SHARING = Panel("sharing", _("Share out"), "marketing/sharing.html", sharing, place="side")
PROGRESS = Panel("progress", pgettext_lazy("calls", "Progress"), "marketing/progress.html", progress)
