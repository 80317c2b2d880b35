"""What the OpenAPI document says of differences between two moments and of why a figure changed."""

from typing import Any

from kith.core import access, deltas
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.views import base_look

from .openapi import KEY, SEVERAL, answered, further, operation, optional
from .openapi_fields import EITHER, MOMENT, TEXT, UUID, WHOLE

FROM = {**optional("from", TEXT, "A day (its end counts) or a moment."), "required": True}
TO = optional("to", TEXT, "The same; without it: now.")
BOTH = {"from": MOMENT, "to": MOMENT}
FIELD_CHANGE = {
    "type": "object",
    "properties": {"field": TEXT, "before": {}, "after": {}, "at": MOMENT, "by": TEXT, "reason": TEXT},
}
CHANGES = {"type": "array", "items": FIELD_CHANGE}
DIFFERENT = {
    "type": "object",
    "properties": {"id": UUID, "title": TEXT, "what": TEXT, "at": EITHER, "by": EITHER, "reason": EITHER, "changes": CHANGES},
}  # fmt: skip
KIND = {"type": "object", "properties": {"count": WHOLE, "results": {"type": "array", "items": DIFFERENT}}}
EFFECT = {"type": "object", "properties": {"part": TEXT, "count": WHOLE, "effect": TEXT}}
ROW = {"type": "object", "properties": {"id": UUID, "before": TEXT, "after": TEXT, "effect": TEXT}}
FIGURE: dict[str, Any] = {
    "type": "object",
    "properties": BOTH | {
        "measure": TEXT, "currency": EITHER, "converted": {"type": "boolean"}, "without_rate": WHOLE, "before": TEXT, "after": TEXT, "change": TEXT,
        "parts": {"type": "array", "items": EFFECT}, "records": {"type": "array", "items": ROW},
    },
}  # fmt: skip
GROUP = {
    "type": "object",
    "properties": FIGURE["properties"] | {"within": TEXT, "labels": {"type": "array", "items": TEXT}},
}
REPORT_WHY = {"type": "object", "properties": FIGURE["properties"] | {"fields": {"type": "array", "items": TEXT}, "groups": {"type": "array", "items": GROUP}}}  # fmt: skip


def paths(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The addresses of one kind of record, for whom may see its history."""
    if not access.allowed(actor, entity, "history"):
        return {}
    base, slug = f"/api/v1/{entity.slug}", entity.slug
    conditions = [optional("f", SEVERAL, "A condition, field:operator:value; all must hold."), optional("filter", TEXT, "A tree of conditions as JSON.")]  # fmt: skip
    lists = {"type": "object", "properties": BOTH | dict.fromkeys(("added", "removed", "changed"), KIND) | {"complete": {"type": "boolean"}}}  # fmt: skip
    record = {"type": "object", "properties": BOTH | {"id": UUID, "changes": CHANGES}}
    measures = list(deltas.measures(base_look(entity, None), actor))
    return {
        f"{base}/differences": {"get": operation(f"What differs of {entity.plural} between two moments", f"differences_{slug}", answered("The differences", lists), parameters=[FROM, TO, *conditions])},
        f"{base}/{{id}}/differences": {"parameters": [KEY], "get": operation(f"What differs of one {entity.name} between two moments", f"differences_of_{slug}", answered("The differences", record), parameters=[FROM, TO])},
        f"{base}/why": {"get": operation(f"Why a figure of {entity.plural} changed between two moments", f"why_{slug}", answered("The parts of the change", FIGURE), parameters=[
            FROM, TO, *conditions, optional("measure", {"type": "string", "enum": measures}), optional("part", {"type": "string", "enum": list(deltas.PARTS)}, "Also its records."),
        ])},
        f"{base}/report/why": {"get": operation(f"Why the figures of a report of {entity.plural} changed between two moments", f"why_report_{slug}", answered("The parts of the change of each group and of the total", REPORT_WHY), parameters=[
            FROM, TO, *conditions, optional("rows", TEXT, "Fields to group by, as in reports; a date with its period."), optional("columns", TEXT, "One more."),
            optional("measure", {"type": "string", "enum": measures}), optional("part", {"type": "string", "enum": list(deltas.PARTS)}, "Also its records."), optional("within", TEXT, "Those of one group: its “within”."),
        ])},
    }  # fmt: skip


further.append(paths)
