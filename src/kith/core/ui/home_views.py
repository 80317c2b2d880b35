"""The first page: what waits for the reader, what changed, what was open lately. Apps add cards with `add_card`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.ui import notification_views, recents
from kith.core.ui.base import actor_of, guarded

RECENT, STARRED, ALERTS, FIGURES = 8, 8, 6, 4
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Card:
    """A block of the first page; without a context (None) it is left out."""

    name: str
    template: str
    context: Callable[[Actor], dict[str, Any] | None]
    order: int = 100


cards: list[Card] = []


def add_card(card: Card) -> None:
    """Put a card on the first page."""
    cards[:] = sorted([*(known for known in cards if known.name != card.name), card], key=lambda known: known.order)


@require_safe
@guarded
def home(request: HttpRequest) -> HttpResponse:
    """My day."""
    actor = actor_of(request)
    starred, viewed = recents.titled(actor, recents.favourites(actor, STARRED), recents.viewed(actor, RECENT))
    shown = [(card, context) for card in cards if (context := card.context(actor)) is not None]
    mine = figures(actor)
    newcomer = not viewed and not any(count for _entity, count in mine)
    context = {
        "greeting": greeting(actor.name), "cards": shown, "starred": starred, "viewed": viewed, "figures": mine, "alerts": notification_views.listed(actor)[:ALERTS],
        "steps": first_steps(actor) if newcomer else [], "icons": {entity.label: entity.icon for entity in registry}, "actor": actor,
    }  # fmt: skip
    return render(request, "kith/home.html", context)


def greeting(name: str) -> str:
    """A greeting by the hour, with the name as people call it."""
    hour = timezone.localtime().hour
    if hour < 5 or hour >= 18:
        return _("Good evening, %(name)s") % {"name": name}
    return _("Good morning, %(name)s") % {"name": name} if hour < 12 else _("Good afternoon, %(name)s") % {"name": name}


def owned(actor: Actor) -> list[Entity]:
    """Kinds of customers that belong to somebody."""
    return [
        entity
        for entity in registry
        if entity.menu == "customers"
        and "owner" in entity.access.own
        and not entity.access.public
        and access.allowed(actor, entity, "view")
    ]


def figures(actor: Actor) -> list[tuple[Entity, int]]:
    """How many records of each kind are the reader's own, in one query."""
    entities, parts = owned(actor)[:FIGURES], []
    for entity in entities:
        try:
            sql, params = (
                entity.rows(actor).filter(owner=actor.id).order_by().values("pk")[:COUNTED].query.sql_with_params()
            )
        except EmptyResultSet:
            continue
        parts.append((f"SELECT %s, count(*) FROM ({sql}) t", (entity.label, *params)))  # noqa: S608 - SQL of the ORM
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _params in parts), [value for _sql, params in parts for value in params]
        )
        counts = dict(cursor.fetchall())
    return [(entity, counts.get(entity.label, 0)) for entity in entities]


def first_steps(actor: Actor) -> list[tuple[str, str, str, str]]:
    """What somebody new does first: icon, what, why, address."""
    makes = [entity for entity in registry if entity.menu == "customers" and access.allowed(actor, entity, "create")][
        :2
    ]
    steps = [
        (
            entity.icon,
            _("New: %(what)s") % {"what": entity.name},
            _("Write down the first one by hand."),
            f"/{entity.slug}/new",
        )
        for entity in makes
    ]
    imports = [entity for entity in makes if access.allowed(actor, entity, "import")][:1]
    steps += [
        (
            "upload",
            _("Import a file"),
            _("From a table or address cards; every import can be undone."),
            f"/{entity.slug}/import",
        )
        for entity in imports
    ]
    return [*steps, ("user-round", _("Your profile"), _("Language, time zone, theme and keyboard."), "/profile")]
