"""GET and POST /api/v1/notes/<id>/reactions: what people say about a note, and saying it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kith.core import access
from kith.core.access import Actor
from kith.core.api import openapi, reading
from kith.core.api.callers import api
from kith.core.api.problems import as_json
from kith.core.entity import Entity, registry

from . import reacting


@api("GET", "POST")
def reactions(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Reactions to a note; POST {"kind": "like", "on": true} adds one's own or takes it back."""
    access.fetch(registry.get(reacting.NOTE), actor, key)  # first: what is hidden is missing
    reading.parameters(request)
    if request.method == "POST":
        data = reading.record(reading.body(request))
        reacting.react(actor, key, reading.text(data, "kind"), on=reading.flag(data, "on") if "on" in data else True)
    found = reacting.said(actor, [key])[key]
    return as_json(
        {"results": [{"kind": one.kind.name, "people": list(one.people), "mine": one.mine} for one in found]}
    )


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The address in the OpenAPI document."""
    if entity.label != reacting.NOTE:
        return {}
    text = {"type": "string"}
    kind = {"type": "string", "enum": list(reacting.KINDS)}
    one = {"type": "object", "properties": {"kind": kind, "people": {"type": "array", "items": text}, "mine": {"type": "boolean"}}}  # fmt: skip
    page = {"type": "object", "properties": {"results": {"type": "array", "items": one}}}
    answer = {"description": "Reactions by kind", "content": {"application/json": {"schema": page}}}
    asked = {"type": "object", "required": ["kind"], "properties": {"kind": kind, "on": {"type": "boolean"}}}
    read = openapi.operation("Reactions to one note", "reactions_notes", answer)
    write = openapi.operation("React to one note, or take it back", "react_notes", answer)
    write["requestBody"] = {"required": True, "content": {"application/json": {"schema": asked}}}
    return {"/api/v1/notes/{id}/reactions": {"parameters": [openapi.KEY], "get": read, "post": write}}
