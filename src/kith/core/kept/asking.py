"""What a report or a grouped list asks of kept figures: fields of the records themselves, counts, sums and averages.

What follows from other records or from the clock would change without a write of such a record, and nobody would notice.
"""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import DecimalField, IntegerField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import conditions, filter_ops, sums, views
from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue
from kith.core.filters import BadFilter, Node, Test
from kith.core.specs import BagSpec, ColumnSpec, FieldSpec, LinkSpec, MoneySpec

from .cubes import DATES, GRAINS, Cube, Key, added_of, key_in_bag, key_of

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.reports.shape import Report
    from kith.core.views import Look

#: No texts: they may say anything about anybody, and lines outlive the erasure of a record until they are folded.
GROUPED = frozenset({"choice", "link", "boolean", "country", "number", "percent", "date", "moment"})
#: Of fields defined at run time: their values are kept as they are, days as days.
GROUPED_IN_BAG = GROUPED - {"link", "moment"}
ADDED = frozenset({"number", "percent", "money"})
MEASURES = frozenset({"count", "sum", "avg"})
SHAPES = _("Only reports and grouped lists can be kept ready.")
NOW_ONLY = _("Only what is asked of today's records, without words searched for, can be kept ready.")
BEHIND = _("“%(what)s” is no stored value of the records themselves, so figures by it cannot be kept ready.")
ADDED_UP = _("“%(what)s” is no stored number of the records themselves, so its sums cannot be kept ready.")
BOTH = _("“%(what)s” is added up and asked for as well, so the figures cannot be kept ready.")
OTHERWISE = _("Only numbers of records, sums and averages can be kept ready.")
PERSONAL = _("“%(what)s” is personal data, so figures by it cannot be kept ready.")

type Grains = dict[str, list[str]]


