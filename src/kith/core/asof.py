"""Rows as they were at a moment: today's table with the changes since taken back, as one relation (N2).

1. Records that nobody changed since are today's rows, asked on their indexes.
2. Of the others the ledger's earliest value "before" of each field since then replaces today's; their number is what a
   look at the past costs.
3. Records made later are absent, those that were trashed later are present. Erased ones are gone for good.
4. The reader sees a row if today's rights let it see the record and its history, and if they let it see the row as it was:
   what is somebody else's today, or was then, is left out.

`was` and `value` are the same for queries that are written by hand (`sales/steering/flow.py`).
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.sql.datastructures import BaseTable
from django.utils.translation import gettext_lazy as _

from . import access, past, past_joins, predicates
from .errors import BadValue, Missing
from .past import Past
from .specs import BagSpec, ColumnSpec, LinkSpec, MoneySpec, RefSpec

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

#: Renamed records whose place in the order of titles is worked out; with more of them a list cannot be put in it.
MOST_RENAMED = 5000
HISTORY = "history"


def was(entity: "Entity", moment: dt.datetime, names: Sequence[str]) -> tuple[str, list[Any]]:
    """SQL of one row for each record that was changed since, and its parameters; raises LookupError for a name that is no field.

    The row has `record_id`; for each name `<name>_was` (JSON of the value then) and `<name>_set` (whether it was changed
    since); `trashed_was` (whether it lay in the trash then, null where that was not changed since).
    """
    for name in names:
        entity.field(name)
    columns = ", ".join(
        f"(array_agg(before -> '{name}' ORDER BY at, id) FILTER (WHERE before ? '{name}'))[1] AS {name}_was, "
        f"bool_or(before ? '{name}') AS {name}_set"
        for name in names
    )
    sql = (
        f"SELECT record_id, {columns}, "
        "(array_agg(op = 'restore' ORDER BY at, id) FILTER (WHERE op IN ('delete', 'restore')))[1] AS trashed_was "
        "FROM core_change WHERE entity = %s AND at > %s AND op <> 'create' GROUP BY record_id"
    )
    return sql, [entity.label, moment]


def value(alias: str, name: str, kind: str, now: str) -> str:
    """SQL of the value of a field then: `alias` is the joined query above, `now` today's value, `kind` its SQL type."""
    return f"CASE WHEN {alias}.{name}_set THEN ({alias}.{name}_was #>> '{{}}')::{kind} ELSE {now} END"


# --- the relation -----------------------------------------------------------------------------------------------------


class PastTable(BaseTable):
    """A query in the place of a table."""

    def __init__(self, table_name: str, alias: str | None, sql: str = "", values: Sequence[Any] = ()) -> None:
        super().__init__(table_name, alias)
        self.sql, self.values = sql, tuple(values)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """It, under the name of the table."""
        return f"({self.sql}) {compiler.quote_name(self.table_alias)}", self.values

    def relabeled_clone(self, change_map: dict[str | None, str]) -> "PastTable":
        """It under another name, as in a subquery."""
        alias = change_map.get(self.table_alias, self.table_alias)
        return PastTable(self.table_name, alias, self.sql, self.values)


def standing(entity: "Entity", when: Past, sql: str, values: Sequence[Any]) -> QuerySet[Any]:
    """The rows of a query with the columns of the entity's table, as a queryset like any other; what it joins is of then too."""
    found = past_joins.following(entity.model._base_manager.all(), when)
    alias = found.query.get_initial_alias()
    found.query.alias_map[alias] = PastTable(entity.model._meta.db_table, alias, sql, values)
    return found.filter(deleted_at__isnull=True, **entity.face)


def later(entity: "Entity", when: Past, fields: Collection[str] | None = None) -> tuple[str, list[Any]]:
    """The condition on ledger entries `c` that were written since, creations aside; with `fields` those that changed one of them, or whether it was there."""
    text, values = "c.entity = ANY(%s) AND c.at > %s AND c.op <> 'create'", [labels(entity), when.moment]
    if fields is None:
        return text, values
    return f"{text} AND (c.op IN ('delete', 'restore', 'purge') OR c.before ?| %s)", [*values, sorted(fields)]


