"""Possible duplicates over the API: the queue, the decision about a pair, those of one record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.openapi import ERRORS, KEY
from kith.core.api.problems import BadRequest, as_json
from kith.core.api.views import entity_of
from kith.core.entity import Entity
from kith.core.errors import BadValue, Missing
from kith.core.types.picks import as_uuid

from . import double_queue, duplicates
from .doubles import LABELS
from .duplicates import in_reasons
from .entities.duplicate_pair import DuplicatePair

State = DuplicatePair.State


def kind_of(slug: str, actor: Actor) -> Entity:
    """People or companies; missing for other kinds."""
    entity = entity_of(slug, actor)
    if entity.label not in LABELS.values():
        raise Missing(slug)
    return entity


@api("GET")
def queue(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Pairs that may be the same, the likeliest first."""
    entity = kind_of(slug, actor)
    reading.parameters(request, "state", "after", "limit")
    state = request.GET.get("state", State.OPEN)
    if state not in State.values:
        raise BadRequest(_("Unknown state; there are: %(valid)s.") % {"valid": ", ".join(State.values)})
    size = reading.integer(request, "limit", 50, 1, 200)
    page = double_queue.page(actor, entity, state, request.GET.get("after", ""), size)
    results = [
        {
            "records": [str(line.one.pk), str(line.other.pk)], "names": [str(line.one), str(line.other)],
            "score": line.score, "reasons": [str(why) for why in line.why], "state": line.pair.state,
        }
        for line in page.lines
    ]  # fmt: skip
    return as_json(
        {
            "results": results,
            "after": page.after,
            "count": page.count,
            "count_is_exact": page.is_exact,
            "hidden": page.hidden,
        }
    )


@api("POST")
def decide(request: HttpRequest, actor: Actor, slug: str) -> HttpResponse:
    """Two records are different, or may be the same after all."""
    entity = kind_of(slug, actor)
    reading.parameters(request)
    data = reading.record(reading.body(request))
    records = data.get("records")
    if set(data) != {"records", "state"} or not isinstance(records, list) or len(records) != 2:
        raise BadRequest(_("Expected “records”, a list of two ids, and “state”: open or different."))
    try:
        one, other = (as_uuid(key) for key in records)
    except BadValue as error:
        raise BadRequest(_("“%(name)s” must be a list of ids.") % {"name": "records"}, "/records") from error
    double_queue.decide(actor, entity, one, other, reading.text(data, "state"))
    return HttpResponse(status=204)


@api("GET")
def of_one(request: HttpRequest, actor: Actor, slug: str, key: Any) -> HttpResponse:
    """Who one record might be, too."""
    entity = kind_of(slug, actor)
    record = access.fetch(entity, actor, key)
    reading.parameters(request)
    found = duplicates.find(entity, actor, {}, record=record)
    other = double_queue.different_from(record.pk, [match.record.pk for match in found.matches])
    results = [
        {
            "record": str(match.record.pk), "name": str(match.record), "score": match.score,
            "reasons": [str(why) for why in in_reasons(match.reasons, match.signs)],
        }
        for match in found.matches if match.record.pk not in other
    ]  # fmt: skip
    return as_json({"results": results, "hidden": found.hidden})


# --- the document ------------------------------------------------------------------------------------------------------

TEXTS = {"type": "array", "items": {"type": "string"}}
IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 2, "maxItems": 2}
WHOLE = {"type": "integer"}
PAIR = {
    "type": "object",
    "properties": {
        "records": IDS, "names": TEXTS, "score": WHOLE, "reasons": TEXTS, "state": {"enum": State.values},
    },
}  # fmt: skip
QUEUE = {
    "type": "object",
    "properties": {
        "results": {"type": "array", "items": PAIR}, "after": {"type": "string"}, "count": WHOLE, "count_is_exact": {"type": "boolean"}, "hidden": WHOLE,
    },
}  # fmt: skip
MATCH = {
    "type": "object",
    "properties": {
        "record": {"type": "string", "format": "uuid"}, "name": {"type": "string"}, "score": WHOLE, "reasons": TEXTS,
    },
}  # fmt: skip
OF_ONE = {"type": "object", "properties": {"results": {"type": "array", "items": MATCH}, "hidden": WHOLE}}
DECISION = {
    "type": "object", "required": ["records", "state"],
    "properties": {"records": IDS, "state": {"enum": ["open", "different"]}},
}  # fmt: skip
PARAMETERS = [
    {"name": "state", "in": "query", "schema": {"enum": State.values}},
    {"name": "after", "in": "query", "schema": {"type": "string"}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
]


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The addresses above, for people and companies."""
    if entity.label not in LABELS.values():
        return {}
    base, name = f"/api/v1/{entity.slug}", entity.label.replace(".", "_")
    found: dict[str, Any] = {
        f"{base}/duplicates": {"get": told("Pairs that may be the same", f"{name}_duplicates", QUEUE) | {"parameters": PARAMETERS}},
        f"{base}/{{id}}/duplicates": {"parameters": [KEY], "get": told("Who a record might be, too", f"{name}_duplicates_of", OF_ONE)},
    }  # fmt: skip
    if double_queue.may_decide(actor, entity):
        body = {"required": True, "content": {"application/json": {"schema": DECISION}}}
        post = {
            "summary": "Say that two records are different, or may be the same after all",
            "operationId": f"{name}_duplicates_decide", "requestBody": body, "responses": {"204": {"description": "Done"}} | ERRORS,
        }  # fmt: skip
        found[f"{base}/duplicates/decide"] = {"post": post}
    return found


def told(summary: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A question and its answer."""
    answer = {"description": "Found", "content": {"application/json": {"schema": schema}}}
    return {"summary": summary, "operationId": name, "responses": {"200": answer} | ERRORS}
