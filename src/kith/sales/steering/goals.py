"""The targets of sales for figures of dashboards: what people, departments or the company are to reach in a period."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from kith.core.access import SYSTEM, Actor
from kith.core.dashboards import goals
from kith.core.dashboards.goals import Asked, Found, Goal
from kith.core.entity import registry

from ..entities.sales_target import SalesTarget
from . import targets


def register() -> None:
    """Offer one for each figure that targets are about."""
    for name, label in SalesTarget.Metric.choices:
        goals.offered[name] = Goal(label, targets.METRICS[name].entity, partial(find, name))


def find(metric: str, actor: Actor, asked: Asked) -> Found | None:
    """What is to be reached in these days, by whom the figure is about; None where nothing is set for all of them."""
    mine = [
        one for one in targets.running(actor, asked.first, asked.last) if one.metric == metric and not one.product_id
    ]
    amount = sum((whole(some, asked) for some in scopes(mine, asked)), Decimal(0))
    return Found(amount, address(metric, asked)) if amount else None


def scopes(rows: list[Any], asked: Asked) -> Iterable[list[Any]]:
    """The targets that count, for each whose it is: of the region, of the people, else of the company, its highest departments, everybody."""
    if asked.region is not None:
        inside = [one for one in rows if one.territory_id == asked.region and not one.unit_id]
        return by(inside, "person_id", asked.people) if asked.people is not None else [[one for one in inside if not one.person_id]]  # fmt: skip
    rows = [one for one in rows if not one.territory_id]
    if asked.people is not None:
        return by([one for one in rows if not one.unit_id], "person_id", asked.people)
    company = [one for one in rows if not one.person_id and not one.unit_id]
    units = by(
        [one for one in rows if not one.person_id], "unit_id", highest({one.unit_id for one in rows if one.unit_id})
    )
    return [company] if whole(company, asked) else units or by(rows, "person_id", {one.person_id for one in rows if one.person_id})  # fmt: skip


def by(rows: Iterable[Any], name: str, keys: Iterable[uuid.UUID]) -> list[list[Any]]:
    """The targets of each of these."""
    wanted, found = set(keys), defaultdict[uuid.UUID, list[Any]](list)
    for row in rows:
        if (key := getattr(row, name)) in wanted:
            found[key].append(row)
    return list(found.values())


def highest(units: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some departments that lie below none of the others."""
    above = dict(registry.get("people.orgunit").rows(SYSTEM).values_list("pk", "parent")) if len(units) > 1 else {}

    def is_below(unit: uuid.UUID) -> bool:
        seen = {unit}
        while (up := above.get(unit)) is not None and up not in seen:
            if up in units:
                return True
            seen.add(up)
            unit = up
        return False

    return {unit for unit in units if not is_below(unit)}


def whole(rows: list[Any], asked: Asked) -> Decimal:
    """What targets inside the days add up to, longer ones before shorter ones of the same days; nothing where a day has none."""
    inside = [one for one in rows if asked.first <= one.starts_on and one.ends_on <= asked.last]
    taken, amount = list[tuple[dt.date, dt.date]](), Decimal(0)
    for one in sorted(inside, key=lambda one: (one.starts_on - one.ends_on, one.starts_on, one.pk)):
        if all(one.ends_on < first or one.starts_on > last for first, last in taken):
            taken.append((one.starts_on, one.ends_on))
            amount += one.value
    covered = sum((last - first).days + 1 for first, last in taken)
    return amount if covered == (asked.last - asked.first).days + 1 else Decimal(0)


def address(metric: str, asked: Asked) -> str:
    """The list of the targets inside these days."""
    days = f"{asked.first},{asked.last}"
    tests = (f"metric:any:{metric}", f"starts_on:between:{days}", f"ends_on:between:{days}")
    return f"/{registry.get(targets.LABEL).slug}/?{urlencode([('f', one) for one in tests])}"
