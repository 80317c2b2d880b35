"""POST /api/v1/leads/intake: another program hands a lead over, with the data of the person as it has them (R9, R10)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kith.core import access, cleaning, owning
from kith.core.access import Actor
from kith.core.api import reading, rows
from kith.core.api.callers import api
from kith.core.api.idempotency import once
from kith.core.api.openapi import ERRORS, IDEMPOTENCY
from kith.core.api.openapi_fields import as_given
from kith.core.api.problems import BadRequest, as_json
from kith.core.entity import Entity, registry
from kith.core.errors import Refused

from . import intake

#: What a request may say of the lead itself, by the name in the request.
OWN = {
    "subject": "name",
    **{
        name: name
        for name in ("text", "source", "campaign", "interest", "amount", "tags", "owner", "territory", "channel")
    },
}


@api("POST")
def take(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One lead; repeated with the same Idempotency-Key it is made once."""
    access.require(actor, registry.get("sales.lead"), "create")
    reading.parameters(request, "fields")
    return once(request, actor, lambda: create(request, actor))


def create(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Read the body and make the lead."""
    entity = registry.get("sales.lead")
    names, data = rows.chosen(request, actor, entity), reading.record(reading.body(request))
    if unknown := [name for name in data if name not in OWN and name not in intake.WHO]:
        valid = ", ".join(sorted({*OWN, *intake.WHO}))
        raise BadRequest(
            _("Unknown field “%(name)s”; there are: %(valid)s.") % {"name": unknown[0][:60], "valid": valid}
        )
    who = {name: data[name] for name in intake.WHO if data.get(name) not in (None, "")}
    values, errors = cleaning.clean(actor, entity, {OWN[name]: value for name, value in data.items() if name in OWN})
    if errors:
        raise Refused(
            {next((name for name, own in OWN.items() if own == field), field): lines for field, lines in errors.items()}
        )
    key = request.headers.get("Idempotency-Key", "")[:64]
    lead = intake.take(actor, who, defaults(actor) | values, intake.Request(key=key, data=data))
    fresh = access.fetch(entity, access.SYSTEM, lead.pk)
    return as_json(
        rows.as_data(entity, fresh, names),
        201,
        ETag=rows.etag(fresh),
        Location=f"/api/v1/leads/{lead.pk}",
    )


def defaults(actor: Actor) -> dict[str, Any]:
    """Whose lead it is unless the request says so: nobody's where the caller may give leads to others, else the caller's (R52)."""
    may_give = owning.may_assign(actor, registry.get("sales.lead"))
    return {"channel": "api", "owner": None if may_give else actor.id}


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The operation in the OpenAPI document, for callers that may create leads."""
    if entity.label != "sales.lead" or not access.allowed(actor, registry.get("sales.lead"), "create"):
        return {}
    text = {"type": ["string", "null"]}
    known = registry.get("sales.lead").fields
    properties = dict.fromkeys(intake.WHO, text) | {name: as_given(known[own]) for name, own in OWN.items()}
    lead = {
        "description": "The lead",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lead"}}},
    }
    operation = {
        "summary": "Hand over a lead with the data of the person or company", "operationId": "take_lead", "parameters": [IDEMPOTENCY],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": False, "properties": properties}}}},
        "responses": {"201": lead, **ERRORS},
    }  # fmt: skip
    return {"/api/v1/leads/intake": {"post": operation}}
