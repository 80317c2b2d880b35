"""Custom objects for tests."""

from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity, registry

KINDS = "objects.objectkind"


def make_object(actor: Actor = SYSTEM, **values: Any) -> Entity:
    """A machine of a company, or what is given, and its entity."""
    machine = {
        "name": "machine", "plural": "machines", "translations": {"ru": "станок", "zh-hans": "机床"},
        "plural_translations": {"ru": "станки", "zh-hans": "机床"}, "icon": "gauge", "hue": "teal", "day_name": "next service",
        "day_translations": {"ru": "следующее ТО", "zh-hans": "下次保养"},
        "links": [{"target": "parties.company"}, {"target": "parties.person", "label": "operator", "translations": {"ru": "оператор", "zh-hans": "操作员"}}],
    }  # fmt: skip
    row = writes.create(actor, registry.get(KINDS), machine | values)
    return registry.get(f"objects.{row.key}")


def kind_of(entity: Entity) -> Any:
    """The record that declares an object."""
    return registry.get(KINDS).rows(SYSTEM).get(key=entity.label.partition(".")[2])
