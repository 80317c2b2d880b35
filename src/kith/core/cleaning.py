"""Values on their way in: known names, rights on fields, types, links that exist and may be seen, what is required."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from . import access, conditions, files
from .access import Actor
from .batch import Item
from .entity import Entity, registry
from .errors import BadValue, Forbidden, Refused
from .specs import FieldSpec

if TYPE_CHECKING:
    from .batch import Batch

Errors = dict[str, list[Any]]
REQUIRED = _("This field is required.")
TOO_LATE = _("It can be given to a new record only.")
NO_TARGET = _("No such record, or you may not see it.")


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds what words in some fields of an entity stand for, before the values are checked ("won": a stage of the record's process).

    `names(entity)` are the fields it reads; `resolve(actor, entity, record, values)` gives the values with ids in them and
    raises Refused for words that stand for nothing; `record` is None for a new one.
    """

    names: Callable[[Entity], frozenset[str]]
    resolve: Callable[[Actor, Entity, Any, Mapping[str, Any]], Mapping[str, Any]]


resolvers: list[Resolver] = []
#: Rules that an app adds for one record of any kind that is being written.
rules: "list[Callable[[Entity, Item], Errors]]" = []


def spoken(entity: Entity) -> frozenset[str]:
    """Fields of an entity that may be given in words."""
    return frozenset[str]().union(*(resolver.names(entity) for resolver in resolvers))


def resolved(
    actor: Actor, entity: Entity, values: Mapping[str, Any], record: Any = None
) -> tuple[Mapping[str, Any], Errors]:
    """The values with ids in place of words, and the errors of words that stand for nothing."""
    errors: Errors = {}
    for resolver in resolvers:
        if resolver.names(entity).isdisjoint(values):
            continue
        try:
            values = resolver.resolve(actor, entity, record, values)
        except Refused as refused:
            errors |= refused.errors
            values = {name: value for name, value in values.items() if name not in refused.errors}
    return values, errors


def check_names(actor: Actor, entity: Entity, names: Iterable[str], *, is_new: bool = False) -> None:
    """Refuse unknown names (valid ones in the message); forbid fields the actor may not write, or give to a new record."""
    specs, givable = entity.fields, access.givable(actor, entity)
    writable = givable if is_new else access.writable(actor, entity)
    readable = access.readable(actor, entity)
    unknown = [name for name in names if name not in readable]
    if unknown:
        valid = ", ".join(sorted(writable))
        raise Refused({name: [_("Unknown field; there are: %(valid)s.") % {"valid": valid}] for name in unknown})
    locked = [name for name in names if name not in writable]
    if late := [name for name in locked if not is_new and name in givable]:
        raise Refused({name: [TOO_LATE] for name in late})
    if locked:
        kept = [name for name in locked if not access.is_for(specs[name], "give")]
        words = _("Kith works out %(fields)s itself: leave it out, or change what it follows from.") if kept else _("You may not write: %(fields)s.")  # fmt: skip
        raise Forbidden(access.right(entity, "edit"), words % {"fields": ", ".join(kept or locked)}, kept or locked)


def clean(
    actor: Actor, entity: Entity, values: Mapping[str, Any], *, typed: bool = False, record: Any = None
) -> tuple[dict[str, Any], Errors]:
    """Values by field as Python values, and the errors of those that cannot be. `typed`: texts as people type them."""
    cleaned: dict[str, Any] = {}
    values, errors = resolved(actor, entity, values, record)
    specs = entity.fields
    for name, value in values.items():
        try:
            cleaned[name] = clean_one(actor, specs[name], value, typed=typed)
        except BadValue as error:
            errors[name] = [error.message]
    return cleaned, errors


def clean_one(actor: Actor, spec: FieldSpec, value: Any, *, typed: bool) -> Any:
    """One value; a file may be attached only by whoever uploaded it."""
    found = spec.type.parse(value, spec) if typed and isinstance(value, str) else spec.type.clean(value, spec)
    return files.claim(actor, value) if found and spec.type.name == "file" else found


def missing(required: Iterable[FieldSpec], item: Item) -> Errors:
    """Errors for required fields that would be left without a value."""
    asked = (spec for spec in required if item.is_new or spec.name in item.values)
    return {spec.name: [REQUIRED] for spec in asked if spec.type.is_empty(item.values.get(spec.name))}


