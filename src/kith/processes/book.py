"""The book of processes: all of them with stages and rules in memory, read anew when the epoch of rights and fields changes."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from kith.core import custom_fields
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry

from . import scope
from .entities.process import Process
from .entities.stage import Stage
from .entities.transition import Transition

type Pair = tuple[UUID | None, UUID]


@dataclass(frozen=True)
class Course:
    """One edition of a process: its stages in order and its rules by (from, to)."""

    process: Process
    stages: tuple[Stage, ...]
    rules: dict[Pair, Transition] = field(default_factory=dict)

    @cached_property
    def default(self) -> Stage | None:
        """Where new records begin: the stage marked so, else the first open one (R54)."""
        marked = (stage for stage in self.stages if stage.is_default)
        return next(marked, next((stage for stage in self.stages if stage.kind == "open"), None))

    def stage(self, key: str) -> Stage | None:
        """The stage with this key."""
        return next((stage for stage in self.stages if stage.key == key), None)

    def of_kind(self, kind: str) -> tuple[Stage, ...]:
        """The stages of a kind, in order."""
        return tuple(stage for stage in self.stages if stage.kind == kind)

    def rule(self, origin: Stage | None, target: Stage) -> Transition | None:
        """The rule for a move: that of the pair, else the one from any stage."""
        return self.rules.get((origin.pk if origin else None, target.pk)) or self.rules.get((None, target.pk))


@dataclass(frozen=True, eq=False)
class Book:
    """All processes; what was built with a book may be kept under the book itself."""

    courses: dict[UUID, Course]
    stages: dict[UUID, Stage]

    def course(self, key: Any) -> Course | None:
        """The process with this id."""
        return self.courses.get(key)

    def stage(self, key: Any) -> Stage | None:
        """The stage with this id."""
        return self.stages.get(key)

    def editions_of(self, stage: Stage) -> list[Stage]:
        """This stage in all editions of its process."""
        series = self.courses[stage.process_id].process.series
        courses = (course for course in self.courses.values() if course.process.series == series)
        return [found for course in courses if (found := course.stage(stage.key))]

    def published(self, entity: str) -> list[Course]:
        """What new records of an entity may begin, by name; the general one first."""
        mine = [
            course
            for course in self.courses.values()
            if course.process.entity == entity and course.process.status == Process.Status.PUBLISHED
        ]
        return sorted(mine, key=lambda course: (not course.process.is_default, course.process.name, course.process.pk))

    def by_product(self, entity: str) -> bool:
        """Whether the products of a record decide where it begins."""
        return any(scope.is_narrow(course.process) for course in self.published(entity))

    def offered(self, actor: Actor, entity: str, around: scope.Nearness = scope.NOTHING) -> list[Course]:
        """Those of them that are for the departments of the actor, or for all; around products, without those for others."""
        units = {*actor.unit_ids, actor.unit_id}
        return [
            course
            for course in self.published(entity)
            if (actor.is_system or not course.process.units or not units.isdisjoint(course.process.units))
            and (not around or scope.steps(course.process, around) is not None)
        ]

    def default(self, actor: Actor, entity: str, around: scope.Nearness = scope.NOTHING) -> Course | None:
        """The process of a new record: the one nearest to its products, then to the actor's department, then the general one (R54)."""
        offered = [
            course for course in self.offered(actor, entity, around) if around or not scope.is_narrow(course.process)
        ]
        return min(offered, key=lambda course: precedence(actor, course.process, around), default=None)


def precedence(actor: Actor, process: Process, around: scope.Nearness) -> tuple[Any, ...]:
    """The least of these is where a record begins; see `scope`. Kith itself belongs to no department."""
    own = (process.is_default, not process.units) if actor.is_system else (bool(process.units), process.is_default)
    return (scope.steps(process, around), *(not said for said in own), process.name, process.pk)


def book() -> Book:
    """The book; the same one until something in it changes."""
    return custom_fields.remembered("processes", load)


def load() -> Book:
    """Read all processes with three queries."""
    stages: dict[UUID, list[Stage]] = defaultdict(list)
    for stage in registry.get("processes.stage").rows(SYSTEM).order_by("position", "pk"):
        stages[stage.process_id].append(stage)
    rules: dict[UUID, dict[Pair, Transition]] = defaultdict(dict)
    for rule in registry.get("processes.transition").rows(SYSTEM).order_by("pk"):
        rules[rule.process_id][rule.from_stage_id, rule.to_stage_id] = rule
    courses = {
        process.pk: Course(process, tuple(stages[process.pk]), rules[process.pk])
        for process in registry.get("processes.process").rows(SYSTEM).order_by("name", "pk")
    }
    return Book(courses, {stage.pk: stage for mine in stages.values() for stage in mine})


def announce() -> None:
    """Something in the book was written: this process reads anew, the others when the change-set is committed."""
    custom_fields.announce()
