"""The pools of the reader on the first page: how many records wait in each, and taking the next."""

from typing import Any

from kith.core.access import Actor, in_scope
from kith.core.tally import tally
from kith.core.ui import tiles
from kith.core.ui.home_blocks import Card, add_card

from . import claiming
from .book import book


def context(actor: Actor) -> dict[str, Any] | None:
    """Pools in which something waits; None without any."""
    mine = book().mine(actor)
    if not mine:
        return None
    counts = tally({str(basin.pool.pk): claiming.queue(basin) for basin in mine})
    lines = [
        {
            "pool": basin.pool, "icon": claiming.entity_of(basin).icon, "plural": claiming.entity_of(basin).plural,
            "count": tiles.counted(counts[str(basin.pool.pk)]), "takes": in_scope(actor, claiming.entity_of(basin), "edit"),
        }
        for basin in mine if counts[str(basin.pool.pk)]
    ]  # fmt: skip
    return {"lines": lines} if lines else None


def register() -> None:
    """Put it on the first page."""
    add_card(Card("pools", "distribution/home_pools.html", context, order=30, place="side"))