def labels(entity: "Entity") -> list[str]:
    """Under which labels the ledger holds records of an entity: its own and those of its faces."""
    return [entity.label, *entity.access.faces]


def same_sql(entity: "Entity", when: Past) -> tuple[str, list[Any]]:
    """Rows that were there and that nobody changed since."""
    written, values = later(entity, when)
    table = connection.ops.quote_name(entity.model._meta.db_table)
    sql = f"SELECT {columns_of(entity, 't')} FROM {table} t WHERE t.created_at <= %s AND NOT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = t.id)"
    return sql, [when.moment, *values]


def columns_of(entity: "Entity", alias: str) -> str:
    """The columns of its table by name; the id is that of today's row, so that a look for one record reads one."""
    names = [column.column for column in entity.model._meta.concrete_fields]
    return ", ".join(f't."{name}"' if name == "id" else f'{alias}."{name}"' for name in names)


def changed_sql(
    entity: "Entity", when: Past, seen: tuple[str, list[Any]] | None = None, *, by_title: bool = False,
    keys: Sequence[Any] | None = None, fields: Collection[str] | None = None,
) -> tuple[str, list[Any]]:  # fmt: skip
    """Rows that were there and were changed since (in one of these fields), with their values of then.

    `seen` are the ids that may be read today, `keys` all that are asked for.
    """
    gathered, values = gathered_sql(entity, when, keys=keys, fields=fields)
    columns, column_values = columns_sql(entity, when, by_title=by_title)
    table = connection.ops.quote_name(entity.model._meta.db_table)
    where, where_values = (f" AND t.id IN ({seen[0]})", seen[1]) if seen else ("", [])
    sql = f"""SELECT {columns_of(entity, "p")} FROM ({gathered}) w
      JOIN {table} t ON t.id = w.record_id
      LEFT JOIN LATERAL (SELECT x.at, x.version FROM core_change x WHERE x.record_id = t.id AND x.at <= %s
        ORDER BY x.at DESC, x.id DESC LIMIT 1) l ON true
      CROSS JOIN LATERAL jsonb_populate_record(t, {columns}) p
      WHERE t.created_at <= %s{where}"""
    return sql, [*values, when.moment, *column_values, when.moment, *where_values]


def gathered_sql(
    entity: "Entity", when: Past, *, keys: Sequence[Any] | None = None, fields: Collection[str] | None = None
) -> tuple[str, list[Any]]:
    """One row for each record that was changed since: the values before, and whether it lay in the trash, where that was changed."""
    written, values = later(entity, when)
    if keys is not None:
        written, values = f"{written} AND c.record_id = ANY(%s)", [*values, list(keys)]
    if fields is not None:
        placed, more = later(entity, when, fields)
        written, values = f"{written} AND c.record_id IN (SELECT c.record_id FROM core_change c WHERE {placed})", [*values, *more]  # fmt: skip
    names = [name for name, spec in specs_of(entity).items() if spec.columns]
    sql = f"""SELECT c.record_id,
          coalesce(jsonb_object_agg(e.key, e.value ORDER BY c.id DESC) FILTER (WHERE e.key IS NOT NULL), '{{}}') AS was,
          (array_agg(c.op = 'restore' ORDER BY c.id) FILTER (WHERE c.op IN ('delete', 'restore')))[1] AS trashed
        FROM core_change c LEFT JOIN LATERAL jsonb_each(c.before) e ON e.key = ANY(%s)
        WHERE {written} GROUP BY c.record_id"""
    return sql, [names, *values]


def specs_of(entity: "Entity") -> "dict[str, FieldSpec]":
    """Its fields; of a shared table those of all its faces, whose rows it gives."""
    found = dict(entity.fields)
    for label in entity.access.faces:
        found = dict(access.registry_get(label).fields) | found
    return found


