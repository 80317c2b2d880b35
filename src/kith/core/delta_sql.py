"""Why a figure changed, asked of all records: each as it counted at both moments, in one query (see `deltas`)."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, Value
from django.db.models.fields import DecimalField
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import IsNull

from . import access, asof, conversion, listing, past, past_rows
from .past import Past
from .reports.budget import fetched

if TYPE_CHECKING:
    from .deltas import Figure
    from .entity import Entity

#: What the groups of a record are at a moment, as expressions by name; see `reports.why`.
type Groups = Callable[[Past], dict[str, Any]]
AMOUNT = DecimalField(max_digits=38, decimal_places=12)


def no_groups(_when: Past) -> dict[str, Any]:
    """A figure on its own."""
    return {}


def currencies_of(figure: "Figure") -> frozenset[str]:
    """The currencies of the amounts at both moments."""
    spec = figure.spec
    if spec is None or spec.type.name != "money" or spec.is_bag:
        return frozenset()
    found: set[str] = set()
    for when in (figure.since, figure.until):
        listed = listing.rows(figure.at(when), figure.actor).filter(Q(IsNull(spec.expression(), False)))
        found |= set(listed.order_by().values_list(f"{spec.name}_currency", flat=True).distinct())
    return frozenset(found)


def worth(figure: "Figure", currencies: frozenset[str], priced: Past) -> Any:
    """What a record counts for, with the rates known at a moment; None for an amount without a rate."""
    spec = figure.spec
    if spec is None:
        return Value(Decimal(1), AMOUNT)
    if len(currencies) > 1:
        with past.at(priced):
            return Cast(conversion.of_field(figure.entity, spec), AMOUNT)
    return Cast(spec.expression(), AMOUNT)


def total(figure: "Figure", when: Past, currencies: frozenset[str]) -> tuple[Decimal, int]:
    """The figure at a moment, asked by itself, and how many amounts have no rate."""
    listed = listing.rows(figure.at(when), figure.actor).order_by().annotate(worth=worth(figure, currencies, when))
    sql, values = compiled(listed.values_list("pk", "worth", lacks(figure)), 3)
    text = f"SELECT coalesce(sum(w), 0), count(*) FILTER (WHERE w IS NULL AND filled) FROM ({sql}) f(id, w, filled)"  # noqa: S608 - SQL of the ORM
    ((amount, lacking),) = fetched(text, values)
    return amount, lacking


def lacks(figure: "Figure") -> Any:
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
    figure: "Figure", currencies: frozenset[str], groups: Groups = no_groups
) -> tuple[str, list[Any]]:  # fmt: skip
    """SQL of one row per record that makes a difference: id, part, what it counts for at both moments, what its values changed.

    With `groups` also of what stands in another group; the row has those of both moments (a0, b0, a1 …), and whether it `moved`.
    """
    first, second = figure.at(figure.since), figure.at(figure.until)
    names1, names2 = groups(figure.since), groups(figure.until)
    one = listing.rows(first, figure.actor).order_by()
    one = one.annotate(worth=worth(figure, currencies, figure.since), **names1)
    two = listing.rows(second, figure.actor).order_by()
    two = two.annotate(worth=worth(figure, currencies, figure.until), **names2)
    two = two.annotate(priced=Coalesce(worth(figure, currencies, figure.since), "worth", output_field=AMOUNT))
    sql1, values1 = compiled(one.values_list("pk", "worth", lacks(figure), *names1), 3 + len(names1))
    sql2, values2 = compiled(two.values_list("pk", "worth", lacks(figure), "priced", *names2), 4 + len(names2))
    ends = [f", {end}{at}" for end in "ab" for at in range(len(names1))]
    of_first, of_second = ("".join(ends[: len(names1)]), "".join(ends[len(names1) :]))
    moved = " OR ".join(f"a.a{at} IS DISTINCT FROM b.b{at}" for at in range(len(names1))) or "false"
    there1, given1 = was_there(figure.entity, figure.since)
    there2, given2 = was_there(figure.entity, figure.until)
    mine1, right1 = was_mine(figure, figure.since)
    mine2, right2 = was_mine(figure, figure.until)
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


def was_mine(figure: "Figure", when: Past) -> tuple[str, list[Any]]:
    """The condition that the reader's rights reached record `d.id` as it was at a moment."""
    if not access.predicate(figure.entity, figure.actor, asof.HISTORY):
        return "true", []
    found = asof.rows(figure.entity, figure.actor, when).order_by().values_list("pk")
    sql, values = compiled(found, 1)
    return f"d.id IN ({sql})", values
