"""Why a figure changed between two moments: what was added, removed, changed, moved into or out of it, and what rates did (N3).

    figure = Figure(look, actor, measure, since, until)
    explained = explain(figure)          # explained.change == sum(part.amount for part in explained.parts), exactly

1. The figure is the count of a look, or the sum of one of its fields, evaluated at both moments (`core.asof`).
2. Amounts in one currency are added up as they are; in several, each in the base currency by the rates known at that moment.
3. A record that counts at one moment only was made or restored (added), deleted (removed), or was there all along: then its
   owner moved it into or out of the reader's rights, or its values or the days moved it into or out of the conditions.
4. One that counts at both changed by its values, priced with the rates of the first moment; the rest is what the rates did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, Value
from django.db.models.fields import DecimalField
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import IsNull
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import access, askable, asof, conversion, listing, past, past_rows, past_touched, rates, sums
from .filters import BadFilter
from .past import Past
from .reports.budget import fetched
from .views import Look

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

#: What the groups of a record are at a moment, as expressions by name; see `reports.why`.
type Groups = Callable[[Past], dict[str, Any]]
AMOUNT = DecimalField(max_digits=38, decimal_places=12)
COUNT = "count"
#: The parts in the order in which they are shown.
PARTS = {
    "added": _("added"), "removed": _("deleted"), "changed": _("changed"), "came": _("moved into the conditions"), "went": _("moved out of the conditions"),
    "gained": _("came into your rights"), "lost": _("left your rights"), "rates": _("exchange rates"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a look: how many records, or the sum of a field; at two moments."""

    look: Look
    actor: "Actor"
    measure: str
    since: Past
    until: Past

    @property
    def entity(self) -> "Entity":
        """The kind of record."""
        return self.look.entity

    @property
    def spec(self) -> "FieldSpec | None":
        """The field that is added up; None for the count."""
        return None if self.measure == COUNT else self.entity.fields[self.measure.removeprefix("sum:")]

    def at(self, when: Past) -> Look:
        """The look at a moment."""
        return replace(self.look, as_of=when, group="", sort=())


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the change: how many records, and what they add to the figure or take from it."""

    key: str
    count: int
    amount: Decimal

    @property
    def label(self) -> Any:
        """Its name."""
        return PARTS[self.key]


@dataclass(frozen=True, slots=True)
class Explained:
    """The figure at both moments and the parts between them; `currency` of amounts, `lacking` those without a rate."""

    before: Decimal
    after: Decimal
    parts: tuple[Part, ...]
    currency: str = ""
    converted: bool = False
    lacking: int = 0

    @property
    def change(self) -> Decimal:
        """What the parts add up to."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a part: what it counts for at both moments, and what of that is this part's."""

    id: UUID
    before: Decimal
    after: Decimal
    amount: Decimal


def measures(look: Look, actor: "Actor") -> dict[str, str]:
    """The figures of a look by key: the count, and the sums of its columns and of the measures of its kind of record."""
    entity, readable = look.entity, access.readable(actor, look.entity)
    declared = [name.removeprefix("sum:") for name in entity.measures if name.startswith("sum:")]
    shown = [spec.name for spec in sums.summed(look)]
    names = [name for name in dict.fromkeys((*declared, *shown)) if name in readable and askable.is_told(entity, name)]
    fit = [name for name in names if not entity.fields[name].is_bag or entity.fields[name].type.name == "number"]
    return {COUNT: str(_("Number of records"))} | {
        f"sum:{name}": capfirst(str(_("sum of %(field)s") % {"field": entity.fields[name].label})) for name in fit
    }


def figure_of(look: Look, actor: "Actor", measure: str, since: Past, until: Past) -> Figure:
    """A figure; raises BadFilter for one there is not, or moments in the wrong order."""
    offered = measures(look, actor)
    if measure not in offered:
        raise BadFilter(_("There is no figure “%(name)s”; there are: %(valid)s.") % {"name": measure, "valid": ", ".join(offered)})  # fmt: skip
    if since.moment > until.moment:
        raise BadFilter(_("The first day must not be after the second one."))
    return Figure(look, actor, measure, since, until)


def explain(figure: Figure) -> Explained:
    """The figure at both moments, and the parts between."""
    keys, currencies = compared(figure)
    sql, values = classified(figure, currencies, keys=keys)
    text = f"""SELECT part, count(*), sum(v1), sum(v2), sum(changed), count(*) FILTER (WHERE changed <> 0),
        sum(v2 - v1 - changed), count(*) FILTER (WHERE v2 - v1 <> changed) FROM ({sql}) f GROUP BY part"""  # noqa: S608 - our own query
    made = parts_of({part: row for part, *row in fetched(text, values)})
    after, lacking2 = total(figure, figure.until, currencies)
    before, lacking1 = total(figure, figure.since, currencies, keys)
    if keys is not None:  # all others count for the same at both moments
        same = total(figure, figure.until, currencies, keys)
        before, lacking1 = after - same[0] + before, lacking2 - same[1] + lacking1
    return Explained(before, after, tuple(made), *told_in(figure, currencies), lacking=max(lacking1, lacking2))


