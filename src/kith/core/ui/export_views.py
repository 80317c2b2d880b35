"""Export from a list: a dialog that asks for the format, and the file."""

import uuid
from dataclasses import replace
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from kith.core import access, counting, files, jobs, jobs_export, ledger, listing, past, room
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing, Refused
from kith.core.exchange import exporting
from kith.core.types.picks import as_uuid
from kith.core.ui.base import actor_of, guarded, is_htmx, page
from kith.core.views import Look, from_address, saved_views

NAMES = {
    "csv": gettext_lazy("CSV, for any program"),
    "xlsx": gettext_lazy("Excel workbook"),
    "json": gettext_lazy("JSON, exact values"),
    "vcf": gettext_lazy("Address cards (vCard)"),
}


@require_http_methods(["GET", "POST"])
@page
@past.travels
def export(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The dialog for htmx, the file otherwise."""
    access.require(actor, entity, "export")
    asked = request.POST if request.method == "POST" else request.GET
    params = QueryDict(str(asked["query"]).lstrip("?")) if "query" in asked else asked
    with past.at(past.asked(params)):
        look, keys = look_of(entity, actor, params, asked)
        if is_htmx(request):
            return dialog(request, entity, actor, look, keys)
        return send(request, entity, actor, look, keys, asked)


def look_of(
    entity: Entity, actor: Actor, params: QueryDict, asked: QueryDict
) -> tuple[Look, frozenset[uuid.UUID] | None]:
    """The look the export is of, and the chosen rows (None: all of them)."""
    look = from_address(entity, actor, params, saved_views(entity, actor))
    ids = asked.get("ids", "")
    if not ids or asked.get("every") == "1":
        return look, None
    return look, frozenset(as_uuid(key) for key in ids.split(",") if key)


def dialog(
    request: HttpRequest, entity: Entity, actor: Actor, look: Look, keys: frozenset[uuid.UUID] | None
) -> HttpResponse:
    """The question how to export."""
    count = (len(keys), True) if keys is not None else counting.count(listing.rows(look, actor, "export"))
    context: dict[str, Any] = {
        "entity": entity, "formats": [(name, NAMES[name]) for name in exporting.formats_of(look)], "count": count[0], "exact": count[1],
        "query": look.query(), "ids": ",".join(map(str, keys or ())),
    }  # fmt: skip
    return render(request, "kith/export_dialog.html", context)


def send(
    request: HttpRequest, entity: Entity, actor: Actor, look: Look, keys: frozenset[uuid.UUID] | None, asked: QueryDict
) -> HttpResponse:
    """The file, written while it is read."""
    kind, offered = asked.get("format", "csv"), exporting.formats_of(look)
    if kind not in offered:
        raise Refused({"format": [_("Unknown format; there are: %(valid)s.") % {"valid": ", ".join(offered)}]})
    room.require_much()
    every_field = asked.get("fields") == "all"
    made = exporting.of(look, actor, every_field=every_field, keys=keys)
    count = len(keys) if keys is not None else listing.rows(look, actor, "export").count()
    if keys is None and count > jobs_export.LARGE:
        run = jobs.defer(
            jobs_export.export,
            request.user,
            entity=entity.label,
            query=replace(look, as_of=look.as_of and look.as_of.exact).query(),
            kind=kind,
            every_field=every_field,
        )
        return HttpResponseRedirect(f"/jobs/{run.pk}")
    ledger.log(actor, "export", entity=entity.label, count=count, format=kind, fields=list(made.names))
    response = StreamingHttpResponse(exporting.WRITERS[kind](made), content_type=exporting.TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{entity.slug}-{past.today().isoformat()}.{kind}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)


@require_safe
@guarded
def stored(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The file of a large export, for whoever asked for it; while it is being written, how far it is."""
    run = jobs_export.stored(key, actor_of(request).id)
    if run is None:
        raise Missing("core.export", str(key))
    file = run.outcome.get("stored")
    if not file or not files.path_of(file["key"]).exists():
        return HttpResponseRedirect(f"/jobs/{run.pk}")
    response = FileResponse(
        files.path_of(file["key"]).open("rb"),
        as_attachment=True,
        filename=file["name"],
        content_type=exporting.TYPES[file["kind"]],
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
