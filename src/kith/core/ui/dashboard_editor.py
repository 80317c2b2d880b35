"""The editor of a dashboard: tiles are added, configured, moved, resized and removed in the browser; saving is one write."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.dashboards import answers, bar, checking, goals, opening, tiles
from kith.core.dashboards.tiles import BOARD, CHART, FIGURE, KINDS, LIST, NOTE, REGIONS, SIZES, VIEW, Tile
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Refused
from kith.core.reports import places
from kith.core.reports import regions as where
from kith.core.reports.shape import CHARTS
from kith.core.ui import report_page
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.dashboard_page import address, draw, title_of, views_of
from kith.core.ui.respond import closing, go, trigger
from kith.core.views import meant_for

NEW = "new"
#: Charts that a tile can be; numbers are tiles of their own.
DRAWN = {name: words for name, words in CHARTS.items() if name != "tiles"}


@dataclass
class Form:
    """One tile while it is configured; what it may choose depends on the view."""

    actor: Actor
    raw: dict[str, Any]
    view: Any = None
    entity: Entity | None = None
    error: str = ""
    is_new: bool = False
    views: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it shall be."""
        kind = str(self.raw.get("kind"))
        return kind if kind in KINDS else FIGURE

    @property
    def json(self) -> str:
        """It as it stands, for the next look at the dialog."""
        return json.dumps(self.raw, ensure_ascii=False)

    @property
    def kinds(self) -> list[tuple[str, Any, str]]:
        """What it could be."""
        return [(name, words, icon) for name, (words, icon) in KINDS.items()]

    @property
    def has(self) -> frozenset[str]:
        """What is asked for a tile of this kind."""
        is_report = self.view is not None and self.view.shape == "report"
        return frozenset({
            FIGURE: {"measure", "date", "target", "goal", "less"}, CHART: {"chart", "date"} | (set() if is_report else {"measure", "by"}), LIST: {"rows", "date"},
            BOARD: {"date"}, REGIONS: {"measure", "region", "map", "date"}, NOTE: {"text"},
        }[self.kind])  # fmt: skip

    @property
    def measures(self) -> Any:
        """How the records can be put together, by kind of record."""
        assert self.entity is not None
        return [
            (capfirst(str(self.entity.plural)), [("count", _("Number"))]),
            *report_page.grouped_options(self.entity, self.actor, report_page.counting_options),
        ]

    @property
    def dimensions(self) -> Any:
        """The fields to group by."""
        assert self.entity is not None
        return report_page.grouped_options(self.entity, self.actor, report_page.grouping_options)

    @property
    def dates(self) -> list[tuple[str, str]]:
        """The fields that the period can be about."""
        assert self.entity is not None
        return [
            (spec.name, capfirst(str(spec.label)))
            for spec in self.readable()
            if spec.type.name in ("date", "moment") and spec.columns
        ]

    @property
    def regions(self) -> list[tuple[str, str]]:
        """The fields that say where a record lies."""
        assert self.entity is not None
        own = where.place_of(self.entity, access.readable(self.actor, self.entity))
        named = [
            (spec.name, capfirst(str(spec.label)))
            for spec in self.readable()
            if spec.type.name == "country" or spec.target in places.located
        ]
        kind = where.region_kind()
        beyond = [(own, capfirst(str(kind.name)))] if kind is not None and own and own not in dict(named) else []
        return [*beyond, *named]

    def readable(self) -> list[Any]:
        """The fields that whoever edits may read."""
        assert self.entity is not None
        names = access.readable(self.actor, self.entity)
        return [spec for name, spec in self.entity.fields.items() if name in names]

    @property
    def goals(self) -> list[tuple[str, Any]]:
        """The kinds of targets that a figure can be compared with."""
        assert self.entity is not None
        return [(name, goal.label) for name, goal in goals.about(self.entity.label).items()]

    @property
    def charts(self) -> list[tuple[str, Any]]:
        """How a chart can be drawn."""
        return list(DRAWN.items())

    @property
    def unseen(self) -> str:
        """Who may not see the view though they see the dashboard; empty when all may."""
        return (
            ""
            if self.view is None or self.view.is_public
            else _("Only those who may see this view see what the tile shows.")
        )


