"""The chain is what its docstring says, computed here from the tables by nothing but that text."""

import hashlib
import json

import pytest
from django.db import connection

from . import ground

pytestmark = pytest.mark.django_db(transaction=True)

#: Columns of headers and bodies as the docstring and `sources.py` name them, written out once more.
HEADERS = {
    "change": "id, xact, at, changeset_id, entity, record_id, op, version",
    "changeset": "id, xact, at, kind, origin, actor_id, token_id, request_id, entity, records, confirmed, undo_of",
    "event": "id, xact, at, kind, origin, actor_id, token_id, entity, record_id, count, changeset_id, request_id",
}
BODIES = {
    "change": ["title, before, after, source"],
    "changeset": ["actor_name", "reason"],
    "event": ["actor_name, ip, agent", "title, detail"],
}
TABLES = {"change": "core_change", "changeset": "core_changeset", "event": "core_auditevent"}
DOCUMENTS = {"before", "after", "source", "detail", "confirmed"}


def cells(table: str, columns: str, order: str = "xact, id") -> list[list[str]]:
    """Each value as JSON: documents as the database writes them, the rest by Python."""
    names = columns.split(", ")
    asked = ", ".join(
        f"{name}::text" if name in DOCUMENTS
        else f"(extract(epoch FROM {name}) * 1000000)::bigint" if name == "at"
        else f"{name}::text" if name.endswith("_id") or name == "undo_of" or (name == "id" and table == "core_changeset")
        else name
        for name in names
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked} FROM {table} ORDER BY {order}")
        rows = cursor.fetchall()
    return [
        [
            value if name in DOCUMENTS else json.dumps(value, ensure_ascii=False)
            for name, value in zip(names, row, strict=True)
        ]
        for row in rows
    ]


def array(values: list[str]) -> bytes:
    return f"[{', '.join(values)}]".encode()


def test_the_chain_follows_from_the_tables_by_the_formula():
    ground.sealed()
    ground.attack(
        "UPDATE core_change SET title = %s WHERE id = (SELECT min(id) FROM core_change)", 'Ü "quoted"\\ \t\n 纸'
    )
    with connection.cursor() as cursor:  # sealed anew, with a text that needs every kind of escape
        cursor.execute("SELECT count(*) FROM core_seal")
        assert cursor.fetchone() == (6,)
    ground.attack("DELETE FROM core_seal")

    ground.seal()
    place = dict.fromkeys(TABLES, 0)
    headers = {name: cells(table, HEADERS[name]) for name, table in TABLES.items()}
    bodies = {name: [cells(table, columns) for columns in BODIES[name]] for name, table in TABLES.items()}
    previous, seen = bytes(32), 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, source, lines, after_xact, after_key, until_xact, until_key, settled, "
            "(extract(epoch FROM sealed_at) * 1000000)::bigint, salts, commitments, leaves, hash FROM core_seal ORDER BY number"
        )
        seals = cursor.fetchall()
    for *facts, salts, commitments, leaves, digest in seals:
        source, lines = facts[1], facts[2]
        expected, bound = b"", b""
        for line in range(lines):
            made = []
            for part, rows in enumerate(bodies[source]):
                number = line * len(bodies[source]) + part
                salt = bytes(salts)[number * 16 : number * 16 + 16]
                assert len(salt) == 16 and salt != bytes(16)
                made.append(hashlib.sha256(salt + array(rows[place[source] + line])).digest())
            expected += hashlib.sha256(array(headers[source][place[source] + line]) + b"".join(made)).digest()
            bound += b"".join(made)
        assert bytes(leaves) == expected
        assert bytes(commitments) == bound
        previous = hashlib.sha256(previous + json.dumps(facts).encode() + expected).digest()
        assert bytes(digest) == previous
        place[source] += lines
        seen += lines
    assert seen == 2 * sum(ground.FILLED.values())
    assert len({facts[9] for facts in seals}) == len(seals)
