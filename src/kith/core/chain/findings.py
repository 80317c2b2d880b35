"""What verification finds, and the snapshot that it looks at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that is not as it was sealed: the number of the seal, and words."""

    number: int
    text: str

    def __str__(self) -> str:
        return f"seal {self.number}: {self.text}"


@contextmanager
def snapshot() -> Iterator[str]:
    """A snapshot that other connections may join; its name. It may wait for them as long as they need."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


@contextmanager
def joined(name: str) -> Iterator[None]:
    """The same snapshot on the connection of this thread, which is given back afterwards."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [name])
            yield
    finally:
        connection.close()
