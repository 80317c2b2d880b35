"""Which stages and rules of moves ask for a field, so that nobody takes it away under them."""

from collections.abc import Iterator

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.field_usage import Use, use


def asking(entity: Entity, name: str) -> Iterator[Use]:
    """Stages and rules of the processes of this kind of record that require the field."""
    for label in ("processes.stage", "processes.transition"):
        noun = registry.get(label)
        rows = noun.rows(SYSTEM).filter(process__entity=entity.label, required_fields__contains=[name])
        for row in rows.order_by("pk"):
            yield use(noun, row)
