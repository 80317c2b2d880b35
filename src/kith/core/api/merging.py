"""Merging over the API: POST /api/v1/<slug>/merge, and taking apart again by the id of a merged record."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access, undo
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.merging import leading, merge
from kith.core.merging.merged import current
from kith.core.types.picks import as_uuid

from . import reading, rows
from .callers import api
from .idempotency import once
from .openapi import IDEMPOTENCY, KEY, operation
from .openapi_fields import TEXT, WHOLE
from .openapi_fields import UUID as UUID_SCHEMA
from .problems import BadRequest, as_json
from .views import entity_of, lines_of

NAMES = ("records", "survivor", "take", "values", "preview", "reason")


def key_in(raw: Any, pointer: str) -> UUID:
    """An id of a body."""
    try:
        found: UUID = as_uuid(raw)
    except BadValue as error:
        raise BadRequest(error.message, pointer) from error
    return found


@api("POST")
def together(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Merge records of one kind, or with "preview" only say what would become of them."""
    entity = entity_of(slug, actor)
    if not entity.duplicates:
        raise Missing(slug, "merge")
    reading.parameters(request)
    data = reading.record(reading.body(request))
    if unknown := set(data) - set(NAMES):
        words = _("Unknown field “%(name)s”; there are: %(valid)s.")
        raise BadRequest(words % {"name": sorted(unknown)[0], "valid": ", ".join(NAMES)})
    if not isinstance(data.get("records"), list) or not isinstance(data.get("preview", False), bool):
        raise BadRequest(_("Expected “records”, a list of ids; “preview” is true or false."), "/records")
    keys = [key_in(raw, f"/records/{at}") for at, raw in enumerate(data["records"])]
    survivor = None if data.get("survivor") is None else key_in(data["survivor"], "/survivor")
    if data.get("preview"):
        return as_json(previewed(actor, entity, merge.preview(actor, entity, keys, survivor)))
    take = reading.record({} if data.get("take") is None else data["take"], "/take")
    chosen = {name: key_in(raw, f"/take/{name}") for name, raw in take.items()}
    values, reason = (
        reading.record({} if data.get("values") is None else data["values"], "/values"),
        reading.text(data, "reason"),
    )
    return once(
        request,
        actor,
        lambda: done(
            actor,
            entity,
            merge.merge(actor, entity, keys, survivor=survivor, take=chosen, values=values, reason=reason),
        ),
    )


def done(actor: Actor, entity: Entity, made: merge.Merge) -> HttpResponse:
    """The survivor, the change-set by which it can be taken apart, and what moved."""
    names = [name for name in entity.fields if name in access.readable(actor, entity)]
    return as_json(
        {
            "survivor": rows.as_data(entity, made.survivor, names), "changeset": str(made.changeset),
            "moved": seen(actor, made.moved.rows), "joined": seen(actor, made.moved.joined),
        }
    )  # fmt: skip


def previewed(actor: Actor, entity: Entity, found: merge.Preview) -> dict[str, Any]:
    """Who would survive, with which new values, and what would move."""
    readable = access.readable(actor, entity)
    values = {
        name: entity.fields[name].type.dump(value, entity.fields[name])
        for name, value in found.values.items()
        if name in readable
    }
    return {"survivor": str(found.ranked[0].pk), "values": values, "moves": seen(actor, found.moves)}


def seen(actor: Actor, counts: dict[str, int]) -> dict[str, int]:
    """Counts by kinds of record that the caller knows of."""
    return {label: count for label, count in counts.items() if access.opens(actor, registry.get(label))}


@api("POST")
def apart(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """Take the merge apart in which a record disappeared."""
    entity = entity_of(slug, actor)
    reading.parameters(request)
    found = current().filter(record_id=key, entity=entity.label, whole=True).first()
    if found is None:
        access.fetch(entity, actor, key)
        raise Refused(_("This record is not merged into another one; there is nothing to take apart."))
    if leading.led_on(actor, Missing(entity.label, str(key))) is None:
        raise Missing(entity.label, str(key))
    plan = undo.undo(actor, found.changeset_id)
    record = access.fetch(entity, actor, key)
    names = [name for name in entity.fields if name in access.readable(actor, entity)]
    return as_json({"record": rows.as_data(entity, record, names), "restored": plan.restored} | lines_of(plan))


# --- the document ------------------------------------------------------------------------------------------------------

COUNTS = {"type": "object", "additionalProperties": WHOLE}
BODY = {
    "type": "object", "required": ["records"], "additionalProperties": False,
    "properties": {
        "records": {"type": "array", "items": UUID_SCHEMA},
        "survivor": {"type": ["string", "null"], "format": "uuid"},
        "take": {"type": ["object", "null"], "additionalProperties": UUID_SCHEMA, "description": "For a field the record whose value wins."},
        "values": {"type": ["object", "null"], "description": "New values of the survivor."},
        "preview": {"type": "boolean"}, "reason": {"type": ["string", "null"]},
    },
}  # fmt: skip


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """Merging and taking apart, where the caller may."""
    if not merge.may_merge(actor, entity):
        return {}
    base = f"/api/v1/{entity.slug}"
    merged = {
        "type": "object",
        "properties": {"survivor": {}, "changeset": TEXT, "moved": COUNTS, "joined": COUNTS, "values": {}, "moves": COUNTS},
    }  # fmt: skip
    left = {"type": "array", "items": {"type": "object"}}
    parted = {"type": "object", "properties": {"record": {}, "restored": WHOLE, "kept": left, "refused": left}}
    return {
        f"{base}/merge": {
            "post": operation(f"Merge {entity.plural}; afterwards the others answer 404 with merged_into", f"merge_{entity.slug}", answer(merged), parameters=[IDEMPOTENCY], body=BODY)
        },
        f"{base}/{{id}}/unmerge": {
            "parameters": [KEY],
            "post": operation(f"Take the merge apart in which this {entity.name} disappeared", f"unmerge_{entity.slug}", answer(parted)),
        },
    }  # fmt: skip


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON answer."""
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}
