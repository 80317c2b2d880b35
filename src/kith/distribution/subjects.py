"""Records that are distributed: which are still open, and whose customer each one is about."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from kith.core.entity import Entity, registry
from kith.core.owning import is_owned
from kith.core.staged import CLOSED, Staged


def kinds() -> list[Entity]:
    """Kinds of records that are distributed."""
    return [entity for entity in registry if is_owned(entity)]


def still_open(entity: Entity) -> Q:
    """Records with which something is still to be done; all where nothing says that one is over."""
    if issubclass(entity.model, Staged):
        return ~Q(state__in=CLOSED)
    return ~Q(**{f"{entity.board}__in": entity.closed}) if entity.board and entity.closed else Q()


def urgency(entity: Entity) -> list[str]:
    """How records queue: the likeliest first, then the oldest (R50)."""
    rank = next((name for name in ("probability", "score") if name in entity.declared), "")
    return [*([f"-{rank}"] if rank else []), "created_at", "pk"]


def parties(entity: Entity, records: Iterable[Any]) -> dict[UUID, UUID]:
    """The customer that each record is about."""
    return {record.pk: entity.work_party(record) for record in records}
