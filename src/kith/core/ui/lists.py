"""The list of an entity: the whole page, or the parts of it that htmx asks for."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.core import access, layouts, ledger, linked, listing, past, search, sums, titles, writes
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Forbidden, Refused
from kith.core.filters import BadFilter, compile_filter
from kith.core.ui import editors, errors, list_bulk, list_page, list_rows
from kith.core.ui.base import actor_of, guarded, page, record_page
from kith.core.ui.respond import is_htmx, wants_part
from kith.core.ui.search_reasons import aside
from kith.core.ui.shell import beside
from kith.core.views import LIST, base_look, plain

MAX_FOUND, LATEST = 10, 200
type Gather = Callable[[HttpRequest, Entity, Actor], list_page.ListPage | HttpResponse]


@require_GET
@page
@past.travels
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The list of an entity; for htmx the rows and everything around them that changed. A view of another shape has its own page."""
    return shown(request, entity, actor, gather)


def gather(request: HttpRequest, entity: Entity, actor: Actor) -> list_page.ListPage | HttpResponse:
    """The list, or the way to the board or calendar that the saved view is."""
    look, saved = list_page.look_of(request, entity, actor)
    if look.shape != LIST:
        return redirect(f"{look.path}?{request.GET.urlencode()}".rstrip("?"))
    return list_page.gather(request, look, saved, actor)


def shown(request: HttpRequest, entity: Entity, actor: Actor, gather: Gather) -> HttpResponse:
    """The page of a list, board or calendar; for htmx what changed of it."""
    try:
        made = gather(request, entity, actor)
    except BadFilter as error:
        if is_htmx(request):
            raise
        when = f"&{urlencode({past.NAME: request.GET[past.NAME]})}" if past.current() else ""
        return errors.answer(request, 400, str(error.message), back=f"/{entity.slug}/?f={when}")
    if isinstance(made, HttpResponse):
        return made
    return render(request, "kith/list_part.html" if wants_part(request) else "kith/list.html", context(request, made))


def context(request: HttpRequest, made: list_page.ListPage) -> dict[str, Any]:
    """What the templates of a list need."""
    entity, actor, is_now = made.entity, made.actor, made.look.as_of is None
    return {
        "list": made, "pinned_views": SimpleLazyObject(lambda: {str(view.id) for view in beside(request)[1]}), "entity": entity, "actor": actor,
        "may": {operation: (is_now or operation == "export") and access.allowed(actor, entity, operation) for operation in ("create", "edit", "delete", "import", "export")},
        "may_save": is_now and access.allowed(actor, registry.get("core.view"), "create"), "bulk": list_bulk.offers(entity, actor) if is_now else [], "name": capfirst(str(entity.name)),
    }  # fmt: skip


