"""The funnel of a cohort: how many records reached each stage or a later one, and how long they stayed; also by owner, source, product, process
(R164, R165, B7, G4, G6).

1. The cohort are the records a reader may see that began in the period.
2. A record has reached a stage when any of its stays was there or further on; lost and held stages are no steps.
3. Days in a stage are those of ended stays, days of the cycle those of what was won; percentiles only over records with a value (R163).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from kith.core.money import round_to
from kith.core.reports.budget import fetched
from kith.processes.book import Course, book
from kith.processes.entities.stage import Stage

from . import cohorts, facts
from .cohorts import Cohort

type Part = UUID | None
#: Shares and days are told to one place.
STEP = Decimal("0.1")
PERCENTILES = "percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY {0})"
#: The cohort, and its stays; of a record without any one line of nothing.
CTES = """c AS MATERIALIZED ({0}), s AS MATERIALIZED (
    SELECT c.part, c.id, c.amount, t.stage_id, t.state, t.entered_at, t.left_at, t.id AS stay
    FROM c LEFT JOIN processes_stagestay t ON t.record_id = c.id)"""
#: How many records, and of what amount, came to each step and no further; a stage of another edition counts by its key.
REACHED = """SELECT part, 'reached', place, NULL::uuid, count(*), sum(amount), NULL::numeric, NULL::float8[] FROM (
    SELECT part, id, amount, coalesce(max(p.place), -1) AS place FROM s LEFT JOIN (VALUES {0}) p(stage, place) ON p.stage = stage_id
    GROUP BY part, id, amount) f GROUP BY part, place"""
#: Days of ended stays by stage; OFFSET keeps PostgreSQL from computing the days of a stay twice.
DAYS = f"""SELECT part, 'days', NULL, own::uuid, count(*), NULL, avg(spent), {PERCENTILES.format("spent")} FROM (
    SELECT part, k.own, extract(epoch FROM left_at - entered_at) / 86400.0 AS spent FROM s JOIN (VALUES {{0}}) k(stage, own) ON k.stage = stage_id
    WHERE left_at IS NOT NULL OFFSET 0) f GROUP BY part, own"""
#: How many are lost now, by the last open stage they were in.
LOST = f"""SELECT part, 'lost', NULL, stage_id, count(*), NULL, NULL, NULL FROM (
    SELECT DISTINCT ON (part, id) part, id, stage_id FROM s
    WHERE state IN ({facts.GOING_SQL}) AND id IN (SELECT id FROM s WHERE left_at IS NULL AND state = 'lost')
    ORDER BY part, id, entered_at DESC, stay DESC) f GROUP BY part, stage_id"""
#: Days from the beginning to winning.
CYCLE = f"""SELECT part, 'cycle', NULL, NULL, count(*), NULL, avg(cycle), {PERCENTILES.format("cycle")}
    FROM c WHERE cycle IS NOT NULL GROUP BY part"""


@dataclass(frozen=True, slots=True)
class Days:
    """How long something took: of how many, on average, and what a quarter, half, three quarters and nine tenths took at most."""

    count: int = 0
    mean: Decimal | None = None
    p25: Decimal | None = None
    median: Decimal | None = None
    p75: Decimal | None = None
    p90: Decimal | None = None


@dataclass(slots=True)
class Figures:
    """What the database says of one group: records and amount by the furthest step, days and lost ones by stage, days of the cycle."""

    reached: dict[int, tuple[int, Decimal]] = field(default_factory=dict)
    days: dict[UUID, Days] = field(default_factory=dict)
    lost: dict[UUID, int] = field(default_factory=dict)
    cycle: Days = Days()

    def add(self, what: str, place: int, stage: UUID, count: int, amount: Decimal, mean: Any, percentiles: Any) -> None:
        """Take one line of the answer in."""
        if what == "reached":
            self.reached[place] = (count, amount)
        elif what == "lost":
            self.lost[stage] = count
        elif what == "days":
            self.days[stage] = in_days(count, mean, percentiles)
        else:
            self.cycle = in_days(count, mean, percentiles)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many reached it, of those of the step before and of all, and the days of those who left it."""

    stage: Stage
    count: int
    amount: Decimal
    of_before: Decimal | None
    of_all: Decimal | None
    days: Days


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps, how many of the cohort were lost by the stage they were lost from, and the days from the beginning to winning."""

    size: int
    steps: tuple[Step, ...]
    lost: dict[UUID, int]
    cycle: Days

    @property
    def won(self) -> int:
        """How many came to a won stage."""
        return next((step.count for step in self.steps if step.stage.kind == "won"), 0)

    @property
    def won_share(self) -> Decimal | None:
        """Those in percent of all."""
        return share(self.won, self.size)


def funnel(cohort: Cohort) -> Funnel:
    """The funnel of a cohort; one query."""
    found = split(cohort, "")
    return found.get(None) or made(steps_of(cohort.course), Figures())


def split(cohort: Cohort, by: str) -> dict[Part, Funnel]:
    """A funnel for each owner, source or product, largest first; those without one under None. One query, whatever the number of groups."""
    stages = steps_of(cohort.course)
    found = {part: made(stages, figures) for part, figures in counted(cohort, by, stages).items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].size, str(pair[0]))))


def by_process(cohort: Cohort, courses: Iterable[Course]) -> dict[Part, Funnel]:
    """A funnel for each process that something began in, largest first."""
    found = {course.process.pk: funnel(cohort.of(course)) for course in courses}
    return dict(sorted(((key, one) for key, one in found.items() if one.size), key=lambda pair: -pair[1].size))


def steps_of(course: Course) -> list[Stage]:
    """The stages that are steps."""
    return [stage for stage in course.stages if stage.kind in ("open", "won")]


def made(stages: list[Stage], figures: Figures) -> Funnel:
    """A funnel from how many came to each step and no further."""
    reached = figures.reached
    size = sum(count for count, _amount in reached.values())
    steps, before = [], size
    for at, stage in enumerate(stages):
        further = [reached[other] for other in range(at, len(stages)) if other in reached]
        count = sum(number for number, _amount in further)
        amount = sum((total for _number, total in further), Decimal(0))
        days = figures.days.get(stage.pk) or Days()
        steps.append(Step(stage, count, amount, share(count, before), share(count, size), days))
        before = count
    return Funnel(size, tuple(steps), figures.lost, figures.cycle)


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent, to one place; none of nothing (R163)."""
    return None if not whole else round_to(Decimal(part) * 100 / whole, STEP)


