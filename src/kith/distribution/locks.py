"""Locks of distribution, held until the end of the transaction and always taken in the order of their keys."""

from collections.abc import Iterable
from typing import Any

from django.db import connection


def tried(kind: str, key: Any) -> bool:
    """Take a lock if nobody has it; for looking on where waiting could turn into a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"kith.distribution.{kind}:{key}"])
        return bool(cursor.fetchone()[0])


def hold(kind: str, keys: Iterable[Any]) -> None:
    """Let nobody else decide about these at the same time."""
    names = sorted({f"kith.distribution.{kind}:{key}" for key in keys})
    if names:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) name", [names]
            )
