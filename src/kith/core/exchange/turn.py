"""Imports of the same kind of records take turns: each finds what the one before it has made, so that one file that two people bring makes no doubles."""

from typing import Any

from django.conf import settings
from django.db import connection

from kith.core.entity import Entity

#: How long a job or a command waits for an import before it; a page waits as long as for any other lock.
PATIENCE = "240s"


def take(entity: Entity) -> None:
    """Wait until no other import of this kind is being written; holds until the running transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        wait(cursor, before if settings.PROCESS == "web" else PATIENCE)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kith.import:{entity.model._meta.db_table}"])  # fmt: skip
        wait(cursor, before)


def wait(cursor: Any, limit: str) -> None:
    """How long locks of this transaction are waited for from now on."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [limit])
