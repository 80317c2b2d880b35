"""What the dialog of a closing offers: reasons that fit to the result and the process, the expected amount as the actual one (R57, R58)."""

from typing import Any

from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry
from kith.core.specs import FieldSpec, renamed
from kith.core.staged import CLOSED, State
from kith.core.types import TYPES

from .leads import UNQUALIFIED
from .opportunities import fits

KINDS = ("sales.opportunity", "sales.lead")


def offer(actor: Actor, entity: Entity, spec: FieldSpec, record: Any, many: bool) -> FieldSpec:
    """A field of a closed opportunity or lead as its dialog shows it."""
    if entity.label not in KINDS or record is None or record.state not in CLOSED:
        return spec
    if spec.name == "reasons":
        return reasons(entity, spec, record)
    if spec.name == "actual_amount" and record.state == State.WON:
        return renamed(spec, default=entity.fields["amount"].get(record))
    return spec


def reasons(entity: Entity, spec: FieldSpec, record: Any) -> FieldSpec:
    """The reasons of this result, as boxes to tick."""
    result = UNQUALIFIED if entity.label == "sales.lead" else record.state
    rows = (
        registry.get("sales.reason")
        .rows(SYSTEM)
        .filter(result=result, is_active=True)
        .order_by("position", "name", "pk")
    )
    found = [reason for reason in rows if fits(reason, record.process_id)]
    return (
        renamed(spec, type=TYPES["choices"], choices=tuple((str(reason.pk), str(reason)) for reason in found))
        if found
        else spec
    )
