"""What is wrong with a rule, a member or a pool: conditions that cannot be asked, fields that do not exist."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.changes import author
from kith.core.entity import Entity, registry
from kith.core.filters import BadFilter, compile_filter, from_json

Errors = dict[str, list[Any]]


def value(record: Any, values: dict[str, Any], name: str) -> Any:
    """What a field will hold; of a link its id."""
    return values[name] if name in values else getattr(record, f"{name}_id", getattr(record, name, None))


def conditions(entity: Entity, record: Any, values: dict[str, Any], *names: str) -> Errors:
    """Errors of conditions on records of an entity; a new one asks only what its author may read."""
    errors: Errors = {}
    for name in names:
        try:
            compile_filter(entity, from_json(value(record, values, name)), author() if name in values else SYSTEM)
        except BadFilter as bad:
            errors[name] = [bad.message]
    return errors


def kind(record: Any, values: dict[str, Any]) -> tuple[Entity | None, Errors]:
    """The kind of records meant; it stays what it was."""
    label = value(record, values, "entity") or ""
    found = registry.find(label)
    if not record._state.adding and values.get("entity", record.entity) != record.entity:
        return found, {"entity": [_("This stays what it was; make a new one for other records.")]}
    return found, {}


def validate_rule(record: Any, values: dict[str, Any]) -> Errors:
    """See AssignmentRule."""
    entity, errors = kind(record, values)
    if entity is None:
        return errors
    errors |= conditions(entity, record, values, "condition")
    name = value(record, values, "field")
    if name and name not in entity.fields:
        errors["field"] = [_("There is no such field; there are: %(valid)s.") % {"valid": ", ".join(entity.fields)}]
    fallback = value(record, values, "fallback")
    if fallback == "pool" and not value(record, values, "fallback_pool"):
        errors["fallback_pool"] = [_("Say which pool.")]
    if fallback == "pool" and (pool := pool_of(value(record, values, "fallback_pool"))) and pool.entity != entity.label:
        errors["fallback_pool"] = [_("This pool is for other records.")]
    if fallback == "owner" and not value(record, values, "fallback_owner"):
        errors["fallback_owner"] = [_("Say to whom.")]
    return errors


def pool_of(key: Any) -> Any:
    """The pool with this id."""
    return registry.get("distribution.pool").rows(SYSTEM).filter(pk=key).first() if key else None


def validate_member(record: Any, values: dict[str, Any]) -> Errors:
    """See RuleMember."""
    rule = registry.get("distribution.assignmentrule").rows(SYSTEM).filter(pk=value(record, values, "rule")).first()
    entity = registry.find(rule.entity) if rule else None
    errors = conditions(entity, record, values, "condition", "preference") if entity else {}
    start, end = value(record, values, "absent_from"), value(record, values, "absent_to")
    if start and end and end < start:
        errors["absent_to"] = [_("The last day lies before the first one.")]
    if value(record, values, "substitute") and value(record, values, "substitute") == value(record, values, "user"):
        errors["substitute"] = [_("Nobody stands in for himself; name another person.")]
    return errors


def validate_pool(record: Any, values: dict[str, Any]) -> Errors:
    """See Pool."""
    entity, errors = kind(record, values)
    if entity is None:
        return errors
    errors |= conditions(entity, record, values, "scope", "recycles")
    hidden = value(record, values, "hidden_fields") or ()
    offered = [name for name in entity.fields if name not in (entity.title, "owner")]
    if unknown := [name for name in hidden if name not in offered]:
        text = _("Cannot be hidden: %(names)s. There are: %(valid)s.")
        errors["hidden_fields"] = [text % {"names": ", ".join(unknown), "valid": ", ".join(offered)}]
    return errors
