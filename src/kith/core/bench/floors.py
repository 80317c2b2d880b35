"""The same rows by plain SQL: what PostgreSQL alone needs, so that a figure says how much is ours."""

# ruff: noqa: S608 - statements written by hand from words of this module; values are parameters

import uuid
from collections.abc import Callable
from typing import Any

from psycopg import Connection, sql

from kith.core.entity import registry
from kith.core.identity.searchquery import query_terms, tsquery
from kith.core.store import columns_of

from .ground import Ground

#: Runs the statements of the n-th request.
Floor = Callable[[Ground, Connection[Any], int], None]
COLUMNS = "id, name, employer_id, job_title, email, phone, city, country, status, owner_id, updated_at, version"


def run(connection: Connection[Any], text: str, values: dict[str, Any]) -> list[Any]:
    """All rows of a statement."""
    return connection.execute(sql.SQL(text), values).fetchall()


def listed(level: str, *, kind: str = "person", order: str = "sort_key, id", deep: bool = False) -> Floor:
    """A page: its rows, the titles of what they link to, how many there are."""

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        where, values = ground.where(level)
        base = f"kind = '{kind}' AND deleted_at IS NULL AND {where}"
        place = "AND (sort_key, id) > (SELECT sort_key, id FROM parties_party WHERE id = %(middle)s)" if deep else ""
        if deep:
            values |= {"middle": middle(ground, connection, level, base)}
        rows = run(
            connection, f"SELECT {COLUMNS} FROM parties_party WHERE {base} {place} ORDER BY {order} LIMIT 51", values
        )
        links = {"parties": [row[2] for row in rows if row[2]], "users": [row[9] for row in rows if row[9]]}
        run(
            connection,
            "SELECT id, name FROM parties_party WHERE id = ANY(%(parties)s) UNION ALL SELECT id, name FROM access_user WHERE id = ANY(%(users)s)",
            links,
        )
        run(connection, f"SELECT count(*) FROM (SELECT 1 FROM parties_party WHERE {base} LIMIT 10001) found", values)

    return floor


def middle(ground: Ground, connection: Connection[Any], level: str, base: str) -> Any:
    """The id of the row half way; looked for once."""
    if base not in ground.middles:
        text = f"SELECT id FROM parties_party WHERE {base} ORDER BY sort_key, id OFFSET (SELECT count(*) / 2 FROM parties_party WHERE {base}) LIMIT 1"
        ground.middles[base] = run(connection, text, ground.where(level)[1])[0][0]
    return ground.middles[base]


def grouped(level: str, column: str) -> Floor:
    """Groups with their counts, and the first page."""

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        where, values = ground.where(level)
        run(
            connection,
            f"SELECT {column}, count(*) FROM parties_party WHERE kind = 'person' AND deleted_at IS NULL AND {where} GROUP BY 1 ORDER BY 2 DESC LIMIT 200",
            values,
        )
        run(
            connection,
            f"SELECT {COLUMNS} FROM parties_party WHERE kind = 'person' AND deleted_at IS NULL AND {where} ORDER BY {column}, sort_key, id LIMIT 51",
            values,
        )

    return floor


def opened(level: str, *, kind: str = "person") -> Floor:
    """One record, its parts, its notes, tasks and changes."""
    link = "company_id" if kind == "company" else "person_id"

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        keys = ground.keys(f"parties.{kind}", level)
        values = {"id": keys[number % len(keys)]}
        run(connection, "SELECT * FROM parties_party WHERE id = %(id)s", values)
        run(
            connection,
            f"SELECT e.*, p.name FROM parties_employment e JOIN parties_party p ON p.id = e.person_id WHERE e.{link} = %(id)s AND e.deleted_at IS NULL LIMIT 8",
            values,
        )
        run(connection, "SELECT * FROM parties_contactpoint WHERE party_id = %(id)s AND deleted_at IS NULL", values)
        run(connection, "SELECT * FROM parties_address WHERE party_id = %(id)s AND deleted_at IS NULL", values)
        run(
            connection,
            "SELECT * FROM activities_note WHERE subject_id = %(id)s AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20",
            values,
        )
        run(
            connection,
            "SELECT * FROM activities_task WHERE subject_id = %(id)s AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 20",
            values,
        )
        run(connection, "SELECT * FROM core_change WHERE record_id = %(id)s ORDER BY at DESC, id DESC LIMIT 20", values)

    return floor


def searched(words: tuple[str, ...], level: str) -> Floor:
    """The latest matches of the words among people and companies."""
    asked = [tsquery(query_terms(word)) for word in words]

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        where, values = ground.where(level)
        text = f"SELECT id, name FROM (SELECT id, name, updated_at FROM parties_party WHERE search_vector @@ %(asked)s::tsquery AND deleted_at IS NULL AND {where} LIMIT 500) found ORDER BY updated_at DESC LIMIT 10"
        run(connection, text, {**values, "asked": asked[number % len(asked)]})

    return floor


def saved(level: str) -> Floor:
    """One row changed, with its entry in the ledger, in one transaction."""

    def floor(ground: Ground, connection: Connection[Any], number: int) -> None:
        keys = ground.keys("parties.person", level)
        values = {"id": keys[number % len(keys)], "set": uuid.uuid4(), "text": f"Floor {number}"}
        with connection.transaction():
            connection.execute("SELECT set_config('kith.changeset', 'bench', true)")
            run(
                connection,
                "UPDATE parties_party SET decision_style = %(text)s, updated_at = now(), version = version + 1 WHERE id = %(id)s RETURNING id",
                values,
            )
            connection.execute(
                "INSERT INTO core_change (at, changeset_id, entity, record_id, op) VALUES (now(), %(set)s, 'parties.person', %(id)s, 'update')",
                values,
            )
        return

    return floor


def created(ground: Ground, connection: Connection[Any], number: int) -> None:
    """A copy of a row under a new id, with its entry in the ledger, in one transaction."""
    keys = ground.keys("parties.person", "team")
    values = {"id": keys[number % len(keys)], "new": uuid.uuid4(), "set": uuid.uuid4()}
    names = ", ".join(
        f'"{column.column}"' for column in columns_of(registry.get("parties.person").model) if column.column != "id"
    )
    with connection.transaction():
        connection.execute("SELECT set_config('kith.changeset', 'bench', true)")
        run(
            connection,
            f"INSERT INTO parties_party (id, {names}) SELECT %(new)s, {names} FROM parties_party WHERE id = %(id)s RETURNING id",
            values,
        )
        connection.execute(
            "INSERT INTO core_change (at, changeset_id, entity, record_id, op) VALUES (now(), %(set)s, 'parties.person', %(new)s, 'create')",
            values,
        )
