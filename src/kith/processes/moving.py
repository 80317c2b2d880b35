"""A move that somebody asks for on a page: what it still needs, which of that can be typed, and doing it in one write."""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from kith.core import access, writes
from kith.core.access import Actor
from kith.core.changes import Running, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.specs import FieldSpec, renamed
from kith.core.staged import CLOSED
from kith.core.ui.record_rights import may

from . import rules
from .book import Course, book
from .entities.stage import Stage


@dataclass(slots=True)
class Move:
    """A record on its way to a stage."""

    entity: Entity
    actor: Actor
    record: Any
    stage: Stage
    look: rules.Look
    names: list[str] = field(default_factory=list)

    @property
    def locked(self) -> list[str]:
        """What is missing and cannot be typed by this person, by label."""
        writable = access.writable(self.actor, self.entity)
        return [str(label) for name, label in self.look.missing.items() if name not in writable]

    @property
    def asks(self) -> bool:
        """Whether something has to be typed, ticked or allowed before it is done."""
        return bool(self.names or self.look.missing or self.look.unchecked or self.look.approvers)

    @property
    def draft(self) -> Any:
        """The record as it would stand in the new stage: what is offered depends on it."""
        made = copy.copy(self.record)
        made.stage_id, made.state = self.stage.pk, self.stage.kind
        return made

    def value(self, spec: FieldSpec) -> Any:
        """What a field of the dialog begins with: the present value, else what is proposed."""
        present = spec.get(self.record)
        return spec.default if spec.type.is_empty(present) else present


def stage_of(record: Any, key: str) -> Stage:
    """The stage of a record's process with this key or id; Missing for another."""
    course = course_of(record)
    found = course.stage(key) or next((stage for stage in course.stages if str(stage.pk) == key), None)
    if found is None:
        raise Missing("processes.stage", key)
    return found


def key_of(record: Any) -> str:
    """The key of the stage that a record is in."""
    stage = book().stage(record.stage_id)
    return stage.key if stage else ""


def twin(record: Any, stage: Stage) -> Stage | None:
    """The like stage of the record's own edition, for a stage of another edition of its process."""
    own, other = course_of(record), book().course(stage.process_id)
    alike = other is not None and own.process.series == other.process.series
    return own.stage(stage.key) if alike else None


def course_of(record: Any) -> Course:
    """The process that a record is in."""
    course = book().course(record.process_id)
    assert course is not None, "a foreign key"
    return course


def plan(entity: Entity, actor: Actor, record: Any, stage: Stage, more: Collection[str] = ()) -> Move:
    """What a move needs: missing fields, those asked for at a closing, and `more` that a refusal named."""
    look = rules.look(entity, actor, record, stage)
    before = book().stage(record.stage_id)
    closing = stage.kind in CLOSED and (before is None or before.kind != stage.kind)
    wanted = [*look.missing, *(entity.closing.get(stage.kind, ()) if closing else ()), *more]
    writable = access.writable(actor, entity) - {"stage", "process"}
    return Move(entity, actor, record, stage, look, [name for name in dict.fromkeys(wanted) if name in writable])


def make(
    move: Move, values: Mapping[str, Any], *, done: Collection[str] = (), version: int | None = None, confirm: Collection[str] = ()
) -> Running:  # fmt: skip
    """Do it, with the values that were typed and the steps that were ticked, as one change-set; raises what writing raises."""
    with change_set(move.actor, entity=move.entity.label) as changes:
        if ticked := [step for step in move.look.unchecked if step in done]:
            writes.save(
                move.actor, move.record, {"stage_checks": [*move.record.stage_checks, *ticked]}, version=version
            )
            version = None
        typed = {**values, "stage": move.stage.pk}
        writes.save(move.actor, move.record, typed, typed=True, version=version, confirm=confirm)
    return changes


def tick(actor: Actor, record: Any, step: str, *, done: bool) -> Running:
    """Mark a step of the stage's checklist as done, or not."""
    stage = book().stage(record.stage_id)
    if stage is None or step not in stage.checklist:
        raise Missing("processes.stage", step)
    checks = [known for known in stage.checklist if (done if known == step else known in record.stage_checks)]
    entity = registry.for_model(type(record))
    with change_set(actor, entity=entity.label) as changes:
        writes.save(actor, record, {"stage_checks": checks})
    return changes


def may_move(actor: Actor, entity: Entity, record: Any) -> bool:
    """Whether the stage of this record may be changed by the actor (R65)."""
    return "stage" in access.writable(actor, entity) and "edit" in may(actor, entity, record, ["edit"])


def close_now(actor: Actor, entity: Entity, spec: FieldSpec, record: Any, many: bool) -> FieldSpec:
    """The moment of closing is proposed as now."""
    if spec.name == "closed_at" and rules.is_staged(entity) and record is not None and record.state in CLOSED:
        return renamed(spec, default=timezone.now())
    return spec


def named_in(refused: Refused, entity: Entity) -> list[str]:
    """Fields of the entity that a refusal names."""
    return [name for name in refused.errors if name in entity.fields and name != "stage"]
