"""Rules of fields by condition: what they say of a record as it would be, in its form and on every write.

A field with rules "shown only if" is shown while one of their conditions holds; it is required, or read-only, while one of
those rules holds; of several rules for its choices it offers what all that hold leave. A new record knows no "read-only":
there is nothing yet to keep.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import custom_fields, judging
from .access import SYSTEM, Actor
from .batch import Item
from .changes import running
from .cleaning import REQUIRED, Errors
from .conditions import tests
from .entity import Entity, registry
from .errors import BadValue
from .filter_ops import BARE, MULTI, value_of, with_survivors
from .filters import BadFilter, Group, Node, from_json
from .specs import FieldSpec
from .types.picks import as_uuid

SHOWN, ASKED, LOCKED, CHOICES = "shown", "required", "locked", "choices"
NOT_SHOWN = _("This is not asked for here: leave it empty, or change what it depends on.")
KEPT = _("This cannot be changed while the record is as it is.")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read once."""

    field: str
    effect: str
    node: Node
    options: tuple[str, ...]
    message: str

    @property
    def asks(self) -> frozenset[str]:
        """The fields that decide, and the one it is about."""
        return judging.fields_of(self.node) | {self.field}


@dataclass(frozen=True, slots=True)
class State:
    """What the rules say of a field; `choices` is None where all may be chosen."""

    is_shown: bool = True
    is_required: bool = False
    is_locked: bool = False
    choices: tuple[str, ...] | None = None
    messages: Mapping[str, str] | None = None

    def words(self, effect: str, otherwise: Any) -> Any:
        """The refusal in the words of the rule, else in ours."""
        return (self.messages or {}).get(effect) or otherwise


PLAIN = State()


# --- what there is ------------------------------------------------------------------------------------------------------


def of(entity: Entity) -> Sequence[Rule]:
    """The rules of an entity, kept like the definitions of custom fields."""
    found: dict[str, list[Rule]] = custom_fields.remembered("field_rules", load)
    return found.get(entity.label, ())


def load() -> dict[str, list[Rule]]:
    """All rules in force, by entity; what can no longer be read says nothing."""
    found: dict[str, list[Rule]] = {}
    rows = registry.get("core.fieldrule").rows(SYSTEM).filter(is_active=True).order_by("pk")
    for row in rows:
        entity = registry.find(row.entity)
        try:
            node = from_json(row.condition)
        except BadFilter:
            continue
        node = followed(entity, node) if entity else node
        found.setdefault(row.entity, []).append(Rule(row.field, row.effect, node, tuple(row.options), row.message))
    return found


def followed(entity: Entity, node: Node) -> Node:
    """A condition that names merged records names their survivors as well, as in SQL (`filter_ops.with_survivors`)."""
    if isinstance(node, Group):
        return replace(node, nodes=tuple(followed(entity, child) for child in node.nodes))
    spec = entity.fields.get(node.field)
    if spec is None or spec.type.name not in ("link", "tags") or node.op not in MULTI:
        return node
    named = node.value if isinstance(node.value, list) else [node.value]
    keys = ids_in(named)
    more = [str(key) for key in with_survivors(spec, list(keys))[len(keys) :]] if keys else []
    return replace(node, value=[*named, *more]) if more else node


