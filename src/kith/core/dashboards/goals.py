"""Targets that people set, for figures to be compared with: apps offer kinds of them, a tile names one as its `goal`.

What counts is decided by the bar: the targets of its period and people. Where none are set, the number of the tile itself counts.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kith.core import access

from .bar import Bar
from .tiles import Tile

if TYPE_CHECKING:
    from kith.core.access import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """What a figure is about: its first and last day, whose records (None: everybody's), which region."""

    first: dt.date
    last: dt.date
    people: frozenset[uuid.UUID] | None = None
    region: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was set, and the page with those targets."""

    amount: Decimal
    href: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """One kind of target: what it is called, figures about which records it is for, and how it is looked up with the rights of a reader."""

    label: Any
    entity: str
    find: Callable[["Actor", Asked], Found | None]


#: By name, as tiles keep it; apps add theirs.
offered: dict[str, Goal] = {}


def about(label: str) -> dict[str, Goal]:
    """Those for figures about a kind of record."""
    return {name: goal for name, goal in offered.items() if goal.entity == label}


def found(tile: Tile, label: str, actor: "Actor", bar: Bar) -> Found | None:
    """The target of a figure: that which is set for its period and people, else its own number; None without any."""
    own = Found(tile.target) if tile.target else None
    goal = about(label).get(tile.goal)
    if goal is None or (asked := asked_of(tile, label, actor, bar)) is None:
        return own
    return goal.find(actor, asked) or own


def asked_of(tile: Tile, label: str, actor: "Actor", bar: Bar) -> Asked | None:
    """What the bar says of a tile; None without a period that the figure follows."""
    from kith.core.entity import registry

    days = bar.range()
    if days is None or tile.date not in access.readable(actor, registry.get(label)):
        return None
    return Asked(*days, people(actor, bar.who), uuid.UUID(bar.where) if bar.where else None)


def people(actor: "Actor", who: str) -> frozenset[uuid.UUID] | None:
    """Whose records are meant; None for everybody's."""
    mine = frozenset({actor.id} if actor.id else ())
    known = {"": None, "me": mine, "my_team": mine | actor.team_ids, "my_reports": mine | actor.report_ids}
    return known[who] if who in known else frozenset({uuid.UUID(who)})
