"""Where the open deals of a period went between two moments: new, pulled in, pushed out, grown, shrunk, won, lost (G5).

1. Both moments are read from the ledger (`core.past_rows`): amount, expected close and state of each deal then. Amounts in other
   currencies are converted by the rates of the day of the moment, as they were known then (R6): the amount in the base
   currency is no help, a job brings it to the rates of today without a line in the ledger.
2. A deal is in the pipeline of a moment if it was there, open, and expected to close within the period.
3. The change of the pipeline's sum is the sum of the parts: each deal falls into exactly one of them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, past, past_rows, rates
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.filters import EVERYTHING, Node, compile_filter
from kith.core.reports.budget import fetched

from . import facts

NAMES = ("amount", "closes_on", "state")
KINDS = {"closes_on": "date", "state": "text"}
#: The parts in the order in which they are shown, with their names.
PARTS = {
    "new": _("new"), "reopened": _("opened again"), "pulled": _("pulled in"), "grown": _("grown"), "shrunk": _("shrunk"),
    "pushed": _("pushed out"), "won": _("won"), "lost": _("lost"), "removed": _("removed"),
}  # fmt: skip

CASES = """
CASE
  WHEN NOT in1 AND NOT in2 THEN NULL
  WHEN in1 AND in2 AND v2 > v1 THEN 'grown'
  WHEN in1 AND in2 AND v2 < v1 THEN 'shrunk'
  WHEN in1 AND in2 THEN 'same'
  WHEN in1 AND NOT there2 THEN 'removed'
  WHEN in1 AND s2 IN ('won', 'lost') THEN s2
  WHEN in1 THEN 'pushed'
  WHEN NOT there1 THEN 'new'
  WHEN s1 IN ('won', 'lost') THEN 'reopened'
  ELSE 'pulled'
END
"""


NONE = "SELECT NULL::uuid, NULL::numeric, NULL::text, NULL::date, NULL::text, NULL::timestamptz, false WHERE false"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the change: how many deals, and what they add to the sum or take from it."""

    key: str
    count: int
    amount: Decimal

    @property
    def label(self) -> Any:
        """Its name."""
        return PARTS[self.key]


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal of a part: its amount in the pipeline before and after."""

    id: UUID
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What it adds to the sum."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the deals a reader may see that meet a filter, expected to close from `first` to `last`, between two moments."""

    actor: Actor
    first: dt.date
    last: dt.date
    since: dt.datetime
    until: dt.datetime
    filter: Node = field(default=EVERYTHING)


@dataclass(frozen=True, slots=True)
class Flow:
    """The sums at both moments and the parts between them."""

    before: Decimal
    after: Decimal
    parts: tuple[Part, ...]

    @property
    def change(self) -> Decimal:
        """What the parts add up to."""
        return self.after - self.before


def flow(question: Question) -> Flow:
    """The flow; sums are in the base currency, deals without an amount count as zero."""
    sql, params = classified(question)
    text = f"SELECT part, count(*), sum(a1), sum(a2) FROM ({sql}) f WHERE part IS NOT NULL GROUP BY part"
    found = {part: (count, before, after) for part, count, before, after in fetched(text, params)}
    parts = tuple(
        Part(key, found[key][0], found[key][2] - found[key][1]) if key in found else Part(key, 0, Decimal(0))
        for key in PARTS
    )
    before = sum((row[1] for row in found.values()), Decimal(0))
    after = sum((row[2] for row in found.values()), Decimal(0))
    return Flow(before, after, parts)


def deals(question: Question, part: str, limit: int = 200) -> Iterator[Deal]:
    """The deals of one part, the largest change first."""
    sql, params = classified(question)
    text = f"SELECT id, a1, a2 FROM ({sql}) f WHERE part = %s ORDER BY abs(a2 - a1) DESC, id LIMIT %s"
    yield from (Deal(*row) for row in fetched(text, [*params, part, limit]))


