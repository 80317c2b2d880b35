"""Access as it was over the API: GET /api/v1/<slug>/<id>/access?from=2026-09-30&to=2026-10-31."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kith.core import access, asof, ledger
from kith.core.access import Actor
from kith.core.api import past as past_api
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.openapi import KEY, answered, operation
from kith.core.api.openapi_fields import MOMENT, TEXT
from kith.core.api.openapi_fields import UUID as UUID_SCHEMA
from kith.core.api.openapi_past import FROM, TO
from kith.core.api.problems import as_json
from kith.core.api.views import entity_of
from kith.core.entity import Entity
from kith.core.reports.budget import limited

from . import reached_then, whatif
from .reached_then import OPERATIONS, Cause, Person
from .ui import then as page


@api("GET")
def access_then(request: HttpRequest, actor: Actor, slug: str, key: UUID) -> HttpResponse:
    """Who could do what with a record at a moment, by which ways, and who gained or lost it until another."""
    entity = entity_of(slug, actor)
    record = asof.of_today(entity, actor, key)  # first: what is hidden is missing
    whatif.require(actor)
    reading.parameters(request, *past_api.MOMENTS)
    since, until = past_api.moments(request)
    with limited(reached_then.SECONDS):
        reach = reached_then.compare(entity, record.pk, since, until)
    ledger.log(
        actor, "view", entity=entity.label, record_id=record.pk, title=str(record), how="access", as_of=since.text
    )
    names = page.names_of(actor, [person.id for person in reach.people])
    people = [person_of(actor, person, names) for person in page.ordered(reach.people, names)]
    return as_json(
        past_api.between(since, until) | {"id": str(record.pk), "people": people, "complete": not reach.is_cut}
    )


def person_of(actor: Actor, person: Person, names: dict[UUID, str]) -> dict[str, Any]:
    """One user."""
    return {
        "user": {"id": str(person.id), "name": names.get(person.id)},
        "from": [name for name in OPERATIONS if name in person.before],
        "to": [name for name in OPERATIONS if name in person.after],
        "ways": [{"operation": way.operation, "path": [str(step) for step in way.path], "text": str(way.text)} for way in person.ways],
        "causes": [{"operation": name} | cause_of(actor, cause) for name, cause in sorted(person.causes.items())],
    }  # fmt: skip


def cause_of(actor: Actor, cause: Cause) -> dict[str, Any]:
    """What made a difference."""
    by = cause.by
    return {
        "at": past_api.written(cause.at), "change_set": str(by.pk) if by else None, "by": by.actor_name if by else None,
        "reason": by.reason if by else None, "did": page.told(actor, cause),
    }  # fmt: skip


LIST = {"type": "array", "items": TEXT}
OPTIONAL = {"type": ["string", "null"]}
WAY = {"type": "object", "properties": {"operation": TEXT, "path": LIST, "text": TEXT}}
CAUSE = {"type": "object", "properties": {"operation": TEXT, "at": MOMENT, "change_set": OPTIONAL, "by": OPTIONAL, "reason": OPTIONAL, "did": LIST}}  # fmt: skip
USER = {"type": "object", "properties": {"id": UUID_SCHEMA, "name": OPTIONAL}}
PERSON = {"type": "object", "properties": {"user": USER, "from": LIST, "to": LIST, "ways": {"type": "array", "items": WAY}, "causes": {"type": "array", "items": CAUSE}}}  # fmt: skip
BODY = {"type": "object", "properties": {"from": MOMENT, "to": MOMENT, "id": UUID_SCHEMA, "people": {"type": "array", "items": PERSON}, "complete": {"type": "boolean"}}}  # fmt: skip


def paths(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The address in the document, for whoever may see rights and the history of the records."""
    if not whatif.may_ask(actor) or not access.allowed(actor, entity, "history"):
        return {}
    words = f"Who could do what with one {entity.name} at a moment, and who gained or lost it until another"
    return {
        f"/api/v1/{entity.slug}/{{id}}/access": {
            "parameters": [KEY],
            "get": operation(
                words, f"access_{entity.slug}", answered("Access at both moments", BODY), parameters=[FROM, TO]
            ),
        }
    }
