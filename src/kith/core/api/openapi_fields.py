"""The schemas of records and problems in the OpenAPI document."""

from typing import Any

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.specs import FieldSpec
from kith.core.types.numbers import MoneyType, Number

#: What stands for "no value" besides null, for every kind of field that is no text itself.
NOTHING = {"const": ""}
TEXT, EITHER, WHOLE = {"type": "string"}, {"type": ["string", "null"]}, {"type": "integer"}
UUID = {"type": "string", "format": "uuid"}
MOMENT = {"type": "string", "format": "date-time"}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def schemas_of(actor: Actor, entity: Entity) -> dict[str, Any]:
    """The schemas of one kind of record: as it is read, what a new one is made of, what of it can be changed."""
    name, specs = entity.model.__name__, entity.fields
    readable, given, changed = (
        [spec for key, spec in specs.items() if key in names]
        for names in (access.readable(actor, entity), access.givable(actor, entity), access.writable(actor, entity))
    )
    fixed = {"id": UUID, "version": WHOLE, "title": TEXT}
    return {
        name: {"type": "object", "required": list(fixed), "properties": fixed | {s.name: as_read(s) for s in readable}},
        f"{name}Values": values_of(given) | {"required": [spec.name for spec in given if spec.required]},
        f"{name}Changes": values_of(changed),
    }


def values_of(specs: list[FieldSpec]) -> dict[str, Any]:
    """An object of values for these fields and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {spec.name: as_given(spec) for spec in specs},
    }


def as_read(spec: FieldSpec) -> dict[str, Any]:
    """The schema of a field in an answer; what is worked out can only be read."""
    found = described(spec, facts_of(spec, spec.type.schema), [])
    return found if spec.columns else found | {"readOnly": True}


def as_given(spec: FieldSpec) -> dict[str, Any]:
    """The schema of a field in a request."""
    return described(spec, facts_of(spec, spec.type.given or spec.type.schema), [NOTHING])


def facts_of(spec: FieldSpec, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of the type, narrowed by what the field says."""
    facts = dict(schema)
    if spec.choices and spec.type.name == "choice":
        facts["enum"] = [key for key, _label in spec.choices]
    if spec.max_length and facts.get("type") == "string" and "format" not in facts:
        facts["maxLength"] = spec.max_length
    is_whole = isinstance(spec.type, Number) and not isinstance(spec.type, MoneyType) and not spec.decimals
    return WHOLE if is_whole and schema is spec.type.schema else facts


def described(spec: FieldSpec, facts: dict[str, Any], more: list[dict[str, Any]]) -> dict[str, Any]:
    """The schema with label and help; every field may be null."""
    words = facts | {"title": str(spec.label)}
    if spec.help:
        words["description"] = str(spec.help)
    if spec.target:
        words["x-target"] = spec.target
    return {"anyOf": [words, *more, {"type": "null"}]} if facts else words
