"""The page of one record: head, highlights, tabs; the overview with fields, timeline and related lists."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, layouts, ledger, notify, past, titles
from kith.core.access import Actor
from kith.core.entity import Entity, Panel
from kith.core.titles import Titles
from kith.core.ui import past_record, record_history, timeline_views
from kith.core.ui import record_parts as parts
from kith.core.ui import record_related as related_lists
from kith.core.ui.base import named_page, record_page
from kith.core.ui.record_around import neighbours
from kith.core.ui.record_rights import fetch, may
from kith.core.ui.respond import go, is_htmx, target_of


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the page."""

    name: str
    title: Any
    count: str = ""


@require_safe
@named_page
@past.travels
def show(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """The whole page, or only the panel of a tab; with `trash` a record that lies in the trash."""
    if (when := past.current()) is not None:
        return past_record.show(request, entity, actor, key, when)
    trashed = request.GET.get("trash") == "1"
    record = access.fetch(entity, actor, key, "delete", trashed=True) if trashed else fetch(entity, actor, key)
    face = entity.face_of(record)
    if face is not entity:
        return go(request, parts.address(face, record))
    return draw(request, entity, actor, record, request.GET.get("tab", "overview"))


def draw(request: HttpRequest, entity: Entity, actor: Actor, record: Any, wanted: str) -> HttpResponse:
    """One tab of a record, with the page around it unless htmx has that already."""
    trashed = record.deleted_at is not None
    rights = frozenset[str]() if trashed else may(actor, entity, record)
    panel = PANELS.get(wanted, other_panel)
    context = {
        "entity": entity,
        "record": record,
        "actor": actor,
        "may": rights,
        "tab": wanted,
        "here": parts.address(entity, record),
        "trashed": trashed,
    }
    if is_htmx(request) and target_of(request) == "tabpanel":
        return render(request, "kith/record_panel.html", context | panel(request, entity, actor, record, rights))
    if not trashed:
        ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record))
    return render(request, "kith/record.html", context | whole(request, entity, actor, record, rights, panel))


def whole(
    request: HttpRequest, entity: Entity, actor: Actor, record: Any, rights: frozenset[str], panel: Any
) -> dict[str, Any]:
    """What the page shows around the panel, and the panel; titles of links are loaded once for all of it."""
    lists = related_lists.tabs(entity, actor, record)
    inner = panel(request, entity, actor, record, rights)
    found = inner.get("titles")
    if found is None:
        found = titles.for_records(actor, parts.shown_specs(entity, actor), [record])
    return {
        **inner, **head_context(entity, actor, record, rights, found), "titles": found, "tabs": tabs(entity, actor, lists, rights), "lists": lists, "look": list_before(request, entity),
        "palette_context": f"{entity.slug}/{record.pk}",
    }  # fmt: skip


def list_before(request: HttpRequest, entity: Entity) -> str:
    """The query of the list that the record was opened from: the address names it, or the page before was that list."""
    if "from" in request.GET:
        return request.GET["from"]
    before = urlsplit(request.headers.get("Referer", ""))
    return before.query if before.path == f"/{entity.slug}/" else ""


def head_context(entity: Entity, actor: Actor, record: Any, rights: frozenset[str], found: Titles) -> dict[str, Any]:
    """What head and highlights need."""
    starred, followed, followers = notify.marks(actor, record.pk)
    return {
        "head": parts.head(entity, actor, record, found), "strip": parts.strip(entity, actor, record, found), "starred": starred, "followed": followed, "followers": followers,
        "heads": [(panel, panel.context(actor, record)) for panel in entity.panels if panel.place == "head"],
        "is_person": entity.icon in parts.ROUND, "actions": [
            action for action in entity.actions if (action.right or action.name) in rights and action.is_offered(actor, entity)
        ],
    }  # fmt: skip


def tabs(entity: Entity, actor: Actor, lists: list[related_lists.Tab], rights: frozenset[str]) -> list[Tab]:
    """Overview, hand-made panels, related lists, tree, history."""
    made = [Tab("overview", _("Overview"))]
    made += [Tab(tab.related.key, tab.title, tab.count_text) for tab in lists]
    made += [Tab(panel.name, panel.title) for panel in layouts.of(entity, actor).panels("tabs")]
    return [*made, Tab("history", _("History"))] if "history" in rights else made