def classified(question: Question) -> tuple[str, list[Any]]:
    """SQL of one row per deal: its id, its part, and its amount in the pipeline at both moments."""
    entity = registry.get("sales.opportunity")
    live, live_params = rows(entity, question, trashed=False)
    gone, gone_params = rows(entity, question, trashed=True)
    one, one_params = past_rows.was(entity, question.since, NAMES)
    two, two_params = past_rows.was(entity, question.until, NAMES)
    values = ", ".join(
        f"{past_rows.value(alias, name, kind, f'm.{name}')} AS {name[0]}{number}"
        for number, alias in ((1, "w1"), (2, "w2"))
        for name, kind in KINDS.items()
    )
    (base1, rates1), (base2, rates2) = in_base("w1", question.since), in_base("w2", question.until)
    sql = f"""
    SELECT id, {CASES} AS part, CASE WHEN in1 THEN v1 ELSE 0 END AS a1, CASE WHEN in2 THEN v2 ELSE 0 END AS a2 FROM (
      SELECT id, coalesce(v1, 0) AS v1, coalesce(v2, 0) AS v2, s1, s2, there1, there2,
        there1 AND s1 IN ({facts.GOING_SQL}) AND c1 BETWEEN %s AND %s IS TRUE AS in1,
        there2 AND s2 IN ({facts.GOING_SQL}) AND c2 BETWEEN %s AND %s IS TRUE AS in2
      FROM (
        SELECT m.id, {values}, {base1} AS v1, {base2} AS v2,
          m.created_at <= %s AND NOT coalesce(w1.trashed_was, m.trashed) AS there1,
          m.created_at <= %s AND NOT coalesce(w2.trashed_was, m.trashed) AS there2
        FROM (({live}) UNION ALL ({gone})) m(id, amount, currency, closes_on, state, created_at, trashed)
        LEFT JOIN ({one}) w1 ON w1.record_id = m.id LEFT JOIN ({two}) w2 ON w2.record_id = m.id
      ) v
    ) p"""
    period = [question.first, question.last]
    moments = [question.since, question.until]
    return sql, [*period, *period, *rates1, *rates2, *moments, *live_params, *gone_params, *one_params, *two_params]


def in_base(alias: str, moment: dt.datetime) -> tuple[str, list[Any]]:
    """SQL of the amount of then in the base currency, by the rates of that day; null without a rate. And its parameters."""
    amount = f"(CASE WHEN {alias}.amount_set THEN ({alias}.amount_was #>> '{{amount}}')::numeric ELSE m.amount END)"
    currency = f"(CASE WHEN {alias}.amount_set THEN {alias}.amount_was #>> '{{currency}}' ELSE m.currency END)"
    known = sorted(rates_of(moment).items())
    whens = " ".join("WHEN %s THEN %s::numeric" for _pair in known)
    return f"round({amount} * CASE {currency} {whens} END, 4)", [part for pair in known for part in pair]


def rates_of(moment: dt.datetime) -> dict[str, Decimal]:
    """What one unit of each currency was worth at a moment, as it was known then; by rates that were entered later where none was."""
    then = past.Past(moment, moment.isoformat()) if moment < timezone.now() else None
    codes = [rates.base(), *rates.table()]
    with past.at(then):
        known = {code: rates.rate(code) for code in codes}
    later = {code: rates.rate(code, timezone.localdate(moment)) for code in codes}
    return {code: found for code in codes if (found := known[code] or later[code]) is not None}


def rows(entity: Entity, question: Question, *, trashed: bool) -> tuple[str, list[Any]]:
    """SQL of the deals, as they are today, that meet the filter and of which the reader may see also what they were."""
    found = entity.rows(question.actor, trashed=trashed)
    history = access.predicate(entity, question.actor, "history")
    if history != access.predicate(entity, question.actor, "view"):
        found = found.filter(pk__in=entity.rows(question.actor, "history", trashed=trashed).order_by().values("pk"))
    if question.filter != EVERYTHING:
        found = found.filter(compile_filter(entity, question.filter, question.actor))
    told = found.order_by().annotate(trashed=Value(trashed))
    columns = told.values_list("id", "amount", "amount_currency", "closes_on", "state", "created_at", "trashed").query
    try:
        compiled: tuple[str, list[Any]] = columns.sql_with_params()
    except EmptyResultSet:  # none can be seen
        return NONE, []
    return compiled
