"""Facts of an opportunity for lists, filters and reports: the category it counts in, how far it came, when it moved, days of its cycle, won or not."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.filter_ops import BARE, date_range
from kith.core.specs import ComputedSpec
from kith.core.staged import GOING
from kith.core.types import TYPES
from kith.processes.book import book
from kith.processes.entities.stage import Stage
from kith.processes.entities.stage_stay import StageStay

#: How the filter language reaches the products of a deal.
PRODUCT = "opportunityline-opportunity.product"
#: States of deals that still go on, as a list in SQL.
GOING_SQL = ", ".join(f"'{state}'" for state in GOING)


def category_of(record: Any) -> str | None:
    """The forecast category a deal counts in: its own, else that of its stage."""
    stage = book().stage(record.stage_id)
    return record.forecast_category or (str(stage.forecast_category) if stage else None)


def category(prefix: str = "") -> Case:
    """The same in the database."""
    by_category: dict[str, list[UUID]] = {}
    for stage in book().stages.values():
        by_category.setdefault(str(stage.forecast_category), []).append(stage.pk)
    whens = [When(**{f"{prefix}stage__in": stages}, then=Value(name)) for name, stages in by_category.items()]
    own = When(~Q(**{f"{prefix}forecast_category": ""}), then=F(f"{prefix}forecast_category"))
    return Case(own, *whens, output_field=CharField())


def reached(op: str, value: Any, _actor: Actor, _me: Actor) -> Q:
    """Deals that were in one of these stages at some time, in whatever edition of the process."""
    asked = [stage for key in (value or ()) if (stage := book().stage(key))]
    stages = [found.pk for stage in asked for found in book().editions_of(stage)]
    stays = StageStay.objects.filter(stage_id__in=stages).values("record_id")
    found = Q(pk__in=stays)
    return ~found if op == "not_any" else found


def moved(op: str, value: Any, _actor: Actor, _me: Actor) -> Q:
    """Deals that came from one stage into another on such days: stays that are not the first of their record."""
    courses = [course for course in book().courses.values() if course.process.entity == "sales.opportunity"]
    before = StageStay.objects.filter(record_id=OuterRef("record_id"), entered_at__lt=OuterRef("entered_at"))
    stays = StageStay.objects.filter(Exists(before), stage_id__in=[stage.pk for one in courses for stage in one.stages])
    if op not in BARE:
        for lookup, day in zip(("gte", "lt"), date_range(op, value), strict=True):
            if day is not None:
                moment = timezone.make_aware(dt.datetime.combine(day, dt.time()))
                stays = stays.filter(**{f"entered_at__{lookup}": moment})
    found = Q(pk__in=stays.values("record_id"))
    return ~found if op == "empty" else found


def cycle_of(record: Any) -> int | None:
    """Whole days from the beginning to the close of a closed deal (R165); of one entered after it was closed nobody knows them."""
    if record.closed_at is None or record.started_on is None:
        return None
    days = int((timezone.localdate(record.closed_at) - record.started_on).days)
    return None if days < 0 else days


def cycle(prefix: str = "", since: Any = None) -> Any:
    """The same in the database; `since` is the day of the beginning of what has no field for it."""
    days = Func(
        TruncDate(f"{prefix}closed_at"),
        since or F(f"{prefix}started_on"),
        template="NULLIF(GREATEST(%(expressions)s, -1), -1)",
        arg_joiner=" - ",
    )
    return ExpressionWrapper(days, output_field=IntegerField())


def won_of(record: Any) -> Decimal | None:
    """100 for a won deal, 0 for a lost one, nothing for others: its average is the win rate in percent (R165)."""
    return {"won": Decimal(100), "lost": Decimal(0)}.get(str(record.state))


def won(prefix: str = "") -> Case:
    """The same in the database."""
    return Case(
        When(**{f"{prefix}state": "won"}, then=Value(100)),
        When(**{f"{prefix}state": "lost"}, then=Value(0)),
        output_field=DecimalField(max_digits=5, decimal_places=2),
    )


CATEGORY = ComputedSpec(
    name="counted_as", label=_("counts in the forecast as"), type=TYPES["choice"], editable=False, compute=category_of, sql=category,
    choices=tuple((str(key), label) for key, label in Stage.Category.choices), hues={str(member): member.hue for member in Stage.Category},
)  # fmt: skip
REACHED = ComputedSpec(
    name="reached",
    label=_("was in the stage"),
    type=TYPES["link"],
    target="processes.stage",
    editable=False,
    where=reached,
)
MOVED = ComputedSpec(
    name="moved_on", label=_("moved to another stage on"), type=TYPES["date"], editable=False, where=moved,
)  # fmt: skip
CYCLE = ComputedSpec(
    name="cycle_days", label=_("sales cycle, days"), type=TYPES["number"], editable=False, compute=cycle_of, sql=cycle,
)  # fmt: skip
WON = ComputedSpec(
    name="win_rate", label=_("win rate"), type=TYPES["percent"], editable=False, compute=won_of, sql=won, decimals=2,
    help=_("100 for a won deal, 0 for a lost one; on average the win rate."),
)  # fmt: skip
FACTS = (CATEGORY, REACHED, MOVED, CYCLE, WON)
