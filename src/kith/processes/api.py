"""GET /api/v1/<slug>/<id>/stages: how long a record was in each stage, oldest first, and who moved it there.

Who it was is told to those who may read the history of the record (R143); to others it is null.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kith.core import access
from kith.core.access import Actor
from kith.core.api import openapi, reading
from kith.core.api.callers import api
from kith.core.api.problems import as_json
from kith.core.entity import Entity, registry
from kith.core.errors import Missing

from . import history, rules
from .book import book
from .entities.stage_stay import StageStay


@api("GET")
def stays(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """The stays of one record, for callers who may read its stage."""
    reading.parameters(request)
    entity = registry.by_slug(slug)
    if entity is None or not rules.is_staged(entity):
        raise Missing(slug)
    record = access.fetch(entity, actor, key)
    if "stage" not in access.readable(actor, entity):
        raise Missing(entity.label, "stage")
    tells = access.may(entity, actor, key, "history")
    return as_json({"results": [as_data(stay, tells=tells) for stay in history.stays(record)]})


def as_data(stay: StageStay, *, tells: bool) -> dict[str, Any]:
    """One stay, with who moved the record there if that is told."""
    stage = book().stage(stay.stage_id)
    return {
        "stage": stage.key if stage else None,
        "stage_id": str(stay.stage_id),
        "name": str(stage) if stage else None,
        "process_id": str(stay.process_id),
        "kind": stay.state,
        "entered_at": stay.entered_at.isoformat(),
        "left_at": stay.left_at.isoformat() if stay.left_at else None,
        "by": str(stay.by_id) if stay.by_id and tells else None,
    }


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The address in the OpenAPI document, for kinds of records with stages."""
    if not rules.is_staged(entity) or "stage" not in access.readable(actor, entity):
        return {}
    text = {"type": "string"}
    either = {"type": ["string", "null"]}
    stay = {
        "type": "object",
        "properties": {
            "stage": either, "stage_id": text, "name": either, "process_id": text, "kind": text, "entered_at": text,
            "left_at": either, "by": either,
        },
    }  # fmt: skip
    page = {"type": "object", "properties": {"results": {"type": "array", "items": stay}}}
    answer = {"description": "Stays, oldest first", "content": {"application/json": {"schema": page}}}
    read = openapi.operation(f"Stages of one {entity.name}", f"stages_{entity.slug}", answer)
    return {f"/api/v1/{entity.slug}/{{id}}/stages": {"parameters": [openapi.KEY], "get": read}}
