"""The forecast of a period: amounts by category for each person, rolled up to superiors, submitted, adjusted, compared (G5).

1. Won in the period counts as closed; open deals expected to close in it count by their forecast category, which is the
   stage's unless the deal has one of its own; "left out" counts nowhere; processes without forecast do not count.
2. A person's own line and that of the team below are kept apart; the team's is the sum of all lines below.
3. A submission keeps what was expected that day; the latest one of a person and period counts, adjusted if a superior did.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.batch import Batch, Item
from kith.core.changes import author, change_set
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.filter_ops import in_days
from kith.core.filters import Test
from kith.core.following import follow
from kith.core.pipeline import now
from kith.core.staged import GOING
from kith.processes.book import book

from . import facts
from .periods import Period

CATEGORIES = ("closed", "commit", "best", "pipeline")
CENT = Decimal("0.01")


@dataclass(slots=True)
class Line:
    """One person: amounts by category of the own deals, and of all people below."""

    person: UUID | None
    own: dict[str, Decimal] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    team: dict[str, Decimal] = field(default_factory=dict)
    submission: Any = None
    below: list["Line"] = field(default_factory=list)

    def amount(self, category: str) -> Decimal:
        """Own and team's together."""
        return self.own.get(category, Decimal(0)) + self.team.get(category, Decimal(0))


def forecasting() -> list[UUID]:
    """Processes that count in the forecast."""
    return [
        course.process.pk
        for course in book().courses.values()
        if course.process.forecasts and course.process.entity == "sales.opportunity"
    ]


def deals(actor: Actor, first: dt.date, last: dt.date) -> QuerySet[Any]:
    """The deals that count in the forecast of some days, each with its `category`."""
    entity = registry.get("sales.opportunity")
    rows = entity.rows(actor).filter(process__in=forecasting())
    won = Q(state="won") & in_days(entity.fields["closed_at"], first, last + dt.timedelta(days=1))
    due = Q(state__in=GOING, closes_on__range=(first, last))
    told = rows.filter(won | due).annotate(
        category=Case(When(state="won", then=Value("closed")), default=facts.category(), output_field=CharField())
    )
    counted: QuerySet[Any] = told.filter(Q(state="won") | ~Q(category="closed"), category__in=CATEGORIES)
    return counted


def rows_of(period: Period, whose: Test, name: str) -> tuple[Test, ...]:
    """The deals of some people in one category, as conditions: what their number opens."""
    days = [period.first.isoformat(), period.last.isoformat()]
    counting = Test("process", "any", [str(key) for key in forecasting()])
    if name == "closed":
        return (whose, counting, Test("state", "any", ["won"]), Test("closed_at", "between", days))
    is_open = Test("state", "any", [*GOING])
    return (whose, counting, is_open, Test("counted_as", "any", [name]), Test("closes_on", "between", days))


def lines(actor: Actor, period: Period) -> dict[UUID | None, Line]:
    """One line for each owner of deals that the reader may see; one query."""
    return lines_between(actor, period.first, period.last)


def lines_between(actor: Actor, first: dt.date, last: dt.date) -> dict[UUID | None, Line]:
    """The same for any days."""
    found: dict[UUID | None, Line] = {}
    rows = (
        deals(actor, first, last).order_by().values_list("owner", "category").annotate(Sum("amount_base"), Count("pk"))
    )
    for owner, name, amount, count in rows:
        line = found.setdefault(owner, Line(owner))
        line.own[name], line.counts[name] = amount or Decimal(0), count
    return found


def tree(actor: Actor, period: Period) -> list[Line]:
    """Lines by superior: roots first, each with those below, sums rolled up and the latest submissions."""
    found = lines(actor, period)
    latest = submissions(actor, period)
    chiefs = superiors()
    for person in latest:
        found.setdefault(person, Line(person))
    for known in list(found):
        above = chiefs.get(known) if known else None
        while above is not None:
            found.setdefault(above, Line(above))
            above = chiefs.get(above)
    for whose, line in found.items():
        line.submission = latest.get(whose) if whose else None
        chief = chiefs.get(whose) if whose else None
        if chief is not None:
            found[chief].below.append(line)
    roots = [line for whose, line in found.items() if whose is None or chiefs.get(whose) is None]
    for root in roots:
        roll_up(root)
    return roots


def roll_up(line: Line) -> None:
    """Sum what is below into `team`, from the leaves up."""
    for other in line.below:
        roll_up(other)
    line.team = {name: sum((other.amount(name) for other in line.below), Decimal(0)) for name in CATEGORIES}


def superiors() -> dict[UUID, UUID]:
    """The superior's user of each user, from the employees; one that would make a circle is left out."""
    rows = registry.get("people.employee").rows(SYSTEM).filter(manager__deleted_at=None)
    chiefs = dict(rows.exclude(user=None).exclude(manager__user=None).values_list("user_id", "manager__user_id"))
    for person in list(chiefs):
        seen, above = {person}, chiefs.get(person)
        while above is not None and above not in seen:
            seen.add(above)
            above = chiefs.get(above)
        if above == person:
            del chiefs[person]
    return chiefs


