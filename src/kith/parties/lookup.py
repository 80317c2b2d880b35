"""Who was it: a mail address or a phone number on a day tells the person, and the employer of that time (N6).

GET /api/v1/parties/resolve?email=…|phone=…&on=2024-05-01
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from kith.core import access
from kith.core.access import Actor
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.openapi import answered, operation, optional
from kith.core.api.problems import BadRequest, as_json
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.types import TYPES

from . import primaries, resolving

#: So many points with one address or number are looked at.
MOST = 200
#: What a contact point has to tell for an answer.
TOLD = frozenset({"party", "kind", "value", "is_primary", "valid_from", "valid_to"})


@dataclass(frozen=True, slots=True)
class Found:
    """A party that was reached there on that day, the point that says so, and for people where they worked."""

    party: Any
    point: Any
    employer: Any = None


def on(actor: Actor, kind: str, value: str, day: dt.date, most: int = MOST) -> list[Found]:
    """Everybody who was reached at an address or number on a day, as far as the actor may know; those for whom it is primary first."""
    entity = registry.get("parties.contactpoint")
    if not access.readable(actor, entity) >= TOLD:
        return []
    rows = entity.rows(actor).filter(kind=kind, party__deleted_at=None)
    points = rows.filter(Q(normalized=value) | Q(value__iexact=value)).select_related("party")
    valid = [
        point
        for point in points.order_by("-is_primary", "-party__updated_at", "pk")[:most]
        if primaries.is_current(point, day)
    ]
    found: dict[Any, Any] = {}
    for point in valid:
        found.setdefault(point.party_id, point)
    domain = value.rpartition("@")[2] if kind == "email" else ""
    jobs = employers(actor, [point.party for point in found.values()], day, domain)
    return [Found(point.party, point, jobs.get(key)) for key, point in found.items()]


def employers(actor: Actor, parties: list[Any], day: dt.date, domain: str) -> dict[Any, Any]:
    """The companies that people worked for on a day, by person, as far as the actor may see them."""
    people = [party.pk for party in parties if party.kind == "person"]
    keys = resolving.employers_on(actor, people, day, domain)
    seen = registry.get("parties.company").rows(actor).in_bulk(set(keys.values()))
    return {person: seen[key] for person, key in keys.items() if key in seen}


# --- API --------------------------------------------------------------------------------------------------------------


@api("GET")
def resolve(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Parties that the caller may see; an employer that may not be seen is left out."""
    if not any(access.opens(actor, registry.get(label)) for label in ("parties.person", "parties.company")):
        raise Missing("parties.party")
    reading.parameters(request, "email", "phone", "on")
    kind, value = asked(request)
    found = on(actor, kind, value, day_of(request))
    seen = seen_of(actor, [one.party for one in found])
    return as_json({"results": [line for one in found if one.party.pk in seen and (line := told(actor, one))]})


def asked(request: HttpRequest) -> tuple[str, str]:
    """What is looked for, in its normal form."""
    given = [(kind, request.GET[kind]) for kind in ("email", "phone") if request.GET.get(kind)]
    if len(given) != 1:
        raise BadRequest(_("Give either “email” or “phone”."))
    kind, text = given[0]
    spec = registry.get("parties.person").declared[kind]
    return kind, str(TYPES[spec.type.name].parse(text, spec))


def day_of(request: HttpRequest) -> dt.date:
    """The day meant; today without one."""
    text = request.GET.get("on", "")
    try:
        day = parse_date(text) if text else timezone.localdate()
    except ValueError:
        day = None
    if day is None:
        raise BadRequest(_("“on” must be a date such as 2024-05-01."))
    return day


def seen_of(actor: Actor, parties: list[Any]) -> set[Any]:
    """Those of some parties that the caller may see, by id."""
    keys = [party.pk for party in parties]
    faces = (registry.get(f"parties.{kind}") for kind in {party.kind for party in parties})
    return {key for face in faces for key in face.rows(actor).filter(pk__in=keys).values_list("pk", flat=True)}


def told(actor: Actor, one: Found) -> dict[str, Any] | None:
    """One result, about a party that the caller may see; its employer is one, too."""
    face, point = registry.get(f"parties.{one.party.kind}"), one.point
    readable = access.readable(actor, face)
    if point.kind not in readable:
        return None
    return {
        "party": shown(one.party),
        "employer": shown(one.employer) if one.employer is not None and "employer" in readable else None,
        "point": {"id": str(point.pk), "kind": point.kind, "value": point.value, "valid_from": point.valid_from, "valid_to": point.valid_to, "is_primary": point.is_primary},
    }  # fmt: skip


def shown(party: Any) -> dict[str, Any]:
    """A party by kind, id and name."""
    return {"entity": f"parties.{party.kind}", "id": str(party.pk), "title": str(party)}


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The operation in the OpenAPI document."""
    if entity.label != "parties.person":
        return {}
    text = {"type": "string"}
    answer = answered("Who was reached there", {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}})  # fmt: skip
    parameters = [optional("email", text), optional("phone", text), optional("on", {"type": "string", "format": "date"}, "The day meant; today without it.")]  # fmt: skip
    return {"/api/v1/parties/resolve": {"get": operation("Who was reached at an address or number on a day, and their employer then", "resolve_party", answer, parameters=parameters)}}  # fmt: skip
