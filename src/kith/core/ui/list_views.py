"""Saved views: keep a look under a name, for oneself, for groups or for everybody; change, rename, delete it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, notify, titles, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.filters import to_json
from kith.core.types.picks import as_uuid
from kith.core.ui import editors, list_page
from kith.core.ui.base import actor_of, guarded, page
from kith.core.ui.respond import go, to_list
from kith.core.views import LIST, REPORT, Look, base_look

#: What the dialog asks for; the rest comes from the look.
ASKED = ("name", "icon", "is_public", "shared_with", "is_default")
#: Who may change settings also says whether it is kept ready, where it can be.
KEPT, SHAPES = "is_kept", (REPORT, "grouped")


#: Icons that say no more than the shape, and others to choose from.
USUAL = (*list_page.ICONS.values(), "rows-3", "map")
ICONS = (
    *USUAL, "star", "heart", "flag", "bookmark", "briefcase", "building-2", "users", "handshake", "target", "trophy",
    "megaphone", "phone", "mail", "clock", "calendar-clock", "triangle-alert", "banknote", "package", "globe", "map-pin",
)  # fmt: skip


def views() -> Entity:
    """The entity of saved views."""
    return registry.get("core.view")


def asked_of(actor: Actor, shape: str) -> tuple[str, ...]:
    """What the dialog asks the actor for."""
    return (*ASKED, KEPT) if shape in SHAPES and access.has_system_right(actor, "settings") else ASKED


def parts(look: Look) -> dict[str, Any]:
    """What a view keeps of a look."""
    return {
        "filter": to_json(look.filter), "columns": list(look.columns), "sort": list(look.sort), "group": look.group, "widths": look.widths, "report": look.report if look.shape == REPORT else {},
        "shape": "grouped" if look.shape == LIST and look.group else look.shape,
    }  # fmt: skip


def usual_icon(look: Look) -> str:
    """The icon of a view whose shape is all that is known."""
    if look.shape == REPORT and look.report.get("chart") == "map":
        return "map"
    return "rows-3" if look.shape == LIST and look.group else list_page.ICONS[look.shape]


@require_http_methods(["GET", "POST"])
@page
def create(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Save the present look as a new view."""
    access.require(actor, views(), "create")
    look, _saved = list_page.look_of(request, entity, actor)
    asked = asked_of(actor, parts(look)["shape"])
    if request.method == "GET":
        return form(request, entity, actor, {}, _("New view"), asked)
    typed = editors.posted_values(views(), asked, request.POST)
    try:
        with change_set(actor, entity=views().label):
            chosen = {"icon": typed.get("icon") or usual_icon(look), "entity": entity.label}
            view = writes.create(actor, views(), {**typed, **parts(look), **chosen}, typed=True)
            only_default(actor, entity, view)
    except Refused as refused:
        return form(request, entity, actor, typed, _("New view"), asked, refused.errors)
    return to_list(request, place(entity, view), _("View “%(name)s” saved") % {"name": view})


@require_http_methods(["GET", "POST"])
@page
def edit(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """Rename and share a view."""
    view = access.fetch(views(), actor, key, "edit")
    asked, title = asked_of(actor, view.shape), _("Rename and share")
    if request.method == "GET":
        return form(request, entity, actor, {name: views().fields[name].get(view) for name in asked}, title, asked)
    typed = editors.posted_values(views(), asked, request.POST)
    try:
        with change_set(actor, entity=views().label):
            view = writes.save(actor, view, typed, typed=True)
            only_default(actor, entity, view)
    except Refused as refused:
        return form(request, entity, actor, typed, title, asked, refused.errors)
    return to_list(request, place(entity, view), _("View “%(name)s” saved") % {"name": view})


@require_POST
@page
def update(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """Keep the present look in the view it started from."""
    view = access.fetch(views(), actor, key, "edit")
    look, _saved = list_page.look_of(request, entity, actor)
    usual = {"icon": usual_icon(look)} if view.icon in USUAL else {}
    writes.save(actor, view, parts(look) | usual)
    forget_widths(request, entity, str(view.pk))
    return to_list(request, place(entity, view), _("View “%(name)s” saved") % {"name": view})


@require_POST
@page
def delete(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """Move a view to the trash; the plain list takes its place."""
    view = access.fetch(views(), actor, key, "delete")
    outcome = writes.delete(actor, views(), [view.pk])
    text = _("View “%(name)s” deleted") % {"name": view}
    return to_list(request, f"/{entity.slug}/?view={list_page.PLAIN}", text, undo=f"/undo/{outcome.changeset}")


@require_POST
@page
def pin(request: HttpRequest, entity: Entity, actor: Actor, key: Any) -> HttpResponse:
    """Keep a view in the sidebar, or no longer."""
    view = access.fetch(views(), actor, key)
    if view.entity != entity.label:
        raise Missing(views().label, key)
    notify.pin(actor, view.pk, on=request.POST.get("on") == "1")
    return go(request, place(entity, view))


@require_POST
@guarded
def sort_pins(request: HttpRequest) -> HttpResponse:
    """Put the views of the sidebar into an order."""
    keys = [as_uuid(raw) for raw in request.POST.get("ids", "").split(",")[: notify.MOST_PINNED] if raw]
    notify.order_pins(actor_of(request), keys)
    return HttpResponse(status=204)


def place(entity: Entity, view: Any) -> str:
    """Where a view is shown."""
    return f"{base_look(entity, view).path}?view={view.pk}"


def only_default(actor: Actor, entity: Entity, view: Any) -> None:
    """One view opens first: marking one unmarks the others of the same person."""
    if view.is_default:
        others = (
            views()
            .rows(actor, "edit")
            .filter(entity=entity.label, owner=view.owner_id, is_default=True)
            .exclude(pk=view.pk)
        )
        writes.update_many(actor, views(), list(others.values_list("pk", flat=True)), {"is_default": False})


def forget_widths(request: HttpRequest, entity: Entity, view: str) -> None:
    """The session's widths are in the view now."""
    drafts = request.session.get("widths", {})
    if drafts.pop(f"{entity.slug}:{view}", None):
        request.session["widths"] = drafts


def form(
    request: HttpRequest,
    entity: Entity,
    actor: Actor,
    given: dict[str, Any],
    title: str,
    asked: tuple[str, ...],
    errors: dict[str, Any] | None = None,
) -> HttpResponse:
    """The dialog of a view."""
    fields, wrong = views().fields, errors or {}
    specs = [fields[name] for name in asked]
    elsewhere = [
        f"{capfirst(str(fields[name].label))}: {text}" if name in fields else text
        for name, texts in wrong.items()
        for text in texts
        if name not in asked
    ]
    shared = views().fields["shared_with"]
    found = titles.load(
        actor, [(shared.target, item) for item in shared.type.clean(given.get("shared_with") or [], shared)]
    )
    context = {
        "title": title,
        "address": request.get_full_path(),
        "specs": [spec for spec in specs if spec.name != "icon"],
        "icons": ICONS,
        "values": given,
        "errors": wrong,
        "elsewhere": elsewhere,
        "titles": found,
        "actor": actor,
    }
    return render(request, "kith/view_form.html", context, status=422 if errors else 200)
