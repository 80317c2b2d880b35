"""Rules and pools in memory: read anew when the epoch of rights and fields changes, which every change of them renews."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kith.core import custom_fields
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Missing

from .entities.pool import Pool
from .entities.pool_member import PoolMember


@dataclass(frozen=True)
class Basin:
    """A pool with its members."""

    pool: Pool
    members: tuple[PoolMember, ...] = ()

    def has(self, actor: Actor, *, as_manager: bool = False) -> bool:
        """Whether the actor may take records (or give them out) here."""
        mine = [one for one in self.members if one.user_id == actor.id or one.group_id in actor.group_ids]
        return actor.is_system or any(one.manages or not as_manager for one in mine)


@dataclass(frozen=True)
class Book:
    """All pools that are on, by id, and the kinds of records that have any."""

    basins: dict[UUID, Basin] = field(default_factory=dict)

    def of(self, entity: Entity) -> list[Basin]:
        """The pools for an entity."""
        return [basin for basin in self.basins.values() if basin.pool.entity == entity.label]

    def mine(self, actor: Actor) -> list[Basin]:
        """The pools of which the actor is a member."""
        return [basin for basin in self.basins.values() if actor.id and basin.has(actor)]

    def basin(self, key: Any) -> Basin:
        """The pool with this id; raises Missing for none or one that is off."""
        if key not in self.basins:
            raise Missing("distribution.pool", str(key))
        return self.basins[key]


def book() -> Book:
    """The book; the same one until something in it changes."""
    return custom_fields.remembered("distribution", load, then=True)


def load() -> Book:
    """Read all pools with two queries."""
    members: dict[UUID, list[PoolMember]] = defaultdict(list)
    for member in registry.get("distribution.poolmember").rows(SYSTEM).order_by("created_at", "pk"):
        members[member.pool_id].append(member)
    pools = registry.get("distribution.pool").rows(SYSTEM).filter(is_active=True).order_by("name", "pk")
    return Book({pool.pk: Basin(pool, tuple(members[pool.pk])) for pool in pools})


def forget() -> None:
    """Read the book anew when it is next asked for."""
    custom_fields.forget()


def announce() -> None:
    """A pool was written: this process reads anew, the others when the change-set is committed."""
    custom_fields.announce()
