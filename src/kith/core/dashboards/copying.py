"""A dashboard of one's own after the pattern of somebody else's: with the tiles whose views one may see, shared with nobody."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kith.core import access, writes
from kith.core.entity import registry

from . import checking, tiles
from .opening import kind

if TYPE_CHECKING:
    from kith.core.access import Actor

NAME = 120


@dataclass(frozen=True, slots=True)
class Copied:
    """The new dashboard, and how many tiles it lacks."""

    dashboard: Any
    left_out: int


def copy(actor: "Actor", dashboard: Any) -> Copied:
    """Copy a dashboard that the actor sees."""
    raw = shown(actor, dashboard)
    values = {
        "name": (_("Copy of %(name)s") % {"name": dashboard})[:NAME], "icon": dashboard.icon, "tiles": raw,
        "period": dashboard.period, "whose": dashboard.whose,
    }  # fmt: skip
    return Copied(writes.create(actor, kind(), values), len(dashboard.tiles) - len(raw))


def shown(actor: "Actor", dashboard: Any) -> list[dict[str, Any]]:
    """The tiles that show the actor something: notes, and those of views that it sees and that can still be asked for it."""
    keys = {one["view"]["id"] for one in dashboard.tiles if one.get("view")}
    views = {str(row.pk): row for row in registry.get(tiles.VIEW).rows(actor).filter(pk__in=keys).only("entity")} if keys else {}  # fmt: skip

    def is_seen(one: dict[str, Any]) -> bool:
        if one["kind"] == tiles.NOTE:
            return True
        view = views.get(one["view"]["id"])
        entity = registry.find(view.entity) if view is not None else None
        return entity is not None and access.opens(actor, entity) and not checking.problem(entity, one)

    return [one for one in dashboard.tiles if is_seen(one)]
