"""Reports over the API: the same question as the report page, each figure with the address of its records."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core import ledger, past, rates
from kith.core.access import Actor
from kith.core.api import reading as requests
from kith.core.api.callers import api
from kith.core.api.problems import as_json
from kith.core.api.views import entity_of
from kith.core.reports import engine, reading, words
from kith.core.reports.table import Key, Line, Table
from kith.core.views import REPORT, from_address

PARAMETERS = ("f", "filter", "q", "rows", "columns", "m", "having", "top", "every", "order", "apart", "on", past.NAME)


@api("GET")
def report(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """GET /api/v1/<slug>/report?rows=status&columns=created_at:quarter&m=count&m=sum:amount"""
    entity = entity_of(slug, actor)
    requests.parameters(request, *PARAMETERS)
    for switch in ("every", "apart"):
        requests.integer(request, switch, 0, 0, 1)
    with past.at(past.asked(request.GET)):
        look = from_address(entity, actor, request.GET, shape=REPORT, everything=True)
        table = engine.run(reading.of_look(look), actor)
        ledger.log(actor, "list", entity=entity.label, count=len(table.leaves), query=look.query(), how="report")
        return as_json(as_data(table))


def as_data(table: Table) -> dict[str, Any]:
    """A table as JSON; numbers are exact decimals in texts, counts whole numbers."""
    rows = len(table.report.rows)
    return {
        "rows": [field_of(dim) for dim in table.dims[:rows]],
        "columns": [{**field_of(dim), "groups": [group_of(head) for head in table.heads]} for dim in table.dims[rows:]],
        "measures": [
            {"label": column.label, "kind": column.kind, "currency": column.currency or None}
            for column in table.columns
        ],
        "lines": [line_of(table, line) for line in table.lines],
        "total": line_of(table, table.total),
        "largest_only": table.cut or None,
        "converted_to": rates.base() if table.is_converted else None,
        "without_rate": [{"currency": code, "day": day.isoformat() if day else None} for code, day in table.lacking],
    }


def field_of(dim: Any) -> dict[str, Any]:
    """A dimension."""
    return {"field": str(dim.asked), "label": dim.label}


def group_of(key: Key) -> dict[str, Any]:
    """A group; its value is null for records without one."""
    value = key.value if isinstance(key.value, bool | int | None) else str(key.value)
    return {"value": value, "label": key.label} | ({"level": key.level} if key.dim.tree is not None else {})


def line_of(table: Table, line: Line) -> dict[str, Any]:
    """A line with the figures of each column group, then those of all together."""
    heads: list[Key | None] = [*table.heads, None]
    return {
        "groups": [group_of(key) for key in line.keys],
        "cells": [[figure_of(table, line, head, at) for at in range(len(table.columns))] for head in heads],
    }


def figure_of(table: Table, line: Line, head: Key | None, at: int) -> dict[str, Any]:
    """A figure and its records."""
    value = words.rounded(table.value(line, head, at), table.columns[at])
    shown = value if isinstance(value, int | None) else str(value)
    return {
        "value": shown,
        "records": f"/api/v1/{table.report.entity.slug}?{table.query(line, head, at, explicit=True)}",
    }