def counted(cohort: Cohort, by: str, stages: list[Stage]) -> dict[Part, Figures]:
    """The figures of each group. The cohort and its stays are read once for all of them: among many records that takes the time."""
    sql, params = cohorts.rows(cohort, by)
    reached, places = valued((other.pk, at) for at, stage in enumerate(stages) for other in book().editions_of(stage))
    days, keys = valued((other.pk, stage.pk) for stage in cohort.course.stages for other in book().editions_of(stage))
    told = " UNION ALL ".join([REACHED.format(reached), DAYS.format(days), LOST, CYCLE])
    found: dict[Part, Figures] = defaultdict(Figures)
    for part, *figures in fetched(f"WITH {CTES.format(sql)} {told}", [*params, *places, *keys]):
        found[part].add(*figures)
    return found


def valued(pairs: Iterable[tuple[UUID, Any]]) -> tuple[str, list[Any]]:
    """Pairs of a stage and what it counts as, as SQL with its parameters."""
    told = list(pairs)
    return ", ".join(["(%s::uuid, %s)"] * len(told)), [item for pair in told for item in pair]


def in_days(count: int, mean: Any, percentiles: list[float]) -> Days:
    """Figures of the database as days to one place."""
    return Days(count, *(round_to(Decimal(str(value)), STEP) for value in (mean, *percentiles)))
