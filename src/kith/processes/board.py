"""The board of records with stages: the columns are the stages of one process, with probabilities and weighted sums."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.core import access, axes, past, writes
from kith.core.axes import LOST, OPEN, WON, Axis, Column
from kith.core.entity import Entity, on_every, registry
from kith.core.errors import Refused
from kith.core.filters import lets_through
from kith.core.specs import FieldSpec
from kith.core.staged import CLOSED, State
from kith.core.types import TYPES
from kith.core.ui import values

from . import rotting
from .book import Course, book
from .entities.stage import Stage
from .path import short
from .rules import is_staged

KINDS = {State.WON: WON, State.LOST: LOST}


class StageAxis(Axis):
    """Stages of the process that the reader chose; records that began in an older edition stand in the stage of the same key."""

    @cached_property
    def courses(self) -> list[Course]:
        """The processes to choose among."""
        offered = book().offered(self.actor, self.entity.label)
        first = book().default(self.actor, self.entity.label)
        return [*([first] if first else []), *(course for course in offered if course is not first)]

    @cached_property
    def course(self) -> Course | None:
        """The process that is shown: the chosen one, else the one that new records of this actor begin."""
        chosen = (course for course in self.courses if course.process.series == self.look.option)
        return next(chosen, self.courses[0] if self.courses else None)

    @property
    def variants(self) -> list[tuple[str, str]]:
        return [(course.process.series, str(course.process)) for course in self.courses]

    @cached_property
    def columns(self) -> list[Column]:
        return [self.of(stage) for stage in (self.course.stages if self.course else ())]

    def of(self, stage: Stage) -> Column:
        """The column of a stage, for all editions of its process."""
        alike = [other.pk for other in self.editions if other.key == stage.key]
        chance = TYPES["percent"].text(stage.probability, registry.get("processes.stage").field("probability"))
        return Column(
            stage.key, str(stage), Q(stage__in=alike), stage.pk, stage.hue, KINDS.get(State(stage.kind), OPEN),
            folded=stage.kind in CLOSED, note=chance if stage.kind not in CLOSED and "probability" in self.entity.declared else "",
            presets={"process": str(stage.process_id), "stage": str(stage.pk)},
        )  # fmt: skip

    def values_of(self, column: Column) -> list[str]:
        return [str(other.pk) for other in self.editions if other.key == column.key]

    @cached_property
    def editions(self) -> list[Stage]:
        """The stages of all editions of the process."""
        series = self.course.process.series if self.course else ""
        courses = (course for course in book().courses.values() if course.process.series == series)
        return [stage for course in courses for stage in course.stages]

    @cached_property
    def stages(self) -> dict[Any, Stage]:
        """The stages of all editions, by id."""
        return {stage.pk: stage for stage in self.editions}

    def key_of(self, record: Any) -> str:
        stage = self.stages.get(record.stage_id)
        return stage.key if stage else ""

    def may_hold(self, column: Column) -> bool:
        """The conditions on the state decide: a board of open records has none in the stages of won ones (1 s at a million rows to find out)."""
        asked = [test for test in self.look.terms if test.field == "state" and test.op in ("any", "not_any")]
        kinds = {stage.kind for stage in self.editions if stage.key == column.key}
        return any(all(lets_through(test, kind) for test in asked) for kind in kinds)

    @property
    def weight(self) -> Any:
        spec = self.entity.fields.get("probability")
        if spec is None or spec.name not in access.readable(self.actor, self.entity):
            return None
        share = ExpressionWrapper(
            F("probability") / Value(100), output_field=DecimalField(max_digits=20, decimal_places=6)
        )
        return Coalesce(share, Value(0), output_field=DecimalField(max_digits=20, decimal_places=6))

    @property
    def weighed_by(self) -> frozenset[str]:
        return frozenset({"probability"})

    def since(self, spec: FieldSpec, value: Any) -> str:
        """The time in the stage, as the path of the record page tells it; when it began is the tooltip."""
        if spec.name != "stage_at":
            return ""
        return values.timed(timezone.localtime(value), short(past.now() - value))

    def is_stale(self, record: Any) -> bool:
        return rotting.days_in(self.stages.get(record.stage_id), record) > 0

    def is_told(self, record: Any, spec: FieldSpec) -> bool:
        return spec.name == "stage_at" and self.is_stale(record)

    def warnings(self, record: Any, column: Column) -> list[str]:
        late = rotting.days_in(self.stages.get(record.stage_id), record)
        stuck = (
            [ngettext("%(num)s day in this stage", "%(num)s days in this stage", late) % {"num": late}] if late else []
        )
        return [*stuck, *super().warnings(record, column)]

    def move(
        self, record: Any, column: Column, *, version: int | None, values: Mapping[str, Any], confirm: Collection[str]
    ) -> Any:
        """To the stage of that key in the record's own edition."""
        course = book().course(record.process_id)
        stage = course.stage(column.key) if course else None
        if stage is None:
            raise Refused(
                _("“%(process)s” has no such stage in this edition.") % {"process": course and course.process}
            )
        return writes.save(
            self.actor, record, {**values, "stage": stage.pk}, typed=True, version=version, confirm=confirm
        )


def install() -> None:
    """Give every kind of record with stages such a board."""
    on_every(give)


def give(entity: Entity) -> None:
    """Give it to one."""
    if is_staged(entity):
        axes.use(entity.label, "stage", StageAxis)
