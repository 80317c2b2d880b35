"""What the survivor of a merge holds: its own values, and what it lacks from the others in their order (R33, R34)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from kith.core.entity import Entity
from kith.core.specs import FieldSpec

#: Types whose values are joined: both texts, all elements.
TEXTS, SETS = frozenset({"longtext", "richtext"}), frozenset({"tags", "words", "choices"})
#: Marks that say something about a record among its like, not about what it stands for.
OWN_MARKS = frozenset({"is_primary", "position"})


def mergeable(entity: Entity) -> list[FieldSpec]:
    """Fields that a merge decides about."""
    fixed = OWN_MARKS | set(entity.merge_fixed)
    return [spec for spec in entity.fields.values() if spec.columns and spec.editable and spec.name not in fixed]


def filled(entity: Entity, ranked: Sequence[Any]) -> dict[str, Any]:
    """The values that the first of the records does not hold yet and has to, by field; the others stand in their order."""
    keys = {record.pk for record in ranked}
    values = {}
    for spec in mergeable(entity):
        now = spec.get(ranked[0])
        new = joined(spec, [spec.get(record) for record in ranked], keys)
        if not spec.type.is_empty(new) and new != now:
            values[spec.name] = new
    return values | entity.merge_values(ranked)


def joined(spec: FieldSpec, values: Sequence[Any], keys: Collection[UUID] = ()) -> Any:
    """One value out of those of several records, the first being the survivor's; `keys` are the records, which link no more to each other."""
    given = [
        value for value in values if not spec.type.is_empty(value) and not (spec.type.name == "link" and value in keys)
    ]
    if spec.type.name in SETS:
        return list(dict.fromkeys(element for value in given for element in value))
    if spec.type.name in TEXTS:
        texts = [text for at, text in enumerate(given) if not any(text in before for before in given[:at])]
        return "\n\n".join(texts)
    return given[0] if given else None