class Unkept(Exception):
    """This cannot be answered from kept figures; why, in words."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


def of_view(view: Any) -> Cube:
    """What has to be kept for a saved view. Raises Unkept."""
    entity = registry.find(str(view.entity))
    if entity is None:
        raise Unkept(SHAPES)
    try:
        with timezone.override(settings.TIME_ZONE):
            return of_look(views.base_look(entity, view), SYSTEM, lasting=True)
    except BadFilter as error:
        raise Unkept(error.message) from None


def of_look(look: "Look", actor: "Actor", *, lasting: bool = False) -> Cube:
    """The figures that a report or a grouped list needs, for good if `lasting`. Raises Unkept, BadFilter."""
    from kith.core.reports.reading import of_look as report_of  # reports ask this module

    if look.shape == views.REPORT:
        return of_report(report_of(look), actor, lasting=lasting)
    if not look.groups:
        raise Unkept(SHAPES)
    if look.as_of or look.q:
        raise Unkept(NOW_ONLY)
    grains: Grains = {name: ["month"] for name in look.groups}
    return cube(look.entity, grains, [look.filter], [spec.name for spec in sums.summed(look)], actor, lasting=lasting)


def of_report(report: "Report", actor: "Actor", *, lasting: bool = False) -> Cube:
    """The figures that a report needs. Raises Unkept."""
    if report.as_of or report.q:
        raise Unkept(NOW_ONLY)
    parts = [part for figure in report.figures for part in figure.parts]
    if any(part.kind not in MEASURES for part in parts):
        raise Unkept(OTHERWISE)
    grains: Grains = {}
    for asked in report.dimensions:
        grains.setdefault(asked.path, []).append(asked.grain or "month")
    nodes = [report.filter, *(part.where for part in parts)]
    return cube(report.entity, grains, nodes, [part.path for part in parts if part.path], actor, lasting=lasting)


def cube(
    entity: Entity, grains: Grains, nodes: Iterable[Node], added: Iterable[str], actor: "Actor", *, lasting: bool
) -> Cube:
    """Figures by these groups and by what the conditions ask for. Raises Unkept."""
    for test in (test for node in nodes for test in conditions.tests(node)):
        grains.setdefault(test.field, []).append(grain_of(grouped(entity, test.field), test, actor, lasting=lasting))
    keys = {name: by(entity, grouped(entity, name), asked) for name, asked in grains.items()}
    found = [summed(entity, name) for name in dict.fromkeys(added)]
    if both := next((spec for spec in found if spec.name in keys), None):
        raise Unkept(BOTH % {"what": both.label})
    for spec in found:
        keys |= currency_of(entity, spec)
    zone = timezone.get_current_timezone_name() if any(key.kind == "moment" for key in keys.values()) else ""
    return Cube(entity, tuple(sorted(keys.values())), tuple(sorted(added_of(entity, spec) for spec in found)), zone)


def currency_of(entity: Entity, spec: FieldSpec) -> dict[str, Key]:
    """The key of the currency of an amount; nothing of any other number."""
    if isinstance(spec, BagSpec):
        return {f"{spec.name}.currency": key_in_bag(spec, "currency")} if spec.type.name == "money" else {}
    return {name: key_of(entity, name, "text") for name in spec.columns[1:]}


def by(entity: Entity, spec: FieldSpec, asked: list[str]) -> Key:
    """The key of a field, of dates by the finest of the periods that are asked for."""
    if isinstance(spec, BagSpec):
        return key_in_bag(spec)
    grain = min((one if one in GRAINS else "day" for one in asked), key=GRAINS.index)
    kind = spec.type.name
    return key_of(entity, spec.columns[0], kind, grain if kind in DATES else "")


def grouped(entity: Entity, name: str) -> FieldSpec:
    """A field by which figures can be kept. Raises Unkept."""
    spec = entity.fields.get(name)
    kinds = GROUPED_IN_BAG if isinstance(spec, BagSpec) else GROUPED
    if not isinstance(spec, ColumnSpec | LinkSpec | BagSpec) or spec.type.name not in kinds:
        raise Unkept(BEHIND % {"what": name if spec is None else spec.label})
    return of_nobody(spec)


def summed(entity: Entity, name: str) -> FieldSpec:
    """A field that can be added up exactly. Raises Unkept."""
    spec = entity.fields.get(name)
    if isinstance(spec, BagSpec) and spec.type.name in ADDED:
        return of_nobody(spec)
    if isinstance(spec, ColumnSpec | MoneySpec) and spec.type.name in ADDED:
        column = entity.model._meta.get_field(spec.columns[0])
        if isinstance(column, DecimalField | IntegerField):
            return of_nobody(spec)
    raise Unkept(ADDED_UP % {"what": name if spec is None else spec.label})


def of_nobody(spec: FieldSpec) -> FieldSpec:
    """A field that tells nothing of a person. Raises Unkept."""
    if spec.personal:
        raise Unkept(PERSONAL % {"what": spec.label})
    return spec


def grain_of(spec: FieldSpec, test: Test, actor: "Actor", *, lasting: bool) -> str:
    """The coarsest periods by which a condition on a date can be told; today, or for good if `lasting`."""
    if spec.type.name not in DATES or isinstance(spec, BagSpec) or test.op in filter_ops.BARE:
        return GRAINS[-1]
    if lasting and passes(test):
        return GRAINS[0]
    try:
        bounds = filter_ops.date_range(test.op, filter_ops.value_of(spec, test.op, test.value, actor))
    except BadValue as error:
        raise Unkept(error.message) from None
    days = [day for day in bounds if day is not None]
    return next(grain for grain in reversed(GRAINS) if all(begins(day, grain) for day in days))


def begins(day: dt.date, grain: str) -> bool:
    """Whether a period begins on a day."""
    return filter_ops.period(grain, day)[0] == day


def passes(test: Test) -> bool:
    """Whether a condition speaks of other days tomorrow that need not begin a period."""
    values = test.value if isinstance(test.value, list | tuple) else [test.value]
    return test.op in ("last", "next") or any(
        isinstance(value, str) and filter_ops.word_date(value) for value in values
    )


__all__ = ["Unkept", "of_look", "of_report", "of_view"]
