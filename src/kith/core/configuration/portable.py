"""Values between their form in files, where records go by natural keys, and the form that writes take."""

import re
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kith.core.conditions import spec_at
from kith.core.entity import Entity, registry
from kith.core.specs import FieldSpec

from .kinds import is_configuration
from .names import Names, NotPortable, frozen

ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: Kinds of values that hold conditions.
TREES = frozenset({"condition", "json"})
#: A record that JSON refers to.
REF = {"entity", "id"}
Turn = Callable[[str, Any], Any]


def outward(names: Names, spec: FieldSpec, value: Any, about: str, within: uuid.UUID | None) -> Any:
    """A stored value as it stands in a file; `about` is the kind of record of conditions. NotPortable names what belongs here only."""
    if spec.type.is_empty(value):
        return None
    if spec.type.name == "link":
        return names.key(spec.target, value, within=within)
    if spec.type.name == "tags":
        return [names.key(spec.target, key) for key in value]
    if spec.type.name == "ref":
        return {"entity": value.entity, "key": names.key(value.entity, value.id)}
    if spec.type.name not in TREES:
        return spec.type.dump(value, spec)
    found = walked(registry.find(about), referred(value, REF, partial(named_ref, names)), partial(named, names))
    if (left := ID.search(str(found))) is not None:
        raise NotPortable(f"the record {left.group()}")
    return found


def inward(names: Names, spec: FieldSpec, value: Any, about: str, within: uuid.UUID | None) -> Any:
    """A value of a file as writes take it; Unknown names what is not there."""
    if spec.type.is_empty(value):
        return None if spec.type.name not in TREES or spec.type.name == "json" else {}
    if spec.type.name == "link":
        return names.find(spec.target, value, within=within)
    if spec.type.name == "tags":
        return [names.find(spec.target, key) for key in value] if isinstance(value, list) else value
    if spec.type.name == "ref":
        good = isinstance(value, dict) and set(value) == {"entity", "key"} and registry.find(str(value["entity"]))
        return {"entity": value["entity"], "id": str(names.find(value["entity"], value["key"]))} if good else value
    if spec.type.name not in TREES:
        return value
    found = walked(
        registry.find(about), value, lambda label, raw: str(names.find(label, raw)) if not is_word(raw) else raw
    )
    return referred(
        found,
        {"entity", "key"},
        lambda ref: {"entity": ref["entity"], "id": str(names.find(ref["entity"], ref["key"]))},
    )


def referred(value: Any, keys: set[str], turn: Callable[[Mapping[str, Any]], Any]) -> Any:
    """JSON with the records that it refers to ({"entity", "id"}, in files {"entity", "key"}) turned."""
    if isinstance(value, list):
        return [referred(item, keys, turn) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == keys and isinstance(value["entity"], str) and registry.find(value["entity"]):
        return turn(value)
    return {name: referred(item, keys, turn) for name, item in value.items()}


def named_ref(names: Names, ref: Mapping[str, Any]) -> dict[str, Any]:
    """A reference by name; NotPortable for a record that files do not carry, though it has a name."""
    if not isinstance(ref["id"], str) or not ID.fullmatch(ref["id"]):
        return dict(ref)
    pk, entity = uuid.UUID(ref["id"]), registry.get(ref["entity"])
    key = names.key(entity.label, pk)
    if is_configuration(entity) and names.known(entity).get(frozen(key)) != pk:
        raise NotPortable(f"{entity.name} “{key}”")
    return {"entity": entity.label, "key": key}


def plain(spec: FieldSpec, value: Any) -> Any:
    """A value of a file in the notation that an export uses; raises BadValue for what the field cannot hold."""
    if spec.type.is_empty(value):
        return None
    if spec.type.names_records or spec.type.name in TREES:
        return value
    found = spec.type.clean(value, spec)
    return None if spec.type.is_empty(found) else spec.type.dump(found, spec)


def named(names: Names, label: str, raw: Any) -> Any:
    """A value of a condition on a link: an id becomes the name of its record."""
    if isinstance(raw, str) and ID.fullmatch(raw):
        return names.key(label, uuid.UUID(raw))
    return raw


def is_word(raw: Any) -> bool:
    """Whether a value of a condition on a link is a word such as "me", which means the same everywhere."""
    from kith.core.filter_ops import ME, MY_REPORTS, MY_TEAM  # they are made of specs

    return raw in (ME, MY_TEAM, MY_REPORTS)


def walked(entity: Entity | None, value: Any, turn: Turn) -> Any:
    """JSON with the records that its conditions name turned by `turn(label, value)`."""
    if isinstance(value, list):
        return [walked(entity, item, turn) for item in value]
    if not isinstance(value, Mapping):
        return value
    if entity is None or not isinstance(value.get("field"), str) or "value" not in value or "op" not in value:
        return {name: walked(entity, item, turn) for name, item in value.items()}
    _words, spec = spec_at(entity, value["field"])
    if spec is None or spec.type.name not in ("link", "tags") or registry.find(spec.target) is None:
        return dict(value)
    raw = value["value"]
    return {
        **value,
        "value": [turn(spec.target, item) for item in raw] if isinstance(raw, list) else turn(spec.target, raw),
    }
