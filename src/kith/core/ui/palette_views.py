"""The command palette (GET /palette?q=&ctx=) and the page of all results (GET /search?q=)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, ledger, search
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.search import Hit
from kith.core.titles import Title
from kith.core.types.base import UNSAFE
from kith.core.ui import recents, shell
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.record_parts import ROUND
from kith.core.ui.record_rights import may
from kith.core.ui.search_reasons import aside, marked, reason

LONGEST, EACH, RECENT, COMMANDS = 200, 4, 7, 5
PAGE_EACH = 20


@dataclass(frozen=True, slots=True)
class Option:
    """One line of the palette; exactly one of href, act, command and query says what it does."""

    title: Any
    sub: Any = ""
    icon: str = ""
    name: str = ""
    round: bool = False
    keys: str = ""
    href: str = ""
    act: str = ""
    command: str = ""
    actions: str = ""


@dataclass(slots=True)
class Group:
    """A titled part of the results."""

    title: Any
    options: list[Option] = field(default_factory=list)


@require_safe
@guarded
def palette(request: HttpRequest) -> HttpResponse:
    """The options for what is typed; without text what is at hand here."""
    actor, asked = actor_of(request), asked_for(request)
    if wanted := request.GET.get("for", ""):
        groups = [Group(_("Do something with it"), list(about(actor, wanted)))]
    elif asked:
        groups = list(found(request, actor, asked))
    else:
        groups = list(at_hand(request, actor, request.GET.get("ctx", "")))
    return render(
        request, "kith/palette_results.html", {"groups": [group for group in groups if group.options], "asked": asked}
    )


def asked_for(request: HttpRequest) -> str:
    """The words typed, without what no database can hold."""
    return UNSAFE.sub("", request.GET.get("q", ""))[:LONGEST].strip()


def at_hand(request: HttpRequest, actor: Actor, context: str) -> Iterator[Group]:
    """Actions on the record of the page, favourites, recent records, pages, commands."""
    if context:
        yield Group(_("Here"), list(about(actor, context))[1:])  # it is open already
    starred, viewed = recents.titled(actor, recents.favourites(actor, RECENT), recents.viewed(actor, RECENT + 1))
    yield Group(_("Favourites"), [option_of(title) for title in starred])
    yield Group(
        _("Recent"), [option_of(title) for title in viewed if not context or str(title.id) not in context][:RECENT]
    )
    yield Group(_("Go to and change"), [*pages(request, ""), *commands("")])


def found(request: HttpRequest, actor: Actor, asked: str) -> Iterator[Group]:
    """What is typed: records, then new ones, pages and commands; > @ # narrow it down."""
    prefix, text = (asked[0], asked[1:].strip()) if asked[0] in ">@#" else ("", asked)
    if prefix == ">":
        yield Group(_("Commands"), [*commands(text), *pages(request, text)])
        return
    hits = [hit for hit in search.everywhere(actor, text, EACH) if prefix != "@" or hit.entity.icon in ROUND]
    options = [hit_option(hit, actor, text) for hit in hits]
    yield Group(_("Best match"), options[:1])
    yield Group(_("Records"), options[1 : EACH * 4])
    if text:
        yield Group(
            _("Search and create"),
            [
                Option(
                    _("All results for “%(text)s”") % {"text": text},
                    icon="search",
                    href=f"/search?{urlencode({'q': text})}",
                ),
                *creations(request, actor, text),
            ],
        )
    if not prefix:
        yield Group(_("Go to and change"), [*pages(request, text), *commands(text)])


def hit_option(hit: Hit, actor: Actor, text: str) -> Option:
    """A found record, with what it is and why it was found."""
    entity = hit.entity.face_of(hit.record)
    pieces = [
        capfirst(str(entity.name)),
        aside(entity, actor, hit.record),
        reason(hit, actor, text) or detail(entity, actor, hit.record),
    ]
    return Option(
        marked(str(hit.record), text), " · ".join(filter(None, pieces)), name=str(hit.record), round=entity.icon in ROUND, icon="" if entity.search and entity.has_timeline else entity.icon,
        href=f"/{entity.slug}/{hit.record.pk}/", actions=f"/palette?for={entity.slug}/{hit.record.pk}",
    )  # fmt: skip


def detail(entity: Entity, actor: Actor, record: Any) -> str:
    """The first readable fact of the list that tells namesakes apart."""
    allowed = access.readable(actor, entity)
    specs = [
        entity.fields[name]
        for name in ("city", "email", *entity.list_columns)
        if name in entity.fields and name in allowed and name != entity.title
    ]
    values = (
        spec.type.text(spec.get(record), spec)
        for spec in specs
        if not spec.type.names_records and spec.type.name != "moment"
    )
    return next((value for value in values if value), "")


def option_of(title: Title) -> Option:
    """A record by its title."""
    entity = registry.get(title.entity)
    return Option(
        title.text,
        capfirst(str(entity.name)),
        name=title.text,
        round=entity.icon in ROUND,
        icon="" if entity.has_timeline else entity.icon,
        href=title.url,
        actions=f"/palette?for={entity.slug}/{title.id}",
    )


