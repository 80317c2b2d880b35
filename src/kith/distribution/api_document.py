"""The addresses of distribution in the OpenAPI document, by the rights of the caller."""

from typing import Any

from kith.core import access
from kith.core.access import Actor
from kith.core.api.openapi import ERRORS, IDEMPOTENCY, KEY
from kith.core.entity import Entity
from kith.core.owning import is_owned
from kith.processes.rules import is_staged

from . import handover

LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}}
IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}}
ONE_ID = {"type": "string", "format": "uuid"}
CLAIM = {
    "type": "object", "oneOf": [{"required": ["records"]}, {"required": ["next"]}],
    "properties": {"records": IDS, "next": {"type": "integer", "minimum": 1, "maximum": 200}},
}  # fmt: skip
HANDOVER = {
    "type": "object", "required": ["user", "targets"],
    "properties": {
        "user": ONE_ID, "reason": {"type": ["string", "null"]}, "closed": {"type": "boolean"}, "preview": {"type": "boolean"},
        "targets": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^(person|rule|pool):"}},
    },
}  # fmt: skip
TEXT, EITHER, FLAG = {"type": "string"}, {"type": ["string", "null"]}, {"type": "boolean"}
NOTE = {
    "type": "object",
    "properties": {"kind": {"enum": ["ask", "work", "pool"]}, "at": TEXT, "to": EITHER, "text": TEXT},
}
STRETCH = {
    "type": "object",
    "properties": {
        "stage": EITHER, "name": EITHER, "holder": EITHER, "holder_known": FLAG, "from": TEXT, "to": EITHER, "seconds": {"type": "integer"},
        "by": TEXT, "why": TEXT, "notes": {"type": "array", "items": NOTE},
    },
}  # fmt: skip
ROUTE = {
    "type": "object",
    "properties": {
        "now": {"type": "array", "items": TEXT}, "has_holders": FLAG, "results": {"type": "array", "items": STRETCH},
    },
}  # fmt: skip


def call(
    summary: str,
    name: str,
    body: dict[str, Any] | None = None,
    status: str = "200",
    *,
    parameters: list[Any] | None = None,
) -> dict[str, Any]:
    """One operation that answers with an object."""
    answer: dict[str, Any] = {"description": "Done"}
    if status == "200":
        answer["content"] = {"application/json": {"schema": {"type": "object"}}}
    made: dict[str, Any] = {"summary": summary, "operationId": name, "responses": {status: answer} | ERRORS}
    if parameters:
        made["parameters"] = parameters
    if body:
        closed = body | {"additionalProperties": False}
        made["requestBody"] = {"required": "required" in body or "oneOf" in body, "content": {"application/json": {"schema": closed}}}  # fmt: skip
    return made


def paths(actor: Actor, entity: Entity) -> dict[str, Any]:
    """What distribution adds for a kind of record: pools, rules, the hand-over of a user's work, who works on a record."""
    if entity.label == "distribution.pool":
        return of_pools()
    if entity.label == "distribution.assignmentrule":
        days = {"name": "days", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 90}}
        rehearsal = call("Rehearse a rule", "rehearse_rule", parameters=[days])
        return {"/api/v1/assignment-rules/{id}/rehearsal": {"parameters": [KEY], "get": rehearsal}}
    if entity.label == "access.user" and handover.may_hand_over(actor):
        return {"/api/v1/handover": {"post": call("Hand over what one person works on", "hand_over", HANDOVER)}}
    return (of_kind(entity) if is_owned(entity) else {}) | of_staged(actor, entity)


def of_pools() -> dict[str, Any]:
    """The queue of a pool, taking from it and giving out."""
    given = {"type": "object", "required": ["records", "owner"], "properties": {"records": IDS, "owner": ONE_ID}}
    return {
        "/api/v1/pools/{id}/queue": {
            "parameters": [KEY],
            "get": call("What waits in a pool", "pool_queue", parameters=[LIMIT]),
        },
        "/api/v1/pools/{id}/claim": {
            "parameters": [KEY],
            "post": call("Take from a pool", "pool_claim", CLAIM, parameters=[IDEMPOTENCY]),
        },
        "/api/v1/pools/{id}/assign": {"parameters": [KEY], "post": call("Give out of a pool", "pool_assign", given)},
    }


def of_staged(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The route of a record with stages, for those who may read its stage."""
    if not is_staged(entity) or "stage" not in access.readable(actor, entity):
        return {}
    read = call(f"Route of one {entity.name}: each stage with each holder", f"route_{entity.slug}")
    read["responses"]["200"] = {"description": "Stretches, oldest first", "content": {"application/json": {"schema": ROUTE}}}  # fmt: skip
    return {f"/api/v1/{entity.slug}/{{id}}/route": {"parameters": [KEY], "get": read}}


def of_kind(entity: Entity) -> dict[str, Any]:
    """Who works on a record, and who owned it."""
    slug, name = entity.slug, str(entity.name)
    minutes = {"type": "object", "properties": {"minutes": {"type": "integer", "minimum": 1, "maximum": 1440}}}
    reason = {"type": "object", "properties": {"reason": {"type": ["string", "null"]}}}
    return {
        f"/api/v1/{slug}/{{id}}/ownership": {"parameters": [KEY], "get": call(f"Owners of one {name}", f"owners_{slug}")},
        f"/api/v1/{slug}/{{id}}/lease": {
            "parameters": [KEY], "get": call(f"Who works on one {name}", f"work_{slug}"),
            "post": call(f"Begin to work on one {name}", f"begin_{slug}", minutes),
            "delete": call(f"Stop working on one {name}", f"stop_{slug}", reason, "204"),
        },
    }  # fmt: skip
