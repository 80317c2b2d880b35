"""The tables of steering as Excel workbooks, for those who may export what they are made of."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kith.core import access, ledger
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.errors import Missing
from kith.core.exchange.exporting import TYPES
from kith.core.reports import exporting
from kith.core.ui.base import guarded

from ..steering import flow, forecast, funnel, pipeline, tables, team
from ..steering.tables import Sheet
from . import funnel_page, steering
from .steering import DEALS


def forecast_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The forecast."""
    lines = list(steering.flat(forecast.tree(actor, steering.period_of(request))))
    return tables.of_forecast(
        lines, steering.names(actor, [line.person for line, _depth in lines]), steering.category_labels()
    )


def flow_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The deals flow."""
    question, _since, _until = steering.flow_question(request, actor, steering.period_of(request))
    return tables.of_flow(flow.flow(question))


def funnel_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The funnel."""
    asked, _offered = funnel_page.asked_of(request)
    return tables.of_funnel(funnel.funnel(asked.cohort), asked.label, has_amount=asked.label == DEALS)


def targets_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The targets."""
    return tables.of_targets(steering.target_lines(actor, steering.period_of(request)))


def team_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The team."""
    members = team.board(actor)
    return tables.of_team(members, steering.names(actor, [member.id for member in members]), actor)


def pipeline_sheet(request: HttpRequest, actor: Actor) -> Sheet:
    """The pipeline report."""
    found = pipeline.lines(actor, steering.period_of(request))
    return tables.of_pipeline(found, steering.names(actor, found), actor)


SHEETS: dict[str, Callable[[HttpRequest, Actor], Sheet]] = {
    "forecast": forecast_sheet, "flow": flow_sheet, "funnel": funnel_sheet, "targets": targets_sheet, "team": team_sheet, "pipeline": pipeline_sheet,
}  # fmt: skip


@require_safe
@guarded
@steering.within_time
def export(request: HttpRequest, tab: str) -> HttpResponse:
    """The table of a tab as a workbook."""
    actor = steering.reader(request, *(("created_at",) if tab == "pipeline" else ()))
    if tab not in SHEETS:
        raise Missing(tab)
    access.require(actor, registry.get(DEALS), "export")
    sheet = SHEETS[tab](request, actor)
    tables.require_export(actor, sheet.made_of)
    ledger.log(
        actor, "export", entity=DEALS, count=len(sheet.rows), format="xlsx", query=f"{tab}?{request.GET.urlencode()}"
    )
    chunks = list(exporting.chunks("xlsx", sheet.columns, iter(sheet.rows), sheet.title))
    response = StreamingHttpResponse(chunks, content_type=TYPES["xlsx"])
    response.headers["Content-Disposition"] = f'attachment; filename="{tab}-{timezone.localdate().isoformat()}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
