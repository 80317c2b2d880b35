"""What the cases are measured on: who may see which rows, ids to open, places half way through a list."""

import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kith.core import listing, ordering
from kith.core.access import Actor, actor_of
from kith.core.entity import registry
from kith.core.views import from_address

from . import names
from .users import LEVELS

SAMPLE = 400


@dataclass(slots=True)
class Ground:
    """The data set as the measured users see it."""

    actors: dict[str, Actor]
    seen: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)
    places: dict[tuple[str, str, str], str] = field(default_factory=dict)
    middles: dict[str, Any] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: names.chance(11))

    def keys(self, label: str, level: str) -> list[UUID]:
        """Some ids of rows that the user of this level may see."""
        if (label, level) not in self.seen:
            found = list(
                registry.get(label).rows(self.actors[level]).order_by("pk").values_list("pk", flat=True)[: SAMPLE * 50]
            )
            self.seen[label, level] = self.chance.sample(found, min(SAMPLE, len(found)))
        return self.seen[label, level]

    def place(self, label: str, level: str, query: str) -> str:
        """The address of the page half way through a list."""
        key = (label, level, query)
        if key not in self.places:
            self.places[key] = halfway(label, self.actors[level], query)
        return self.places[key]

    def where(self, level: str) -> tuple[str, dict[str, Any]]:
        """The rows that a level reaches, in plain SQL."""
        actor = self.actors[level]
        mine = {"me": actor.id, "team": list({actor.id, *actor.team_ids}), "units": list(actor.unit_ids)}
        conditions = {
            "own": "owner_id = %(me)s",
            "team": "owner_id = ANY(%(team)s)",
            "unit": "(owner_id = %(me)s OR org_unit_id = ANY(%(units)s))",
            "all": "true",
        }
        return conditions[level], mine


def halfway(label: str, actor: Actor, query: str) -> str:
    """The cursor of the row in the middle of a list."""
    entity = registry.get(label)
    look = from_address(entity, actor, {"sort": query} if query else {})
    keys = ordering.order(entity, look.sort, actor)
    part = ordering.stretches(listing.rows(look, actor), entity, keys, actor)[0]
    middle = part.rows.count() // 2
    return ordering.cursor_of(part.within(None)[middle : middle + 1][0], keys)


def survey(ids: dict[str, UUID]) -> Ground:
    """The ground for these users by level."""
    return Ground({level: actor_of(ids[level]) for level in LEVELS})
