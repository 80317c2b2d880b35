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
    domain = value.rpartition("@")[2] if kind == "email" else ""
    found: dict[Any, Found] = {}
    for point in valid:
        found.setdefault(point.party_id, Found(point.party, point, employer(actor, point.party, day, domain)))
    return list(found.values())


def employer(actor: Actor, party: Any, day: dt.date, domain: str) -> Any:
    """The company that a person worked for on a day, if the actor may see it."""
    key = resolving.employer_on(actor, party.pk, day, domain) if party.kind == "person" else None
    return registry.get("parties.company").rows(actor).filter(pk=key).first() if key else None


# --- API --------------------------------------------------------------------------------------------------------------


@api("GET")
def resolve(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Parties that the caller may see; an employer that may not be seen is left out."""
    if not any(access.opens(actor, registry.get(label)) for label in ("parties.person", "parties.company")):
        raise Missing("parties.party")
    reading.parameters(request, "email", "phone", "on")
    kind, value = asked(request)
    return as_json({"results": [line for one in on(actor, kind, value, day_of(request)) if (line := told(actor, one))]})


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


def told(actor: Actor, one: Found) -> dict[str, Any] | None:
    """One result."""
    face, point = registry.get(f"parties.{one.party.kind}"), one.point
    party, readable = shown(actor, one.party), access.readable(actor, face)
    if party is None or point.kind not in readable:
        return None
    return {
        "party": party,
        "employer": shown(actor, one.employer) if one.employer is not None and "employer" in readable else None,
        "point": {"id": str(point.pk), "kind": point.kind, "value": point.value, "valid_from": point.valid_from, "valid_to": point.valid_to, "is_primary": point.is_primary},
    }  # fmt: skip


def shown(actor: Actor, party: Any) -> dict[str, Any] | None:
    """A party by kind, id and name, if the caller may see it."""
    entity = registry.get(f"parties.{party.kind}")
    if not entity.rows(actor).filter(pk=party.pk).exists():
        return None
    return {"entity": entity.label, "id": str(party.pk), "title": str(party)}


def described(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The operation in the OpenAPI document."""
    if entity.label != "parties.person":
        return {}
    text = {"type": "string"}
    answer = answered("Who was reached there", {"type": "object", "properties": {"results": {"type": "array", "items": {"type": "object"}}}})  # fmt: skip
    parameters = [optional("email", text), optional("phone", text), optional("on", {"type": "string", "format": "date"}, "The day meant; today without it.")]  # fmt: skip
    return {"/api/v1/parties/resolve": {"get": operation("Who was reached at an address or number on a day, and their employer then", "resolve_party", answer, parameters=parameters)}}  # fmt: skip