@guarded
@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The editor; POST keeps all tiles as they were arranged, in one write."""
    actor = actor_of(request)
    dashboard = access.fetch(opening.kind(), actor, key, "edit")
    if request.method == "POST":
        return save(request, actor, dashboard)
    found = tiles.listed(dashboard)
    views = views_of(actor, found)
    drawn = [(tile, title_of(tile, views), json.dumps(tiles.to_json(tile), ensure_ascii=False)) for tile in found]
    context = {"dashboard": dashboard, "tiles": drawn, "here": address(key), "most": tiles.MOST}
    return render(request, "kith/dashboard_edit.html", context)


def save(request: HttpRequest, actor: Actor, dashboard: Any) -> HttpResponse:
    """Keep what was arranged; Conflict where somebody else saved tiles meanwhile."""
    raw = [read(text) for text in request.POST.getlist("tile")[: tiles.MOST + 1]]
    version, before = request.POST.get("version", ""), list(dashboard.tiles)
    with change_set(actor, entity=opening.LABEL) as changes:
        writes.save(
            actor,
            dashboard,
            {"tiles": raw},
            version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )
    undo = f"/undo/{changes.id}" if raw != before else ""
    request.session["toast"] = {"text": _("The dashboard is saved."), "undo": undo}
    return go(request, address(dashboard.pk))


def read(text: str) -> Any:
    """A tile as the browser sends it; Refused for what is no JSON."""
    try:
        raw = json.loads(text)
        json.dumps(raw, ensure_ascii=False).encode()  # half a sign, as \\ud800, is in no page and in no database
        return raw
    except (ValueError, RecursionError):
        raise Refused({"tiles": [_("A tile is not valid JSON.")]}) from None


@guarded
@require_http_methods(["GET", "POST"])
def tile_form(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The dialog of one tile; POST gives it back to the page, which keeps it until all is saved."""
    actor = actor_of(request)
    access.fetch(opening.kind(), actor, key, "edit")
    given = request.POST if request.method == "POST" else request.GET
    form = form_of(actor, given, anew=request.method == "GET")
    if request.method == "GET":
        return render(request, "kith/dashboard_tile_form.html", {"form": form, "here": address(key)})
    try:
        checking.check_one(form.raw)
        checking.require_views(actor, [form.raw], None)
    except (BadValue, Refused) as error:
        form.error = (
            str(error.message)
            if isinstance(error, BadValue)
            else " ".join(str(one) for texts in error.errors.values() for one in texts)
        )
        return render(request, "kith/dashboard_tile_form.html", {"form": form, "here": address(key)}, status=422)
    made = tiles.of(form.raw)
    event = {
        "tile": json.dumps(tiles.to_json(made), ensure_ascii=False),
        "id": made.id,
        "title": title_of(made, {made.view: form.view}),
        "w": made.w,
        "h": made.h,
    }
    return trigger(closing(), **{"tile-set": event})


def form_of(actor: Actor, given: QueryDict, *, anew: bool) -> Form:
    """What was chosen so far: the tile as it was, with what the dialog says over it; `anew` for another view than before begins with what is usual."""
    old = read(given.get("tile") or "{}")
    raw = old if isinstance(old, dict) else {}
    form = Form(actor, typed(raw, given), is_new=not raw.get("kind"))
    chosen = form.raw.get("view")
    if form.kind != NOTE:
        key = chosen["id"] if chosen and checking.is_view(chosen) else None
        form.view = registry.get(VIEW).rows(actor).filter(pk=key).first() if key else None
        form.entity = registry.find(form.view.entity) if form.view is not None else None
        form.views = offered(actor)
    if anew and form.entity is not None and "kind" in given and given.get("seen") != (chosen["id"] if chosen else ""):
        form.raw |= {
            "date": form.entity.calendar if form.entity.calendar in access.readable(actor, form.entity) else "",
            "by": "",
            "measure": "count",
            "goal": "",
        }
    return form


def typed(old: dict[str, Any], given: QueryDict) -> dict[str, Any]:
    """A tile from what the dialog holds; its place stays."""
    if "kind" not in given:
        return old
    kind = given.get("kind", "")
    size = SIZES.get(kind, (3, 1))
    raw: dict[str, Any] = {"id": old.get("id") or f"t{uuid.uuid4().hex[:10]}", "kind": kind}
    same = old.get("kind") == kind
    raw |= {"w": old.get("w", size[0]) if same else size[0], "h": old.get("h", size[1]) if same else size[1]}
    title = given.get("title", "").strip()
    raw |= {"title": title, "titles": old.get("titles") if title == old.get("title", "") else None}
    if kind == NOTE:
        return kept(raw | {"text": given.get("text", "")})
    if given.get("view"):
        raw["view"] = {"entity": VIEW, "id": given["view"]}
    raw |= {name: given.get(name, "") for name in ("measure", "by", "chart", "date", "goal")} | {
        "less": "less" in given
    }
    raw["target"] = number_in(given.get("target", "")) or None
    rows = given.get("rows", "")
    raw["rows"] = int(rows) if rows.isdecimal() and len(rows) < 4 else rows
    return kept(raw)


def number_in(text: str) -> str:
    """A number as people type it, with spaces between thousands and a comma before the places."""
    return "".join(text.split()).replace("\u202f", "").replace("\u00a0", "").replace(",", ".")


def kept(raw: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {name: value for name, value in raw.items() if value not in (None, "", False)}


def offered(actor: Actor) -> list[tuple[str, list[tuple[str, str]]]]:
    """The views to choose from, by kind of record."""
    rows = registry.get(VIEW).rows(actor).filter(meant_for(actor)).only("name", "translations", "entity")
    found: dict[str, list[tuple[str, str]]] = {}
    for view in rows.order_by("position", "name", "pk"):
        found.setdefault(view.entity, []).append((str(view.pk), str(view)))
    kinds = [entity for entity in registry if entity.label in found and access.opens(actor, entity)]
    named = [(capfirst(str(entity.plural)), found[entity.label]) for entity in kinds]
    return sorted(named, key=lambda pair: pair[0].casefold())


@guarded
@require_POST
def preview(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How a tile looks before it is saved, with the rights of whoever edits."""
    actor = actor_of(request)
    dashboard = access.fetch(opening.kind(), actor, key, "edit")
    raw = read(request.POST.get("tile", ""))
    checking.check_one(raw if isinstance(raw, dict) else {})
    made: Tile = tiles.of(raw)
    return draw(request, answers.answer(made, actor, bar.of_address(QueryDict(), dashboard)), actor)
