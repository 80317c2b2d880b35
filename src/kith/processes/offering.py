"""Which stages and processes are offered for choice: those of the record's own process, in its order."""

from typing import Any

from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.specs import FieldSpec, renamed
from kith.core.types import TYPES

from . import scope
from .book import Course, book
from .rules import is_staged

type Pairs = tuple[tuple[str, Any], ...]


def narrow(actor: Actor, entity: Entity, spec: FieldSpec, record: Any, many: bool) -> FieldSpec:
    """Stage and process of staged records, and the fields that a stage or a rule may ask for, as closed lists."""
    if is_staged(entity) and spec.name in ("stage", "process"):
        pairs = processes(actor, entity, record) if spec.name == "process" else stages(actor, entity, record, many)
        return renamed(spec, type=TYPES["choice"], choices=pairs, required=spec.name == "stage" and record is not None)
    if spec.name == "stage_checks" and is_staged(entity) and record is not None:
        stage = book().stage(record.stage_id)
        steps = tuple((step, step) for step in (stage.checklist if stage else ()))
        return renamed(spec, type=TYPES["choices"], choices=steps)
    if spec.name == "required_fields" and entity.label in ("processes.stage", "processes.transition"):
        course = book().course(getattr(record, "process_id", None))
        return renamed(spec, type=TYPES["choices"], choices=asked_for(course)) if course else spec
    return spec


def processes(actor: Actor, entity: Entity, record: Any) -> Pairs:
    """The processes that a record may be in: its own and those that new ones may begin."""
    own = book().course(getattr(record, "process_id", None))
    around = scope.near(entity, record) if own and book().by_product(entity.label) else scope.NOTHING
    offered = book().offered(actor, entity.label, around)
    found = {course.process.pk: course.process for course in (*([own] if own else ()), *offered)}
    return tuple((str(key), str(process)) for key, process in found.items())


def stages(actor: Actor, entity: Entity, record: Any, many: bool) -> Pairs:
    """Stages by id; for many records by key, which each understands in its own process."""
    own = book().course(getattr(record, "process_id", None))
    if own is not None:
        return tuple((str(stage.pk), str(stage)) for stage in own.stages)
    courses = [course for course in book().courses.values() if course.process.entity == entity.label]
    if many:
        return tuple({stage.key: str(stage) for course in courses for stage in course.stages}.items())
    offered = book().offered(actor, entity.label)
    return tuple((str(stage.pk), titled(course, stage, len(offered))) for course in offered for stage in course.stages)


def titled(course: Course, stage: Any, courses: int) -> str:
    """A stage, with its process where there are several."""
    return str(stage) if courses == 1 else f"{course.process}: {stage}"


def asked_for(course: Course) -> Pairs:
    """Fields of the records of a process that can be typed, by what they are called."""
    entity = registry.get(course.process.entity)
    specs = [
        spec
        for spec in entity.fields.values()
        if spec.editable and spec.columns and spec.name not in ("stage", "process", "stage_checks")
    ]
    return tuple((spec.name, spec.label) for spec in sorted(specs, key=lambda spec: str(spec.label).casefold()))
