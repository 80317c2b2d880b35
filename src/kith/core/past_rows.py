"""Rows as they were at a moment as one relation: today's table with the changes since taken back (N2).

1. Records that nobody changed since are today's rows, asked on their indexes.
2. Of the others the ledger's earliest value "before" of each field since then replaces today's; their number is what a
   look at the past costs.
3. Records made later are absent, those that were trashed later are present. Erased ones are gone for good.

`was` and `value` are the same for queries that are written by hand (`sales/steering/flow.py`).
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.datastructures import BaseTable
from django.utils.translation import gettext_lazy as _

from . import access, past_joins, past_known, title_columns
from .errors import BadValue
from .past import Past
from .specs import BagSpec, ColumnSpec, LinkSpec, MoneySpec, RefSpec

if TYPE_CHECKING:
    from .entity import Entity
    from .specs import FieldSpec

#: Renamed records whose place in the order of titles is worked out; with more of them a list cannot be put in it.
MOST_RENAMED = 5000
#: So many changed records are named in the queries of a page, instead of being gathered in each of them.
FEW_CHANGED = 1000
#: Entries that touch no row: somebody said that values still hold.
UNTOUCHED = "('confirm', 'unconfirm')"
#: Moment and version of the last change of a record until then.
LAST_BEFORE = f"SELECT x.at, x.version FROM core_change x WHERE x.record_id = {{}} AND x.at <= %s AND x.op NOT IN {UNTOUCHED} ORDER BY x.at DESC, x.id DESC LIMIT 1"
ERASED_THEN = """SELECT DISTINCT c.record_id FROM core_change c WHERE c.at > %s AND c.op = 'create' AND c.version > 1
    AND (SELECT x.op FROM core_change x WHERE x.record_id = c.record_id AND x.at <= %s ORDER BY x.at DESC, x.id DESC LIMIT 1) = 'purge' AND c.xact >= %s"""
ERASURES = "SELECT DISTINCT e.entity FROM core_erasure e WHERE e.at > %s AND e.xact >= %s"
#: More records than were ever made anew, or kinds than anything was erased of.
ANY = 1_000_000


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


def labels(entity: "Entity") -> list[str]:
    """Under which labels the ledger holds records of an entity: its own and those of its faces."""
    return [entity.label, *entity.access.faces]


def later(entity: "Entity", when: Past, fields: Collection[str] | None = None) -> tuple[str, list[Any]]:
    """The condition on ledger entries `c` that were written since, creations aside; with `fields` those that changed one of them, or whether it was there."""
    text = f"c.entity = ANY(%s) AND c.at > %s AND c.op <> 'create' AND c.op NOT IN {UNTOUCHED}"
    values = [labels(entity), when.moment]
    if fields is None:
        return text, values
    return f"{text} AND (c.op IN ('delete', 'restore', 'purge') OR c.before ?| %s)", [*values, sorted(fields)]


def few_changed(entity: "Entity", when: Past, fields: Collection[str] | None = None) -> list[Any] | None:
    """The records that were changed since (in one of these fields), where these are few; asked once for a moment. None for many.

    For pages, whose queries see what is written between them anyway; what has to be exact asks everything at once. Some of them
    may not have been changed (`past_known`).
    """
    key = ("changed", entity.label, fields if fields is None else frozenset(fields))
    if key not in when.memo:
        written, values = later(entity, when, fields)
        asked = f"SELECT DISTINCT c.record_id FROM core_change c WHERE {written} AND c.xact >= %s"
        name = (*labels(entity), None if fields is None else tuple(sorted(fields)))
        found = known(when, past_known.Question(name, asked, values, FEW_CHANGED))
        when.memo[key] = found if found is None else sorted(found)
    return when.memo[key]  # type: ignore[no-any-return]


def known(when: Past, question: past_known.Question | None = None) -> Any:
    """The answer to a question about a moment; what is asked of every moment is asked with it."""
    moment = when.moment
    asked = [
        past_known.Question(("between",), ERASED_THEN, (moment, moment), ANY),
        past_known.Question(("erasures",), ERASURES, (moment,), ANY),
    ]
    gone, erasures, *more = past_known.ask(moment, [*asked, question] if question else asked)
    when.memo.setdefault("between", sorted(gone or ()))
    when.memo.setdefault("erasures", bool(erasures))
    return more[0] if more else None


def ask_anew(when: Past) -> None:
    """Ask again which records were changed or renamed since: a long export would miss, or misplace, what is changed while it runs."""
    for key in [key for key in when.memo if key[0] in ("changed", "renamed", "touched")]:
        del when.memo[key]


def among_changed(entity: "Entity", when: Past, names: Collection[str] = ()) -> tuple[str, list[Any]]:
    """A condition on ledger entries `c` of records that were trashed, erased or changed in these fields: among which they are, if that is known by now."""
    for key, few in when.memo.items():
        if few is not None and key[:2] == ("changed", entity.label) and (key[2] is None or key[2] >= set(names)):
            return " AND c.record_id = ANY(%s)", [few]
    return "", []


def made(when: Past, alias: str) -> tuple[str, list[Any]]:
    """The condition that a row had been made, and was not erased by an undo that was taken back later."""
    gone = between(when)
    text = f"{alias}.created_at <= %s"
    return (f"{text} AND {alias}.id <> ALL(%s)", [when.moment, gone]) if gone else (text, [when.moment])


def between(when: Past) -> list[Any]:
    """The records that an undo had erased and that were made anew later, under their old id and day; few, if any."""
    if "between" not in when.memo:
        known(when)
    return when.memo["between"]  # type: ignore[no-any-return]


def has_erasures(when: Past) -> bool:
    """Whether anything of anybody was erased since, with personal data."""
    if "erasures" not in when.memo:
        known(when)
    return when.memo["erasures"]  # type: ignore[no-any-return]


def same_sql(entity: "Entity", when: Past) -> tuple[str, list[Any]]:
    """Rows that were there and that nobody changed since."""
    written, values = later(entity, when)
    table = connection.ops.quote_name(entity.model._meta.db_table)
    there, given = made(when, "t")
    sql = f"SELECT {columns_of(entity, 't')} FROM {table} t WHERE {there} AND NOT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = t.id)"
    return sql, [*given, *values]


def changed_sql(
    entity: "Entity", when: Past, seen: tuple[str, list[Any]] | None = None, *, by_title: bool = False,
    keys: Sequence[Any] | None = None, fields: Collection[str] | None = None, whole: bool = False, stamped: bool = True,
) -> tuple[str, list[Any]]:  # fmt: skip
    """Rows that were there and were changed since (in one of these fields), with their values of then.

    `seen` are the ids that may be read today, `keys` all that are asked for; `whole`: those of them that were not changed as well.
    Without `stamped` version and moment of the last change are those of today.
    """
    gathered, values = gathered_sql(entity, when, keys=keys, fields=fields)
    if whole and keys is not None:
        gathered = f"SELECT k.id AS record_id, coalesce(g.was, '{{}}') AS was, g.trashed FROM unnest(%s::uuid[]) k(id) LEFT JOIN ({gathered}) g ON g.record_id = k.id"
        values = [list(keys), *values]
    columns, column_values = columns_sql(entity, when, by_title=by_title, stamped=stamped)
    last, last_values = (
        (f"LEFT JOIN LATERAL ({LAST_BEFORE.format('t.id')}) l ON true", [when.moment]) if stamped else ("", [])
    )
    table = connection.ops.quote_name(entity.model._meta.db_table)
    there, given = made(when, "t")
    where, where_values = (f" AND t.id IN ({seen[0]})", seen[1]) if seen else ("", [])
    sql = f"""SELECT {columns_of(entity, "p")} FROM ({gathered}) w
      JOIN {table} t ON t.id = w.record_id
      {last}
      CROSS JOIN LATERAL jsonb_populate_record(t, {columns}) p
      WHERE {there}{where}"""
    return sql, [*values, *last_values, *column_values, *given, *where_values]


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


def columns_of(entity: "Entity", alias: str) -> str:
    """The columns of its table by name; the id is that of today's row, so that a look for one record reads one."""
    names = [column.column for column in entity.model._meta.concrete_fields]
    return ", ".join(f't."{name}"' if name == "id" else f'{alias}."{name}"' for name in names)


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
    names = sorted(title_columns.sorting(entity))
    written, values = later(entity, when)
    known, few = among_changed(entity, when, names)
    asked = f"SELECT DISTINCT c.record_id FROM core_change c WHERE {written}{known} AND c.before ?| %s LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, *few, names, MOST_RENAMED + 1])
        keys = [key for (key,) in cursor.fetchall()]
    if len(keys) > MOST_RENAMED:
        raise BadValue(_("So many records were renamed since that this cannot be put in the order of names."))
    found = named(entity, standing(entity, when, *changed_sql(entity, when, keys=keys))) if keys else ()
    for record in found:
        yield str(record.pk), entity.sort_text(record)[:500]


def named(entity: "Entity", found: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with the records that their titles are made of."""
    return found.select_related(*entity.named_by) if entity.named_by else found


# --- for queries that are written by hand ------------------------------------------------------------------------------


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