def parts_of(found: Mapping[str, Sequence[Any]]) -> list[Part]:
    """The parts from their rows: how many, both sums, what values changed of how many, what rates changed of how many."""
    made = []
    for key in PARTS:
        place, count, amount = {"changed": ("both", 4, 3), "rates": ("both", 6, 5)}.get(key, (key, 0, 0))
        row = found.get(place)
        if row is None:
            made.append(Part(key, 0, Decimal(0)))
        elif place == "both":
            made.append(Part(key, row[count], row[amount]))
        else:
            made.append(Part(key, row[0], row[2] - row[1]))
    return made


def rows(figure: Figure, part: str, limit: int = 200) -> Iterator[Row]:
    """The records of one part, the greatest effect first; raises LookupError for a part there is not."""
    if part not in PARTS:
        raise LookupError(part)
    keys, currencies = compared(figure)
    sql, values = classified(figure, currencies, keys=keys)
    of_both = {"changed": "changed", "rates": "v2 - v1 - changed"}
    mine = of_both.get(part, "v2 - v1")
    text = f"""SELECT id, v1, v2, effect FROM (SELECT id, v1, v2, part, {mine} AS effect FROM ({sql}) f) g
        WHERE part = %s AND (effect <> 0 OR part <> 'both') ORDER BY abs(effect) DESC, id LIMIT %s"""  # noqa: S608 - our own query
    given = [*values, "both" if part in of_both else part, limit]
    yield from (Row(*row) for row in fetched(text, given))


def no_groups(_when: Past) -> dict[str, Any]:
    """A figure on its own."""
    return {}


# --- the query --------------------------------------------------------------------------------------------------------


def told_in(figure: Figure, currencies: frozenset[str]) -> tuple[str, bool]:
    """The currency of the figure, and whether amounts were converted into it."""
    spec = figure.spec
    if spec is None or spec.type.name != "money" or spec.is_bag:
        return "", False
    return (rates.base(), True) if len(currencies) > 1 else (next(iter(currencies), rates.base()), False)


def compared(figure: Figure) -> tuple[list[UUID] | None, frozenset[str]]:
    """The records that can make a difference, None for all of them; and the currencies of the amounts."""
    keys = past_touched.ids(figure.look, figure.actor, figure.since, figure.until)
    currencies = currencies_of(figure, keys)
    is_few = keys is not None and (len(currencies) < 2 or past_touched.rates_stand(figure.since))
    return (keys if is_few else None), currencies


def currencies_of(figure: Figure, keys: Sequence[UUID] | None = None) -> frozenset[str]:
    """The currencies of the amounts at both moments; with `keys` all others are the same at both."""
    spec = figure.spec
    if spec is None or spec.type.name != "money" or spec.is_bag:
        return frozenset()
    found: set[str] = set()
    for when, some in ((figure.since, keys), (figure.until, None)):
        listed = listing.rows(figure.at(when), figure.actor, keys=some).filter(Q(IsNull(spec.expression(), False)))
        found |= set(listed.order_by().values_list(f"{spec.name}_currency", flat=True).distinct())
    return frozenset(found)


def worth(figure: Figure, currencies: frozenset[str], priced: Past) -> Any:
    """What a record counts for, with the rates known at a moment; None for an amount without a rate."""
    spec = figure.spec
    if spec is None:
        return Value(Decimal(1), AMOUNT)
    if len(currencies) > 1:
        with past.at(priced):
            return Cast(conversion.of_field(figure.entity, spec), AMOUNT)
    return Cast(spec.expression(), AMOUNT)


def total(
    figure: Figure, when: Past, currencies: frozenset[str], keys: Sequence[UUID] | None = None
) -> tuple[Decimal, int]:
    """The figure at a moment, asked by itself (of some `keys` alone, if there are any), and how many amounts have no rate."""
    listed = (
        listing.rows(figure.at(when), figure.actor, keys=keys)
        .order_by()
        .annotate(worth=worth(figure, currencies, when))
    )
    sql, values = compiled(listed.values_list("pk", "worth", lacks(figure)), 3)
    text = f"SELECT coalesce(sum(w), 0), count(*) FILTER (WHERE w IS NULL AND filled) FROM ({sql}) f(id, w, filled)"  # noqa: S608 - SQL of the ORM
    ((amount, lacking),) = fetched(text, values)
    return amount, lacking


def lacks(figure: Figure) -> Any:
    """Whether there is something to convert."""
    spec = figure.spec
    return Q(IsNull(spec.expression(), False)) if spec is not None else Q(pk__isnull=True)


