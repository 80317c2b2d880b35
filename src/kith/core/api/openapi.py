"""The OpenAPI 3.1 document, made for the caller: only entities, fields and operations that it may use appear."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core import access
from kith.core.access import Actor
from kith.core.calendars import possible
from kith.core.entity import Entity, registry
from kith.core.reports.shape import MAX_TOP
from kith.core.views import MAX_SORT

from .callers import api
from .openapi_fields import EITHER, MOMENT, PROBLEM_SCHEMA, TEXT, UUID, WHOLE, schemas_of, values_of
from .problems import as_json
from .reading import MAX_ROWS
from .rows import MATCHED

PROBLEM = {
    "description": "Problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
ERRORS = {str(status): PROBLEM for status in (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 503)}
#: A token as such, or as the password beside its owner's e-mail.
SCHEMES = {name: {"type": "http", "scheme": name} for name in ("bearer", "basic")}
KEY = {"name": "id", "in": "path", "required": True, "schema": UUID}


def optional(name: str, schema: dict[str, Any], description: str = "", place: str = "query") -> dict[str, Any]:
    """A parameter that may be left out."""
    return {"name": name, "in": place, "schema": schema} | ({"description": description} if description else {})


def names_list(name: str, names: Iterable[str], most: int = 200) -> dict[str, Any]:
    """A parameter that holds names of fields, joined by commas."""
    items = {"type": "array", "items": {"enum": [*names]}, "maxItems": most}
    return {"name": name, "in": "query", "style": "form", "explode": False, "schema": items}


CONFIRM = optional("confirm", TEXT, "Codes of warnings to confirm, joined by commas.")
IDEMPOTENCY = optional("Idempotency-Key", {"type": "string", "maxLength": 255}, place="header")
ETAG = {"type": "string", "pattern": f"^({MATCHED})$"}
MATCH = optional("If-Match", ETAG, "ETag of the version that the values were typed over.", "header")
NONE_MATCH = optional("If-None-Match", TEXT, "ETag of the version that the caller has.", "header")
AS_OF = optional("as_of", TEXT, "A day or a moment: the values as they were at its end.")
SEVERAL = {"type": "array", "items": TEXT}
FLAG = {"type": "string", "enum": ["0", "1"]}

#: Addresses that apps add for a kind of record: (actor, entity) -> operations by path.
further: list[Callable[[Actor, Entity], dict[str, Any]]] = []


@api("GET")
def document(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /api/v1/openapi.json"""
    return as_json(build(actor))


def build(actor: Actor) -> dict[str, Any]:
    """The document for one caller."""
    schemas: dict[str, Any] = {"Problem": PROBLEM_SCHEMA, "Change": CHANGE}
    paths: dict[str, Any] = {"/api/v1/changes": {"get": FEED}, "/api/v1/undo/{id}": {"parameters": [KEY], "post": UNDO}, "/api/v1/redo/{id}": {"parameters": [KEY], "post": REDO}, "/api/v1/undo": {"post": TOGETHER}}  # fmt: skip
    for entity in registry:
        if access.opens(actor, entity):
            schemas |= schemas_of(actor, entity)
            paths |= paths_of(actor, entity)
            for more in further:
                paths |= more(actor, entity)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kith", "version": "1", "description": "Every record of Kith, by the rights of the caller."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}],
        "components": {"securitySchemes": SCHEMES, "schemas": schemas},
        "paths": paths,
    }


# --- parts ------------------------------------------------------------------------------------------------------------


