"""The sidebar from the registry: each entity that names a group of the menu and that the reader may see."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core import access, predicates
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.notify import DASHBOARD
from kith.core.ui.base import actor_of
from kith.core.ui.shell import MenuGroup, MenuItem, beside
from kith.core.views import LIST, SHAPES, path_of

#: Groups of the menu: title and place. An entity names one of them in `menu`.
GROUPS = {
    "mine": ("", 10),
    "sales": (_("Sales"), 15),
    "customers": (_("Customers"), 20),
    "catalogue": (_("Products"), 30),
    "insight": (_("Insight"), 55),
    "company": (_("Company"), 60),
    "settings": (_("Settings"), 90),
}
#: Letters after G that other pages have: home, inbox, calendar, search, settings.
TAKEN = "HICS"


def shown(entity: Entity, actor: Actor) -> bool:
    """Whether the reader sees the entity in the menu; settings only those who may change them."""
    return bool(entity.menu) and access.allowed(actor, entity, "edit" if entity.menu == "settings" else "view")


def letters(entities: Iterable[Entity]) -> dict[str, str]:
    """A letter for each entity: the first of its slug that is free."""
    found: dict[str, str] = {}
    for entity in entities:
        free = (
            letter
            for letter in entity.slug.upper()
            if letter.isalpha() and letter not in TAKEN and letter not in found.values()
        )
        if entity.menu != "settings" and (letter := next(free, "")):
            found[entity.label] = letter
    return found


def items(request: HttpRequest) -> list[MenuGroup]:
    """The groups with their entities, in order."""
    if not request.user.is_authenticated:
        return []
    actor = actor_of(request)  # first: with the user comes which kinds of record there are by now
    first = MenuGroup("", (MenuItem("home", _("My day"), "sun", "/", key="H"),), order=0)
    return [first, pinned(request), *of_kinds(actor)]


def of_kinds(actor: Actor) -> list[MenuGroup]:
    """The groups of the kinds of record that an actor sees; drawn on every page, so worked out once for as long as rights hold."""
    kept, key, there = predicates.store(actor), ("menu", get_language(), actor.kind, actor.scopes), registry.by_label
    found: tuple[Any, int, list[MenuGroup]] | None = kept.get(key)
    if found is None or found[0] is not there or found[1] != len(there):
        found = kept[key] = (there, len(there), groups(actor))
    return found[2]


def groups(actor: Actor) -> list[MenuGroup]:
    """See of_kinds; not cached."""
    ranked = sorted(
        (entity for entity in registry if entity.menu),
        key=lambda entity: (GROUPS.get(entity.menu, ("", 50))[1], entity.menu_order),
    )
    keys, found = letters(ranked), []
    for name in dict.fromkeys(entity.menu for entity in ranked):
        title, order = GROUPS.get(name, (capfirst(name), 50))
        lines = tuple(
            item(entity, actor, keys.get(entity.label, ""))
            for entity in ranked
            if entity.menu == name and shown(entity, actor)
        )
        found.append(MenuGroup(title, lines, order=order))
    return found


def pinned(request: HttpRequest) -> MenuGroup:
    """The views and dashboards that the reader keeps at hand, as far as their kinds of record are still there for the reader."""
    actor, found = actor_of(request), []
    for view in beside(request)[1]:
        entity = registry.find(view.entity)
        if view.entity == DASHBOARD:
            found.append(MenuItem(str(view.id), view.name, view.icon or "layout-dashboard", f"/dashboards/{view.id}/"))
        elif entity is not None and access.opens(actor, entity):
            shape = view.shape if view.shape in SHAPES else LIST
            found.append(MenuItem(str(view.id), view.name, view.icon or "table-2", f"{path_of(entity, shape)}?view={view.id}"))  # fmt: skip
    return MenuGroup(_("Favourites"), tuple(found), order=12, sorts="/pins")


def item(entity: Entity, actor: Actor, key: str) -> MenuItem:
    """One line of the menu, and of the menu of new things."""
    makes = entity.menu != "settings" and access.allowed(actor, entity, "create")
    return MenuItem(
        entity.slug,
        capfirst(str(entity.plural)),
        entity.icon,
        entity.views.get("menu") or f"/{entity.slug}/",
        key=key,
        new=f"/{entity.slug}/new" if makes else "",
        new_label=capfirst(str(entity.name)),
        new_key=key if makes else "",
    )
