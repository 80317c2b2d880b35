"""Linked records of the past: in a query of rows as they were, every table that is joined has the values of then as well."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.datastructures import Join

from .past import Past

if TYPE_CHECKING:
    from .entity import Entity


#: Columns that are never otherwise, or that only order and find.
TODAY = frozenset(
    {"id", "created_at", "created_by_id", "version", "sort_key", "search_text", "search_body", "search_vector"}
)


class PastJoin(Join):
    """A join with a table as it was; tables whose changes the ledger does not tell are today's."""

    when: Past

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The join, with a query in the place of the table."""
        sql, values = super().as_sql(compiler, connection)
        entity = entity_of(self.table_name, self.when)
        if entity is None:
            return sql, values
        name, alias = compiler.quote_name(self.table_name), compiler.quote_name(self.table_alias)
        head = f"{self.join_type} {name}" + ("" if self.table_alias == self.table_name else f" {alias}")
        inner, given = linked_sql(entity, self.when)
        return f"{self.join_type} ({inner}) {alias}{sql.removeprefix(head)}", (*given, *values)


def following(rows: QuerySet[Any], when: Past) -> QuerySet[Any]:
    """The queryset with joins of that moment."""
    key = "join"
    if key not in when.memo:
        when.memo[key] = type("JoinThen", (PastJoin,), {"when": when})
    rows.query.join_class = when.memo[key]
    return rows


def entity_of(table: str, when: Past) -> "Entity | None":
    """The kind of record that a table holds, of a shared table the one with faces, or all of them as one; None for a table without records."""
    from .entity import registry  # it asks for rows with this module

    if (key := ("table", table)) not in when.memo:
        found = [entity for entity in registry if entity.model._meta.db_table == table]
        shared = [entity for entity in found if entity.access.faces]
        when.memo[key] = together(shared[:1] or found)
    return when.memo[key]  # type: ignore[no-any-return]


def together(found: "list[Entity]") -> "Entity | None":
    """Kinds of records that share a table, as far as its rows of then are asked for: the ledger has each under its own label."""
    if len(found) < 2:
        return found[0] if found else None
    first, *others = found
    faces = SimpleNamespace(faces=tuple(entity.label for entity in others))
    return cast("Entity", SimpleNamespace(label=first.label, access=faces, fields=first.fields, model=first.model))


def linked_sql(entity: "Entity", when: Past) -> tuple[str, list[Any]]:
    """Today's rows with the columns of those that were changed since as they were; found by the id of today's row, along its index.

    What others are sorted by is today's, as the order of linked records is. The gathered changes are left out of the query by PostgreSQL where no column asks for them.
    """
    from . import past_rows  # it makes its querysets with this module

    gathered, values = past_rows.gathered_sql(entity, when)
    then, more = past_rows.columns_sql(entity, when, by_title=False, stamped=False)
    names = [column.column for column in entity.model._meta.concrete_fields]
    plain = ", ".join(f't."{name}"' for name in names if name in TODAY)
    told = ", ".join(f's."{name}"' if name in TODAY or name == "updated_at" else f'(s.p)."{name}"' for name in names)
    table = connection.ops.quote_name(entity.model._meta.db_table)
    sql = f"""SELECT {told} FROM (SELECT {plain},
        CASE WHEN w.record_id IS NULL THEN t ELSE jsonb_populate_record(t, {then}) END AS p,
        CASE WHEN w.record_id IS NULL THEN t.updated_at ELSE coalesce((SELECT max(x.at) FROM core_change x WHERE x.record_id = t.id AND x.at <= %s AND x.op NOT IN {past_rows.UNTOUCHED}), t.created_at) END AS updated_at
      FROM {table} t LEFT JOIN ({gathered}) w ON w.record_id = t.id) s"""
    return sql, [*more, when.moment, *values]
