"""The funnel of a cohort: of the records created in a period, how many reached each stage or a later one, and how long they stayed (R164, R165).

1. The cohort are the records a reader may see created in the period.
2. A record has reached a stage when any of its stays was there or further on; lost and held stages are no steps.
3. Days in a stage are those of ended stays; percentiles only over records with a value (R163).
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.filters import EVERYTHING, Node, compile_filter
from kith.processes.book import Course, book
from kith.processes.entities.stage import Stage


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is asked: records of one process that a reader may see and that meet a filter, created from `first` to `last`."""

    actor: Actor
    course: Course
    first: dt.date
    last: dt.date
    filter: Node = field(default=EVERYTHING)

    @property
    def entity(self) -> Entity:
        """Whose records."""
        return registry.get(self.course.process.entity)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many reached it, of those of the step before and of all, and the days of those who left it."""

    stage: Stage
    count: int
    amount: Decimal
    of_before: Decimal | None
    of_all: Decimal | None
    median: Decimal | None
    quick: Decimal | None
    slow: Decimal | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps, and how many of the cohort were lost, by the stage they were lost from."""

    size: int
    steps: tuple[Step, ...]
    lost: dict[UUID, int]


def funnel(cohort: Cohort) -> Funnel:
    """The funnel of a cohort; three queries."""
    stages = [stage for stage in cohort.course.stages if stage.kind in ("open", "won")]
    reached, days = furthest(cohort, stages), days_in(cohort)
    size = sum(count for count, _amount in reached.values())
    steps, before = [], size
    for at, stage in enumerate(stages):
        count = sum(reached[other][0] for other in range(at, len(stages)) if other in reached)
        amount = sum((reached[other][1] for other in range(at, len(stages)) if other in reached), Decimal(0))
        steps.append(
            Step(stage, count, amount, share(count, before), share(count, size), *days.get(stage.pk, (None,) * 3))
        )
        before = count
    return Funnel(size, tuple(steps), lost_from(cohort))


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent, to one place; none of nothing (R163)."""
    return None if not whole else (Decimal(part) * 100 / whole).quantize(Decimal("0.1"))


def began(cohort: Cohort) -> tuple[str, list[Any]]:
    """SQL of the cohort: id and amount of each record."""
    start, end = (
        timezone.make_aware(dt.datetime.combine(day, dt.time()))
        for day in (cohort.first, cohort.last + dt.timedelta(days=1))
    )
    found = cohort.entity.rows(cohort.actor).filter(
        process__series=cohort.course.process.series, created_at__gte=start, created_at__lt=end
    )
    if cohort.filter != EVERYTHING:
        found = found.filter(compile_filter(cohort.entity, cohort.filter, cohort.actor))
    amount: Any = (
        Coalesce("amount_base", Decimal(0), output_field=DecimalField())
        if amount_of(cohort.entity)
        else Value(Decimal(0), output_field=DecimalField())
    )
    query = found.order_by().annotate(sum=amount).values_list("id", "sum").query
    sql, params = query.sql_with_params()
    return f"SELECT id, amount FROM ({sql}) r(id, amount)", list(params)


def amount_of(entity: Entity) -> bool:
    """Whether records of this entity have an amount."""
    return "amount_base" in entity.declared


def furthest(cohort: Cohort, stages: list[Stage]) -> dict[int, tuple[int, Decimal]]:
    """How many records, and of what amount, came to each step and no further; a stage of another edition counts by its key."""
    sql, params = began(cohort)
    places = {other.pk: at for at, stage in enumerate(stages) for other in book().editions_of(stage)}
    values = ", ".join(["(%s::uuid, %s::int)"] * len(places))
    flat = [item for pair in places.items() for item in pair]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT place, count(*), sum(amount) FROM (SELECT c.id, c.amount, coalesce(max(p.place), -1) AS place "
            f"FROM ({sql}) c LEFT JOIN processes_stagestay s ON s.record_id = c.id "
            f"LEFT JOIN (VALUES {values}) p(stage, place) ON p.stage = s.stage_id GROUP BY c.id, c.amount) f GROUP BY place",
            [*params, *flat],
        )
        return {place: (count, amount) for place, count, amount in cursor.fetchall()}


def days_in(cohort: Cohort) -> dict[UUID, tuple[Decimal, Decimal, Decimal]]:
    """Days of ended stays by stage: median, and what a quarter and three quarters of them stayed at most."""
    sql, params = began(cohort)
    keys = {other.pk: stage.pk for stage in cohort.course.stages for other in book().editions_of(stage)}
    values = ", ".join(["(%s::uuid, %s::uuid)"] * len(keys))
    flat = [item for pair in keys.items() for item in pair]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.own, percentile_cont(ARRAY[0.5, 0.25, 0.75]) WITHIN GROUP "
            "(ORDER BY extract(epoch FROM s.left_at - s.entered_at) / 86400.0) "
            f"FROM ({sql}) c JOIN processes_stagestay s ON s.record_id = c.id AND s.left_at IS NOT NULL "
            f"JOIN (VALUES {values}) k(stage, own) ON k.stage = s.stage_id GROUP BY k.own",
            [*params, *flat],
        )
        return {key: tuple(rounded(part) for part in parts) for key, parts in cursor.fetchall()}  # type: ignore[misc]


def rounded(days: float) -> Decimal:
    """Days to one place."""
    return Decimal(str(days)).quantize(Decimal("0.1"))


def lost_from(cohort: Cohort) -> dict[UUID, int]:
    """How many of the cohort are lost now, by the last open stage they were in."""
    sql, params = began(cohort)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage_id, count(*) FROM (SELECT DISTINCT ON (s.record_id) s.record_id, s.stage_id, last.state "
            f"FROM ({sql}) c JOIN processes_stagestay last ON last.record_id = c.id AND last.left_at IS NULL AND last.state = 'lost' "
            "JOIN processes_stagestay s ON s.record_id = c.id AND s.state IN ('open', 'hold') "
            "ORDER BY s.record_id, s.entered_at DESC, s.id DESC) f GROUP BY stage_id",
            params,
        )
        return dict(cursor.fetchall())
