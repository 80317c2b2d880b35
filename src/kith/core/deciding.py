"""Conditions that decide for others: who sees a record, who gets it, whether it goes on, is erased or counts for all.

1. A field of conditions says with `decides` that its conditions do.
2. None of them hangs on a saved view, whose owner could change what they decide: neither by its name nor over something that
   follows one (`conditions.hangs_on_view`). Refused as it is stored, by every door, by an undo and out of the trash as well.
3. What would make something follow a view later asks `uses` which of them count on it.
4. Those that were stored before they were refused still work; the doctor names them.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from . import conditions, field_usage
from .access import SYSTEM
from .batch import Item
from .entity import Entity, registry
from .errors import Refused
from .field_usage import Use
from .filters import BadFilter, from_json
from .specs import FieldSpec


@lru_cache(maxsize=300)
def fields_of(entity: Entity) -> tuple[FieldSpec, ...]:
    """The fields whose conditions decide for others."""
    return tuple(spec for spec in entity.declared.values() if spec.decides)


def gate(entity: Entity, items: Sequence[Item]) -> None:
    """Refuse rows, stored already in a transaction that ends then, with a condition that hangs on a saved view."""
    for spec in fields_of(entity):
        asked = {spec.name, (spec.about or "entity").partition(".")[0]}
        for item in items:
            if (item.is_new or not asked.isdisjoint(item.after)) and (why := hindrance(spec, item.record)):
                raise Refused({spec.name: [why]})


def returned(entity: Entity, records: Sequence[Any]) -> None:
    """The same for records that come back from the trash."""
    gate(entity, [Item(record, {}, is_new=True) for record in records])


def hindrance(spec: FieldSpec, record: Any) -> Any:
    """Why the condition of a record hangs on a saved view; None if it does not, or cannot be asked at all."""
    about = registry.find(conditions.about(spec, record))
    try:
        return conditions.hangs_on_view(about, from_json(spec.get(record))) if about else None
    except BadFilter:
        return None


def problem() -> str:
    """What was stored before it was refused, as a problem that the doctor tells; empty if there is none."""
    rows = ((noun, spec, row) for noun in registry for spec in fields_of(noun) for row in noun.rows(SYSTEM).order_by("pk"))  # fmt: skip
    found = [field_usage.use(noun, row) for noun, spec, row in rows if hindrance(spec, row)]
    named = "; ".join(f"{use.kind} “{use.title}” ({use.url})" for use in dict.fromkeys(found))
    return named and f"conditions that decide for others hang on a saved view, whose owner can change it: {named}; change them."  # fmt: skip


def uses(name: str, target: str) -> Iterator[tuple[Use, set[UUID]]]:
    """What decides for others by naming records of a kind in a field that follows them, and the ids that it names."""
    for noun, row, about, condition in field_usage.stored_conditions(name, deciding=True):
        if keys := named(about, condition, name, target):
            yield field_usage.use(noun, row), keys


def named(about: Entity, condition: Any, name: str, target: str) -> set[UUID]:
    """The ids that a stored condition names in the field; none of one that cannot be read."""
    found = set[UUID]()
    try:
        tests = list(conditions.tests(from_json(condition)))
    except BadFilter:
        return found
    for test in tests:
        _words, spec = conditions.spec_at(about, test.field)
        if spec is not None and (spec.name, spec.target) == (name, target):
            found |= conditions.named(test) or set()
    return found
