"""The figures of all tiles of a dashboard over the API, each with the rights of the caller; and what the OpenAPI document says of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core import access, ledger
from kith.core.access import Actor
from kith.core.api import reading as requests
from kith.core.api.callers import api
from kith.core.api.problems import as_json
from kith.core.api.reports import as_data
from kith.core.dashboards import answers, bar, opening, tiles
from kith.core.dashboards.answers import Answer
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.ui import filter_words

from .openapi import KEY, answered, further, operation, optional
from .openapi_fields import EITHER, TEXT, UUID, WHOLE


@api("GET")
def data(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    """GET /api/v1/dashboards/<id>/data?period=quarter&who=me"""
    if not access.opens(actor, opening.kind()):
        raise Missing(opening.LABEL)
    dashboard = access.fetch(opening.kind(), actor, key)
    requests.parameters(request, *bar.PARTS)
    chosen = bar.of_address(request.GET, dashboard)
    found = [answers.answer(tile, actor, chosen) for tile in tiles.listed(dashboard)]
    ledger.log(actor, "view", entity=opening.LABEL, record_id=dashboard.pk, title=str(dashboard), how="data")
    return as_json({"id": str(dashboard.pk), "tiles": [told(one) for one in found]})


def told(answer: Answer) -> dict[str, Any]:
    """One tile. What may not be seen has neither a title nor figures."""
    tile = answer.tile
    named = answer.state != answers.HIDDEN
    found: dict[str, Any] = {
        "id": tile.id, "kind": tile.kind, "state": answer.state, "problem": answer.words or None,
        "title": (tile.own_title or (str(answer.view) if answer.view else tile.kind_label)) if named else None,
    }  # fmt: skip
    if answer.state != answers.OK:
        return found
    if answer.figure is not None:
        found["figure"] = figure(answer)
    if answer.table is not None:
        found["table"] = as_data(answer.table)
    if answer.page is not None and answer.look is not None:
        found["list"] = {
            "count": answer.page.count, "count_is_exact": answer.page.exact, "records": address(answer.look),
            "results": [{"id": str(record.pk), "title": str(record)} for record in answer.page.records],
        }  # fmt: skip
    if answer.lanes:
        found["columns"] = [lane(one) for one in answer.lanes]
    if tile.kind == tiles.NOTE:
        found["text"] = tile.text
    return found


def figure(answer: Answer) -> dict[str, Any]:
    """A number with the address of its records."""
    one = answer.figure
    assert one is not None and answer.look is not None
    shown = one.value if isinstance(one.value, int | None) else str(one.value)
    return {
        "value": shown, "currency": one.currency or None, "change": one.change or None, "before": one.before or None,
        "target": f"{one.goal:f}" if one.goal is not None else None, "records": f"/api/v1/{answer.look.entity.slug}?{one.query}",
    }  # fmt: skip


def lane(one: answers.Lane) -> dict[str, Any]:
    """A column of a board."""
    sums = [{"currency": code, "amount": f"{amount:f}"} for code, amount in sorted(one.total.sums.items())]
    return {
        "label": one.column.label,
        "count": one.total.count,
        "count_is_exact": one.total.exact,
        "sums": sums,
        "records": address(one.look),
    }


def address(look: Any) -> str:
    """The rows of a look over the API."""
    return f"/api/v1/{look.entity.slug}?{filter_words.explicit(look)}".replace("view=all&", "")


TILE = {
    "type": "object",
    "properties": {
        "id": TEXT, "kind": {"type": "string", "enum": list(tiles.KINDS)}, "title": EITHER, "problem": EITHER,
        "state": {"type": "string", "enum": [answers.OK, answers.HIDDEN, answers.REFUSED, answers.BUSY]}, "text": TEXT,
        "figure": {"type": "object", "properties": {"value": {}, "currency": EITHER, "change": EITHER, "before": EITHER, "target": EITHER, "records": TEXT}},
        "table": {"type": "object"},
        "list": {"type": "object", "properties": {"count": WHOLE, "count_is_exact": {"type": "boolean"}, "records": TEXT, "results": {"type": "array", "items": {"type": "object"}}}},
        "columns": {"type": "array", "items": {"type": "object", "properties": {"label": TEXT, "count": WHOLE, "sums": {"type": "array", "items": {"type": "object"}}, "records": TEXT}}},
    },
}  # fmt: skip
DATA = {"type": "object", "properties": {"id": UUID, "tiles": {"type": "array", "items": TILE}}}


def paths(_actor: Actor, entity: Entity) -> dict[str, Any]:
    """The address of the figures, beside those of dashboards as records."""
    if entity.label != opening.LABEL:
        return {}
    asked = [
        optional("period", TEXT, "all, week, month, quarter, year, last_7, last_30, last_90, before_month, before_quarter, before_year, or custom with from and to."),
        optional("from", TEXT, "The first day of a custom period."), optional("to", TEXT, "Its last day."),
        optional("who", TEXT, "all, me, my_team, my_reports or the id of a user."), optional("where", TEXT, "The id of a region."),
    ]  # fmt: skip
    get = operation(
        "The figures of all tiles of a dashboard", f"data_{entity.slug}", answered("The tiles", DATA), parameters=asked
    )
    return {f"/api/v1/{entity.slug}/{{id}}/data": {"parameters": [KEY], "get": get}}


further.append(paths)
