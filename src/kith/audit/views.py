"""The pages of the log: list, detail beside it, export."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import ledger
from kith.core.access import has_system_right, require_system_right
from kith.core.chain.verdict import verdict
from kith.core.entity import registry
from kith.core.exchange.formats.columns import Column
from kith.core.exchange.formats.csv_out import csv_chunks
from kith.core.ledger import AuditEvent
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import is_htmx, target_of

from . import anomalies, detail, stream, telling


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The log, or only its lines for htmx."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    query = stream.read(request.GET)
    found = list(stream.rows(query)[: stream.PAGE + 1])
    shown = stream.lines(actor, found[: stream.PAGE])
    context: dict[str, Any] = {
        "query": query,
        "lines": shown,
        "next": shown[-1].place if len(found) > stream.PAGE else "",
        "tabs": stream.TABS,
    }
    if is_htmx(request) and target_of(request) == "audit-more":
        return render(request, "audit/lines.html", context)
    if is_htmx(request) and target_of(request) == "audit-list":
        return render(request, "audit/list.html", context)
    return render(request, "audit/index.html", context | choices(actor, query) | {"chain": verdict()})


def choices(actor: Any, query: stream.Query) -> dict[str, Any]:
    """What the filters offer."""
    kinds = [(kind.value, capfirst(str(kind.label))) for kind in AuditEvent.Kind]
    entities = sorted(((entity.label, capfirst(str(entity.plural))) for entity in registry), key=lambda pair: pair[1])
    who = (
        [(str(row.pk), str(row)) for row in registry.get("access.user").rows(actor).filter(pk=query.who)]
        if query.who
        else []
    )
    return {"kinds": kinds, "entities": entities, "origins": stream.origins(), "chosen": who}


@guarded
@require_safe
def show(request: HttpRequest, key: int) -> HttpResponse:
    """One line in full, beside the list or as a page of its own."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    template = {"drawer": "audit/peek.html", "audit-side": "audit/detail.html"}.get(
        target_of(request), "audit/entry.html"
    )
    return render(request, template, {"detail": detail.of(actor, key)})


@guarded
@require_safe
def conspicuous(request: HttpRequest) -> HttpResponse:
    """The anomalies of some days, all or of one kind."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    days = next((one for one in anomalies.PERIODS if str(one) == request.GET.get("days")), 7)
    rule = next((one.name for one in anomalies.RULES if one.name == request.GET.get("rule")), "")
    most = anomalies.MOST if rule else anomalies.EACH
    shown, are_more = anomalies.cut(
        [one for one in anomalies.find(days, each=most) if rule in ("", one.rule.name)], most
    )
    context = {
        "found": shown, "are_more": are_more, "most": most, "days": days, "rule": rule, "rules": anomalies.RULES,
        "periods": anomalies.PERIODS, "tabs": stream.TABS, "may_set": has_system_right(actor, "settings"), "amount": telling.amount,
    }  # fmt: skip
    return render(request, "audit/anomalies.html", context)


@guarded
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The lines of the query as CSV; the export itself is a line of the log."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    query = stream.read(request.GET)
    ledger.log(actor, "export", entity="core.auditevent", title=_("Log"), format="csv", query=query.address())
    chunks = csv_chunks(columns(), table(actor, query), bom=True, zone=timezone.get_current_timezone())
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="log-{timezone.localdate():%Y-%m-%d}.csv"'
    return response  # type: ignore[return-value]


def columns() -> list[Column]:
    """Columns of the file."""
    titles = {
        "at": _("Time"), "who": _("Who"), "action": _("Action"), "kind": _("Kind of record"), "record": _("Record"), "records": _("Records"), "through": _("Through"),
        "address": _("Address"), "browser": _("Browser"), "request": _("Request"), "details": _("Details"),
    }  # fmt: skip
    return [Column(name, title) for name, title in titles.items()]


def table(actor: Any, query: stream.Query) -> Iterator[list[Any]]:
    """Rows of the file."""
    # Words are taken at once: the file is written when the reader's language is no longer set.
    return rows(
        actor,
        query,
        {kind.value: str(kind.label) for kind in AuditEvent.Kind},
        {entity.label: str(entity.name) for entity in registry},
    )


def rows(actor: Any, query: stream.Query, kinds: dict[str, str], entities: dict[str, str]) -> Iterator[list[Any]]:
    """One row for each line."""
    for line in stream.every(actor, query):
        event = line.event
        yield [
            event.at, event.actor_name, kinds.get(event.kind, event.kind), entities.get(event.entity, event.entity), line.title, event.count,
            event.origin, event.ip, event.agent, event.request_id, ", ".join(f"{name}: {value}" for name, value in event.detail.items()),
        ]  # fmt: skip
