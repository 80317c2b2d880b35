"""The page of the pipeline report: tiles of the period, the figures by person (R167, R168)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import access, rates
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import Test
from kith.core.reports import engine, tiles
from kith.core.reports.shape import Measure, Report
from kith.core.ui.base import guarded

from ..steering import addresses, pipeline
from ..steering.periods import Period
from .steering import names, period_of, reader, shown, within_time


@require_safe
@guarded
@within_time
def pipeline_page(request: HttpRequest) -> HttpResponse:
    """What was created in the period and what became of it, altogether and by person."""
    actor, period = reader(request, "created_at"), period_of(request)
    found = pipeline.lines(actor, period)
    who = names(actor, found)
    lines = sorted(found.items(), key=lambda item: (-item[1].number, who.get(item[0], "") if item[0] else ""))
    context = {
        "period": period, "lines": lines, "names": who, "total": pipeline.total(found), "currency": rates.base(), "tiles": shown_tiles(actor, period),
        "href": lambda name, owner: addresses.of_node(*pipeline.rows_of(name, period, owner, of_all=False)),
        "href_all": lambda name: addresses.of_node(*pipeline.rows_of(name, period)),
    }  # fmt: skip
    return shown(request, "pipeline", context)


def shown_tiles(actor: Actor, period: Period) -> list[tiles.Tile]:
    """What was created and closed in the period, each with its difference to the days before."""
    days = [period.first.isoformat(), period.last.isoformat()]
    won = Measure(where=Test("state", "any", ["won"]), label=_("Won deals"))
    asked = (
        (pipeline.LEADS, "received_at", (Measure(label=_("New leads")),)),
        (pipeline.DEALS, "created_at", (Measure(label=_("New deals")), Measure("sum", "amount", label=_("Amount of new deals")))),
        (pipeline.DEALS, "closed_at", (won,)),
    )  # fmt: skip
    tables = [
        engine.run(Report(registry.get(label), Test(day, "between", days), figures=figures), actor)
        for label, day, figures in asked
        if access.allowed(actor, registry.get(label), "view") and day in access.readable(actor, registry.get(label))
    ]
    if not any(tiles.has_records(table) for table in tables):
        return []
    return [tile for table in tables for tile in tiles.made(table)]
