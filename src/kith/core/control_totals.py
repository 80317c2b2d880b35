"""Control totals: each night what there is of each kind of record is counted and added up, and kept (N2).

1. Of every kind of record with a story of its own: its number and the sums it declares (by currency), by the field that its
   board stands for, at the end of the day of the company.
2. What a list shows "as of" that moment later must be the same to the last digit. A job evaluates the last night and the
   ends of the last months again from the ledger; a difference is told by the page, by /readyz and by the doctor.
3. Records that were erased for good meanwhile are missing from the second evaluation: that is told, and is no difference.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import Count, F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import access, askable, asof, health, past
from .access import SYSTEM
from .choices import HueChoices
from .entity import Entity, registry
from .jobs import job
from .past import Past

#: Days that are caught up, days for which every night is kept, ends of months that are compared.
CAUGHT_UP, KEPT, COMPARED = 31, 400, 12
COUNT = "count"
type Key = tuple[str, str, str]
type Lines = dict[Key, Decimal]


class State(HueChoices):
    """What a comparison found."""

    OPEN = "", "grey", _("not compared yet")
    SAME = "same", "green", _("agrees")
    ERASED = "erased", "amber", _("records erased since")
    DIFFERS = "differs", "rose", _("differs")


class ControlTotal(models.Model):
    """One number of one night: of a kind of record, a measure, a value of its dimension, a currency."""

    day = models.DateField()
    at = models.DateTimeField()
    entity = models.CharField(max_length=60)
    measure = models.CharField(max_length=80)
    dimension = models.CharField(max_length=60, default="")
    value = models.CharField(max_length=80, default="")
    currency = models.CharField(max_length=3, default="")
    total = models.DecimalField(max_digits=38, decimal_places=10)
    made_at = models.DateTimeField(default=timezone.now)
    found = models.DecimalField(max_digits=38, decimal_places=10, null=True)
    checked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-day", "entity", "measure", "value"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["day", "entity", "measure", "value", "currency"], name="core_controltotal_line"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day"], name="controltotal_differs", condition=models.Q(state="differs"))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.entity} {self.measure}"


# --- what is counted --------------------------------------------------------------------------------------------------


def counted() -> list[Entity]:
    """The kinds of records that are counted: those with a story of their own."""
    return [entity for entity in registry if access.is_subject(entity)]


def measures(entity: Entity) -> list[str]:
    """The count, and the declared sums of fields that the ledger tells."""
    sums = [name for name in entity.measures if name.startswith("sum:")]
    return [COUNT, *(name for name in sums if askable.is_told(entity, name.removeprefix("sum:")))]


def dimension(entity: Entity) -> str:
    """The field by which is counted: that of the board, else the first closed list among the dimensions."""
    names = (entity.board, *(name for name in entity.dimensions if ":" not in name and "__" not in name))
    fit = (name for name in names if name and askable.is_told(entity, name))
    return next((name for name in fit if entity.fields[name].type.name in ("choice", "link", "boolean")), "")


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day of the company."""
    with timezone.override(timezone.get_default_timezone()):
        return past.end_of(day)


def yesterday() -> dt.date:
    """The last day of the company that is over."""
    return timezone.localdate(timezone=timezone.get_default_timezone()) - dt.timedelta(days=1)


def evaluated(entity: Entity, moment: dt.datetime, name: str) -> Lines:
    """The numbers of a moment, from the ledger: by measure, value of the dimension of this name and currency."""
    found = asof.rows(entity, SYSTEM, Past(moment, moment.isoformat())).order_by()
    group = {"line": entity.fields[name].expression()} if name else {"line": models.Value("", models.CharField())}
    lines: Lines = {}
    for row in found.values(**group).annotate(n=Count("pk")).values_list("line", "n"):
        lines[COUNT, written(row[0]), ""] = Decimal(row[1])
    for measure in measures(entity)[1:]:
        lines |= summed(entity, found, group, measure)
    return lines


def summed(entity: Entity, found: Any, group: dict[str, Any], measure: str) -> Lines:
    """The sums of one field, of amounts by currency."""
    spec = entity.fields[measure.removeprefix("sum:")]
    is_money = spec.type.name == "money" and not spec.is_bag
    currency = F(f"{spec.name}_currency") if is_money else models.Value("", models.CharField())
    rows = found.annotate(of=spec.expression()).filter(of__isnull=False).values(**group, code=currency)
    sums = rows.annotate(total=Sum("of")).values_list("line", "code", "total")
    return {(measure, written(line), code or ""): Decimal(total) for line, code, total in sums}


def written(value: Any) -> str:
    """A value of the dimension as text; none is empty."""
    return "" if value is None else str(value)[:80]


# --- keeping ----------------------------------------------------------------------------------------------------------


