"""Which dashboards there are for a reader, and which opens first: one's own choice, else that of a group or a role, else the first."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from kith.core import writes
from kith.core.entity import registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kith.core.access import Actor
    from kith.core.entity import Entity

LABEL = "core.dashboard"


def kind() -> "Entity":
    """The entity of dashboards."""
    return registry.get(LABEL)


def offered(actor: "Actor") -> "QuerySet[Any]":
    """Those meant for the actor; not all that an administrator could read."""
    groups, audiences = sorted(actor.group_ids), list(actor.audiences)
    meant = (
        Q(is_public=True)
        | Q(shared_with__overlap=groups)
        | Q(default_groups__overlap=groups)
        | Q(default_roles__overlap=audiences)
    )
    mine = Q(owner=actor.id) if actor.id else Q(pk__in=[])
    return kind().rows(actor).filter(meant | mine).order_by("position", "name", "pk")


def first(actor: "Actor") -> Any:
    """The dashboard that opens first, None without any."""
    rows = list(offered(actor).only("owner", "is_default", "default_groups", "default_roles", "position", "name"))
    own = next((row for row in rows if row.is_default and row.owner_id == actor.id), None)
    return own or for_audience(rows, actor.audiences) or next(iter(rows), None)


def for_audience(rows: list[Any], audiences: tuple[uuid.UUID, ...]) -> Any:
    """That of the closest group or role (`Actor.audiences` has the order)."""
    for audience in audiences:
        for row in rows:
            if audience in (*row.default_groups, *row.default_roles):
                return row
    return None


def only_default(actor: "Actor", dashboard: Any) -> None:
    """One opens first: choosing it unmarks the others of the same person."""
    if dashboard.is_default:
        others = kind().rows(actor, "edit").filter(owner=dashboard.owner_id, is_default=True).exclude(pk=dashboard.pk)
        writes.update_many(actor, kind(), list(others.values_list("pk", flat=True)), {"is_default": False})
