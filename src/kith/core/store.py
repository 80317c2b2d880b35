"""Rows into the database in bulk: COPY for new ones, one UPDATE from JSON for changed ones."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, connection, models
from django.db.models.base import ModelState

COPY_FROM = 30
#: Columns whose Python values go into COPY as they are.
PLAIN = (
    models.CharField, models.TextField, models.UUIDField, models.IntegerField, models.BooleanField, models.DateField, models.DecimalField, models.ForeignKey, ArrayField,
)  # fmt: skip


def columns_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """Columns that are written: all but generated ones."""
    return [column for column in model._meta.concrete_fields if not column.generated]


def insert(model: type[models.Model], records: Sequence[models.Model]) -> None:
    """Insert records; few by INSERT, many by COPY (measured ten times faster)."""
    if len(records) < COPY_FROM:
        model._base_manager.bulk_create(records)
        return
    insert_plain(model, records)
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def insert_plain(model: type[models.Model], records: Iterable[Any]) -> None:
    """Insert anything that has the attributes of the model, by COPY."""
    names, get, prepared = copy_plan(model)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for record in records:
            row = list(get(record))
            for position, prepare in prepared:
                row[position] = prepare(row[position])
            copy.write_row(row)


Plan = tuple[str, Callable[[Any], tuple[Any, ...]], list[tuple[int, Callable[[Any], Any]]]]


@lru_cache(maxsize=500)
def copy_plan(model: type[models.Model]) -> Plan:
    """The column names for COPY, a getter of all values, and what has to be done to those that are not plain."""
    columns = [column for column in columns_of(model) if not isinstance(column, models.AutoField)]
    prepared = [
        (position, preparer(column)) for position, column in enumerate(columns) if not isinstance(column, PLAIN)
    ]
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in columns)
    return names, attrgetter(*[column.attname for column in columns]), prepared


def preparer(column: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    """How a value of a column that is not plain is written."""
    if isinstance(column, models.JSONField):
        return as_text
    return lambda value: column.get_db_prep_save(value, connection)


def as_text(value: Any) -> str | None:
    """JSON as the database reads it; the common empty one needs no encoder."""
    return None if value is None else "{}" if value == {} else json.dumps(value, cls=DjangoJSONEncoder)


# --- new records in memory ------------------------------------------------------------------------------------------


@lru_cache(maxsize=500)
def defaults(model: type[models.Model]) -> Mapping[str, Any]:
    """What a new row of the model holds, by attribute; not what is made anew for each row (id)."""
    fresh = vars(model())
    return {
        column.attname: fresh[column.attname]
        for column in columns_of(model)
        if not made_anew(column) or isinstance(fresh[column.attname], list | dict)
    }


def made_anew(column: "models.Field[Any, Any]") -> bool:
    """Whether each row gets a default of its own."""
    return column.has_default() and callable(column.default)


@lru_cache(maxsize=500)
def maker(model: type[models.Model]) -> Callable[..., Any]:
    """Makes new instances as `model(**face)` would, ten times faster: it matters for imports."""
    shared = {name: value for name, value in defaults(model).items() if not isinstance(value, list | dict)}
    made = [
        (column.attname, column.default if made_anew(column) else column.get_default)
        for column in columns_of(model)
        if column.attname not in shared
    ]

    def make(**face: Any) -> Any:
        record = model.__new__(model)
        record._state = ModelState()
        record.__dict__.update(shared)
        record.__dict__.update({name: get() for name, get in made})
        record.__dict__.update(face)
        return record

    return make


def copy_in(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert plain rows (ids and texts) by COPY."""
    columns = ", ".join(map(connection.ops.quote_name, names))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def delete_rows(table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Erase plain rows by the values of an id column and text columns after it."""
    lists = [[str(value) for value in column] for column in zip(*rows, strict=True)]
    if lists:
        types = ["uuid[]", *["text[]"] * (len(names) - 1)]
        columns, given = ", ".join(map(connection.ops.quote_name, names)), ", ".join(f"%s::{kind}" for kind in types)
        query = f"DELETE FROM {connection.ops.quote_name(table)} WHERE ({columns}) IN (SELECT * FROM unnest({given}))"
        with connection.cursor() as cursor:
            cursor.execute(query, lists)


def update(model: type[models.Model], records: Sequence[models.Model], attributes: Iterable[str]) -> None:
    """Write the named attributes of records that exist, in one statement."""
    wanted = set(attributes)
    columns = [column for column in columns_of(model) if column.attname in wanted]
    table = connection.ops.quote_name(model._meta.db_table)
    sets = ", ".join(
        f"{name} = new.{name}" for name in (connection.ops.quote_name(str(column.column)) for column in columns)
    )
    rows = [
        {"id": str(record.pk)}
        | {str(column.column): as_json(column, getattr(record, column.attname)) for column in columns}
        for record in records
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS old SET {sets} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS new WHERE old.id = new.id",
            [json.dumps(rows, cls=DjangoJSONEncoder)],
        )


def as_json(column: "models.Field[Any, Any]", value: Any) -> Any:
    """A column's value as jsonb_populate_recordset reads it; exact decimals as text."""
    if value is None or isinstance(column, models.JSONField):
        return value
    if isinstance(value, list):
        return [str(item) for item in value]
    return str(value) if not isinstance(value, bool | int | float) else value


def delete(model: type[models.Model], keys: Sequence[Any]) -> None:
    """Erase rows by id; rows that others still point to raise IntegrityError here and not only at commit."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [list(keys)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def check_links() -> None:
    """Have the database check now, not at the end, that no link leads to a row that is gone; raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def is_busy(error: BaseException) -> bool:
    """Whether the database gave up because somebody else holds the same rows: it can be tried again."""
    return state_of(error) in ("55P03", "40P01", "40001")


def is_lost(error: BaseException) -> bool:
    """Whether the database went away in the middle or could not be reached: it can be tried again when it is back."""
    state = state_of(error)
    return state is not None and (state == "" or state.startswith(("57P", "08")) or state == "53300")


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's code of an operational error, empty where only the connection failed; None for any other error."""
    cause = error.__cause__ if isinstance(error, OperationalError | InterfaceError) else error
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    return cause.sqlstate or ""