def operation(
    summary: str, name: str, answer: Any, *, parameters: list[Any] | None = None, body: Any = None, status: str = "200"
) -> dict[str, Any]:
    """One operation; `body` is a schema, or the name of one."""
    result: dict[str, Any] = {"summary": summary, "operationId": name, "responses": {status: answer} | ERRORS}
    if parameters:
        result["parameters"] = parameters
    if body:
        schema = {"$ref": f"#/components/schemas/{body}"} if isinstance(body, str) else body
        result["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return result


def answered(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An answer of this schema."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def content(reference: str) -> dict[str, Any]:
    """An answer that is one record."""
    return answered("The record", {"$ref": f"#/components/schemas/{reference}"})


def results_of(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer with a list of results."""
    properties = {"results": {"type": "array", "items": items}, **more}
    return answered("Done", {"type": "object", "required": ["results"], "properties": properties})


CHANGE = {
    "type": "object",
    "properties": {
        "cursor": WHOLE, "at": MOMENT, "op": TEXT, "entity": TEXT, "id": UUID, "title": TEXT, "version": WHOLE,
        "before": {"type": "object"}, "after": {"type": "object"}, "changeset": UUID, "by": TEXT, "origin": TEXT,
        "reason": TEXT, "kind": TEXT, "source": {"type": "object"},
    },
}  # fmt: skip
CHANGE_REFERENCE = {"$ref": "#/components/schemas/Change"}
CURSOR = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
FEED = operation(
    "Changes after a cursor, oldest first", "changes", results_of(CHANGE_REFERENCE, after=WHOLE),
    parameters=[
        optional("after", CURSOR), optional("limit", {"type": "integer", "minimum": 1, "maximum": 1000}),
        optional("entity", TEXT, "Only changes of this kind of record, such as “parties.company”."),
    ],
)  # fmt: skip
LEFT = {"type": "array", "items": {"type": "object", "properties": {"entity": TEXT, "title": TEXT, "reason": TEXT}}}
UNDO = operation(
    "Undo a change-set", "undo",
    answered("What was restored, and what was not", {"type": "object", "properties": {"restored": WHOLE, "changeset": {"type": ["string", "null"], "format": "uuid"}, "kept": LEFT, "refused": LEFT}}),
    parameters=[optional("preview", FLAG, "1: only say what would happen.")],
)  # fmt: skip
REDO = {**UNDO, "summary": "Do a change-set again that was undone", "operationId": "redo"}
SETS = {"type": "object", "additionalProperties": False, "required": ["changesets"], "properties": {"changesets": {"type": "array", "minItems": 1, "maxItems": 500, "items": UUID}}}  # fmt: skip
TOGETHER = {**UNDO, "summary": "Undo change-sets together", "operationId": "undo_together", "requestBody": {"required": True, "content": {"application/json": {"schema": SETS}}}}  # fmt: skip
#: A wrong operation is answered in its place among the results, so anything may stand here.
STEP = {
    "description": "op (create, update, delete), id, version, values, confirm; each is answered for itself.",
    "examples": [{"op": "create", "values": {"name": "Arbor"}}, {"op": "delete", "id": "01a20c55-fb95-7d3d-ac67-8b4a387dad17"}],
}  # fmt: skip
STEPS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["operations"],
    "properties": {"operations": {"type": "array", "maxItems": MAX_ROWS, "items": STEP}},
}
STEP_DONE = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": WHOLE, "id": UUID, "version": WHOLE, "problem": {"$ref": "#/components/schemas/Problem"},
    },
}  # fmt: skip


PROVENANCE = optional("provenance", FLAG, "1: with “provenance”, which tells for each value who or what set it, when and through what, when it was confirmed last, and whether it is stale.")  # fmt: skip
TO_CONFIRM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fields"],
    "properties": {"fields": {"type": "array", "minItems": 1, "items": TEXT}},
}
CONFIRMED = answered("Done", {"type": "object", "properties": {"confirmed": WHOLE, "changeset": {"type": ["string", "null"]}}})  # fmt: skip


# --- the addresses of one kind of record --------------------------------------------------------------------------------


def paths_of(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The addresses of one entity."""
    base, may = f"/api/v1/{entity.slug}", {right for right in ("create", "edit", "delete", "history") if access.allowed(actor, entity, right)}  # fmt: skip
    fields = names_list("fields", (name for name in entity.fields if name in access.readable(actor, entity)))
    paths: dict[str, Any] = {
        base: many(actor, entity, may, fields),
        f"{base}/report": {"get": report_of(entity)},
        **({f"{base}/calendar.ics": {"get": feed_of(actor, entity)}} if possible(entity, actor) else {}),
        f"{base}/{{id}}": {"parameters": [KEY], **one(entity, may, fields)},
    }
    if "history" in may:
        paths[f"{base}/{{id}}"]["get"]["parameters"].append(PROVENANCE)
        history = operation(f"What happened to one {entity.name}", f"history_{entity.slug}", results_of(CHANGE_REFERENCE))  # fmt: skip
        paths[f"{base}/{{id}}/history"] = {"parameters": [KEY], "get": history}
    if "edit" in may:
        confirm = operation(f"Confirm values of one {entity.name}", f"confirm_{entity.slug}", CONFIRMED, body=TO_CONFIRM)  # fmt: skip
        paths[f"{base}/{{id}}/confirm"] = {"parameters": [KEY], "post": confirm}
    if "delete" in may:
        restore = operation(f"Bring one {entity.name} back from the trash", f"restore_{entity.slug}", content(entity.model.__name__), parameters=[fields])  # fmt: skip
        paths[f"{base}/{{id}}/restore"] = {"parameters": [KEY], "post": restore}
    if may & {"create", "edit", "delete"}:
        parameters = [IDEMPOTENCY]
        paths[f"{base}/bulk"] = {"post": operation(f"Many operations on {entity.plural}", f"bulk_{entity.slug}", results_of(STEP_DONE), parameters=parameters, body=STEPS)}  # fmt: skip
    if may >= {"create", "edit"}:
        paths[f"{base}/by-external-id/{{external_id}}"] = {"put": upsert(entity, fields)}
    return paths | acts(actor, entity, fields)


def many(actor: Actor, entity: Entity, may: set[str], fields: dict[str, Any]) -> dict[str, Any]:
    """List and create."""
    name, slug = entity.model.__name__, entity.slug
    sortable = [key for key, spec in entity.fields.items() if spec.sortable and key in access.readable(actor, entity)]
    query = [
        optional("view", UUID, "A saved view, whose conditions and order hold unless others are given."),
        optional("f", SEVERAL, "A condition, field:operator:value; all must hold."),
        optional("filter", TEXT, "A tree of conditions as JSON."),
        names_list("sort", (sign + key for key in sortable for sign in ("", "-")), MAX_SORT),
        fields,
        *(optional(key, TEXT) for key in ("q", "after")),
        optional("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
        optional("count", FLAG, "0: without the count."),
        *([AS_OF] if "history" in may else []),
    ]
    page = results_of({"$ref": f"#/components/schemas/{name}"}, next=EITHER, count=WHOLE, count_is_exact={"type": "boolean"})  # fmt: skip
    result = {"get": operation(f"List {entity.plural}", f"list_{slug}", page, parameters=query)}
    if "create" in may:
        result["post"] = operation(
            f"Create a {entity.name}", f"create_{slug}", content(name), parameters=[CONFIRM, IDEMPOTENCY, fields], body=f"{name}Values", status="201",
        )  # fmt: skip
    return result


def one(entity: Entity, may: set[str], fields: dict[str, Any]) -> dict[str, Any]:
    """Read, change, delete."""
    name, slug = entity.model.__name__, entity.slug
    read = operation(f"Read one {entity.name}", f"read_{slug}", content(name), parameters=[fields, NONE_MATCH, *([AS_OF] if "history" in may else [])])  # fmt: skip
    read["responses"] = read["responses"] | {"304": {"description": "The caller has this version"}}
    result = {"get": read}
    if "edit" in may:
        result["patch"] = operation(
            f"Change a {entity.name}", f"change_{slug}", content(name), parameters=[CONFIRM, MATCH, fields], body=f"{name}Changes",
        )  # fmt: skip
    if "delete" in may:
        result["delete"] = operation(
            f"Move a {entity.name} to the trash", f"delete_{slug}", {"description": "Done"}, status="204"
        )
    return result


def upsert(entity: Entity, fields: dict[str, Any]) -> dict[str, Any]:
    """Create, or change what has the external id."""
    name = entity.model.__name__
    key = {"name": "external_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}  # fmt: skip
    put = operation(
        f"Create the {entity.name} with this external id, or change it", f"put_{entity.slug}", content(name), parameters=[key, CONFIRM, MATCH, fields],
        body={"anyOf": [{"$ref": f"#/components/schemas/{name}{part}"} for part in ("Values", "Changes")]},
    )  # fmt: skip
    put["responses"] = put["responses"] | {"201": content(name)}
    return put


def acts(actor: Actor, entity: Entity, fields: dict[str, Any]) -> dict[str, Any]:
    """The actions on one record."""
    paths: dict[str, Any] = {}
    for action in entity.actions:
        if not access.allowed(actor, entity, action.right or action.name):
            continue
        post = operation(str(action.label), f"{action.name}_{entity.slug}", content(entity.model.__name__), parameters=[fields])  # fmt: skip
        post["responses"] = post["responses"] | {"204": {"description": "Done; the caller sees the record no longer"}}
        required = [spec.name for spec in action.fields if spec.required]
        post["requestBody"] = {
            "required": bool(required),
            "content": {"application/json": {"schema": values_of(list(action.fields)) | {"required": required}}},
        }
        paths[f"/api/v1/{entity.slug}/{{id}}/actions/{action.name}"] = {"parameters": [KEY], "post": post}
    return paths


def feed_of(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The calendar of one entity."""
    dates = {"enum": [spec.name for spec in possible(entity, actor)]}
    query = [
        optional("view", UUID, "A saved view."), optional("by", dates, "The date they stand at."),
        optional("f", SEVERAL), *(optional(name, TEXT) for name in ("filter", "q")),
    ]  # fmt: skip
    answer = {"description": "iCalendar", "content": {"text/calendar": {"schema": TEXT}}}
    return operation(f"Calendar of {entity.plural}", f"calendar_{entity.slug}", answer, parameters=query)


def report_of(entity: Entity) -> dict[str, Any]:
    """The grouped table of one entity."""
    query = [optional(name, SEVERAL) for name in ("f", "rows", "m", "having")]
    query += [optional(name, TEXT) for name in ("filter", "q", "columns", "order", "on")]
    query += [
        optional("top", {"type": "integer", "minimum": 0, "maximum": MAX_TOP}, "The largest groups only; 0: all."),
        *(optional(name, FLAG) for name in ("every", "apart")), AS_OF,
    ]  # fmt: skip
    answer = answered("Groups and figures", {"type": "object"})
    return operation(f"Count and sum {entity.plural}", f"report_{entity.slug}", answer, parameters=query)