def targets(entity: Entity, items: Iterable[Item]) -> dict[str, set[uuid.UUID]]:
    """Ids that new link values point to, by entity label of the target; values kept as they are do not count (R140)."""
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    specs = entity.fields
    for item in items:
        for name, value in item.values.items():
            for label, key in references(specs[name], value):
                if item.is_new or (label, key) not in references(specs[name], specs[name].get(item.record)):
                    found[label].add(key)
    return found


def references(spec: FieldSpec, value: Any) -> list[tuple[str, uuid.UUID]]:
    """The records a value points to."""
    if not value:
        return []
    if spec.type.name == "link":
        return [(spec.target, value)]
    if spec.type.name == "tags":
        return [(spec.target, key) for key in value]
    if spec.type.name == "condition" and spec.target:
        return conditions.links(spec, value)
    return [(value.entity, value.id)] if spec.type.name == "ref" else []


def is_no_subject(entity: Entity, spec: FieldSpec, label: str) -> bool:
    """Whether a field names what a record of this kind is about, and this kind has no timeline to be spoken of in."""
    target = registry.find(label) if entity.is_about and spec.type.name == "ref" else None
    return target is not None and not access.is_subject(target)


def check_links(actor: Actor, entity: Entity, items: list[Item]) -> dict[int, Errors]:
    """Errors by position for links to records that do not exist or may not be seen; parts need the right to edit the whole."""
    errors: dict[int, Errors] = {}
    specs = entity.fields
    wanted = targets(entity, items)
    seen = {label: visible(actor, label, keys) for label, keys in wanted.items()}
    editable = {
        spec.name: visible(
            actor,
            spec.target,
            {item.values[spec.name] for item in items if item.values.get(spec.name)},
            entity.access.needs,
        )
        for spec in specs.values()
        if spec.name == entity.access.parent
    }
    for position, item in enumerate(items if seen or editable else ()):
        for name, value in item.values.items():
            spec = specs[name]
            bad = [
                key
                for label, key in references(spec, value)
                if ((label in seen and key not in seen[label]) or is_no_subject(entity, spec, label))
                and (item.is_new or (label, key) not in references(spec, spec.get(item.record)))
            ]
            if (
                bad
                and spec.type.name == "ref"
                and (target := registry.find(value.entity))
                and not access.is_subject(target)
            ):
                errors.setdefault(position, {})[name] = [_("Records of this kind have no timeline; name another one.")]
            elif bad:
                errors.setdefault(position, {})[name] = [NO_TARGET]
            elif name in editable and value and value not in editable[name]:
                raise Forbidden(
                    access.right(registry.get(spec.target), "edit"),
                    _("Adding a part needs the right to edit the whole."),
                )
    return errors


def visible(actor: Actor, label: str, keys: set[uuid.UUID], operation: str = "view") -> set[uuid.UUID]:
    """Those of the ids that exist and on which the actor may do `operation`."""
    entity = registry.find(label)
    if entity is None or not keys or actor.kind == "anonymous":
        return set()
    # Public records may be named by everybody, also by a token whose scopes do not let it list them.
    reader = access.SYSTEM if entity.access.public and operation == "view" else actor
    return set(entity.rows(reader, operation).filter(pk__in=keys).order_by().values_list("pk", flat=True))


def problems(batch: "Batch") -> dict[int, Errors]:
    """All errors of a batch by position: links, required fields, the entity's own rules."""
    errors = check_links(batch.actor, batch.entity, batch.items)
    required = [spec for spec in batch.entity.fields.values() if spec.required]
    for position, item in enumerate(batch.items):
        found = missing(required, item)
        # Rules may look at what a link leads to, so they are asked only about links that may be seen.
        told = {} if position in errors else batch.entity.validate(item.record, item.values)
        for more in (told, *(rule(batch.entity, item) for rule in rules)):
            for name, messages in more.items():
                found.setdefault(name, []).extend(messages)
        for name, messages in found.items():
            errors.setdefault(position, {}).setdefault(name, []).extend(messages)
    return errors
