"""The funnel of a cohort: how many records reached each stage or a later one, and how long they stayed; also by owner, source, product, process
(R164, R165, B7, G4, G6).

1. The cohort are the records a reader may see that began in the period.
2. A record has reached a stage when any of its stays was there or further on; lost and held stages are no steps.
3. Days in a stage are those of ended stays, days of the cycle those of what was won; percentiles only over records with a value (R163).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Days:
    """How long something took: of how many, on average, and what a quarter, half, three quarters and nine tenths took at most."""

    count: int = 0
    mean: Decimal | None = None
    p25: Decimal | None = None
    median: Decimal | None = None
    p75: Decimal | None = None
    p90: Decimal | None = None


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
    """The funnel of a cohort; four queries."""
    found = split(cohort, "")
    return found.get(None) or made(steps_of(cohort.course), {}, {}, {}, Days())


def split(cohort: Cohort, by: str) -> dict[Part, Funnel]:
    """A funnel for each owner, source or product, largest first; those without one under None. Four queries, whatever the number of groups."""
    stages = steps_of(cohort.course)
    reached, days, lost, cycles = (
        furthest(cohort, by, stages), days_in(cohort, by), lost_from(cohort, by), cycle_days(cohort, by)
    )  # fmt: skip
    found = {part: made(stages, reached[part], days[part], lost[part], cycles.get(part, Days())) for part in reached}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].size, str(pair[0]))))


def by_process(cohort: Cohort, courses: Iterable[Course]) -> dict[Part, Funnel]:
    """A funnel for each process that something began in, largest first."""
    found = {course.process.pk: funnel(cohort.of(course)) for course in courses}
    return dict(sorted(((key, one) for key, one in found.items() if one.size), key=lambda pair: -pair[1].size))


def steps_of(course: Course) -> list[Stage]:
    """The stages that are steps."""
    return [stage for stage in course.stages if stage.kind in ("open", "won")]


def made(
    stages: list[Stage],
    reached: dict[int, tuple[int, Decimal]],
    days: dict[UUID, Days],
    lost: dict[UUID, int],
    cycle: Days,
) -> Funnel:
    """A funnel from how many came to each step and no further."""
    size = sum(count for count, _amount in reached.values())
    steps, before = [], size
    for at, stage in enumerate(stages):
        further = [reached[other] for other in range(at, len(stages)) if other in reached]
        count = sum(number for number, _amount in further)
        amount = sum((total for _number, total in further), Decimal(0))
        steps.append(Step(stage, count, amount, share(count, before), share(count, size), days.get(stage.pk) or Days()))
        before = count
    return Funnel(size, tuple(steps), lost, cycle)


def share(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in percent, to one place; none of nothing (R163)."""
    return None if not whole else round_to(Decimal(part) * 100 / whole, STEP)


def furthest(cohort: Cohort, by: str, stages: list[Stage]) -> dict[Part, dict[int, tuple[int, Decimal]]]:
    """How many records, and of what amount, came to each step and no further; a stage of another edition counts by its key."""
    sql, params = cohorts.rows(cohort, by)
    places = {other.pk: at for at, stage in enumerate(stages) for other in book().editions_of(stage)}
    values = ", ".join(["(%s::uuid, %s::int)"] * len(places))
    flat = [item for pair in places.items() for item in pair]
    found: dict[Part, dict[int, tuple[int, Decimal]]] = defaultdict(dict)
    for part, place, count, amount in fetched(
        f"SELECT part, place, count(*), sum(amount) FROM (SELECT c.part, c.id, c.amount, coalesce(max(p.place), -1) AS place "
        f"FROM ({sql}) c LEFT JOIN processes_stagestay s ON s.record_id = c.id "
        f"LEFT JOIN (VALUES {values}) p(stage, place) ON p.stage = s.stage_id GROUP BY c.part, c.id, c.amount) f GROUP BY part, place",
        [*params, *flat],
    ):
        found[part][place] = (count, amount)
    return found


def days_in(cohort: Cohort, by: str) -> dict[Part, dict[UUID, Days]]:
    """Days of ended stays by stage."""
    sql, params = cohorts.rows(cohort, by)
    keys = {other.pk: stage.pk for stage in cohort.course.stages for other in book().editions_of(stage)}
    values = ", ".join(["(%s::uuid, %s::uuid)"] * len(keys))
    flat = [item for pair in keys.items() for item in pair]
    spent = "extract(epoch FROM s.left_at - s.entered_at) / 86400.0"
    found: dict[Part, dict[UUID, Days]] = defaultdict(dict)
    for part, stage, *figures in fetched(
        f"SELECT c.part, k.own, count(*), avg({spent}), {PERCENTILES.format(spent)} "
        f"FROM ({sql}) c JOIN processes_stagestay s ON s.record_id = c.id AND s.left_at IS NOT NULL "
        f"JOIN (VALUES {values}) k(stage, own) ON k.stage = s.stage_id GROUP BY c.part, k.own",
        [*params, *flat],
    ):
        found[part][stage] = in_days(*figures)
    return found


def cycle_days(cohort: Cohort, by: str) -> dict[Part, Days]:
    """Days from the beginning to winning."""
    sql, params = cohorts.rows(cohort, by)
    text = f"SELECT part, count(*), avg(cycle), {PERCENTILES.format('cycle')} FROM ({sql}) c WHERE cycle IS NOT NULL GROUP BY part"
    return {part: in_days(*figures) for part, *figures in fetched(text, params)}


def in_days(count: int, mean: Any, percentiles: list[float]) -> Days:
    """Figures of the database as days to one place."""
    return Days(count, *(round_to(Decimal(str(value)), STEP) for value in (mean, *percentiles)))


def lost_from(cohort: Cohort, by: str) -> dict[Part, dict[UUID, int]]:
    """How many of the cohort are lost now, by the last open stage they were in."""
    sql, params = cohorts.rows(cohort, by)
    found: dict[Part, dict[UUID, int]] = defaultdict(dict)
    for part, stage, count in fetched(
        "SELECT part, stage_id, count(*) FROM (SELECT DISTINCT ON (c.part, s.record_id) c.part, s.record_id, s.stage_id "
        f"FROM ({sql}) c JOIN processes_stagestay last ON last.record_id = c.id AND last.left_at IS NULL AND last.state = 'lost' "
        f"JOIN processes_stagestay s ON s.record_id = c.id AND s.state IN ({facts.GOING_SQL}) "
        "ORDER BY c.part, s.record_id, s.entered_at DESC, s.id DESC) f GROUP BY part, stage_id",
        params,
    ):
        found[part][stage] = count
    return found
