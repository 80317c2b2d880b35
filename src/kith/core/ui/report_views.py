"""The report page of any entity and its files."""

from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from kith.core import access, ledger, past
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Refused
from kith.core.exchange.exporting import TYPES
from kith.core.reports import engine, exporting, reading
from kith.core.ui import list_page, lists, report_page
from kith.core.ui.base import page
from kith.core.views import REPORT


@require_GET
@page
@past.travels
def show(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The report; for htmx what changed of the page."""
    return lists.shown(request, entity, actor, gather)


def gather(request: HttpRequest, entity: Entity, actor: Actor) -> report_page.ReportPage:
    """The report that the address asks for."""
    look, saved = list_page.look_of(request, entity, actor, shape=REPORT)
    return report_page.gather(request, look, saved, actor)


@require_safe
@page
@past.travels
def export(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The table as a file; only for those who may export the records it is made of."""
    access.require(actor, entity, "export")
    kind = request.GET.get("format", "xlsx")
    if kind not in exporting.FORMATS:
        raise Refused(
            {"format": [_("Unknown format; there are: %(valid)s.") % {"valid": ", ".join(exporting.FORMATS)}]}
        )
    look, _saved = list_page.look_of(request, entity, actor, shape=REPORT)
    table = engine.run(reading.of_look(look), actor, "export")
    ledger.log(actor, "export", entity=entity.label, count=len(table.leaves), format=kind, query=look.query())
    chunks = exporting.chunks(kind, exporting.columns(table), exporting.rows(table), capfirst(str(entity.plural)))
    # Gathered before the answer begins: the language of the reader ends with the request.
    response = StreamingHttpResponse(list(chunks), content_type=TYPES[kind])
    name = f"{entity.slug}-report-{past.today().isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
