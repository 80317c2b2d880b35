"""Rows into the database in bulk: COPY for new ones, one UPDATE from JSON for changed ones."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import batched
from typing import Any

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, connection, models
from django.db.models.base import ModelState
from psycopg import sql

from . import copying, courier

COPY_FROM = 30
#: What a standby says to whoever writes.
READ_ONLY = "25006"
#: Has the database look now, and not at the end, whether all links lead somewhere.
CHECK_LINKS = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


def columns_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """Columns that are written: all but generated ones."""
    return [column for column in model._meta.concrete_fields if not column.generated]


def insert(model: type[models.Model], records: Sequence[models.Model]) -> None:
    """Insert records; few by INSERT, many by COPY (measured ten times faster)."""
    if len(records) < COPY_FROM:
        model._base_manager.bulk_create(records)
        return
    insert_plain(model, records)
    alias = connection.alias
    for record in records:
        record._state.adding, record._state.db = False, alias


def add(*records: models.Model) -> None:
    """Insert a few new rows, of several tables in one statement; what the database gives them is not read back."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record)
    texts, values = list[str](), list[Any]()
    for model, rows in by_model.items():
        head, row, columns = insertion(model)
        texts.append(f"{head} VALUES {', '.join([row] * len(rows))}")
        values += [column.get_db_prep_save(column.pre_save(record, True), connection) for record in rows for column in columns]  # fmt: skip
    if not texts:
        return
    before = ", ".join(f"table{at} AS ({text})" for at, text in enumerate(texts[:-1]))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {before} {texts[-1]}" if before else texts[-1], values)


@lru_cache(maxsize=100)
def insertion(model: type[models.Model]) -> "tuple[str, str, list[models.Field[Any, Any]]]":
    """How a row of a table is inserted: the beginning of the statement, the places of its values, its columns."""
    columns = [column for column in columns_of(model) if not isinstance(column, models.AutoField)]
    names = sql.SQL(", ").join(sql.Identifier(str(column.column)) for column in columns)
    head = sql.SQL("INSERT INTO {} ({})").format(sql.Identifier(model._meta.db_table), names)
    return head.as_string(None), f"({', '.join(['%s'] * len(columns))})", columns


def insert_plain(model: type[models.Model], records: Iterable[Any]) -> None:
    """Insert anything that has the attributes of the model, by COPY."""
    copy(model._meta.db_table, copying.names(model), copying.lines(model, records))


def copy(table: str, columns: str, pieces: Iterable[bytes]) -> None:
    """COPY into a table, behind the back of the caller where a courier runs."""
    query = f"COPY {connection.ops.quote_name(table)} ({columns}) FROM STDIN"
    if carrier := courier.running():
        carrier.send(query, list(pieces))
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        courier.copy(connection.connection, query, pieces)


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


def copy_in(table: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Insert plain rows of texts by COPY."""
    columns = ", ".join(map(connection.ops.quote_name, names))
    copy(table, columns, map(copying.escaped, batched(rows, copying.AT_ONCE, strict=False)))


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
        cursor.execute(CHECK_LINKS)


def check_links() -> None:
    """Have the database check now, not at the end, that no link leads to a row that is gone; raises IntegrityError."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK_LINKS)


def is_busy(error: BaseException) -> bool:
    """Whether the database gave up because somebody else holds the same rows: it can be tried again."""
    return state_of(error) in ("55P03", "40P01", "40001")


def is_lost(error: BaseException) -> bool:
    """Whether the database went away in the middle, could not be reached or has no room: it can be tried again when that is over."""
    state = state_of(error)
    return state is not None and (state == "" or state.startswith(("57P", "08")) or state in ("53300", "53100"))


def comes_of_loss(error: BaseException) -> bool:
    """Whether it was raised because the database went away, or while that was dealt with, or because a standby that is not promoted yet answered."""
    cause: BaseException | None = error
    for _step in range(20):
        if cause is None:
            break
        if is_lost(cause) or getattr(cause, "sqlstate", None) == READ_ONLY:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def state_of(error: BaseException) -> str | None:
    """PostgreSQL's code of an operational error, empty where only the connection failed; None for any other error."""
    cause = error.__cause__ if isinstance(error, OperationalError | InterfaceError) else error
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    return cause.sqlstate or ""
