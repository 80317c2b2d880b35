"""The sidebar from the registry: each entity that names a group of the menu and that the reader may see."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kith.core import access
from kith.core.entity import Entity, registry
from kith.core.ui.base import actor_of
from kith.core.ui.shell import MenuGroup, MenuItem

#: Groups of the menu: title and place. An entity names one of them in `menu`.
GROUPS = {
    "mine": ("", 10),
    "sales": (_("Sales"), 15),
    "customers": (_("Customers"), 20),
    "catalogue": (_("Products"), 30),
    "company": (_("Company"), 60),
    "settings": (_("Settings"), 90),
}
#: Letters after G that other pages have: home, inbox, calendar, search, settings.
TAKEN = "HICS"


def shown(entity: Entity, request: HttpRequest) -> bool:
    """Whether the reader sees the entity in the menu; settings only those who may change them."""
    return bool(entity.menu) and access.allowed(
        actor_of(request), entity, "edit" if entity.menu == "settings" else "view"
    )


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
    ranked = sorted(
        (entity for entity in registry if entity.menu),
        key=lambda entity: (GROUPS.get(entity.menu, ("", 50))[1], entity.menu_order),
    )
    keys = letters(ranked)
    groups = [MenuGroup("", (MenuItem("home", _("My day"), "sun", "/", key="H"),), order=0)]
    for name in dict.fromkeys(entity.menu for entity in ranked):
        title, order = GROUPS.get(name, (capfirst(name), 50))
        lines = tuple(
            item(entity, request, keys.get(entity.label, ""))
            for entity in ranked
            if entity.menu == name and shown(entity, request)
        )
        groups.append(MenuGroup(title, lines, order=order))
    return groups


def item(entity: Entity, request: HttpRequest, key: str) -> MenuItem:
    """One line of the menu, and of the menu of new things."""
    makes = entity.menu != "settings" and access.allowed(actor_of(request), entity, "create")
    return MenuItem(
        entity.slug,
        capfirst(str(entity.plural)),
        entity.icon,
        f"/{entity.slug}/",
        key=key,
        new=f"/{entity.slug}/new" if makes else "",
        new_label=capfirst(str(entity.name)),
        new_key=key if makes else "",
    )
