"""How many rows several queries have, asked in one: the small numbers of a page that each open their rows."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

#: Further nobody counts on such a page.
COUNTED = 10_000


def tally(parts: Mapping[str, QuerySet[Any]], most: int = COUNTED) -> dict[str, int]:
    """How many rows each query has, counted up to `most`; one query, however many parts there are."""
    counts, pieces = dict.fromkeys(parts, 0), []
    for name, rows in parts.items():
        try:
            sql, params = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        pieces.append((f"SELECT %s, count(*) FROM ({sql}) t", (name, *params)))  # noqa: S608 - SQL of the ORM
    if not pieces:
        return counts
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _params in pieces), [value for _sql, params in pieces for value in params]
        )
        return counts | dict(cursor.fetchall())
