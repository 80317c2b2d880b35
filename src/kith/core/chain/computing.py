"""Hashes of very many rows at once, computed by the database."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
from django.db import connection

from .formula import NO_SALT, SALT
from .sources import Source

#: Rows in one statement.
BATCH = 5000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows of a source one after the other, with their hashes."""

    lines: int
    until_xact: int
    until_key: str
    oldest: Any
    settled: int
    keys: bytes
    commitments: bytes
    leaves: bytes


def settled_after(source: Source, xact: int, key: str, salts: bytes) -> Stretch:
    """The next rows of transactions before which none runs any more, with commitments under these salts."""
    return _compute(source, "xact < (SELECT settled FROM limits)", xact, key, salts, b"", BATCH)


def between(source: Source, after: tuple[int, str], until: tuple[int, str], salts: bytes, kept: bytes, most: int) -> Stretch:  # fmt: skip
    """The rows of sealed stretches as they are now; `kept` are the commitments of bodies that were erased."""
    upper = f"(xact, id) <= (%(until_xact)s, %(until_key)s::{source.id_type})"
    return _compute(source, upper, *after, salts, kept, most, until_xact=until[0], until_key=until[1])


def _compute(
    source: Source, upper: str, xact: int, key: str, salts: bytes, kept: bytes, most: int, **given: Any
) -> Stretch:
    values = {"xact": xact, "key": key or source.least, "salts": salts, "kept": kept, "most": most, **given}
    (row,) = plain(_statement(source, upper), values)
    return Stretch(*row)


def plain(statement: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of a statement whose bytes travel as they are, not as text (Django's own cursor would write them out)."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement.encode(), values, binary=True).fetchall()


@cache
def _statement(source: Source, upper: str) -> str:
    """Pick rows, commit to their bodies, make their leaves, join all."""
    send = "uuid_send(id)" if source.is_uuid else "int8send(id)"
    key = "id::text" if source.is_uuid else "lpad(id::text, 19, '0')"
    bodies = "".join(f", {source.body_sql(columns)} AS b{n}" for n, (_name, columns, _empty) in enumerate(source.parts))
    count = len(source.parts)
    commitments = "".join(f", {_commitment(n, count, empty)} AS c{n}" for n, (*_name, empty) in enumerate(source.parts))
    joined = " || ".join(f"c{n}" for n in range(count)) or r"'\x'::bytea"
    return rf"""
WITH limits AS MATERIALIZED (SELECT kith_settled() AS settled),
picked AS MATERIALIZED (
    SELECT row_number() OVER () - 1 AS n, xact, id, at, {source.header_sql()} AS header{bodies} FROM (
        SELECT * FROM {source.table} WHERE (xact, id) > (%(xact)s, %(key)s::{source.id_type}) AND {upper} ORDER BY xact, id LIMIT %(most)s
    ) AS ordered),
bound AS MATERIALIZED (SELECT *{commitments} FROM picked)
SELECT count(*), coalesce(max(xact), 0), coalesce(max({key} COLLATE "C") FILTER (WHERE n = (SELECT max(n) FROM picked)), ''), min(at),
    (SELECT settled FROM limits), coalesce(string_agg({send}, ''::bytea ORDER BY n), ''), coalesce(string_agg({joined}, ''::bytea ORDER BY n), ''),
    coalesce(string_agg(sha256(convert_to(header, 'UTF8') || {joined}), ''::bytea ORDER BY n), '')
FROM bound
"""


def _commitment(part: int, parts: int, empty: str) -> str:
    """The commitment of a body; of one that was erased, and is empty, the one that was kept."""
    salt = f"substr(%(salts)s::bytea, ((n * {parts} + {part}) * {SALT} + 1)::int, {SALT})"
    kept = f"substr(%(kept)s::bytea, ((n * {parts} + {part}) * 32 + 1)::int, 32)"
    return (
        f"CASE WHEN {salt} <> '\\x{NO_SALT.hex()}' THEN sha256({salt} || convert_to(b{part}, 'UTF8')) "
        f"WHEN b{part} = '{empty}' THEN {kept} ELSE ''::bytea END"
    )
