"""The first page: what waits for the reader, what changed, what was open lately; the cards of apps: home_blocks.py."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.tally import tally_kept
from kith.core.ui import home_blocks, notification_views, recents
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.home_blocks import FirstStep

RECENT, STARRED, ALERTS, FIGURES = 8, 8, 6, 4


@require_safe
@guarded
def home(request: HttpRequest) -> HttpResponse:
    """My day."""
    actor = actor_of(request)
    starred, viewed = recents.titled(actor, recents.favourites(actor, STARRED), recents.viewed(actor, RECENT))
    cards, mine, alerts = home_blocks.placed(actor), figures(actor), notification_views.listed(actor)[:ALERTS]
    has_figures = any(count for _entity, count in mine)
    newcomer = not viewed and not has_figures
    context = {
        "greeting": greeting(actor.name), "brief": brief(cards), "cards": cards, "starred": starred, "viewed": viewed, "figures": mine, "has_figures": has_figures, "alerts": alerts,
        "steps": first_steps(actor) if newcomer else [], "icons": {entity.label: entity.icon for entity in registry}, "actor": actor,
        "has_side": bool(cards["side"] or starred or viewed or alerts),
    }  # fmt: skip
    return render(request, "kith/home.html", context)


def brief(cards: dict[str, list[tuple[home_blocks.Card, dict[str, Any]]]]) -> str:
    """What waits, in one sentence: "2 appointments, 9 tasks due and 1 deal that needs a look."."""
    said = [str(context["brief"]) for found in cards.values() for _card, context in found if context.get("brief")]
    return home_blocks.sentence(said)


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


def owned_rows(entity: Entity, actor: Actor) -> "QuerySet[Any]":
    """The reader's own records of a kind."""
    return entity.rows(actor).filter(owner=actor.id)


def figures(actor: Actor) -> list[tuple[Entity, int]]:
    """How many records of each kind are the reader's own, in one query."""
    entities = owned(actor)[:FIGURES]
    parts = {entity.label: partial(owned_rows, entity, actor) for entity in entities}
    counts = tally_kept(actor, "own", parts)
    return [(entity, counts[entity.label]) for entity in entities]


def first_steps(actor: Actor) -> list[FirstStep]:
    """What somebody new does first."""
    customers = [entity for entity in registry if entity.menu == "customers"]
    makes = [entity for entity in customers if access.allowed(actor, entity, "create")][:2]
    found = [new_step(entity, _("Write down the first one by hand.")) for entity in makes]
    found += [
        FirstStep(
            "upload",
            _("Import a file"),
            _("From a table or address cards; every import can be undone."),
            f"/{entity.slug}/import",
        )
        for entity in [entity for entity in makes if access.allowed(actor, entity, "import")][:1]
    ]
    found += [step for source in home_blocks.steps for step in source(actor)]
    profile = _("Language, time zone, theme and keyboard.")
    return [*found, FirstStep("user-round", _("Your profile"), profile, "/profile")]


def new_step(entity: Entity, why: str) -> FirstStep:
    """To make the first record of a kind."""
    return FirstStep(entity.icon, _("New: %(what)s") % {"what": entity.name}, why, f"/{entity.slug}/new")
