"""A record that waits for somebody's leave to move: what examples of requests are about (factory, tests)."""

from typing import Any

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import Entity, registry


def subject() -> dict[str, str]:
    """A record of the first kind with stages, in a process whose every way to "won" has to be approved."""
    from kith.core.testing import factory  # only where examples are made

    entity = next(entity for entity in registry if entity.flow)
    record = factory.make(entity, process=str(guarded(entity).pk))
    return {"entity": entity.label, "id": str(record.pk)}


def guarded(entity: Entity) -> Any:
    """A published process of two stages whose second one needs an approver."""
    from kith.core.testing import factory  # only where examples are made

    from . import editions  # the entities of this app need samples

    approver = factory.make("access.user")
    with change_set(SYSTEM, kind="process", entity="processes.process"):
        process = writes.create(SYSTEM, registry.get("processes.process"), {"name": "Approved", "entity": entity.label})
        rows = [
            {"process": process.pk, "key": key, "name": key, "kind": kind, "position": at}
            for at, (key, kind) in enumerate((("open", "open"), ("won", "won")))
        ]
        stages = writes.create_many(SYSTEM, registry.get("processes.stage"), rows)
        rule = {"process": process.pk, "to_stage": stages[1].pk, "approver": approver.pk}
        writes.create(SYSTEM, registry.get("processes.transition"), rule)
        editions.publish(SYSTEM, [process])
    return process
