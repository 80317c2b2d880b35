"""What a reader had open lately and keeps at hand, as links; what may no longer be seen is left out."""

import uuid
from typing import Any

from django.db.models import QuerySet

from kith.core import prepared, titles
from kith.core.access import Actor
from kith.core.ledger import AuditEvent
from kith.core.notify import Favourite, reader
from kith.core.titles import Title

LOOKED_AT = 80

Pairs = list[tuple[str, uuid.UUID]]


def viewed(actor: Actor, limit: int) -> Pairs:
    """The records viewed last, the latest first."""

    def looked_at() -> QuerySet[Any, Any]:
        rows = AuditEvent.objects.filter(actor_id=actor.id, kind="view").order_by("-at", "-id")
        return rows.values_list("entity", "record_id")[:LOOKED_AT]

    rows = prepared.run(actor, "viewed", looked_at)
    return list(dict.fromkeys((entity, key) for entity, key in rows if key))[:limit]


def favourites(actor: Actor, limit: int) -> Pairs:
    """The favourites, the oldest first, so that they keep their places."""

    def starred() -> QuerySet[Any, Any]:
        rows = Favourite.objects.filter(user_id=reader(actor)).exclude(entity="core.view")  # those stand in the menu
        return rows.order_by("since", "pk").values_list("entity", "record_id")[:limit]

    return prepared.run(actor, ("starred", limit), starred)


def titled(actor: Actor, *lists: Pairs) -> list[list[Title]]:
    """The titles of several lists, loaded together."""
    found = titles.load(actor, {pair for pairs in lists for pair in pairs})
    return [[found[pair] for pair in pairs if pair in found] for pairs in lists]
