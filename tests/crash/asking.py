"""How the drill looks into the database: one snapshot, plain SQL, and what it knows from outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from tests.crash.client import Notes
from tests.crash.work import Task

SHOWN = 3


@dataclass
class Facts:
    """What the drill knows: what was asked and acknowledged, and which part of the ledger is new since the last look."""

    data: Path
    notes: Notes
    tasks: list[Task] = field(default_factory=list)
    since: int = 0
    #: Whether all work must be finished by now.
    is_final: bool = False


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the whole database."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def number(query: str, *values: Any) -> int:
    """The one number of a query."""
    return int(rows(query, *values)[0][0])


def none(query: str, what: str, *values: Any) -> list[str]:
    """What is wrong when a query that must find nothing finds something."""
    found = rows(query, *values)
    examples = "; ".join(" ".join(map(str, row)) for row in found[:SHOWN])
    return [f"{what}: {len(found)} ({examples})"] if found else []


def as_dict(value: Any) -> dict[str, Any]:
    """JSON of a plain cursor, which Django hands over as text."""
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def last_change() -> int:
    """Where the ledger ends now; ids of transactions that are still open may be smaller, so nothing may be at work."""
    return number("SELECT coalesce(max(id), 0) FROM core_change")


def size() -> dict[str, int]:
    """How much there is."""
    return {
        table: number(f"SELECT count(*) FROM {table}")
        for table in ("parties_party", "parties_contactpoint", "core_change", "core_changeset")
    }


def interrupted() -> dict[str, int]:
    """How many jobs of which kind were begun more than once."""
    return dict(rows("SELECT name, count(*) FROM core_jobrun WHERE attempts > 1 GROUP BY name ORDER BY name"))
