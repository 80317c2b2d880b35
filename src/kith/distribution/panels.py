"""Distribution on other pages: who works and who owned, the rehearsal of a rule, what a user holds; pools in the menu."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, Panel, add_to, extend, on_every, registry
from kith.core.owning import is_owned
from kith.core.ui.base import actor_of
from kith.core.ui.record_rights import may
from kith.core.ui.settings_page import PEOPLE, Card
from kith.core.ui.shell import MenuGroup, MenuItem
from kith.processes.rules import is_staged

from . import handover, offering, ownership, rehearsal, route, running
from .book import book


def owners(actor: Actor, record: Any) -> dict[str, Any]:
    """The changes of owner, for those who may read the owner; they are part of the history."""
    entity = registry.for_model(type(record))
    seen = "owner" in access.readable(actor, entity) and "history" in may(actor, entity, record, ["history"])
    return {"stretches": ownership.of(entity, record.pk) if seen else [], "seen": seen}


def route_of(actor: Actor, record: Any) -> dict[str, Any]:
    """The route of a record; nothing to readers who may not know its stage."""
    return {"route": route.of(actor, record), "current": timezone.now()}


def worked(actor: Actor, record: Any) -> dict[str, Any]:
    """The block asks for itself, so that the page does not wait for it."""
    return {}


def rehearsed(actor: Actor, rule: Any) -> dict[str, Any]:
    """What a rehearsal can be asked for."""
    entity = registry.get(rule.entity)
    others = [other for other in running.rules_of(entity) if other.pk != rule.pk]
    rights = may(actor, registry.for_model(type(rule)), rule, ["edit"])
    return {"days": rehearsal.DAYS, "subject": entity, "others": others, "may_rehearse": "edit" in rights}


def held(actor: Actor, user: Any) -> dict[str, Any]:
    """What a user holds, for those who may hand it over."""
    may_see = handover.may_hand_over(actor) or actor.id == user.pk
    return {"lines": handover.holdings(actor, user.pk) if may_see else [], "may_see": may_see, "hands_over": handover.may_hand_over(actor)}  # fmt: skip


WORK = Panel("work", _("Work"), "distribution/work_place.html", worked, place="side")
OWNERSHIP = Panel("ownership", _("Owners"), "distribution/ownership.html", owners)
ROUTE = Panel("route", _("Route"), "distribution/route.html", route_of)
REHEARSAL = Panel("rehearsal", _("Rehearsal"), "distribution/rehearsal.html", rehearsed)
HOLDINGS = Panel("holdings", _("Records"), "distribution/holdings.html", held)


def place() -> None:
    """Put the panels and verbs where they belong."""
    on_every(equip)
    extend("distribution.assignmentrule", panels=(REHEARSAL,))
    extend("access.user", panels=(HOLDINGS,))


def equip(entity: Entity) -> None:
    """Give a kind of record what distribution brings to work, and to what has stages."""
    if is_owned(entity):
        add_to(entity, panels=(WORK, OWNERSHIP), actions=offering.ACTIONS)
    if is_staged(entity):
        add_to(entity, panels=(ROUTE,))


def menu(request: HttpRequest) -> Iterable[MenuGroup]:
    """The pools from which the reader may take."""
    if not request.user.is_authenticated:
        return []
    mine = book().mine(actor_of(request))
    items = [MenuItem(f"pool-{one.pool.pk}", one.pool.name, "layers", f"/pools/{one.pool.pk}/queue") for one in mine]
    return [MenuGroup(_("Pools"), tuple(items), order=18)]


def cards(actor: Actor) -> Iterable[Card]:
    """The hand-over among the settings."""
    if handover.may_hand_over(actor):
        yield Card(
            PEOPLE,
            _("Hand-over"),
            _("Give everything that one person works on to others."),
            "arrow-right-left",
            "/handover",
        )