def compiled(found: Any, columns: int) -> tuple[str, list[Any]]:
    """SQL of a queryset; no rows where there can be none."""
    try:
        sql, values = found.query.sql_with_params()
    except EmptyResultSet:
        return f"SELECT {', '.join(['NULL::uuid', 'NULL::numeric', 'NULL::boolean', 'NULL::numeric', *['NULL'] * columns][:columns])} WHERE false", []  # fmt: skip
    return sql, list(values)


def classified(
    figure: Figure, currencies: frozenset[str], groups: Groups = no_groups, *, keys: Sequence[UUID] | None = None
) -> tuple[str, list[Any]]:
    """SQL of one row per record that makes a difference: id, part, what it counts for at both moments, what its values changed.

    `keys` are those that can make one, None for all records. With `groups` also of what stands in another group; the row has those of both moments (a0, b0, a1 …), and whether it `moved`.
    """
    first, second = figure.at(figure.since), figure.at(figure.until)
    names1, names2 = groups(figure.since), groups(figure.until)
    one = (
        listing.rows(first, figure.actor, keys=keys)
        .order_by()
        .annotate(worth=worth(figure, currencies, figure.since), **names1)
    )
    two = (
        listing.rows(second, figure.actor, keys=keys)
        .order_by()
        .annotate(worth=worth(figure, currencies, figure.until), **names2)
    )
    two = two.annotate(priced=Coalesce(worth(figure, currencies, figure.since), "worth", output_field=AMOUNT))
    sql1, values1 = compiled(one.values_list("pk", "worth", lacks(figure), *names1), 3 + len(names1))
    sql2, values2 = compiled(two.values_list("pk", "worth", lacks(figure), "priced", *names2), 4 + len(names2))
    ends = [f", {end}{at}" for end in "ab" for at in range(len(names1))]
    of_first, of_second = ("".join(ends[: len(names1)]), "".join(ends[len(names1) :]))
    moved = " OR ".join(f"a.a{at} IS DISTINCT FROM b.b{at}" for at in range(len(names1))) or "false"
    there1, given1 = was_there(figure.entity, figure.since)
    there2, given2 = was_there(figure.entity, figure.until)
    mine1, right1 = was_mine(figure, figure.since, keys)
    mine2, right2 = was_mine(figure, figure.until, keys)
    sql = f"""
    SELECT id, v1, v2, changed, in1, in2, moved{of_first}{of_second}, CASE
        WHEN in1 AND in2 THEN 'both'
        WHEN in2 AND NOT ({there1}) THEN 'added'
        WHEN in1 AND NOT ({there2}) THEN 'removed'
        WHEN in2 AND NOT ({mine1}) THEN 'gained'
        WHEN in1 AND NOT ({mine2}) THEN 'lost'
        WHEN in2 THEN 'came' ELSE 'went' END AS part
    FROM (
      SELECT coalesce(a.id, b.id) AS id, a.id IS NOT NULL AS in1, b.id IS NOT NULL AS in2, coalesce(a.w, 0) AS v1, coalesce(b.w, 0) AS v2,
        ({moved}) AS moved{of_first}{of_second}, CASE WHEN a.id IS NULL OR b.id IS NULL OR (a.w IS NULL AND a.filled) THEN 0 ELSE coalesce(b.p, 0) - coalesce(a.w, 0) END AS changed
      FROM ({sql1}) a(id, w, filled{of_first}) FULL JOIN ({sql2}) b(id, w, filled, p{of_second}) ON a.id = b.id
      WHERE a.id IS NULL OR b.id IS NULL OR a.w IS DISTINCT FROM b.w OR b.p IS DISTINCT FROM b.w OR {moved}) d"""  # noqa: S608 - our own and the ORM's
    return sql, [*given1, *given2, *right1, *right2, *values1, *values2]


def was_there(entity: "Entity", when: Past) -> tuple[str, list[Any]]:
    """The condition that record `d.id` existed at a moment and did not lie in the trash.

    Without the OFFSET PostgreSQL asks it of a million records first, to look up in a table of them those that differ.
    """
    table = entity.model._meta.db_table
    made, given = past_rows.made(when, "t")
    text = f"""EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = d.id AND {made} AND NOT coalesce(
        (SELECT c.op = 'restore' FROM core_change c WHERE c.record_id = t.id AND c.at > %s AND c.op IN ('delete', 'restore') ORDER BY c.id LIMIT 1),
        t.deleted_at IS NOT NULL) OFFSET 0)"""  # noqa: S608 - the name of a table
    return text, [*given, when.moment]


def was_mine(figure: Figure, when: Past, keys: Sequence[UUID] | None) -> tuple[str, list[Any]]:
    """The condition that the reader's rights reached record `d.id` as it was at a moment."""
    if not access.predicate(figure.entity, figure.actor, asof.HISTORY):
        return "true", []
    found = asof.rows(figure.entity, figure.actor, when, keys=keys).order_by().values_list("pk")
    sql, values = compiled(found, 1)
    return f"d.id IN ({sql})", values
