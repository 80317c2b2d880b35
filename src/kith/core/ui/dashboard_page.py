"""The page of a dashboard: its bar, its tiles, each fetched on its own; which one opens first; in the sidebar or not."""

import time
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, ledger, notify
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.counting import Memory
from kith.core.dashboards import answers, bar, copying, opening, tiles
from kith.core.dashboards.bar import Bar
from kith.core.dashboards.tiles import Tile
from kith.core.entities.dashboard import Dashboard
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.reports import regions
from kith.core.ui import record_views
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.dashboard_tile import Drawn
from kith.core.ui.record_rights import may
from kith.core.ui.respond import go, target_of, wants_part

#: Regions and people that the bar offers.
MOST_CHOICES = 300
#: That somebody looks at a tile is written into the log once in so many seconds, not at each refresh.
LOGGED = 3600
_logged = Memory[bool]()


@guarded
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The dashboard that opens first, else the list of them."""
    found = opening.first(actor_of(request))
    return redirect(address(found.pk) if found else f"/{opening.kind().slug}/")


@require_safe
def show(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The dashboard; what it has as a record (history, trash, the past) is shown as that of any."""
    if {"tab", "trash", "as_of"} & request.GET.keys():
        return record_views.show(request, slug=opening.kind().slug, key=key)
    return shown(request, key)


