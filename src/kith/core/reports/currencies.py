"""In which currencies a report tells amounts: of one currency in it, of several in the base currency, or each apart on demand.

Amounts are converted by the rate of their day. Where a rate is missing, nothing is guessed: they stand apart, and the
page says which rate is missing (R6).
"""

import datetime as dt
from dataclasses import dataclass, replace
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.utils.translation import gettext as _

from kith.core import rates
from kith.core.entity import registry
from kith.core.filters import BadFilter

from . import periods
from .budget import fetched
from .measures import Part
from .paths import Path, resolve

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity

    from .engine import Plan

#: Instead of a field: the rates of today.
TODAY = "today"
DAYS = frozenset({"date", "moment"})

#: So many rows tell whether amounts of other currencies are to be expected.
PROBED = 10_000

type First = dict[str, dt.date | None]


class Others(Exception):
    """There are amounts in other currencies, although none were to be expected."""


@dataclass(frozen=True, slots=True)
class Told:
    """The currencies of each amount, the parts as they are computed, whether any is converted, and the rates that lack.

    Where it is supposed that all amounts are in the base currency, the query of the figures has to see whether that is so.
    """

    parts: tuple[Part, ...]
    codes: dict[int, list[str]]
    is_converted: bool = False
    lacking: tuple[tuple[str, dt.date | None], ...] = ()
    is_supposed: bool = False


def day_for(entity: "Entity", path: Path, on: str, actor: "Actor", operation: str) -> Any:
    """The day whose rate counts for an amount, as an expression: of the field asked for, else what its entity names; None for today."""
    if on == TODAY:
        return None
    if on:
        return periods.starts(date_path(entity, on, actor, operation), "day")
    *links, _last = path.name.split(".")
    target = entity
    for name in links:
        target = registry.get(target.fields[name].target)
    if not target.rate_day:
        return None
    try:
        found = resolve(entity, ".".join([*links, target.rate_day]), actor, operation)
    except BadFilter:  # a day that the reader may not know
        return None
    return periods.starts(found, "day")


def date_path(entity: "Entity", on: str, actor: "Actor", operation: str = "view") -> Path:
    """The date field that a report takes rates by; raises BadFilter for any other."""
    found = resolve(entity, on, actor, operation)
    if found.spec.type.name not in DAYS or found.spec.is_bag:
        raise BadFilter(
            _("Rates are those of a date, not of “%(field)s”; choose a date field or today.") % {"field": found.label}
        )
    return found


def told(plan: "Plan", *, supposing: bool) -> Told:
    """How the amounts of a report are told; `supposing` that all are in the base currency unless some of the rows say otherwise."""
    report, money = plan.report, [part for part in plan.parts if part.is_money]
    if supposing and money and not others_in(plan, money, most=PROBED):
        return Told(plan.parts, {part.at: [rates.base()] for part in money}, is_supposed=True)
    codes = {at: sorted(found) or [rates.base()] for at, found in codes_of(plan).items()}
    mixed = several(plan, codes)
    if report.apart or not mixed:
        return Told(plan.parts, codes)
    found = first_days(plan, mixed)
    lacking = {(code, day) for at in mixed for code, day in found[at].items() if rates.rate(code, day) is None}
    if lacking:
        return Told(plan.parts, codes, lacking=tuple(sorted(lacking, key=str)))
    parts = tuple(replace(part, into=rates.base()) if part.at in mixed else part for part in plan.parts)
    return Told(parts, codes | {at: [rates.base()] for at in mixed}, is_converted=True)


def several(plan: "Plan", codes: dict[int, list[str]]) -> set[int]:
    """The parts of figures that mix currencies."""
    found, at = set[int](), 0
    for figure in plan.report.figures:
        mine = [at + step for step in range(len(figure.parts)) if at + step in codes]
        at += len(figure.parts)
        if len({code for one in mine for code in codes[one]}) > 1:
            found |= set(mine)
    return found


def codes_of(plan: "Plan") -> dict[int, set[str]]:
    """The currencies of each amount; none are named where all of them are in the base currency."""
    money = [part for part in plan.parts if part.is_money]
    found: dict[int, set[str]] = {part.at: set() for part in money}
    if not money or not others_in(plan, money):
        return found
    sql, values = plan.source(())
    heads = ", ".join(f'"m{part.at}c", count("m{part.at}")' for part in money)
    groups = ", ".join(f'"m{part.at}c"' for part in money)
    for row in fetched(f"SELECT {heads} FROM ({sql}) found GROUP BY {groups}", [*values]):
        for part, (code, count) in zip(money, batched(row, 2, strict=True), strict=True):
            if count:
                found[part.at].add(code)
    return found


def others_in(plan: "Plan", money: list[Part], most: int = 0) -> bool:
    """Whether there is an amount in another currency, among all rows or only some of them.

    To find that there are none takes a third of the time of counting them all, and to find the first one next to none.
    """
    try:
        sql, values = plan.source(())
    except EmptyResultSet:
        return False
    rows = f"{sql} LIMIT {most}" if most else sql
    condition, given = of_others(money)
    return bool(fetched(f"SELECT 1 FROM ({rows}) found WHERE {condition} LIMIT 1", [*values, *given]))


def of_others(money: list[Part]) -> tuple[str, list[Any]]:
    """The condition on rows with an amount in another currency, as SQL."""
    tests = [f'("m{part.at}" IS NOT NULL AND "m{part.at}c" <> %s)' for part in money]
    return " OR ".join(tests), [rates.base() for _part in money]


def guard(plan: "Plan") -> tuple[list[str], list[Any]]:
    """Where it is supposed that there are no others: how many rows there are that have one."""
    if not plan.told.is_supposed:
        return [], []
    condition, given = of_others([part for part in plan.parts if part.is_money])
    return [f"count(*) FILTER (WHERE {condition})"], given


def first_days(plan: "Plan", mixed: set[int]) -> dict[int, First]:
    """The currencies of amounts that mix them, each with the first day that needs its rate."""
    money = [part for part in plan.parts if part.at in mixed]
    found: dict[int, First] = {part.at: {} for part in money}
    try:
        sql, values = plan.source(())
    except EmptyResultSet:
        return found
    pieces = [
        f'SELECT {part.at} AS part, "m{part.at}c" AS code, {f"min(m{part.at}d)" if part.day is not None else "NULL::date"} FROM found '
        f'WHERE "m{part.at}" IS NOT NULL GROUP BY "m{part.at}c"'
        for part in money
    ]
    for at, code, day in fetched(f"WITH found AS ({sql}) {' UNION ALL '.join(pieces)}", [*values]):
        found[at][code] = day
    return found