#: What a forecast says; whoever may not read all of it is shown none.
SAID = frozenset({"person", "starts_on", "ends_on", "expected", "adjusted", "adjustment_note", "note", "status"})


def submissions(actor: Actor, period: Period) -> dict[UUID, Any]:
    """The latest submission of each person for the period; none for who may not read all of it."""
    entity = registry.get("sales.forecastsubmission")
    if not access.readable(actor, entity) >= SAID:
        return {}
    rows = entity.rows(actor)
    mine = rows.filter(starts_on=period.first, ends_on=period.last).order_by(
        "person_id", F("submitted_at").desc(nulls_last=True), "-pk"
    )
    return {found.person_id: found for found in mine.distinct("person_id")}


# --- verbs ------------------------------------------------------------------------------------------------------------


def submit(actor: Actor, period: Period, expected: Decimal, note: str = "") -> Any:
    """Say what one expects to win in a period; keeps the figures of this moment."""
    entity = registry.get("sales.forecastsubmission")
    values = {"person": actor.id, "starts_on": period.first, "ends_on": period.last, "expected": expected, "note": note}
    return writes.create(actor, entity, values)


def prepare(batch: Batch) -> None:
    """A new submission is the writer's own and keeps the figures of this moment; what was submitted stays as it was said."""
    for item in batch.items:
        if item.is_new:
            if not item.values.get("person"):
                item.values["person"] = item.values.get("owner") if batch.actor.is_system else batch.actor.id
            item.values["submitted_at"] = now()
            item.values |= figures(batch.actor, item.values)


def figures(actor: Actor, values: dict[str, Any]) -> dict[str, Decimal]:
    """The amounts by category of a person's own deals in the days of a submission."""
    first, last = values.get("starts_on"), values.get("ends_on")
    own = lines_between(actor, first, last).get(values.get("person")) if first and last else None
    return {name: (own.own.get(name, Decimal(0)) if own else Decimal(0)).quantize(CENT) for name in CATEGORIES}


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """One's own, days in order; a submission is not rewritten: a newer one takes its place."""
    specs = registry.get("sales.forecastsubmission").fields
    if not record._state.adding:
        fixed = [
            name
            for name in ("person", "starts_on", "ends_on", "expected")
            if name in values and values[name] != specs[name].get(record)
        ]
        return {name: [_("A forecast stays as it was submitted; submit a new one.")] for name in fixed}
    if not values.get("person"):
        return {"person": [_("This field is required.")]}
    writer = author()
    if not writer.is_system and values["person"] != writer.id:
        return {"person": [_("You can submit a forecast for yourself only: leave this empty. A superior adjusts the forecasts of others.")]}  # fmt: skip
    first, last = values.get("starts_on"), values.get("ends_on")
    return {"ends_on": [_("It cannot end before it begins.")]} if first and last and last < first else {}


def adjust(actor: Actor, submission: Any, amount: Decimal, note: str) -> Any:
    """Count a submission of somebody below with another amount; the reason is kept beside it."""
    if not note.strip():
        raise Refused({"adjustment_note": [_("Say why it is adjusted.")]})
    return judge(actor, submission, {"adjusted": amount, "adjusted_by": actor.id, "adjustment_note": note})


def accept(actor: Actor, submission: Any) -> Any:
    """Accept a submission of somebody below."""
    return judge(actor, submission, {"status": "accepted"})


def judge(actor: Actor, submission: Any, values: dict[str, Any]) -> Any:
    """Let a superior write what only superiors write."""
    entity = registry.get("sales.forecastsubmission")
    access.fetch(entity, actor, submission.pk, "view")
    if submission.person_id not in actor.report_ids and not actor.is_system:
        raise Forbidden("sales.forecastsubmission:adjust", _("Only superiors of this person adjust the forecast."))
    with change_set(actor, kind="forecast", entity=entity.label):
        (fresh,) = writes.lock(entity, [submission.pk])
        follow(entity, [Item(fresh, values)])
    return fresh


# --- how good it was --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A past period of a person: what was expected, what it counted with, what was won, and how near that was."""

    period: Period
    expected: Decimal | None
    counted: Decimal | None
    won: Decimal

    @property
    def share(self) -> Decimal | None:
        """Won ÷ counted in percent; none without a forecast."""
        return None if not self.counted else (self.won * 100 / self.counted).quantize(Decimal("0.1"))


def accuracy(actor: Actor, person: UUID, periods: Iterable[Period]) -> list[Accuracy]:
    """The forecasts of a person against what was won."""
    found = []
    for period in periods:
        said = submissions(actor, period).get(person)
        mine = deals(actor, period.first, period.last).filter(owner=person, state="won")
        won = mine.aggregate(won=Sum("amount_base"))["won"] or Decimal(0)
        found.append(Accuracy(period, said and said.expected, said and said.counted, won))
    return found


def past(period: Period, count: int) -> list[Period]:
    """The periods before one, oldest first."""
    return [period.shifted(-step) for step in range(count, 0, -1)]
