"""The SQL that keeps a roll-up: whose values a write touches, and what they are; made of what the roll-up compiles to for readers.

Values are written into it as literals by psycopg, names come from the registry; nothing of it is typed by a person.
"""

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, QuerySet
from django.utils import timezone, translation
from psycopg import sql

from kith.core.entity import Entity, registry
from kith.core.formulas.terms import FIELDS, Sql, Term

from . import storable

#: The column of each kind of value.
COLUMNS = {"number": "number", "percent": "number", "money": "number", "date": "day", "moment": "moment"}
ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=14)))
RENEW = """
WITH worked (id, value, code) AS MATERIALIZED ({worked}),
found (id, number, exact, day, moment, currency) AS (SELECT id, {columns}, CASE WHEN value IS NOT NULL THEN code END FROM worked),
gone AS (DELETE FROM core_rollupvalue v WHERE v.field_id = {field} AND v.record_id = ANY ($1) AND NOT EXISTS (SELECT FROM found WHERE found.id = v.record_id))
UPDATE core_rollupvalue v SET number = found.number, exact = found.exact, day = found.day, moment = found.moment, currency = found.currency FROM found
WHERE v.field_id = {field} AND v.record_id = found.id
    AND (v.number, v.exact, v.day, v.moment, v.currency) IS DISTINCT FROM (found.number, found.exact, found.day, found.moment, found.currency)
"""
PLACES = {
    "number": "kith_bounded(value, {decimals}), NULLIF(value, kith_bounded(value, {decimals})), NULL::date, NULL::timestamptz",
    "day": "NULL::numeric, NULL::numeric, value, NULL::timestamptz",
    "moment": "NULL::numeric, NULL::numeric, NULL::date, value",
}
MONEY_DECIMALS = 4
UPDATED = """
SELECT each.id FROM gone JOIN fresh ON fresh.id = gone.id CROSS JOIN LATERAL (VALUES (gone.{link}), (fresh.{link})) AS each (id)
WHERE ({before}) IS DISTINCT FROM ({after})
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """What a `RollupStore` holds."""

    child_table: str
    parent_table: str
    touched_insert: str
    touched_update: str
    touched_delete: str
    made: str
    unmade: str
    renew: str

    @property
    def print(self) -> str:
        """Tells these from any others."""
        return hashlib.sha256("\0".join(asdict(self).values()).encode()).hexdigest()


def texts_of(book: Any, row: Any) -> Texts | None:
    """The SQL of a roll-up; None where its values depend on the zone of whoever reads them. `book` has all definitions; raises FormulaError, BadFilter."""
    entity, source, term = registry.get(row.entity), registry.get(row.source), book.term((row.entity, row.name))
    link, parents = source.declared[row.link], entity.model._meta.db_table
    renewed = {renewing(row, term.kind, worked(entity, term, zone)) for zone in ZONES}
    if len(renewed) > 1:
        return None
    column = column_of(source, link.name)
    parts = {"link": sql.Identifier(column)}
    return Texts(
        child_table=source.model._meta.db_table, parent_table=parents,
        touched_insert=text(sql.SQL("SELECT fresh.{link} FROM fresh").format(**parts)),
        touched_update=text(sql.SQL(UPDATED).format(**parts, before=listed("gone", followed(book, source, row)), after=listed("fresh", followed(book, source, row)))),
        touched_delete=text(sql.SQL("SELECT gone.{link} FROM gone").format(**parts)),
        made=faced(entity, "fresh"), unmade=faced(entity, "gone"), renew=renewed.pop(),
    )  # fmt: skip


def followed(book: Any, source: Entity, row: Any) -> list[str]:
    """The columns of a record that its part of the value follows from."""
    names = {name for label, name in storable.everything(book, row) if label == source.label and name in source.fields}
    attributes = {column for name in names for column in source.fields[name].columns} | {"deleted_at", *source.face}
    return sorted(column_of(source, name) for name in attributes)


def column_of(entity: Entity, attribute: str) -> str:
    """The column of an attribute of the model."""
    return str(
        next(
            column.column for column in entity.model._meta.concrete_fields if attribute in (column.name, column.attname)
        )
    )


def listed(relation: str, columns: list[str]) -> sql.Composable:
    """Columns of a relation."""
    return sql.SQL(", ").join(sql.Identifier(relation, column) for column in columns)


def faced(entity: Entity, relation: str) -> str:
    """The ids of rows that are records of this kind."""
    conditions = [
        sql.SQL("{} = {}").format(sql.Identifier(relation, column_of(entity, name)), sql.Literal(value)) for name, value in entity.face.items()
    ]  # fmt: skip
    where = sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("")
    return text(sql.SQL("SELECT {}.id FROM {}").format(sql.Identifier(relation), sql.Identifier(relation)) + where)


def renewing(row: Any, kind: str, found: str) -> str:
    """The statement that writes the values of some records; numbers as `formulas.building.finished` shows them."""
    decimals = sql.Literal(MONEY_DECIMALS if kind == "money" else row.decimals)
    columns = sql.SQL(PLACES[COLUMNS[kind]]).format(decimals=decimals)
    return text(
        sql.SQL(RENEW).format(field=sql.Literal(row.pk), worked=sql.SQL(found), columns=columns)
    )  # made by the ORM


def worked(entity: Entity, term: Term, zone: dt.tzinfo) -> str:
    """The query of the values, as one reader would have it."""
    with timezone.override(zone), translation.override("en"):
        query, values = rows(entity, term).query.sql_with_params()
        return str(connection.ops.compose_sql(query, values))  # type: ignore[attr-defined]  # of PostgreSQL


def rows(entity: Entity, term: Term) -> QuerySet[Any]:
    """Id, value and currency of the records `$1`, those in the trash too: they may come back."""
    asked = entity.model._base_manager.filter(Sql("{} = ANY($1)", F("pk"), output_field=BooleanField()), **entity.face)
    code = Sql("NULL::text", output_field=FIELDS["text"]) if term.currency is None else term.currency("")
    return (
        asked.order_by().annotate(kept_value=term.sql(""), kept_code=code).values_list("pk", "kept_value", "kept_code")
    )


def text(composed: sql.Composable) -> str:
    """A statement as text."""
    connection.ensure_connection()
    return composed.as_string(connection.connection)


__all__ = ["COLUMNS", "Texts", "texts_of"]
