"""The page of control totals: what was counted each night, what the ledger tells of it now, whether they agree."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kith.core import past
from kith.core.access import require_system_right
from kith.core.control_totals import COUNT, ControlTotal, State, to_compare
from kith.core.entity import Entity, registry
from kith.core.money import Money
from kith.core.ui import formats
from kith.core.ui.base import actor_of, guarded


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of a kind of record and a night, over all values of its dimension."""

    entity: Entity
    label: str
    kept: Any
    found: Any
    state: State
    href: str


@require_safe
@guarded
def show(request: HttpRequest) -> HttpResponse:
    """The last night and the ends of the last months."""
    require_system_right(actor_of(request), "audit")
    days = sorted(to_compare(), reverse=True)
    lines = ControlTotal.objects.filter(day__in=days).order_by("-day", "entity", "measure", "currency", "value")
    nights = [(day, list(night(day, list(found)))) for day, found in groupby(lines, key=lambda line: line.day)]
    return render(request, "kith/control_totals.html", {"nights": [(day, found) for day, found in nights if found]})


def night(day: dt.date, lines: list[ControlTotal]) -> Any:
    """The lines of one night."""
    for (label, measure, currency), found in groupby(
        lines, key=lambda line: (line.entity, line.measure, line.currency)
    ):
        entity = registry.find(label)
        if entity is None:
            continue
        some = list(found)
        kept = sum((line.total for line in some), Decimal(0))
        seen = [line.found for line in some if line.found is not None]
        href = f"/{entity.slug}/?{urlencode([('view', 'all'), ('f', ''), (past.NAME, day.isoformat())])}"
        yield Line(entity, name_of(entity, measure), shown(kept, currency), shown(sum(seen, Decimal(0)), currency) if len(seen) == len(some) else None, worst(some), href)  # fmt: skip


def worst(lines: list[ControlTotal]) -> State:
    """The state of several lines."""
    states = {line.state for line in lines}
    return next(state for state in (State.DIFFERS, State.ERASED, State.OPEN, State.SAME) if state in states)


def name_of(entity: Entity, measure: str) -> str:
    """What a measure is called."""
    if measure == COUNT:
        return _("Number of records")
    spec = entity.fields.get(measure.removeprefix("sum:"))
    return capfirst(_("sum of %(field)s") % {"field": spec.label if spec else measure})


def shown(value: Decimal, currency: str) -> Any:
    """A number, or an amount of money."""
    if currency:
        return formats.money(Money(value, currency))
    return formats.num(int(value) if value == int(value) else value.normalize())
