"""Which columns a list shows, in which order and width: a dialog that works with keys alone."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from kith.core import access, linked, past
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.ui import list_page, lists
from kith.core.ui.base import page
from kith.core.ui.respond import to_list


@dataclass(frozen=True, slots=True)
class Line:
    """One field in the dialog."""

    name: str
    label: str
    shown: bool
    width: Any
    fixed: bool = False


@require_http_methods(["GET", "POST"])
@page
@past.travels
def choose(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Show the dialog, or go to the list with the columns chosen."""
    look, _saved = list_page.look_of(request, entity, actor)
    if request.method == "GET":
        return render(
            request,
            "kith/list_columns.html",
            {
                "entity": entity,
                "lines": lines(look, actor),
                "groups": groups(look, actor),
                "address": request.get_full_path(),
            },
        )
    names = [name for name in request.POST.getlist("column") if linked.is_readable(actor, entity, name)]
    widths = {
        name: int(raw)
        for name in names
        if (raw := request.POST.get(f"width.{name}", "")).isdecimal() and 30 <= int(raw) <= 2000
    }
    if widths:
        lists.keep_widths(request, entity, look.view_id, widths)
    return to_list(request, f"{look.path}?{look.query(columns=tuple(names or entity.list_columns[:1]))}")


def lines(look: Any, actor: Actor) -> list[Line]:
    """Shown fields in their order, then the others by name."""
    entity = look.entity
    readable = access.readable(actor, entity)
    shown = {name: spec for name in look.columns if (spec := linked.find(entity, name)) is not None}
    rest = sorted((entity.fields[name] for name in readable - set(shown)), key=lambda spec: str(spec.label).casefold())
    return [
        Line(
            spec.name,
            capfirst(str(spec.label)),
            spec.name in shown,
            look.widths.get(spec.name, ""),
            fixed=spec.name == entity.list_columns[0],
        )
        for spec in (*shown.values(), *rest)
    ]


def groups(look: Any, actor: Actor) -> list[tuple[str, list[Line]]]:
    """The fields of linked records that are not shown yet, by link."""
    return [
        (
            capfirst(str(link.label)),
            [
                Line(spec.name, capfirst(str(spec.leaf.label)), False, "")
                for spec in found
                if spec.name not in look.columns
            ],
        )
        for link, found in linked.offered(actor, look.entity)
    ]
