"""What has grown stale, by kind of record and field, each number a list of the records."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kith.core import access, counting, freshness
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.filters import Test, compile_filter
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.settings_page import LISTS, Card, add_cards


@dataclass(frozen=True, slots=True)
class Line:
    """One field: how long its values stay fresh, and how many are stale."""

    label: Any
    months: int
    count: int
    is_exact: bool
    href: str


def lines(actor: Actor, entity: Entity) -> list[Line]:
    """The fields of an entity that the reader may read."""
    allowed = access.readable(actor, entity)
    return [line(actor, entity, name, count) for name, count in freshness.months(entity).items() if name in allowed]


def line(actor: Actor, entity: Entity, name: str, months: int) -> Line:
    """One field, counted among the records that the reader may see."""
    rows = entity.rows(actor).filter(compile_filter(entity, Test("stale", "any", [name]), actor))
    count, exact = counting.count(rows)
    return Line(
        capfirst(str(entity.fields[name].label)),
        months,
        count,
        exact,
        f"/{entity.slug}/?f=stale:any:{name}&sort=created_at",
    )


def kinds(actor: Actor) -> list[Entity]:
    """Kinds of records whose values grow old and of which the reader may see some."""
    return [entity for entity in registry if entity.fresh and access.opens(actor, entity)]


@guarded
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page."""
    actor = actor_of(request)
    found = [(entity, lines(actor, entity)) for entity in kinds(actor)]
    may_set = access.has_system_right(actor, "settings")
    return render(request, "kith/freshness.html", {"kinds": found, "may_set": may_set})


@add_cards
def cards(actor: Actor) -> list[Card]:
    """The page among the settings."""
    if not any(access.allowed(actor, entity, "edit") for entity in registry if entity.fresh):
        return []
    return [Card(LISTS, _("Freshness"), _("Values that nobody has set or confirmed for long."), "clock-alert", "/settings/freshness")]  # fmt: skip
