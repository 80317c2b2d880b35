"""What the rules of fields come to in a form, on a record page and for whoever edits one value; a form asks anew when something changes."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from kith.core import access, cleaning, field_rules
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.field_rules import PLAIN, State
from kith.core.specs import FieldSpec, renamed
from kith.core.ui.base import page
from kith.core.ui.editors import posted_values

type States = dict[str, State]


def of_record(entity: Entity, actor: Actor, record: Any) -> States:
    """The states of a record as it stands."""
    return field_rules.states(entity, record, {}, actor, is_new=False) if field_rules.of(entity) else {}


def of_form(entity: Entity, actor: Actor, record: Any, values: Mapping[str, Any]) -> States:
    """The states of a form with these values, typed or stored; what cannot be read counts as not changed."""
    if not field_rules.of(entity):
        return {}
    cleaned, _errors = cleaning.clean(actor, entity, values, typed=True, record=record)
    blank = record is None
    return field_rules.states(entity, entity.model(**entity.face) if blank else record, cleaned, actor, is_new=blank)


def as_json(entity: Entity, actor: Actor, states: States) -> dict[str, dict[str, Any]]:
    """The states of the fields that the reader may write, for the script of the form."""
    mine = access.writable(actor, entity)
    return {
        name: {
            "shown": told.is_shown,
            "required": told.is_required,
            "locked": told.is_locked,
            "choices": None if told.choices is None else list(told.choices),
        }
        for name, told in states.items()
        if name in mine
    }


def as_text(entity: Entity, actor: Actor, states: States) -> str:
    """The same as text for an attribute."""
    return json.dumps(as_json(entity, actor, states))


def offered(spec: FieldSpec, told: State | None) -> FieldSpec:
    """A field as one value of a record is edited: required or with fewer choices, as the rules say."""
    if told is None or told == PLAIN:
        return spec
    kept = spec.choices if told.choices is None else tuple(pair for pair in spec.choices if pair[0] in told.choices)
    return renamed(spec, required=spec.required or told.is_required, choices=kept)


@require_POST
@page
def states(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """The states of a form as it is being filled in; `key` names the record, if there is one already."""
    record = existing(entity, actor, request.GET.get("key", ""))
    if record is None:
        access.require(actor, entity, "create")
    names = [name for name in access.writable(actor, entity) if entity.fields[name].type.name != "file"]
    values = posted_values(entity, names, request.POST)
    return JsonResponse(as_json(entity, actor, of_form(entity, actor, record, values)))


def existing(entity: Entity, actor: Actor, key: str) -> Any:
    """The record that a form is about; None for a new one."""
    if not key:
        return None
    try:
        return access.fetch(entity, actor, uuid.UUID(key), "edit")
    except ValueError:
        raise Missing(entity.label, key[:60]) from None
