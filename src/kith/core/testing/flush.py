"""Lets transactional tests empty the tables: the guard of the write path refuses an unannounced TRUNCATE."""

from collections.abc import Sequence

from django.db.backends.postgresql.operations import DatabaseOperations

ANNOUNCE = "SET LOCAL kith.changeset = 'maintenance'"


def announce_flush() -> None:
    """Announce what Django's test classes do between two transactional tests."""
    plain = DatabaseOperations.execute_sql_flush

    def announced(self: DatabaseOperations, statements: Sequence[str]) -> None:
        plain(self, [ANNOUNCE, *statements])

    DatabaseOperations.execute_sql_flush = announced  # type: ignore[method-assign]
