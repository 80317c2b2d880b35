"""Moving the records of one edition to another: what would move where, and doing it in the background when there are many."""

from dataclasses import dataclass
from uuid import UUID

from kith.core.access import Actor
from kith.core.bulk import Result
from kith.core.entity import registry

from . import designing, editions
from .book import Course, book
from .entities.stage import Stage

#: From this many records on a job does it.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One stage of the old edition: how many records are in it, and where they would go."""

    stage: Stage
    count: int
    mine: int
    target: UUID | None


def plan(actor: Actor, source: Course, target: Course, chosen: dict[UUID, UUID]) -> list[Line]:
    """The stages that hold records; each goes to the chosen stage, else to the one with the same key."""
    alike = editions.counterparts(source.process, target.process)
    valid = {stage.pk for stage in target.stages}
    everything, mine = designing.held(actor, source), designing.held(actor, source, "edit")
    return [
        Line(
            stage,
            everything[stage.pk],
            mine.get(stage.pk, 0),
            chosen[stage.pk] if chosen.get(stage.pk) in valid else alike[stage.pk],
        )
        for stage in source.stages
        if everything.get(stage.pk)
    ]


def keys(actor: Actor, source: Course) -> list[UUID]:
    """Records of an edition that the actor may change."""
    rows = registry.get(source.process.entity).rows(actor, "edit").filter(process=source.process.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def run(actor: Actor, source: UUID, target: UUID, mapping: dict[UUID, UUID]) -> Result:
    """Move all of them."""
    old, new = book().courses[source], book().courses[target]
    return editions.transfer(actor, old.process, new.process, mapping, keys(actor, old))
