"""Parties as rules write them: both faces at once, each through its own entity."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.batch import Item
from kith.core.entity import Entity, registry
from kith.core.following import follow, reindex


def face(party: Any) -> Entity:
    """Company or person."""
    return registry.get(f"parties.{party.kind}")


def parties(keys: Collection[UUID]) -> dict[UUID, Any]:
    """Parties that are not in the trash, by id."""
    return {party.pk: party for party in registry.get("parties.party").rows(SYSTEM).filter(pk__in=list(keys))}


def locked(keys: Collection[UUID]) -> dict[UUID, Any]:
    """Parties that are not in the trash, by id, locked until the end of the change-set."""
    return {party.pk: party for party in writes.lock(registry.get("parties.party"), keys)}


def copy(found: Mapping[UUID, Any], values: Mapping[UUID, Mapping[str, Any]], *, renew: bool = False) -> list[Any]:
    """Write what parties show of their parts, where it differs; returns those that changed.

    With `renew` the search text of all others is renewed, too, since it holds words of the parts.
    """
    by_face: dict[Entity, list[Any]] = defaultdict(list)
    for party in found.values():
        by_face[face(party)].append(party)
    changed = []
    for entity, members in by_face.items():
        mine = follow(entity, [Item(party, dict(values[party.pk])) for party in members if party.pk in values])
        if renew:
            reindex(entity, [party for party in members if party not in mine])
        changed += mine
    return changed
