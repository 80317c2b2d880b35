"""Fingerprints of a database: rows and a checksum of each table, and how many things of which kind there are.

A checksum is the sum over the MD5 of each row's text, so the order in which rows lie does not matter. It tells that a copy is
what it was copied from; that nobody tampers with a backup is the work of its signed list.
"""

from collections.abc import Callable, Iterator
from typing import Any

type Ask = Callable[[str], list[tuple[Any, ...]]]
type Prints = dict[str, list[Any]]

#: So that a row has the same text everywhere; for the running transaction.
PLAIN = "SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0"
TABLES = "SELECT relname, quote_ident(relname) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname"
TABLE = "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text FROM {} t"
THINGS = """
SELECT 'indexes', count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = current_schema()::regnamespace UNION ALL
SELECT 'constraints', count(*) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'n' UNION ALL
SELECT 'triggers', count(*) FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE c.relnamespace = current_schema()::regnamespace AND NOT tgisinternal UNION ALL
SELECT 'functions', count(*) FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def take(ask: Ask) -> Prints:
    """The fingerprints of the database that `ask` asks, inside one transaction."""
    tables = {name: list(ask(TABLE.format(quoted))[0]) for name, quoted in ask(TABLES)}
    return tables | {f"all {name}": [count] for name, count in ask(THINGS)}


def differences(before: Prints, after: Prints) -> Iterator[str]:
    """In which way a copy is another, in words."""
    for name in sorted(before.keys() | after.keys()):
        then, now = before.get(name), after.get(name)
        if then == now:
            continue
        if then is None or now is None:
            yield f"{name} {'is missing' if now is None else 'was not there'}"
        elif then[0] != now[0]:
            yield f"{name}: {now[0]} instead of {then[0]}"
        else:
            yield f"{name}: {now[0]} rows, but not the same"
