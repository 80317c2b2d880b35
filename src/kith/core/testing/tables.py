"""All rows of the test database at once: which tables hold any, none of them, or those of a moment before.

The triggers do not see it: they guard what Kith does, and would write rows of their own beside those that are brought back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

#: What allows to lay triggers aside; conftest grants it on the embedded server.
MAY = "SELECT has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
#: The transaction that wrote a row is the one that lays it.
COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ANY(%s) AND is_generated = 'NEVER' AND column_name <> 'xact' GROUP BY table_name
"""
COUNTERS = r"""
SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences
WHERE last_value IS NOT NULL AND sequencename NOT LIKE 'django\_%'
"""
FORWARD = """
SELECT setval(name::regclass, greatest(reached, pg_sequence_last_value(name::regclass))) FROM unnest(%s::text[], %s::bigint[]) AS counter (name, reached)
"""
BACK = r"""
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
WHERE last_value IS NOT NULL AND sequencename NOT LIKE 'django\_%'
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """The rows of all tables at one moment, with the words of COPY that bring them, and how far the counters were."""

    rows: tuple[tuple[str, bytes], ...]
    names: list[str]
    reached: list[int]


@cache
def may_be_laid() -> bool:
    """Whether a picture can be laid here; not on an outside server that allows less."""
    with connection.cursor() as cursor:
        cursor.execute(MAY)
        return bool(cursor.fetchone()[0])


def filled() -> set[str]:
    """Tables that hold rows, but for the list of migrations."""
    with connection.cursor() as cursor:
        cursor.execute(_asked())
        return {table for (table,) in cursor.fetchall()}


@cache
def _asked() -> str:
    tables = {model._meta.db_table for model in apps.get_models()} & set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    return " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {quote(table)})" for table in sorted(tables))  # noqa: S608 - quoted names


def empty() -> None:
    """Leave no row. Only tables with rows are touched: TRUNCATE makes new files for each table and index."""
    with transaction.atomic(), unseen() as cursor:
        for table in filled():
            cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - a quoted name
        cursor.execute(BACK)


def take() -> Picture:
    """The rows of now."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [sorted(filled())])
        found = cursor.fetchall()
        rows = tuple(
            (f"COPY {_quoted(table)} ({names}) FROM STDIN", _copied(cursor, table, names)) for table, names in found
        )
        cursor.execute(COUNTERS)
        counters = cursor.fetchall()
    return Picture(rows, [name for name, _reached in counters], [reached for _name, reached in counters])


def lay(picture: Picture) -> None:
    """Bring the rows of a picture into tables that have none of them."""
    with transaction.atomic(), unseen() as cursor:
        for words, rows in picture.rows:
            with cursor.copy(words) as copy:
                copy.write(rows)
        cursor.execute(FORWARD, [picture.names, picture.reached])


@contextmanager
def unseen() -> Iterator[CursorWrapper]:
    """A cursor whose statements no trigger sees; where that is not allowed the guard lets them pass, as maintenance."""
    name, value = ("session_replication_role", "replica") if may_be_laid() else ("kith.changeset", "maintenance")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield cursor
        cursor.execute("SELECT set_config(%s, %s, true)", [name, before])


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def _copied(cursor: CursorWrapper, table: str, names: str) -> bytes:
    with cursor.copy(f"COPY (SELECT {names} FROM {_quoted(table)}) TO STDOUT") as copy:  # noqa: S608 - quoted names
        return b"".join(map(bytes, copy))
