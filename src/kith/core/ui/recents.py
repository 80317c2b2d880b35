"""What a reader had open lately and keeps at hand, as links; what may no longer be seen is left out."""

import uuid

from kith.core import titles
from kith.core.access import Actor
from kith.core.ledger import AuditEvent
from kith.core.notify import Favourite
from kith.core.titles import Title

LOOKED_AT = 80

Pairs = list[tuple[str, uuid.UUID]]


def viewed(actor: Actor, limit: int) -> Pairs:
    """The records viewed last, the latest first."""
    rows = AuditEvent.objects.filter(actor_id=actor.id, kind="view", record_id__isnull=False).order_by("-at", "-id").values_list("entity", "record_id")[:LOOKED_AT]
    return list(dict.fromkeys(rows))[:limit]  # type: ignore[arg-type]


def favourites(actor: Actor, limit: int) -> Pairs:
    """The favourites, the oldest first, so that they keep their places."""
    return list(Favourite.objects.filter(user_id=actor.id).order_by("since", "pk").values_list("entity", "record_id")[:limit])


def titled(actor: Actor, *lists: Pairs) -> list[list[Title]]:
    """The titles of several lists, loaded together."""
    found = titles.load(actor, {pair for pairs in lists for pair in pairs})
    return [[found[pair] for pair in pairs if pair in found] for pairs in lists]
