"""Links from the bag: who points to a record by a custom field. The database knows no foreign key for them, so this does its work."""

from collections.abc import Iterator, Sequence
from typing import Any

from .access import SYSTEM
from .entity import Entity, registry
from .filter_ops import compare
from .specs import FieldSpec


def pointing(entity: Entity) -> Iterator[tuple[Entity, FieldSpec]]:
    """Custom fields of any kind of record that may lead to this one."""
    labels = {entity.label, *(other.label for other in registry if entity.label in other.access.faces)}
    for other in registry:
        for spec in other.fields.values():
            if spec.is_bag and spec.type.name == "link" and spec.target in labels:
                yield other, spec


def are_held(entity: Entity, keys: Sequence[Any]) -> bool:
    """Whether any other record points to one of these."""
    return any(
        other.rows(SYSTEM, trashed=trashed).filter(compare(spec, "in", list(keys))).exclude(pk__in=keys).exists()
        for other, spec in pointing(entity)
        for trashed in (False, True)
    )