def ids_in(value: Any) -> list[uuid.UUID]:
    """The ids of records that a value of a condition names; words such as "me" are none."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        try:
            found.append(as_uuid(one))
        except BadValue:
            continue
    return found


def merged(keys: Collection[uuid.UUID]) -> None:
    """Records were merged or taken apart: rules that name one of them are read anew."""
    known: dict[str, list[Rule]] = custom_fields.remembered("field_rules", load)
    asked = (test.value for rules in known.values() for rule in rules for test in tests(rule.node))
    if any(not set(keys).isdisjoint(ids_in(value)) for value in asked):
        custom_fields.announce()


# --- what they say ------------------------------------------------------------------------------------------------------


def states(entity: Entity, record: Any, values: Mapping[str, Any], me: Actor, *, is_new: bool) -> dict[str, State]:
    """The state of each field with rules, for a record as it would be with these values."""
    fields = entity.fields

    def value(name: str) -> Any:
        return values[name] if name in values else fields[name].get(record)

    by_field: dict[str, list[tuple[Rule, bool]]] = {}
    for rule in of(entity):
        if rule.field in fields:
            by_field.setdefault(rule.field, []).append((rule, judging.holds(entity, rule.node, value, me)))
    return {name: state(fields[name], mine, is_new=is_new) for name, mine in by_field.items()}


def state(spec: FieldSpec, mine: Iterable[tuple[Rule, bool]], *, is_new: bool) -> State:
    """What the rules of one field come to."""
    mine = list(mine)
    showing = [holds for rule, holds in mine if rule.effect == SHOWN]
    is_shown = any(showing) or not showing
    limits = [set(rule.options) for rule, holds in mine if rule.effect == CHOICES and holds]
    offered = set.intersection(*limits) if limits else None
    messages = {rule.effect: rule.message for rule, holds in mine if rule.message and holds != (rule.effect == SHOWN)}
    return State(
        is_shown,
        is_shown and any(holds for rule, holds in mine if rule.effect == ASKED),
        not is_new and any(holds for rule, holds in mine if rule.effect == LOCKED),
        None if offered is None else tuple(key for key, _label in spec.choices if key in offered),
        messages,
    )


# --- on every write -----------------------------------------------------------------------------------------------------


def check(entity: Entity, item: Item) -> Errors:
    """Errors of a record that is being written, by field; asked only where the write touches a field or what decides about it."""
    rules = of(entity)
    if not rules:
        return {}
    touched = {name for name in item.values if item.is_new or changed(entity, item, name)}
    if not item.is_new and all(rule.asks.isdisjoint(touched) for rule in rules):
        return {}
    active = running()
    found = states(entity, item.record, item.values, active.actor if active else SYSTEM, is_new=item.is_new)
    asks: dict[str, set[str]] = {}
    for rule in rules:
        asks.setdefault(rule.field, set()).update(rule.asks)
    errors: Errors = {}
    for name, told in found.items():
        if (item.is_new or not asks[name].isdisjoint(touched)) and (
            wrong := problem(entity, item, name, told, touched)
        ):
            errors[name] = [wrong]
    return errors


def changed(entity: Entity, item: Item, name: str) -> bool:
    """Whether a value differs from what the record holds."""
    spec = entity.fields[name]
    if not spec.columns:
        return False
    old, new = spec.get(item.record), item.values[name]
    return bool(old != new and not (spec.type.is_empty(old) and spec.type.is_empty(new)))


def problem(entity: Entity, item: Item, name: str, told: State, touched: set[str]) -> Any:
    """What is wrong with one field."""
    spec = entity.fields[name]
    value = item.values[name] if name in item.values else spec.get(item.record)
    nothing = spec.type.is_empty(value) or (spec.type.name == "boolean" and not value)
    writes = name in touched and not (item.is_new and value == spec.default)
    if told.is_locked and writes:
        return told.words(LOCKED, KEPT)
    if not told.is_shown and writes and not nothing:
        return told.words(SHOWN, NOT_SHOWN)
    if told.is_required and nothing:
        return told.words(ASKED, REQUIRED)
    if told.choices is not None and told.is_shown and not nothing:
        return unfit(spec, value, told)
    return None


def unfit(spec: FieldSpec, value: Any, told: State) -> Any:
    """Why a choice cannot be made here."""
    chosen = value if isinstance(value, list) else [value]
    if set(chosen) <= set(told.choices or ()):
        return None
    labels = dict(spec.choices)
    valid = ", ".join(str(labels.get(key, key)) for key in told.choices or ()) or "—"
    return told.words(CHOICES, _("Not one of the choices here; valid are: %(valid)s.") % {"valid": valid})


# --- a rule itself ------------------------------------------------------------------------------------------------------


def problems(record: Any, values: dict[str, Any]) -> Errors:
    """Errors by field of a rule as it would be with these values."""
    names = ("entity", "field", "effect", "options", "condition")
    now = SimpleNamespace(**{name: values[name] if name in values else getattr(record, name) for name in names})
    entity = registry.find(str(now.entity))
    if entity is None:
        valid = ", ".join(sorted(other.label for other in registry))
        return {"entity": [_("Unknown kind of record; there are: %(valid)s.") % {"valid": valid}]}
    spec = entity.fields.get(str(now.field))
    if spec is None or not spec.editable or not spec.columns:
        valid = ", ".join(sorted(one.name for one in entity.fields.values() if one.editable and one.columns))
        return {"field": [_("Unknown field; there are: %(valid)s.") % {"valid": valid}]}
    errors = wrong_effect(spec, now)
    if wrong := wrong_condition(entity, spec, now):
        errors["condition"] = [wrong]
    return errors


def wrong_effect(spec: FieldSpec, now: Any) -> Errors:
    """An effect that the field cannot have."""
    if spec.required and now.effect in (SHOWN, ASKED):
        return {"effect": [_("This field is always required; it cannot be hidden or required by condition.")]}
    if now.effect != CHOICES:
        return {}
    keys = [key for key, _label in spec.choices]
    if spec.type.name not in ("choice", "choices"):
        return {"effect": [_("This field has no choices.")]}
    if not now.options or not set(now.options) <= set(keys):
        return {"options": [_("Not one of the choices; valid are: %(valid)s.") % {"valid": ", ".join(keys)}]}
    return {}


def wrong_condition(entity: Entity, spec: FieldSpec, now: Any) -> Any:
    """Why a condition cannot decide."""
    if not now.condition:
        return _("Say when the rule holds: write a condition.")
    try:
        node = from_json(now.condition)
        judging.check(entity, node)
        for test in tests(node):
            if test.field == spec.name and now.effect in (SHOWN, ASKED):
                return _("A field cannot decide about itself.")
            value_of(entity.fields[test.field], test.op, None if test.op in BARE else test.value, SYSTEM)
    except BadFilter as bad:
        return bad.message
    except BadValue as bad:
        return bad.message
    return None