def columns_sql(entity: "Entity", when: Past, *, by_title: bool, stamped: bool = True) -> tuple[str, list[Any]]:
    """JSON of the columns that were otherwise: `w.was` has fields, links, amounts and the bag lie in other columns; `l` the last change before, if `stamped`."""
    specs = [spec for spec in specs_of(entity).values() if spec.columns]
    bag = [spec.name for spec in specs if isinstance(spec, BagSpec)]
    parts = ["(w.was - 'custom')", *(part for spec in specs if (part := column_sql(entity, spec)))]
    if stamped:
        parts.append(
            "jsonb_build_object('updated_at', coalesce(l.at, t.created_at), 'version', coalesce(l.version, 1))"
        )
    parts.append("jsonb_build_object('deleted_at', CASE WHEN w.trashed IS NULL THEN t.deleted_at WHEN w.trashed THEN %s::timestamptz END)")  # fmt: skip
    values: list[Any] = [when.moment]
    if bag:
        parts.append(
            "jsonb_build_object('custom', (t.custom - ARRAY(SELECT jsonb_object_keys(w.was) INTERSECT SELECT unnest(%s::text[]))) "
            "|| coalesce((SELECT jsonb_object_agg(b.key, b.value) FROM jsonb_each(w.was) b WHERE b.key = ANY(%s) AND b.value <> 'null'), '{}'))"
        )
        values += [bag, bag]
    if by_title:
        parts.append("jsonb_build_object('sort_key', coalesce(%s::jsonb ->> t.id::text, t.sort_key))")
        values.append(json.dumps(renamed(entity, when)))
    return " || ".join(parts), values


def column_sql(entity: "Entity", spec: "FieldSpec") -> str:
    """JSON of the columns of one field, where they are not called as it is or cannot be null; "" for others."""
    name = spec.name
    if isinstance(spec, LinkSpec):
        return otherwise(name, f"'{name}_id', w.was -> '{name}'")
    if isinstance(spec, MoneySpec):
        return otherwise(
            name,
            f"'{name}', w.was #> '{{{name},amount}}', '{name}_currency', coalesce(w.was #>> '{{{name},currency}}', '')",
        )
    if isinstance(spec, RefSpec):
        return otherwise(
            name,
            f"'{name}_id', w.was #> '{{{name},id}}', '{name}_entity', coalesce(w.was #>> '{{{name},entity}}', '')",
        )
    if not isinstance(spec, ColumnSpec):
        return ""
    column: Any = entity.model._meta.get_field(name)
    if column.null:
        return ""
    empty = column.get_default() if column.has_default() else ""
    known = json.dumps(empty, default=str).replace("'", "''").replace("%", "%%")
    return f"CASE WHEN w.was -> '{name}' = 'null' THEN jsonb_build_object('{name}', '{known}'::jsonb) ELSE '{{}}' END"


def otherwise(name: str, pairs: str) -> str:
    """An object of columns where a field was another one."""
    return f"CASE WHEN w.was ? '{name}' THEN jsonb_build_object({pairs}) ELSE '{{}}' END"


def renamed(entity: "Entity", when: Past) -> dict[str, str]:
    """What records were sorted by whose title may have been another one, by id."""
    key = ("renamed", entity.label)
    if key not in when.memo:
        when.memo[key] = dict(sort_keys(entity, when))
    return when.memo[key]  # type: ignore[no-any-return]


def sort_keys(entity: "Entity", when: Past) -> Iterator[tuple[str, str]]:
    """See renamed."""
    names = [entity.title, *entity.search, *entity.search_depends]
    written, values = later(entity, when)
    asked = f"SELECT DISTINCT c.record_id FROM core_change c WHERE {written} AND c.before ?| %s LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, names, MOST_RENAMED + 1])
        keys = [key for (key,) in cursor.fetchall()]
    if len(keys) > MOST_RENAMED:
        raise BadValue(_("So many records were renamed since that this cannot be put in the order of names."))
    found = named(entity, standing(entity, when, *changed_sql(entity, when, keys=keys))) if keys else ()
    for record in found:
        yield str(record.pk), entity.sort_text(record)[:500]


# --- rows -------------------------------------------------------------------------------------------------------------


def seen_today(entity: "Entity", actor: "Actor", operations: Sequence[str]) -> tuple[str, list[Any]] | None:
    """SQL of the ids on which today's rights allow the operations, in the trash or not; None for all."""
    with past.at(past.played()):
        if all(not access.predicate(entity, actor, operation) for operation in operations):
            return None
    parts, values = list[str](), list[Any]()
    for trashed in (False, True):
        found = entity.rows(actor, operations[0], trashed=trashed)
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
    changed, values = changed_sql(entity, when, seen_today(entity, actor, operations), by_title=by_title, keys=keys)
    found = standing(entity, when, f"{same} UNION ALL {changed}", [*same_values, *values])
    return within_rights(found, entity, actor, operations)