def about(actor: Actor, context: str) -> Iterator[Option]:
    """What can be done with the record "slug/id"."""
    slug, _slash, key = context.partition("/")
    entity = registry.by_slug(slug)
    if entity is None:
        return
    try:
        record = access.fetch(entity, actor, uuid.UUID(key))
    except (ValueError, Missing):
        return
    here, rights, name = f"/{entity.slug}/{record.pk}/", may(actor, entity, record), str(record)
    yield Option(_("Open"), name, "arrow-up-right", href=here)
    if "edit" in rights:
        yield Option(_("Edit"), name, "pencil", href=here + "edit")
    for spec in entity.fields.values():
        if (
            spec.type.name in ("mail", "phone")
            and spec.name in access.readable(actor, entity)
            and (value := spec.get(record))
        ):
            mail = spec.type.name == "mail"
            yield Option(
                _("E-mail") if mail else _("Make a call"),
                spec.type.text(value, spec),
                "mail" if mail else "phone",
                keys="E" if mail else "C",
                href=f"{'mailto' if mail else 'tel'}:{value}",
            )
    for action in entity.actions:
        if not action.fields and (action.right or action.name) in rights and action.is_offered(actor, entity):
            yield Option(action.label, name, action.icon, act=f"{here}action/{action.name}")
    if "history" in rights:
        yield Option(_("History"), name, "history", href=here + "?tab=history")


def menu_items(request: HttpRequest) -> Iterator[shell.MenuItem]:
    """Every line of the menu."""
    for group in shell.menu(request):
        yield from group.items


def fits(label: Any, text: str) -> bool:
    """Whether a label begins with, or has a word that begins with, the text."""
    wanted = text.casefold()
    return any(part.startswith(wanted) for part in (str(label).casefold(), *str(label).casefold().split()))


def pages(request: HttpRequest, text: str) -> list[Option]:
    """Pages to go to, and kinds of records to create."""
    made = []
    for item in menu_items(request):
        if fits(item.label, text):
            made.append(
                Option(item.label, _("Page"), item.icon, keys=f"G {item.key}" if item.key else "", href=item.url)
            )
        new = _("New: %(what)s") % {"what": item.new_label or item.label}
        if item.new and text and (fits(new, text) or fits(item.new_label, text)):
            made.append(Option(new, "", "plus", keys=f"N {item.new_key}" if item.new_key else "", href=item.new))
    return made[: COMMANDS if text else RECENT]


def creations(request: HttpRequest, actor: Actor, text: str) -> list[Option]:
    """New records whose title is what was typed."""
    entities = [
        entity
        for entity in registry
        if entity.menu in ("customers", "mine") and access.allowed(actor, entity, "create")
    ]
    named = [
        entity
        for entity in entities
        if entity.title in access.writable(actor, entity) and entity.fields[entity.title].type.name == "text"
    ]
    return [
        Option(
            _("New %(noun)s “%(text)s”") % {"noun": entity.name, "text": text},
            "",
            "plus",
            href=f"/{entity.slug}/new?{urlencode({entity.title: text})}",
        )
        for entity in named[:3]
    ]


def commands(text: str) -> list[Option]:
    """What changes the page itself."""
    every = [
        Option(_("Light theme"), _("Theme"), "sun", command="theme:light"), Option(_("Dark theme"), _("Theme"), "moon", command="theme:dark"), Option(_("Theme of the system"), _("Theme"), "monitor", command="theme:"),
        Option(_("Compact rows"), _("Density"), "rows-3", keys="⇧ D", command="density:compact"), Option(_("Comfortable rows"), _("Density"), "rows-3", command="density:"),
        Option(_("Fold the sidebar"), "", "panel-left", keys="[", command="fold"), Option(_("Keyboard shortcuts"), "", "keyboard", keys="?", command="keys"),
        Option(_("Notifications"), "", "bell", keys="⇧ N", command="press:⇧N"), Option(_("Profile"), _("Page"), "user-round", href="/profile"), Option(_("Settings"), _("Page"), "settings", href="/settings/"),
    ]  # fmt: skip
    return [option for option in every if fits(option.title, text)] if text else [every[1], every[3], every[6]]


# --- the page of all results ------------------------------------------------------------------------------------------


@require_safe
@guarded
def results(request: HttpRequest) -> HttpResponse:
    """Everything that is found, by kind of record."""
    actor, text = actor_of(request), asked_for(request)
    hits = search.everywhere(actor, text, PAGE_EACH) if text else []
    if text:
        ledger.log(actor, "search", title=text, count=len(hits))
    groups: dict[str, Group] = {}
    for hit in hits:
        entity = hit.entity.face_of(hit.record)
        groups.setdefault(entity.label, Group(capfirst(str(entity.plural)))).options.append(
            hit_option(hit, actor, text)
        )
    lists = [(group, f"/{registry.get(label).slug}/?{urlencode({'q': text})}") for label, group in groups.items()]
    return render(request, "kith/search.html", {"asked": text, "lists": lists})
