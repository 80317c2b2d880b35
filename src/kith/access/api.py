"""What-if over the API: POST /api/v1/what-if with the changes of rights that are thought of; nothing is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access, writes
from kith.core.access import Actor
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.openapi import ERRORS
from kith.core.api.problems import BadRequest, as_json
from kith.core.entity import Entity, registry
from kith.core.errors import Warned

from . import reaching, whatif

VERBS = ("create", "edit", "delete")
MOST = 50
NAMES = {"entity", "operation", "id", "values"}
ONE = {
    "type": "object",
    "required": ["entity", "operation"],
    "additionalProperties": False,
    "properties": {
        "entity": {"enum": sorted(reaching.NOTES)},
        "operation": {"enum": list(VERBS)},
        "id": {"type": "string", "format": "uuid"},
        "values": {"type": "object"},
    },
}
BODY = {
    "type": "object", "required": ["changes"], "additionalProperties": False,
    "properties": {"changes": {"type": "array", "items": ONE, "minItems": 1, "maxItems": MOST}},
}  # fmt: skip


@api("POST")
def what_if(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who would gain and lose which records, fields and operations."""
    whatif.require(actor)
    data = reading.record(reading.body(request))
    changes = data.get("changes")
    if set(data) != {"changes"} or not isinstance(changes, list) or not 0 < len(changes) <= MOST:
        raise BadRequest(_("Give “changes”: a list of at most %(num)s.") % {"num": MOST}, "/changes")
    steps = [step(at, one) for at, one in enumerate(changes)]

    def change() -> None:
        for entity, verb, key, values in steps:
            perform(actor, entity, verb, key, values)

    return as_json(answer(whatif.compare(actor, change)))


def step(at: int, one: Any) -> tuple[Entity, str, Any, Mapping[str, Any]]:
    """One change of the body."""
    here = f"/changes/{at}"
    if not isinstance(one, dict) or not set(one) <= NAMES or not isinstance(one.get("values", {}), dict):
        raise BadRequest(_("A change has %(names)s.") % {"names": ", ".join(sorted(NAMES))}, here)
    entity = registry.find(one["entity"]) if isinstance(one.get("entity"), str) else None
    if entity is None or not reaching.is_right(entity.label):
        raise BadRequest(_("Not a kind of record that decides about rights; there are: %(valid)s.") % {"valid": ", ".join(reaching.NOTES)}, f"{here}/entity")  # fmt: skip
    if one.get("operation") not in VERBS:
        raise BadRequest(_("Choose one of: %(valid)s.") % {"valid": ", ".join(VERBS)}, f"{here}/operation")
    if (one["operation"] == "create") == ("id" in one):
        raise BadRequest(_("“id” names the record to edit or delete."), f"{here}/id")
    return entity, one["operation"], one.get("id"), one.get("values", {})


def perform(actor: Actor, entity: Entity, verb: str, key: Any, values: Mapping[str, Any]) -> None:
    """Write one change with the rights of whoever asks; of what it warns, nothing has to be confirmed for a look."""
    if verb == "create":
        unwarned(lambda codes: writes.create(actor, entity, values, confirm=codes))
        return
    record = access.fetch(entity, actor, key, verb)
    if verb == "edit":
        unwarned(lambda codes: writes.save(actor, record, values, confirm=codes))
    else:
        writes.delete(actor, entity, [record.pk])


def unwarned(do: Callable[[list[str]], Any]) -> None:
    """Do it, confirming what it warns of."""
    try:
        do([])
    except Warned as warned:
        do([warning.code for warning in warned.warnings])


def answer(outcome: whatif.Outcome) -> dict[str, Any]:
    """The differences as JSON, by person."""
    return {
        "users": outcome.users,
        "compared": outcome.compared,
        "counted_to": whatif.CAP,
        "people": [of_person(person) for person in outcome.people],
    }


def of_person(person: whatif.Person) -> dict[str, Any]:
    """What one user gains and loses."""
    return {
        "user": {"id": str(person.user.pk), "name": person.user.name},
        "alarms": [{"kind": one.kind, "entity": one.entity.label if one.entity else None} for one in person.alarms],
        "records": [
            {
                "entity": item.entity.label, "operation": item.operation, "gains": item.gains, "losses": item.losses,
                "gained": [named(record) for record in item.gained], "lost": [named(record) for record in item.lost],
            }
            for item in person.records
        ],
        "operations": [{"entity": e.label, "operation": operation, "allowed": now} for e, operation, now in person.may],
        "fields": [
            {"entity": item.entity.label, "field": item.field, "before": item.before, "after": item.after}
            for item in person.fields
        ],
    }  # fmt: skip


def named(record: Any) -> dict[str, str]:
    """A record to look at."""
    return {"id": str(record.pk), "title": str(record)}


def paths(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The address in the document, for whoever may ask."""
    if entity.label != "access.role" or not whatif.may_ask(actor):
        return {}
    content = {"application/json": {"schema": {"type": "object"}}}
    post = {
        "summary": "Who would gain and lose what by changes of rights; nothing is saved",
        "operationId": "what_if",
        "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}},
        "responses": {"200": {"description": "Done", "content": content}} | ERRORS,
    }
    return {"/api/v1/what-if": {"post": post}}
