"""Rows as they were, for whom may see them: the relation of a moment (`past_rows`) within somebody's rights (N2).

The reader sees a row if today's rights let it see the record and its history, and if they let it see the row as it was:
what is somebody else's today, or was then, is left out.
"""

import json
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, DecimalField, Q, QuerySet, Value, When

from . import access, past, past_joins, predicates
from .among import any_id
from .errors import Missing
from .past import Past
from .past_rows import (
    LAST_BEFORE,
    among_changed,
    changed_sql,
    few_changed,
    gathered_sql,
    has_erasures,
    labels,
    later,
    made,
    named,
    same_sql,
    standing,
)
from .specs import LinkSpec

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

HISTORY = "history"
TOUCHED = "SELECT DISTINCT c.record_id FROM core_change c WHERE c.record_id = ANY(%s::uuid[]) AND c.at > %s AND c.op <> 'create'"
EMPTIED = """SELECT EXISTS (SELECT 1 FROM core_erasure e CROSS JOIN LATERAL jsonb_array_elements_text(e.places -> 'change.0') p(id)
    JOIN core_change c ON c.id = p.id::bigint WHERE e.at > %s AND c.entity = ANY(%s) AND c.at > %s AND c.op = 'update')"""

ERASED = """SELECT count(DISTINCT c.record_id) FROM core_change c WHERE c.entity = ANY(%s) AND c.at > %s AND c.op = 'purge' AND c.op <> 'create'
    AND NOT EXISTS (SELECT 1 FROM core_change n WHERE n.record_id = c.record_id AND n.op = 'create' AND n.at > %s)"""


def seen_today(
    entity: "Entity", actor: "Actor", operations: Sequence[str], keys: Sequence[Any] | None = None
) -> tuple[str, list[Any]] | None:
    """SQL of the ids (of `keys`) on which today's rights allow the operations, in the trash or not; None for all."""
    with past.at(past.played()):
        if all(not access.predicate(entity, actor, operation) for operation in operations):
            return None
    parts, values = list[str](), list[Any]()
    for trashed in (False, True):
        found = entity.rows(actor, operations[0], trashed=trashed)
        found = found if keys is None else found.filter(any_id("pk", keys))
        for operation in operations[1:]:
            found = found.filter(pk__in=entity.rows(actor, operation, trashed=trashed).order_by().values("pk"))
        try:
            sql, given = found.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(sql)
        values += given
    return " UNION ALL ".join(parts) or "SELECT NULL::uuid WHERE false", values


def needed(operation: str) -> tuple[str, ...]:
    """The rights on a row of the past for an operation: that to its history as well (R143)."""
    return (HISTORY,) if operation == "view" else (operation, HISTORY)


def within_rights(found: QuerySet[Any], entity: "Entity", actor: "Actor", operations: Sequence[str]) -> QuerySet[Any]:
    """Rows, as they were, that today's rights reach."""
    for operation in operations:
        if condition := access.predicate(entity, actor, operation):
            found = found.filter(predicates.of(entity, actor, operation, condition))
    return found


def rows(
    entity: "Entity", actor: "Actor", when: Past, operation: str = "view", *, by_title: bool = False,
    keys: Sequence[Any] | None = None,
) -> QuerySet[Any]:  # fmt: skip
    """All rows of an entity as they were, or those of some `keys`, for whom may see them; like `entity.rows`."""
    operations = needed(operation)
    same, same_values = same_sql(entity, when)
    if keys is not None:
        same, same_values = f"{same} AND t.id = ANY(%s)", [*same_values, list(keys)]
    seen = seen_today(entity, actor, operations, keys)
    changed, values = changed_sql(entity, when, seen, by_title=by_title, keys=keys)
    found = standing(entity, when, f"{same} UNION ALL {changed}", [*same_values, *values])
    return within_rights(found, entity, actor, operations)


def ways(
    entity: "Entity", actor: "Actor", when: Past, operation: str = "view", *, by_title: bool = False,
    fields: Collection[str] | None = None, walked: bool = False,
) -> list[QuerySet[Any]]:  # fmt: skip
    """The same rows as two querysets: those that nobody changed since (in these fields), with the indexes of the table, and the others.

    With `fields` the first have today's values in the others: see `corrected`. `walked`: for the first rows in an order that an
    index has (`indexed`), each of which is looked up in the ledger. Without, PostgreSQL gathers all changes since, which is less
    where all rows have to be sorted anyway (measured at a million people by day of creation: 12 s row by row, 1.7 s).
    """
    few = few_changed(entity, when, fields)
    now = past_joins.following(predicates.of_now(entity, False).all(), when)
    same = now.filter(unchanged(entity, when, fields, few, walked=walked))
    same = within_rights(same, entity, actor, needed(operation))
    return [same, changed(entity, actor, when, operation, by_title=by_title, fields=fields, few=few)]