@job("core.control_totals", queue="system", periodic="20 * * * *", retry=3)
def keep() -> dict[str, int]:
    """Count the last night, and nights that were missed, once each; nights older than a year are kept for ends of months."""
    made = sum(store(entity, day) for day in missing() for entity in counted())
    old = ControlTotal.objects.filter(day__lt=yesterday() - dt.timedelta(days=KEPT))
    for day in old.values_list("day", flat=True).distinct().order_by():
        if (day + dt.timedelta(days=1)).day != 1:
            old.filter(day=day).delete()
    return {"lines": made}


def missing() -> list[dt.date]:
    """Nights without totals since the last one that has some, at most a month of them; the last one of all to begin with."""
    last, until = ControlTotal.objects.aggregate(last=models.Max("day"))["last"], yesterday()
    if last is None:
        return [until]
    first = max(last + dt.timedelta(days=1), until - dt.timedelta(days=CAUGHT_UP - 1))
    return [first + dt.timedelta(days=step) for step in range((until - first).days + 1)]


def store(entity: Entity, day: dt.date) -> int:
    """Keep the numbers of a kind of record and a day; how many lines."""
    moment, name = end_of(day), dimension(entity)
    lines = [
        ControlTotal(day=day, at=moment, entity=entity.label, measure=measure, dimension=name, value=value, currency=currency, total=total)
        for (measure, value, currency), total in evaluated(entity, moment, name).items()
    ]  # fmt: skip
    return len(ControlTotal.objects.bulk_create(lines, ignore_conflicts=True))


# --- comparing --------------------------------------------------------------------------------------------------------


@job("core.compare_control_totals", queue="system", periodic="35 3 * * *", retry=3)
def compare() -> dict[str, int]:
    """Evaluate the last night and the ends of the last months again, and say where they differ."""
    states = [check(entity, day) for day in to_compare() for entity in counted()]
    return {"compared": len([state for state in states if state]), "differ": states.count(State.DIFFERS)}


def to_compare() -> list[dt.date]:
    """The last night and the ends of the last months."""
    last = yesterday()
    ends = [last.replace(day=1) - relativedelta(months=back) - dt.timedelta(days=1) for back in range(COMPARED)]
    return [last, *(end for end in ends if end != last)]


def check(entity: Entity, day: dt.date) -> str:
    """Compare one kind of record and day; the worst state of its lines, "" where nothing was kept."""
    told = measures(entity)
    kept = list(ControlTotal.objects.filter(day=day, entity=entity.label, measure__in=told))
    name = kept[0].dimension if kept else ""
    if not kept or (name and not (name in entity.fields and askable.is_told(entity, name))):
        return ""
    moment, before = kept[0].at, counted_by(entity, day)  # as it was then: the company may have changed its time zone
    found = {key: total for key, total in evaluated(entity, moment, name).items() if key[0] in before}
    known = {(line.measure, line.value, line.currency) for line in kept}
    when = Past(moment, moment.isoformat())
    erased = asof.erased_since(entity, when) > 0 or asof.emptied_since(entity, when)
    for line in kept:
        line.found = found.get((line.measure, line.value, line.currency), Decimal(0))
        line.state = State.SAME if line.found == line.total else State.ERASED if erased else State.DIFFERS
        line.checked_at = timezone.now()
    with transaction.atomic():
        ControlTotal.objects.bulk_update(kept, ["found", "state", "checked_at"])
        ControlTotal.objects.bulk_create(list(unknown(kept[0], found, known)))
    states = {line.state for line in kept} | ({str(State.DIFFERS)} if found.keys() - known else set())
    return next(str(state) for state in (State.DIFFERS, State.ERASED, State.SAME) if state in states)


def counted_by(entity: Entity, day: dt.date) -> frozenset[str]:
    """The measures that were counted by that night: a sum that was declared later is missing from it, and no difference."""
    lines = ControlTotal.objects.filter(entity=entity.label, day__lte=day).order_by()
    return frozenset(lines.values_list("measure", flat=True).distinct())


def unknown(like: ControlTotal, found: Lines, known: Iterable[Key]) -> Iterator[ControlTotal]:
    """Lines that were not there that night, unlike this one: kept as nought, and different."""
    for measure, value, currency in found.keys() - set(known):
        yield ControlTotal(
            day=like.day, at=like.at, entity=like.entity, measure=measure, dimension=like.dimension, value=value, currency=currency,
            total=0, found=found[measure, value, currency], state=State.DIFFERS, checked_at=timezone.now(),
        )  # fmt: skip


def problem() -> str:
    """What is wrong, in words for the doctor; "" when nothing is."""
    lines = ControlTotal.objects.filter(state=State.DIFFERS)
    days = sorted({f"{entity} of {day}" for entity, day in lines.values_list("entity", "day").distinct()[:20]})
    if not days:
        return ""
    return f"control totals differ from what the ledger tells now: {', '.join(days)}; look at /control-totals."


health.watch("control_totals", problem)


def totals_of(entity: Entity, moment: dt.datetime) -> dict[tuple[str, str], Decimal]:
    """What was kept of a moment over all values: by measure and currency; nothing where no night ends then."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in ControlTotal.objects.filter(at=moment, entity=entity.label):
        found[line.measure, line.currency] += line.total
    return dict(found)