def overview(request: HttpRequest, entity: Entity, actor: Actor, record: Any, rights: frozenset[str]) -> dict[str, Any]:
    """Fields, timeline, related lists."""
    specs = parts.shown_specs(entity, actor)
    line = (
        timeline_views.load(request, entity, actor, record)
        if entity.has_timeline and record.deleted_at is None
        else None
    )
    found: Titles = titles.load(actor, titles.wanted(specs, [record]) | (line.prepare(actor) if line else set()))
    sides = [(panel, panel.context(actor, record)) for panel in layouts.of(entity, actor).panels("sides")]
    return {
        "panel_template": "kith/record_overview.html", "blocks": parts.blocks(entity, actor, record, found, may=rights), "titles": found, "timeline": line, "sides": sides, "reach": parts.reach(entity, actor, record),
        "side_lists": [tab for pair in related_lists.laid(entity, actor) if not (tab := related_lists.tab_of(entity, actor, record, *pair)).entity.views.get("tab_only")],
        **(timeline_views.context(request, entity, record) if line else {}),
    }  # fmt: skip


def history_panel(
    request: HttpRequest, entity: Entity, actor: Actor, record: Any, rights: frozenset[str]
) -> dict[str, Any]:
    """Every change of every field."""
    return record_history.context(request, entity, actor, record, rights)


def other_panel(
    request: HttpRequest, entity: Entity, actor: Actor, record: Any, rights: frozenset[str]
) -> dict[str, Any]:
    """A hand-made panel or a related list, by its name."""
    name = request.GET.get("tab", "")
    panel = next((panel for panel in entity.panels if panel.place == "tab" and panel.name == name), None)
    if panel is not None:
        return panel_context(panel, actor, record)
    return list_context(request, entity, actor, record, name)


def panel_context(panel: Panel, actor: Actor, record: Any) -> dict[str, Any]:
    """What a hand-made panel needs."""
    return {"panel_template": panel.template, "panel": panel, **panel.context(actor, record)}


def list_context(request: HttpRequest, entity: Entity, actor: Actor, record: Any, name: str) -> dict[str, Any]:
    """A related list in full."""
    related, other = related_lists.find(entity, actor, name)
    start = number(request.GET.get("start", ""))
    records, more = related_lists.page(entity, actor, record, related, other, limit=related_lists.PAGE, start=start)
    allowed = access.readable(actor, other)
    ends = related_lists.other_ends(related, other, actor)
    named = {related.link, "updated_at", ends[0].name if ends else other.title}
    columns = [
        other.fields[column] for column in layouts.of(other, actor).columns if column in allowed and column not in named
    ][:7]
    found = titles.for_records(actor, columns, records)
    return {
        "panel_template": other.views.get("related", "kith/related_table.html"), "list": related_lists.tab_of(entity, actor, record, related, other), "rows": records,
        "lines": related_lists.lines(actor, related, other, records), "columns": columns, "heading": ends[0].label if ends else other.name, "titles_of_rows": found, "start": start,
        "after": start + related_lists.PAGE if more else 0, "before": max(0, start - related_lists.PAGE) if start else None,
    }  # fmt: skip


def number(text: str) -> int:
    """A position in a related list; nonsense is the beginning."""
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 7 else 0


PANELS = {"overview": overview, "history": history_panel}


@require_safe
@record_page("view")
def related(request: HttpRequest, entity: Entity, actor: Actor, record: Any, name: str) -> HttpResponse:
    """A related list of the side column: the first few rows."""
    found, other = related_lists.find(entity, actor, name)
    records, more = related_lists.page(entity, actor, record, found, other)
    tab = related_lists.tab_of(entity, actor, record, found, other)
    context = {
        "list": tab,
        "lines": related_lists.lines(actor, found, other, records),
        "more": more,
        "here": parts.address(entity, record),
        "entity": entity,
        "record": record,
    }
    return render(request, "kith/related.html", context)


@require_safe
@record_page("view")
def around(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The links to the previous and next record of the list one came from, with the position where it is cheap to tell."""
    context = neighbours(entity, actor, record, request.GET.get("from", ""))
    return render(request, "kith/record_around.html", context | {"entity": entity})


@require_safe
@record_page("view")
def top(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Head and highlights alone, after a field of theirs changed."""
    rights = may(actor, entity, record)
    found = titles.for_records(actor, parts.shown_specs(entity, actor), [record])
    context = {
        "entity": entity,
        "record": record,
        "actor": actor,
        "may": rights,
        "here": parts.address(entity, record),
        "titles": found,
        "trashed": False,
    }
    return render(request, "kith/record_head.html", context | head_context(entity, actor, record, rights, found))


@require_safe
@record_page("history")
def history(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The history tab under an address of its own."""
    return draw(request, entity, actor, record, "history")
