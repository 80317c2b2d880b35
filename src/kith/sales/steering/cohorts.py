"""The cohort of a funnel as SQL: records of one process that began in a period, each with its amount, cycle and group."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, DecimalField, F, IntegerField, QuerySet, UUIDField, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.filters import EVERYTHING, Group, Node, Test, compile_filter
from kith.processes.book import Course

from . import facts

LINE = "sales.opportunityline"


@dataclass(frozen=True, slots=True)
class Split:
    """What a funnel is split by: the field in the language of filters, and whose records the groups are."""

    key: str
    path: str
    label: Any
    target: str

    def test(self, value: str) -> Node:
        """The records of one group; "none" are those without."""
        if value != "none":
            return Test(self.path, "any", [value])
        return Group("none", (Test(self.path, "filled"),)) if "." in self.path else Test(self.path, "empty")


OWNER = Split("owner", "owner", _("Owner"), "access.user")
SOURCE = Split("source", "source", _("Source"), "parties.source")
OF_PRODUCT = Split("product", facts.PRODUCT, _("Product"), "catalogue.product")
SPLITS = {
    "sales.opportunity": {split.key: split for split in (OWNER, SOURCE, OF_PRODUCT)},
    "sales.lead": {split.key: split for split in (OWNER, SOURCE)},
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is asked: records of one process that a reader may see and that meet a filter, begun from `first` to `last`."""

    actor: Actor
    course: Course
    first: dt.date
    last: dt.date
    filter: Node = field(default=EVERYTHING)

    @property
    def entity(self) -> Entity:
        """Whose records."""
        return registry.get(self.course.process.entity)

    @property
    def day(self) -> str:
        """The field that says when a record began: a deal's own day, which an import may bring along; of others their creation (R165)."""
        return "started_on" if "started_on" in self.entity.declared else "created_at"

    def of(self, course: Course) -> "Cohort":
        """The same question about another process."""
        return replace(self, course=course)


def rows(cohort: Cohort, by: str = "") -> tuple[str, list[Any]]:
    """SQL of the cohort: id, amount in the base currency, days of the cycle of what was won, group.

    A record with several products is there once for each of them, one without any in the group of nothing (R161).
    """
    found = began(cohort).annotate(
        sum=amount(cohort.entity), cycle=cycle(cohort.entity), part=group(by if by != "product" else "")
    )
    try:
        sql, params = found.values_list("id", "sum", "cycle", "part").query.sql_with_params()
    except EmptyResultSet:  # none can be seen
        sql, params = "SELECT NULL::uuid, NULL::numeric, NULL::int, NULL::uuid WHERE false", ()
    told = f"SELECT id, amount, cycle, part FROM ({sql}) r(id, amount, cycle, part)"
    if by != "product":
        return told, list(params)
    lines, more = products(cohort)
    joined = f"SELECT r.id, r.amount, r.cycle, l.product AS part FROM ({told}) r LEFT JOIN ({lines}) l(id, product) ON l.id = r.id"
    return joined, [*params, *more]


def began(cohort: Cohort) -> QuerySet[Any]:
    """The records of the cohort."""
    found = cohort.entity.rows(cohort.actor).filter(process__series=cohort.course.process.series, **days(cohort))
    if cohort.filter != EVERYTHING:
        found = found.filter(compile_filter(cohort.entity, cohort.filter, cohort.actor))
    return found.order_by()


def days(cohort: Cohort) -> dict[str, Any]:
    """The condition on the day of the beginning."""
    if cohort.day == "started_on":
        return {"started_on__range": (cohort.first, cohort.last)}
    start, end = (
        timezone.make_aware(dt.datetime.combine(day, dt.time()))
        for day in (cohort.first, cohort.last + dt.timedelta(days=1))
    )
    return {"created_at__gte": start, "created_at__lt": end}


def amount(entity: Entity) -> Any:
    """The amount of a record; nothing counts as zero."""
    zero = Value(Decimal(0), output_field=DecimalField())
    return Coalesce("amount_base", zero, output_field=DecimalField()) if has_amount(entity) else zero


def has_amount(entity: Entity) -> bool:
    """Whether records of this entity have an amount in the base currency."""
    return "amount_base" in entity.declared


def cycle(entity: Entity) -> Any:
    """Whole days from the beginning to the close of what was won (R165)."""
    since = None if "started_on" in entity.declared else TruncDate("created_at")
    return Case(When(state="won", then=facts.cycle(since=since)), output_field=IntegerField())


def group(by: str) -> Any:
    """The group of a record by one of its own links."""
    return F(f"{by}_id") if by else Value(None, output_field=UUIDField())


def products(cohort: Cohort) -> tuple[str, list[Any]]:
    """SQL of the products of deals as far as the reader may see them, each once."""
    lines = registry.get(LINE).rows(cohort.actor).exclude(product=None).order_by()
    try:
        sql, params = lines.values_list("opportunity", "product").distinct().query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::uuid, NULL::uuid WHERE false", []
    return sql, list(params)