def changed(
    entity: "Entity", actor: "Actor", when: Past, operation: str, *, by_title: bool, fields: Collection[str] | None = None, few: list[Any] | None = None, stamped: bool = True
) -> QuerySet[Any]:  # fmt: skip
    """The rows that were changed since (in these fields), as they were; `few` are all of these, if known. See `changed_sql`."""
    operations = needed(operation)
    seen = seen_today(entity, actor, operations, few)
    asked = fields if few is None else None
    sql = changed_sql(
        entity, when, seen, by_title=by_title, fields=asked, keys=few, whole=few is not None, stamped=stamped
    )
    return within_rights(standing(entity, when, *sql), entity, actor, operations)


def unchanged(
    entity: "Entity", when: Past, fields: Collection[str] | None, few: list[Any] | None, *, walked: bool
) -> predicates.Compiled:
    """The condition on today's rows that were there and were not changed since (in these fields); `few` are all that were, if known."""
    there, given = made(when, predicates.TABLE)
    if few is not None:
        return predicates.Compiled(f'({there} AND {predicates.TABLE}."id" <> ALL(%s::uuid[]))', (*given, few))
    written, values = later(entity, when, fields)
    rest = " OFFSET 0" if walked else ""
    text = f'({there} AND NOT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = {predicates.TABLE}."id"{rest}))'
    return predicates.Compiled(text, (*given, *values))


def deciding(entity: "Entity", actor: "Actor", operation: str) -> frozenset[str] | None:
    """The fields by which the actor's rights reach rows; None where more decides than the fields of the row."""
    operations = {*needed(operation), "view"}  # no right reaches further than the sight of a record
    if all(not access.predicate(entity, actor, one) for one in operations):
        return frozenset()
    rules = [rule for one in operations for rule in access.rules_for(actor, entity, one)]
    kept = entity.access
    if kept.faces or kept.parent or kept.subject or any(rule.condition for rule in rules):
        return None
    if any(entity.extra_access(actor, one) is not None for one in operations):
        return None
    return frozenset({"owner", "org_unit", "created_by", *kept.own})


def corrected(entity: "Entity", when: Past, records: Sequence[Any]) -> None:
    """Give records of today the values of then; the rights and the order did not depend on those that differ."""
    if entity.named_by or entity.access.faces:
        renewed(entity, when, records)
        return
    by_key, specs = {record.pk: record for record in records}, entity.fields
    for key, was, at, version in before(entity, when, list(by_key), named_in(entity, records)):
        record = by_key[key]
        for name, raw in was.items():
            give_back(record, specs[name], raw)
        record.updated_at, record.version = at or record.created_at, version or 1


def named_in(entity: "Entity", records: Sequence[Any]) -> set[Any]:
    """The records that these link to, as far as they are loaded."""
    columns = [spec.path for spec in entity.fields.values() if isinstance(spec, LinkSpec)]
    return {key for record in records for column in columns if (key := record.__dict__.get(column))}


def give_back(record: Any, spec: "FieldSpec", raw: Any) -> None:
    """Set a field to a value of the ledger, with as many decimals as its column has."""
    spec.put(record, None if raw is None else spec.type.load(raw, spec))
    places = decimals(record._meta)
    for name in spec.columns:
        if name in places and (value := getattr(record, name)) is not None:
            setattr(record, name, Decimal(value).quantize(places[name]))


@lru_cache(maxsize=500)
def decimals(facts: Any) -> dict[str, Decimal]:
    """The least step of each column of decimal numbers of a model, given by its `_meta`."""
    columns = (column for column in facts.concrete_fields if isinstance(column, DecimalField))
    return {column.attname: Decimal(1).scaleb(-(column.decimal_places or 0)) for column in columns}


def before(entity: "Entity", when: Past, keys: Sequence[Any], links: Collection[Any] = ()) -> list[Any]:
    """Of those records that were changed since: id, the values of then that differ, and moment and version of the last change before.

    The same query tells `touched` which of some `links` were changed, whose titles a page asks for next.
    """
    known = when.memo.get(("changed", entity.label, None))
    some = list(keys) if known is None else list({*keys} & {*known})
    links = list(links)
    if not some and not links:
        return []
    gathered, values = gathered_sql(entity, when, keys=some)
    asked = f"""SELECT w.record_id, w.was, l.at, l.version FROM ({gathered}) w LEFT JOIN LATERAL ({LAST_BEFORE.format("w.record_id")}) l ON true
        UNION ALL SELECT t.record_id, NULL, NULL, NULL FROM ({TOUCHED}) t"""
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, when.moment, links, when.moment])
        found = cursor.fetchall()
    note(when, links, {key for key, was, *_last in found if was is None})
    return [(key, json.loads(was) if isinstance(was, str) else was, *last) for key, was, *last in found if was is not None]  # fmt: skip


def renewed(entity: "Entity", when: Past, records: Sequence[Any]) -> None:
    """The same by reading the rows of then, with what records are named by."""
    changed = touched([record.pk for record in records], when)
    if not changed:
        return
    was = {row.pk: row for row in named(entity, there(entity, when, keys=list(changed)))}
    kept = {"id", "sort_key"}
    for record in records:
        if (then := was.get(record.pk)) is not None:
            names = [column.attname for column in entity.model._meta.concrete_fields if column.attname not in kept]
            record.__dict__.update({name: then.__dict__[name] for name in names if name in then.__dict__})
            record._state = then._state


