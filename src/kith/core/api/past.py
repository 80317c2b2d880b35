"""The past over the API: differences between two moments and why a figure changed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kith.core import access, asof, deltas, differences, ledger, past
from kith.core.access import Actor
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.problems import BadRequest, as_json
from kith.core.api.views import entity_of
from kith.core.differences import ADDED, CHANGED, REMOVED, Differences, Entry, Line
from kith.core.entity import Entity
from kith.core.past import Past
from kith.core.reports import reading as report_reading
from kith.core.reports import why as report_why
from kith.core.reports.budget import limited
from kith.core.views import LIST, REPORT, Look, from_address

MOMENTS = ("from", "to")


def asked(request: HttpRequest, actor: Actor, entity: Entity) -> tuple[Look, Past, Past]:
    """The look and both moments; the second one is now unless it is given."""
    access.require(actor, entity, "history")
    since, until = moments(request)
    params = request.GET.copy()
    for name in MOMENTS:
        params.pop(name, None)
    with past.at(since):
        return from_address(entity, actor, params, shape=LIST, everything=True), since, until


def moments(request: HttpRequest) -> tuple[Past, Past]:
    """Both moments."""
    if not request.GET.get("from"):
        raise BadRequest(_("Say between which moments: from=2026-09-30&to=2026-10-31."))
    since, until = past.of(request.GET["from"]), past.of(request.GET.get("to") or timezone.now().isoformat())
    if since.moment > until.moment:
        raise BadRequest(_("The first day must not be after the second one."))
    return since, until


@api("GET")
def compare(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """GET /api/v1/<slug>/differences?from=2026-09-30&to=2026-10-31&f=…"""
    entity = entity_of(slug, actor)
    reading.parameters(request, "f", "filter", *MOMENTS)
    look, since, until = asked(request, actor, entity)
    with limited(at_once=True):
        found = differences.of_list(look, actor, since, until)
    ledger.log(actor, "list", entity=entity.label, count=sum(found.counts.values()), how="differences")
    return as_json(between(since, until) | {kind: kind_of(found, kind) for kind in (ADDED, REMOVED, CHANGED)} | {"complete": not found.is_cut})  # fmt: skip


@api("GET")
def compare_record(request: HttpRequest, actor: Actor, slug: str, key: str) -> HttpResponse:
    """GET /api/v1/<slug>/<id>/differences?from=2026-09-30&to=2026-10-31"""
    entity = entity_of(slug, actor)
    record = asof.of_today(entity, actor, key)
    reading.parameters(request, *MOMENTS)
    since, until = moments(request)
    lines = differences.of_record(entity, actor, record.pk, since, until)
    ledger.log(actor, "view", entity=entity.label, record_id=record.pk, title=str(record), how="differences")
    return as_json(between(since, until) | {"id": str(record.pk), "changes": [line_of(line) for line in lines]})


@api("GET")
def why(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """GET /api/v1/<slug>/why?measure=sum:amount&from=2026-09-30&to=2026-10-31&part=added"""
    entity = entity_of(slug, actor)
    reading.parameters(request, "f", "filter", "measure", "part", *MOMENTS)
    look, since, until = asked(request, actor, entity)
    figure = deltas.figure_of(look, actor, request.GET.get("measure") or deltas.COUNT, since, until)
    part = request.GET.get("part", "")
    if part and part not in deltas.PARTS:
        raise BadRequest(_("There is no part “%(name)s”; there are: %(valid)s.") % {"name": part[:40], "valid": ", ".join(deltas.PARTS)})  # fmt: skip
    with limited(at_once=True):
        found = deltas.explain(figure)
        opened = list(deltas.rows(figure, part)) if part else []
    ledger.log(actor, "list", entity=entity.label, count=len(opened), how="why")
    body: dict[str, Any] = between(since, until) | {"measure": figure.measure} | explained(found)
    if part:
        body["records"] = [{"id": str(row.id), "before": number(row.before), "after": number(row.after), "effect": number(row.amount)} for row in opened]  # fmt: skip
    return as_json(body)


@api("GET")
def why_report(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """GET /api/v1/<slug>/report/why?rows=stage&measure=sum:amount&from=2026-09-30&to=2026-10-31&within=["…"]&part=added"""
    entity = entity_of(slug, actor)
    reading.parameters(request, "f", "filter", "rows", "columns", "measure", "part", "within", *MOMENTS)
    access.require(actor, entity, "history")
    since, until = moments(request)
    measure, part, group = (
        request.GET.get("measure") or deltas.COUNT,
        request.GET.get("part", ""),
        request.GET.get("within", ""),
    )
    params = request.GET.copy()
    for name in MOMENTS:
        params.pop(name, None)
    params["m"] = measure
    with past.at(since):
        look = from_address(entity, actor, params, shape=REPORT, everything=True)
    with limited(at_once=True):
        found = report_why.explain(report_reading.of_look(look), look, actor, measure, since, until)
        body = between(since, until) | {"measure": measure} | explained(found.total) | {
            "fields": [str(dim.asked) for dim in found.dims],
            "groups": [{"within": line.name, "labels": [key.label for key in line.keys]} | explained(line.explained) for line in found.groups] if found.dims else [],
        }  # fmt: skip
        if part:
            body["records"] = opened(found, group, part)
    ledger.log(actor, "list", entity=entity.label, count=len(body.get("records", ())), how="why")
    return as_json(body)


def opened(found: report_why.Why, group: str, part: str) -> list[dict[str, Any]]:
    """The records of a part of a group or of the total."""
    try:
        return [{"id": str(row.id), "before": number(row.before), "after": number(row.after), "effect": number(row.amount)} for row in report_why.rows(found, group, part)]  # fmt: skip
    except LookupError:
        raise BadRequest(_("There is no such group or part; parts are: %(valid)s.") % {"valid": ", ".join(deltas.PARTS)}) from None  # fmt: skip


def explained(found: deltas.Explained) -> dict[str, Any]:
    """A figure at both moments, and its parts."""
    return {
        "currency": found.currency or None, "converted": found.converted, "without_rate": found.lacking, "before": number(found.before), "after": number(found.after),
        "change": number(found.change), "parts": [{"part": one.key, "count": one.count, "effect": number(one.amount)} for one in found.parts],
    }  # fmt: skip


def between(since: Past, until: Past) -> dict[str, Any]:
    """Both moments."""
    return {"from": written(since.moment), "to": written(until.moment)}


def written(moment: datetime) -> str:
    """A moment as text."""
    return moment.astimezone(timezone.get_current_timezone()).isoformat()


def number(value: Any) -> str:
    """An exact number; places beyond four are written only where they count."""
    text = format(value, "f")
    whole, _dot, places = text.partition(".")
    places = places.rstrip("0")
    return f"{whole}.{places.ljust(4, '0')}" if _dot else whole


def kind_of(found: Differences, kind: str) -> dict[str, Any]:
    """One kind of difference."""
    return {"count": found.counts[kind], "results": [entry_of(entry) for entry in found.entries[kind]]}


def entry_of(entry: Entry) -> dict[str, Any]:
    """One record that differs."""
    return {
        "id": str(entry.record.pk), "title": str(entry.record), "what": str(entry.what), "at": written(entry.at) if entry.at else None,
        "by": entry.by.actor_name if entry.by else None, "reason": entry.by.reason if entry.by else None, "changes": [line_of(line) for line in entry.lines],
    }  # fmt: skip


def line_of(line: Line) -> dict[str, Any]:
    """One field that differs."""
    dump = line.spec.type.dump
    return {
        "field": line.spec.name, "before": None if line.before is None else dump(line.before, line.spec), "after": None if line.after is None else dump(line.after, line.spec),
        "at": written(line.at), "by": line.by.actor_name if line.by else "", "reason": line.by.reason if line.by else "",
    }  # fmt: skip