@guarded
def shown(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The page, or for htmx what the bar changes of it."""
    actor = actor_of(request)
    dashboard = access.fetch(opening.kind(), actor, key)
    chosen = bar.of_address(request.GET, dashboard)
    context = body_context(actor, dashboard, chosen)
    if wants_part(request) and target_of(request) == "dash":
        return render(request, "kith/dashboard_body.html", context)
    ledger.log(actor, "view", entity=opening.LABEL, record_id=dashboard.pk, title=str(dashboard))
    starred, _followed, _count = notify.marks(actor, dashboard.pk)
    more = {
        "may": may(actor, opening.kind(), dashboard),
        "pinned": starred,
        "may_copy": access.allowed(actor, opening.kind(), "create"),
    }
    return render(request, "kith/dashboard.html", context | more)


def body_context(actor: Actor, dashboard: Any, chosen: Bar) -> dict[str, Any]:
    """What bar and grid need."""
    found = tiles.listed(dashboard)
    views = views_of(actor, found)
    places = [(tile, registry.get(views[tile.view].entity)) for tile in found if tile.view in views]
    return {
        "dashboard": dashboard, "tiles": [(tile, title_of(tile, views)) for tile in found], "bar": chosen, "here": address(dashboard.pk),
        "asks": asks(actor, places), "whose": [*Dashboard.Whose.choices], "periods": [*Dashboard.Period.choices], "all": bar.ALL, "custom": bar.CUSTOM,
    }  # fmt: skip


def views_of(actor: Actor, found: list[Tile]) -> dict[uuid.UUID | None, Any]:
    """The views of the tiles that the actor sees, by id; one query."""
    keys = {tile.view for tile in found if tile.view}
    if not keys:
        return {}
    rows = registry.get(tiles.VIEW).rows(actor).filter(pk__in=keys).only("name", "translations", "entity")
    return {
        row.pk: row for row in rows if (entity := registry.find(row.entity)) is not None and access.opens(actor, entity)
    }


def title_of(tile: Tile, views: dict[uuid.UUID | None, Any]) -> str:
    """What a tile is called before it is there: nothing that its reader may not know."""
    if tile.kind == tiles.NOTE:
        return tile.own_title or tile.kind_label
    return tile.own_title or str(views[tile.view]) if tile.view in views else tile.kind_label


def asks(actor: Actor, places: list[tuple[Tile, Entity]]) -> dict[str, Any]:
    """Which parts of the bar concern any tile, with their choices."""
    readable = {entity.label: access.readable(actor, entity) for _tile, entity in places}
    owners = any((spec := bar.owner_of(entity)) and spec.name in readable[entity.label] for _tile, entity in places)
    lies = any(regions.place_of(entity, readable[entity.label]) for _tile, entity in places)
    kind = regions.region_kind() if lies else None
    return {
        "period": any(tile.date in readable[entity.label] for tile, entity in places), "who": owners, "people": people(actor) if owners else [],
        "where": choices(actor, kind) if kind is not None and access.allowed(actor, kind, "view") else [], "region": capfirst(str(kind.name)) if kind is not None else "",
    }  # fmt: skip


def people(actor: Actor) -> list[tuple[str, str]]:
    """Users that the actor sees."""
    users = registry.get(settings.AUTH_USER_MODEL.lower())
    rows = users.rows(actor).filter(is_active=True).order_by("name", "pk")[:MOST_CHOICES]
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def choices(actor: Actor, kind: Entity) -> list[tuple[str, str]]:
    """Regions by their place in the tree, those below indented."""
    rows = list(kind.rows(actor).order_by("sort_key", "pk")[:MOST_CHOICES])
    below: dict[Any, list[Any]] = {}
    known = {row.pk for row in rows}
    for row in rows:
        parent = getattr(row, f"{kind.tree}_id")
        below.setdefault(parent if parent in known else None, []).append(row)
    made: list[tuple[str, str]] = []

    def add(parent: Any, depth: int) -> None:
        for row in below.get(parent, []):
            made.append((str(row.pk), "\u2003" * depth + str(row)))
            add(row.pk, depth + 1)

    add(None, 0)
    return made


@guarded
@require_safe
def tile(request: HttpRequest, key: uuid.UUID, name: str) -> HttpResponse:
    """One tile, worked out; what goes wrong with it is told in its place."""
    actor = actor_of(request)
    dashboard = access.fetch(opening.kind(), actor, key)
    found = tiles.find(dashboard, name)
    if found is None:
        raise Missing(opening.LABEL, f"{key}/{name}")
    made = answers.answer(found, actor, bar.of_address(request.GET, dashboard))
    log(actor, dashboard, made, request.GET.urlencode())
    return draw(request, made, actor)


def draw(request: HttpRequest, made: answers.Answer, actor: Actor) -> HttpResponse:
    """A tile as HTML."""
    return render(request, "kith/dashboard_tile.html", {"drawn": Drawn(made, actor), "tile": made.tile, "answer": made})


def log(actor: Actor, dashboard: Any, made: answers.Answer, query: str) -> None:
    """Note that somebody saw what a tile shows."""
    if made.state != answers.OK or made.look is None:
        return
    mark = (f"{actor.id}:{dashboard.pk}:{made.tile.id}", query)
    if not _logged.get(mark):
        _logged.put(mark, True, time.monotonic() + LOGGED)
        count = len(made.page.records) if made.page else 1
        ledger.log(actor, "list", entity=made.look.entity.label, count=count, query=made.look.query(), how="dashboard")


@guarded
@require_POST
def copy(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make one of one's own after this one, and go there."""
    actor = actor_of(request)
    with change_set(actor, entity=opening.LABEL) as changes:
        made = copying.copy(actor, access.fetch(opening.kind(), actor, key))
    words = _("This copy is yours.")
    if made.left_out:
        words += " " + ngettext("%(num)s tile is left out: you may not see what it shows.", "%(num)s tiles are left out: you may not see what they show.", made.left_out) % {"num": made.left_out}  # fmt: skip
    request.session["toast"] = {"text": words, "undo": f"/undo/{changes.id}"}
    return go(request, address(made.dashboard.pk))


@guarded
@require_POST
def pin(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Keep the dashboard in the sidebar, or no longer."""
    actor = actor_of(request)
    dashboard = access.fetch(opening.kind(), actor, key)
    notify.pin(actor, dashboard.pk, on=request.POST.get("on") == "1", entity=opening.LABEL)
    return go(request, address(dashboard.pk))


def address(key: Any) -> str:
    """The page of a dashboard."""
    return f"/{opening.kind().slug}/{key}/"
