"""Lists and records of the API as of a moment (`as_of`): the fields that the ledger tells, of records that may be seen today."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kith.core import askable, asof, ledger
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Missing
from kith.core.past import Past

from . import rows
from .problems import BadRequest, as_json


def single(request: HttpRequest, actor: Actor, entity: Entity, today: Any, when: Past) -> HttpResponse:
    """GET /api/v1/<slug>/<id>?as_of=2026-10-31"""
    record = asof.of_record(entity, today.pk, when)
    if record is None:
        raise Missing(entity.label, str(today.pk))
    ledger.log(actor, "view", entity=entity.label, record_id=today.pk, title=str(today), as_of=when.text)
    return as_json(rows.as_data(entity, record, told(request, actor, entity)))


def told(request: HttpRequest, actor: Actor, entity: Entity) -> list[str]:
    """The fields to return; of the past those that the ledger tells, others are refused by name."""
    names = rows.chosen(request, actor, entity)
    if request.GET.get("fields"):
        for name in names:
            if not askable.is_told(entity, name):
                raise BadRequest(str(askable.refusal(entity, name).message))
    return list(askable.told(entity, names))
