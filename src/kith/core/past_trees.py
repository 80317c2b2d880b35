"""Branches of trees as they were: what lay below a record at a moment, by the links of then (N2)."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from . import past_rows
from .past import Past

if TYPE_CHECKING:
    from .entity import Entity


def below(entity: "Entity", roots: list[UUID], when: Past) -> set[UUID]:
    """Ids of all records that were below the roots, without them.

    Records that hang where they hung are found by the index of their link, the others are gathered once.
    """
    names = {entity.tree}
    changed, changed_values = past_rows.changed_sql(entity, when, fields=names)
    written, written_values = past_rows.later(entity, when, names)
    made, made_values = past_rows.made(when, "t")
    table, link = connection.ops.quote_name(entity.model._meta.db_table), connection.ops.quote_name(f"{entity.tree}_id")
    sql = f"""WITH RECURSIVE moved AS MATERIALIZED (SELECT id, {link} AS above FROM ({changed}) c WHERE deleted_at IS NULL),
      down(id) AS (SELECT unnest(%s::uuid[]) UNION SELECT e.id FROM down CROSS JOIN LATERAL (
        SELECT t.id FROM {table} t WHERE t.{link} = down.id AND t.deleted_at IS NULL AND {made}
          AND NOT EXISTS (SELECT 1 FROM core_change c WHERE {written} AND c.record_id = t.id)
        UNION ALL SELECT m.id FROM moved m WHERE m.above = down.id) e)
      SELECT id FROM down"""
    values: list[Any] = [*changed_values, roots, *made_values, *written_values]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {key for (key,) in cursor.fetchall()} - set(roots)
