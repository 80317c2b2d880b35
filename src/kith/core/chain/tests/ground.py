"""What the tests of sealing share: a small ledger, connections of others, and an attacker who may do anything."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from kith.core import ledger, writes
from kith.core.access import SYSTEM
from kith.core.chain import sealer
from kith.core.chain.models import Seal
from kith.core.chain.sources import BY_NAME, SOURCES, Source
from kith.core.changes import maintenance
from kith.core.entity import registry

INDUSTRY = "parties.industry"


def fill() -> Any:
    """Three industries made, one changed and one deleted, and a view of the first in the log; the first of them."""
    industries = [
        writes.create(SYSTEM, registry.get(INDUSTRY), {"name": f"Industry {uuid.uuid4()}"}) for _number in range(3)
    ]
    writes.save(SYSTEM, industries[0], {"name": f"Paper {uuid.uuid4()}"})
    writes.delete(SYSTEM, registry.get(INDUSTRY), [industries[2].pk])
    ledger.log(SYSTEM, "view", entity=INDUSTRY, record_id=industries[0].pk, title="Paper", how="peek")
    return industries[0]


#: What `fill` leaves: entries, change-sets, lines of the log.
FILLED = {"change": 5, "changeset": 5, "event": 6}


def seal() -> int:
    """Seal all, each source in one go; how many were sealed.

    The server's own upkeep, and what ends in another database while the horizon is worked out, hold rows up for a moment:
    what was sealed without them is taken back and sealed anew, or a source would have two seals for one.
    """
    return sum(map(seal_whole, SOURCES))


def seal_whole(source: Source) -> int:
    """Seal all rows of a source together."""
    for _time in range(1200):
        with transaction.atomic():
            lines = sealer.seal_source(source)
            if not is_left(source):
                return lines
            transaction.set_rollback(True)
        time.sleep(0.05)
    raise TimeoutError(f"Something holds up {source.plural}.")


def is_left(source: Source) -> bool:
    """Whether a row of a source is not sealed yet."""
    xact, key = sealer.place_of(source)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {source.table} WHERE (xact, id) > (%s, %s::{source.id_type}))",
            [xact, key or source.least],
        )
        return bool(cursor.fetchone()[0])


def sealed() -> Any:
    """A ledger that is sealed in two steps."""
    first = fill()
    assert seal() == sum(FILLED.values())
    fill()
    assert seal() == sum(FILLED.values())
    return first


def sealed_keys(source: str) -> list[Any]:
    """The keys of the rows of a source, in the order in which they were sealed."""
    of = BY_NAME[source]
    seals = Seal.objects.filter(source=source).order_by("number")
    return [of.key_of(ident) for seal in seals for ident in of.cut(bytes(seal.keys))]


def attack(statement: str, *values: Any) -> int:
    """A statement of somebody who knows how to get past the guard; how many rows it touched."""
    with maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def ids(table: str) -> list[Any]:
    """The ids of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY xact, id")
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def somebody() -> Iterator[psycopg.Connection[Any]]:
    """A connection of somebody else to the same database."""
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"], port=known["PORT"] or None, user=known["USER"], dbname=known["NAME"]
    ) as other:
        yield other


def insert_line(other: psycopg.Connection[Any], title: str, ident: int | None = None) -> int:
    """A line of the log in the open transaction of somebody; its id."""
    columns, values = ("at, kind, origin, title", "now(), 'view', 'ui', %s")
    given: list[Any] = [title]
    if ident is not None:
        columns, values, given = f"{columns}, id", f"{values}, %s", [title, ident]
    row = other.execute(f"INSERT INTO core_auditevent ({columns}) VALUES ({values}) RETURNING id", given).fetchone()
    assert row is not None
    return int(row[0])