def ways(
    entity: "Entity", actor: "Actor", when: Past, operation: str = "view", *, by_title: bool = False,
    fields: Collection[str] | None = None, walked: bool = False,
) -> list[QuerySet[Any]]:  # fmt: skip
    """The same rows as two querysets: those that nobody changed since (in these fields), with the indexes of the table, and the others.

    With `fields` the first have today's values in the others: see `corrected`. `walked`: for the first rows in an order, each of
    which is looked up in the ledger; PostgreSQL would gather all changes since (measured at a million people: 12 s).
    """
    operations = needed(operation)
    written, values = later(entity, when, fields)
    text = f'(NOT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = {predicates.TABLE}."id"{" OFFSET 0" if walked else ""}))'
    now = past_joins.following(predicates.of_now(entity, False).all(), when)
    same = now.filter(predicates.Compiled(text, tuple(values)), created_at__lte=when.moment)
    changed = changed_sql(entity, when, seen_today(entity, actor, operations), by_title=by_title, fields=fields)
    return [within_rights(found, entity, actor, operations) for found in (same, standing(entity, when, *changed))]


def deciding(entity: "Entity", actor: "Actor", operation: str) -> frozenset[str] | None:
    """The fields by which the actor's rights reach rows; None where more decides than the fields of the row."""
    operations = needed(operation)
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
    access.require(actor, entity, HISTORY)
    return rows(entity, actor, when, operation, keys=keys)


def touched(keys: Sequence[Any], when: Past) -> set[Any]:
    """Those of some records that were changed since."""
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT record_id FROM core_change WHERE record_id = ANY(%s) AND at > %s AND op <> 'create'", [list(keys), when.moment])  # fmt: skip
        return {key for (key,) in cursor.fetchall()}


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT c.record_id) FROM core_change c WHERE c.entity = ANY(%s) AND c.at > %s AND c.op = 'purge' "
            "AND c.op <> 'create' AND NOT EXISTS (SELECT 1 FROM core_change n WHERE n.record_id = c.record_id AND n.op = 'create' AND n.at > %s)",
            [labels(entity), when.moment, when.moment],
        )
        return int(cursor.fetchone()[0])


def of_record(entity: "Entity", key: Any, when: Past) -> Any:
    """One record as it was; None where there was none, or it lay in the trash. The caller has checked the rights of today."""
    return named(entity, one(entity, key, when)).first()


def one(entity: "Entity", key: Any, when: Past) -> QuerySet[Any]:
    """The row of one record as it was."""
    if was_touched(entity, key, when):
        return standing(entity, when, *changed_sql(entity, when, keys=[key]))
    now = past_joins.following(predicates.of_now(entity, False).all(), when)
    return now.filter(pk=key, created_at__lte=when.moment)


def fulfilled(rows: QuerySet[Any], conditions: Sequence[Q]) -> list[bool]:
    """Which conditions the first of some rows fulfils, in one query; none where there is no row."""
    names = {f"holds{at}": Case(When(one, then=Value(True)), default=Value(False)) for at, one in enumerate(conditions)}
    row = rows.annotate(**names).values_list(*names).first()
    return list(row or [False] * len(conditions))


def named(entity: "Entity", found: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with the records that their titles are made of."""
    return found.select_related(*entity.named_by) if entity.named_by else found


def was_touched(entity: "Entity", key: Any, when: Past) -> bool:
    """Whether a record was changed since."""
    written, values = later(entity, when)
    asked = f"SELECT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = %s)"
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, key])
        return bool(cursor.fetchone()[0])


def of_today(entity: "Entity", actor: "Actor", key: Any) -> Any:
    """The record of today, also in the trash, whose history the reader may see; Missing or Forbidden else."""
    try:
        return access.fetch(entity, actor, key, HISTORY)
    except Missing:
        return access.fetch(entity, actor, key, HISTORY, trashed=True)
