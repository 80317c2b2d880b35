"""What a reader had open lately and keeps at hand, as links; what may no longer be seen is left out."""

import uuid

from kith.core import titles
from kith.core.access import Actor
from kith.core.ledger import AuditEvent
from kith.core.notify import Favourite, reader
from kith.core.titles import Title

LOOKED_AT = 80

Pairs = list[tuple[str, uuid.UUID]]


def viewed(actor: Actor, limit: int) -> Pairs:
    """The records viewed last, the latest first."""
    rows = (
        AuditEvent.objects.filter(actor_id=actor.id, kind="view")
        .order_by("-at", "-id")
        .values_list("entity", "record_id")[:LOOKED_AT]
    )
    return list(dict.fromkeys((entity, key) for entity, key in rows if key))[:limit]


def favourites(actor: Actor, limit: int) -> Pairs:
    """The favourites, the oldest first, so that they keep their places."""
    return list(
        Favourite.objects.filter(user_id=reader(actor))
        .order_by("since", "pk")
        .values_list("entity", "record_id")[:limit]
    )


def titled(actor: Actor, *lists: Pairs) -> list[list[Title]]:
    """The titles of several lists, loaded together."""
    found = titles.load(actor, {pair for pairs in lists for pair in pairs})
    return [[found[pair] for pair in pairs if pair in found] for pairs in lists]
