"""One hash over the content of all entity tables: equal before and after means that nothing was lost and nothing left behind."""

import hashlib
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connection

from kith.core import guards

#: Columns that say when and how often, not what.
BOOKKEEPING = frozenset({"version", "updated_at"})
#: Tables kept by rules beside the entities, with all their columns.
BESIDE = ("parties_matchkey",)


def tables() -> list[str]:
    """Tables of all entities, each once, and those beside them."""
    present = {model._meta.db_table for model in apps.get_models()}
    return [*guards.tables(), *(table for table in BESIDE if table in present)]


def columns(table: str) -> list[str]:
    """The columns of a table that are content, in order of name; generated ones follow from others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return sorted({row[0] for row in cursor.fetchall()} - BOOKKEEPING)


def rows(table: str) -> Iterator[str]:
    """The rows of a table as text, in the order of their content, which begins with the id where there is one."""
    names = columns(table)
    order = ", ".join(map(connection.ops.quote_name, ["id"] if "id" in names else names))
    fields = ", ".join(map(connection.ops.quote_name, names))
    query = f"SELECT ROW({fields})::text FROM {connection.ops.quote_name(table)} ORDER BY {order}"  # noqa: S608 - quoted names
    with connection.cursor() as cursor:
        cursor.execute(query)
        while chunk := cursor.fetchmany(5000):
            yield from (row[0] for row in chunk)


def content(only: Iterable[str] | None = None) -> dict[str, str]:
    """A hash for each table."""
    found = {}
    for table in tables() if only is None else only:
        digest = hashlib.sha256()
        for row in rows(table):
            digest.update(row.encode() + b"\n")
        found[table] = digest.hexdigest()
    return found


def content_hash() -> str:
    """The hash of everything."""
    return hashlib.sha256(repr(sorted(content().items())).encode()).hexdigest()
