"""The OpenAPI 3.1 document, made for the caller: only entities and fields it may read or write appear."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.specs import FieldSpec

from .callers import api
from .problems import as_json

PROBLEM = {
    "description": "Problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
ERRORS = {str(status): PROBLEM for status in (400, 401, 403, 404, 409, 412, 413, 415, 422)}
KEY = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
CONFIRM = {
    "name": "confirm",
    "in": "query",
    "schema": {"type": "string"},
    "description": "Codes of warnings to confirm, joined by commas.",
}
IDEMPOTENCY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "ETag of the version that the values were typed over.",
}


#: Addresses that apps add for a kind of record: (actor, entity) -> operations by path.
further: list[Callable[[Actor, Entity], dict[str, Any]]] = []


@api("GET")
def document(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /api/v1/openapi.json"""
    return as_json(build(actor))


def build(actor: Actor) -> dict[str, Any]:
    """The document for one caller."""
    entities = [entity for entity in registry if access.opens(actor, entity)]
    schemas: dict[str, Any] = {"Problem": problem_schema()}
    paths: dict[str, Any] = {}
    for entity in entities:
        name = entity.model.__name__
        schemas[name] = schema(actor, entity, writing=False)
        schemas[f"{name}Values"] = schema(actor, entity, writing=True)
        paths |= paths_of(actor, entity)
        for more in further:
            paths |= more(actor, entity)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kith", "version": "1", "description": "Every record of Kith, by the rights of the caller."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}, "schemas": schemas},
        "paths": paths,
    }


def problem_schema() -> dict[str, Any]:
    """The schema of errors."""
    text, number = {"type": "string"}, {"type": "integer"}
    return {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": text,
            "title": text,
            "status": number,
            "detail": text,
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    }


def schema(actor: Actor, entity: Entity, *, writing: bool) -> dict[str, Any]:
    """The schema of a record as read, or of the values that may be written."""
    names = access.givable(actor, entity) if writing else access.readable(actor, entity)
    properties = {name: of_field(spec) for name, spec in entity.fields.items() if name in names}
    if writing:
        return {"type": "object", "additionalProperties": False, "properties": properties}
    fixed = {"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer"}, "title": {"type": "string"}}
    return {"type": "object", "required": list(fixed), "properties": fixed | properties}


def of_field(spec: FieldSpec) -> dict[str, Any]:
    """The schema of one field; every field may be null."""
    facts = dict(spec.type.schema)
    if spec.choices and spec.type.name == "choice":
        facts["enum"] = [key for key, _label in spec.choices]
    if spec.max_length and facts.get("type") == "string" and "format" not in facts:
        facts["maxLength"] = spec.max_length
    if spec.type.name == "number" and not spec.decimals:
        facts = {"type": "integer"}
    described = (
        facts
        | {"title": str(spec.label)}
        | ({"description": str(spec.help)} if spec.help else {})
        | ({"x-target": spec.target} if spec.target else {})
    )
    return {"anyOf": [described, {"type": "null"}]} if facts else described


def operation(
    summary: str, name: str, answer: Any, *, parameters: list[Any] | None = None, body: str = "", status: str = "200"
) -> dict[str, Any]:
    """One operation."""
    result: dict[str, Any] = {"summary": summary, "operationId": name, "responses": {status: answer} | ERRORS}
    if parameters:
        result["parameters"] = parameters
    if body:
        result["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}},
        }
    return result


def content(reference: str) -> dict[str, Any]:
    """An answer that is one record."""
    return {
        "description": "The record",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{reference}"}}},
    }


def paths_of(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The addresses of one entity."""
    name, slug = entity.model.__name__, entity.slug
    page = {
        "type": "object",
        "properties": {
            "results": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}},
            "next": {"type": ["string", "null"]},
            "count": {"type": "integer"},
            "count_is_exact": {"type": "boolean"},
        },
    }
    query: list[dict[str, Any]] = [
        {"name": n, "in": "query", "schema": {"type": "string"}} for n in ("filter", "sort", "fields", "q", "after")
    ]
    query += [
        {"name": "f", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
    ]
    several: dict[str, Any] = {
        "get": operation(
            f"List {entity.plural}",
            f"list_{slug}",
            {"description": "One page", "content": {"application/json": {"schema": page}}},
            parameters=query,
        )
    }
    one: dict[str, Any] = {"get": operation(f"Read one {entity.name}", f"read_{slug}", content(name))}
    if access.allowed(actor, entity, "create"):
        several["post"] = operation(
            f"Create a {entity.name}",
            f"create_{slug}",
            content(name),
            parameters=[CONFIRM, IDEMPOTENCY],
            body=f"{name}Values",
            status="201",
        )
    if access.allowed(actor, entity, "edit"):
        one["patch"] = operation(
            f"Change a {entity.name}",
            f"change_{slug}",
            content(name),
            parameters=[CONFIRM, MATCH],
            body=f"{name}Values",
        )
    if access.allowed(actor, entity, "delete"):
        one["delete"] = operation(
            f"Move a {entity.name} to the trash", f"delete_{slug}", {"description": "Done"}, status="204"
        )
    return {
        f"/api/v1/{slug}": several,
        f"/api/v1/{slug}/report": {"get": report_of(entity)},
        f"/api/v1/{slug}/{{id}}": {"parameters": [KEY], **one},
    }


def report_of(entity: Entity) -> dict[str, Any]:
    """The grouped table of one entity."""
    several = {"type": "array", "items": {"type": "string"}}
    query = [{"name": name, "in": "query", "schema": several} for name in ("f", "rows", "m", "having")]
    query += [
        {"name": name, "in": "query", "schema": {"type": "string"}}
        for name in ("filter", "q", "columns", "order", "on")
    ]
    further: list[dict[str, Any]] = [
        {"name": "top", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
        {"name": "every", "in": "query", "schema": {"type": "string", "enum": ["1"]}},
        {"name": "apart", "in": "query", "schema": {"type": "string", "enum": ["1"]}},
    ]
    query += further
    answer = {"description": "Groups and figures", "content": {"application/json": {"schema": {"type": "object"}}}}
    return operation(f"Count and sum {entity.plural}", f"report_{entity.slug}", answer, parameters=query)
