"""Indexes out of the way while millions of rows come in: each is made at once afterwards, two at a time."""

import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from kith.core.postgres import Server

#: Indexes that no constraint needs, those of the largest tables first; of partitioned tables the one of the whole.
SECONDARY = """
SELECT index.indexrelid::regclass::text, replace(pg_get_indexdef(index.indexrelid), ' ON ONLY ', ' ON ')
FROM pg_index index JOIN pg_class relation ON relation.oid = index.indrelid JOIN pg_class itself ON itself.oid = index.indexrelid
WHERE relation.relnamespace = 'public'::regnamespace AND NOT index.indisunique AND NOT itself.relispartition
AND relation.relname !~ '^(procrastinate|django|auth)_' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
ORDER BY 1
"""
TABLES = """
SELECT coalesce(inhparent, relid)::regclass::text, sum(pg_relation_size(relid))
FROM pg_stat_user_tables LEFT JOIN pg_inherits ON inhrelid = relid GROUP BY 1
"""
AT_ONCE, MEMORY = 2, "1GB"


@contextmanager
def put_off(server: Server, say: Callable[[str], None], tables: Collection[str] = ()) -> Iterator[None]:
    """Drop the secondary indexes (of all tables, or of some), and make them again after the block; the server's own upkeep waits as well."""
    definitions = dropped(server, tables)
    upkeep(server, "off")
    try:
        yield
    finally:
        started = time.monotonic()
        made(server, definitions)
        say(f"{len(definitions)} indexes: {time.monotonic() - started:.0f} s")
        upkeep(server, "on")


def dropped(server: Server, tables: Collection[str] = ()) -> list[str]:
    """The definitions of the indexes that were dropped."""
    with server.connect() as line:
        found = [
            (name, text) for name, text in line.execute(SECONDARY).fetchall() if not tables or table_of(text) in tables
        ]
        for name, _definition in found:
            line.execute(f"DROP INDEX {name}".encode())
    return [definition for _name, definition in found]


def made(server: Server, definitions: list[str]) -> None:
    """Make the indexes, those that take longest first."""
    with server.connect() as line:
        sizes = {str(name): int(size) for name, size in line.execute(TABLES).fetchall()}
    ordered = sorted(definitions, key=lambda text: cost(text, sizes), reverse=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(partial(make, server), ordered))


def table_of(definition: str) -> str:
    """The table of an index."""
    return definition.partition(" ON ")[2].partition(" ")[0].removeprefix("public.")


def cost(definition: str, sizes: dict[str, int]) -> int:
    """How long an index takes, roughly: by the size of its table; words take longer than values."""
    return sizes.get(table_of(definition), 0) * (5 if " gin " in definition.lower() else 1)


def make(server: Server, definition: str) -> None:
    """One index."""
    with server.connect() as line:
        line.execute(f"SET maintenance_work_mem = '{MEMORY}'".encode())
        line.execute(definition.encode())


def upkeep(server: Server, state: str) -> None:
    """Switch automatic upkeep off or on."""
    with server.connect(role="postgres") as line:
        line.autocommit = True
        line.execute(f"ALTER SYSTEM SET autovacuum = {state}".encode())
        line.execute("SELECT pg_reload_conf()")