@require_GET
@page
@past.travels
def totals(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The sums under the columns of a long list, asked for after the page is shown."""
    look, _saved = list_page.look_of(request, entity, actor)
    sheet = list_rows.sheet(look, actor)
    return render(
        request,
        "kith/list_totals.html",
        {"look": look, "sheet": sheet, "sums": sums.totals(look, actor), "count": request.GET.get("count", "")[:40]},
    )


@require_GET
@page
def counts(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """How many rows each saved view has, asked for after the page is shown."""
    _look, saved = list_page.look_of(request, entity, actor)
    found = []
    for view in [None, *saved]:
        try:
            number, exact = listing.total_of(base_look(entity, view), actor)
        except BadFilter:  # a shared view may use a field that this reader may not see
            continue
        found.append((str(view.pk) if view else list_page.PLAIN, number, exact))
    return render(request, "kith/list_counts.html", {"counts": found})


@require_GET
@record_page()
def peek(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """A record in the side panel, without leaving the list."""
    readable = access.readable(actor, entity)
    laid = layouts.of(entity, actor)
    names = dict.fromkeys((*laid.strip, *entity.quick, *laid.columns))
    specs = [
        entity.fields[name] for name in names if name in readable and name != entity.title and name not in laid.hidden
    ]
    found = titles.for_records(actor, specs, [record])
    ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record), how="peek")
    return render(
        request,
        "kith/peek.html",
        {
            "entity": entity,
            "record": record,
            "specs": specs,
            "titles": found,
            "href": f"/{entity.face_of(record).slug}/{record.pk}/",
        },
    )


# --- choosing a record ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@page
def lookup(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Options of a chooser, best first; POST makes a record from its name where that is enough."""
    if request.method == "POST":
        return make(request, entity, actor)
    asked = request.GET.get("q", "")[:200]
    found = [record for record in candidates(entity, actor, asked) if getattr(record, "is_active", True)][:MAX_FOUND]
    known = {str(record).casefold() for record in found}
    new = (
        asked.strip()
        if "create" in request.GET and editors.can_make(entity, actor) and asked.strip().casefold() not in known
        else ""
    )
    options = [option(entity, actor, record, str(record.pk)) for record in found]
    return render(request, "kith/lookup.html", {"options": options, "new": new})


def candidates(entity: Entity, actor: Actor, asked: str) -> list[Any]:
    """Records that may be meant; one letter is too little for the index and picks among the latest."""
    letter = asked.strip().casefold()
    usual = compile_filter(entity, plain(entity, actor), actor)
    if len(letter) != 1:
        most = 2 * MAX_FOUND if "is_active" in entity.fields else MAX_FOUND  # who has left is not offered
        return search.best(entity, actor, asked, most, unasked=usual)
    latest = search.best(entity, actor, "", LATEST)
    return [record for record in latest if any(word.startswith(letter) for word in str(record).casefold().split())]


def option(entity: Entity, actor: Actor, record: Any, value: str) -> dict[str, Any]:
    """One row of a chooser: title and what tells it from others of the same name."""
    face = entity.face_of(record)
    allowed = access.readable(actor, face) & {"city", "email", "position", "job_title"}
    facts = (spec for spec in face.declared.values() if spec.name in allowed and not spec.sensitive)
    sub = aside(face, actor, record) or next((str(fact) for spec in facts if (fact := spec.get(record))), "")
    return {
        "value": value,
        "text": str(record),
        "sub": sub,
        "hue": getattr(record, "hue", ""),
        "picture": list_rows.picture(face),
        "icon": face.icon,
    }


def make(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """A record from its name alone."""
    if not editors.can_make(entity, actor):
        raise Forbidden(access.right(entity, "create"), _("A new one needs more than a name; open its form."))
    record = writes.create(actor, entity, {entity.title: request.POST.get("name", "")}, typed=True)
    return JsonResponse({"value": str(record.pk), "text": str(record)})


@require_GET
@guarded
def lookup_anything(request: HttpRequest) -> HttpResponse:
    """Options of a chooser for records of any kind that notes, tasks and files can be about."""
    actor, asked = actor_of(request), request.GET.get("q", "")[:200]
    found = search.everywhere(actor, asked, 4) if asked.strip() else []
    hits = [hit for hit in found if access.is_subject(hit.entity)][:MAX_FOUND]
    options = [
        {
            **option(hit.entity, actor, hit.record, f"{hit.entity.label}/{hit.record.pk}"),
            "sub": capfirst(str(hit.entity.name)),
        }
        for hit in hits
    ]
    return render(request, "kith/lookup.html", {"options": options, "new": ""})


# --- columns ----------------------------------------------------------------------------------------------------------


@require_POST
@page
def draft(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Keep a column width of this session until the view is saved."""
    name, _colon, pixels = request.POST.get("width", "").partition(":")
    if linked.find(entity, name) is None or not pixels.isdecimal() or not 30 <= int(pixels) <= 2000:
        raise Refused({"width": [_("A width is written column:pixels, from 30 to 2000.")]})
    keep_widths(request, entity, request.GET.get("view", ""), {name: int(pixels)})
    return HttpResponse(status=204)


def keep_widths(request: HttpRequest, entity: Entity, view: str, widths: dict[str, int]) -> None:
    """Add column widths to those of this session."""
    drafts = request.session.get("widths", {})
    key = f"{entity.slug}:{view}"
    drafts[key] = {**drafts.get(key, {}), **widths}
    request.session["widths"] = drafts