def there(entity: "Entity", when: Past, keys: Sequence[Any] | None = None) -> QuerySet[Any]:
    """Every row that was there (of these), whoever may see it."""
    same, values = same_sql(entity, when)
    if keys is not None:
        same, values = f"{same} AND t.id = ANY(%s)", [*values, list(keys)]
    changed, more = changed_sql(entity, when, keys=keys)
    return standing(entity, when, f"{same} UNION ALL {changed}", [*values, *more])


def spoken_of(
    entity: "Entity", actor: "Actor", operation: str = "view", keys: Sequence[Any] | None = None
) -> QuerySet[Any]:
    """Its rows (those of `keys`) at the moment that is spoken of: today's, or those of then, for whom may see its history."""
    when = past.current()
    if when is None or past.played():
        found = entity.rows(actor, operation)
        return found if keys is None else found.filter(pk__in=keys)
    require_history(entity, actor)
    return rows(entity, actor, when, operation, keys=keys)


def require_history(entity: "Entity", actor: "Actor") -> None:
    """Raise Forbidden where the past is spoken of and the reader may not see that of these records."""
    if past.current() is not None and past.played() is None:
        access.require(actor, entity, HISTORY)


def touched(keys: Sequence[Any], when: Past) -> set[Any]:
    """Those of some records that were changed since; each is asked for once for a moment."""
    asked, found = when.memo.get(("touched",), (set(), set()))
    if rest := [key for key in keys if key not in asked]:
        with connection.cursor() as cursor:
            cursor.execute(TOUCHED, [rest, when.moment])
            found = note(when, rest, {key for (key,) in cursor.fetchall()})
    return {key for key in keys if key in found}


def note(when: Past, keys: Collection[Any], touched: set[Any]) -> set[Any]:
    """Remember which of some records were changed since; all that are known to have been."""
    asked, found = when.memo.setdefault(("touched",), (set(), set()))
    asked.update(keys)
    found.update(touched)
    return found  # type: ignore[no-any-return]


def written_out(entity: "Entity", when: Past) -> str:
    """All rows as they were as text, for the middle of a query; kept for the moment."""
    key = ("written", entity.label)
    if key not in when.memo:
        sql, values = there(entity, when).query.sql_with_params()
        database: Any = connection.ops
        when.memo[key] = f"({database.compose_sql(sql, values).replace('%', '%%')})"
    return when.memo[key]  # type: ignore[no-any-return]


def erased_since(entity: "Entity", when: Past) -> int:
    """How many records that were there have been erased for good since: nothing shows them any more."""
    known, few = among_changed(entity, when)
    if few == [[]]:  # what was erased counts as changed
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ERASED + known, [labels(entity), when.moment, when.moment, *few])
        return int(cursor.fetchone()[0])


def emptied_since(entity: "Entity", when: Past) -> bool:
    """Whether entries that tell of then were emptied with personal data: what a record held then may be a later value."""
    if not has_erasures(when):
        return False
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED, [when.moment, labels(entity), when.moment])
        return bool(cursor.fetchone()[0])


# --- one record -------------------------------------------------------------------------------------------------------


def of_record(entity: "Entity", key: Any, when: Past) -> Any:
    """One record as it was; None where there was none, or it lay in the trash. The caller has checked the rights of today."""
    return named(entity, one(entity, key, when)).first()


def one(entity: "Entity", key: Any, when: Past) -> QuerySet[Any]:
    """The row of one record as it was."""
    if was_touched(entity, key, when):
        return standing(entity, when, *changed_sql(entity, when, keys=[key]))
    now = past_joins.following(predicates.of_now(entity, False).all(), when)
    there, given = made(when, predicates.TABLE)
    return now.filter(predicates.Compiled(f"({there})", tuple(given)), pk=key)


def fulfilled(rows: QuerySet[Any], conditions: Sequence[Q]) -> list[bool]:
    """Which conditions the first of some rows fulfils, in one query; none where there is no row."""
    names = {f"holds{at}": Case(When(one, then=Value(True)), default=Value(False)) for at, one in enumerate(conditions)}
    row = rows.annotate(**names).values_list(*names).first()
    return list(row or [False] * len(conditions))


def was_touched(entity: "Entity", key: Any, when: Past) -> bool:
    """Whether a record was changed since."""
    written, values = later(entity, when)
    asked = f"SELECT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = %s)"
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, key])
        return bool(cursor.fetchone()[0])


def of_today(entity: "Entity", actor: "Actor", key: Any) -> Any:
    """The record of today, also in the trash or merged into another one, whose history the reader may see; Missing or Forbidden else."""
    try:
        return access.fetch(entity, actor, key, HISTORY)
    except Missing:
        return access.fetch(entity, actor, key, HISTORY, trashed=True, merged=True)
