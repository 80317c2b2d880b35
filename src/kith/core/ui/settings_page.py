"""The settings: cards of everything that the reader may set up; apps add theirs with `add_cards(source)`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kith.core import access
from kith.core.access import Actor
from kith.core.configuration import carrying
from kith.core.entity import Entity, registry
from kith.core.records import Pick
from kith.core.ui import trash_ui
from kith.core.ui.base import actor_of, guarded

COMPANY, PEOPLE, LISTS, SYSTEM = _("Own company"), _("People and rights"), _("Data"), _("Technical")
ORDER = (COMPANY, PEOPLE, LISTS, SYSTEM)


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that can be set up."""

    group: Any
    title: Any
    text: Any
    icon: str
    url: str


type Source = Callable[[Actor], Iterable[Card]]
_sources: list[Source] = []


def add_cards(source: Source) -> Source:
    """Register a source of cards; usable as a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def group_of(entity: Entity) -> Any:
    """Where an entity stands among the settings; None for what is daily work."""
    if entity.menu == "settings" and entity.log_as == "rights":
        return PEOPLE
    if entity.menu == "settings" or issubclass(entity.model, Pick):
        return LISTS
    return COMPANY if entity.menu == "company" else None


@add_cards
def company(actor: Actor) -> Iterable[Card]:
    """What the company sets for everybody."""
    if access.has_system_right(actor, "settings"):
        words = _("Country, week, defaults of imports and more.")
        yield Card(COMPANY, _("Settings of the company"), words, "sliders-horizontal", "/settings/company")
        words = _("Which fields, columns and lists records show, for everybody or for a role.")
        yield Card(LISTS, _("Layouts"), words, "layout-dashboard", "/settings/layouts/")


@add_cards
def entities(actor: Actor) -> Iterable[Card]:
    """Lists that the reader may change."""
    for entity in registry:
        if (group := group_of(entity)) is not None and access.allowed(actor, entity, "edit"):
            yield Card(group, capfirst(str(entity.plural)), "", entity.icon, f"/{entity.slug}/")


@add_cards
def configuration(actor: Actor) -> Iterable[Card]:
    """Everything that is set up, as files."""
    if carrying.may_carry(actor):
        words = _("What is set up here, to keep, to compare and to carry elsewhere.")
        yield Card(SYSTEM, _("Configuration as files"), words, "git-compare", "/settings/configuration")


@add_cards
def operation(actor: Actor) -> Iterable[Card]:
    """What core itself offers."""
    yield Card(SYSTEM, _("Background jobs"), _("Work in the background: what runs, what failed."), "activity", "/jobs")
    words = _("Everything of your last hour, or of somebody else's, in one step.")
    yield Card(SYSTEM, _("Undo changes together"), words, "undo-2", "/undo/together")
    if access.has_system_right(actor, "audit"):
        words = _("What was counted each night, compared with the history.")
        yield Card(SYSTEM, _("Control totals"), words, "history", "/control-totals")
    yield Card(SYSTEM, _("Trash"), trash_ui.how_long(), "trash-2", "/trash")


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All cards of the reader, by group."""
    actor = actor_of(request)
    cards = [card for source in _sources for card in source(actor)]
    groups = [(group, [card for card in cards if card.group == group]) for group in ORDER]
    return render(request, "kith/settings.html", {"groups": [(title, found) for title, found in groups if found]})
