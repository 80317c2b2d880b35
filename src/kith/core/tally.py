"""How many rows several queries have, asked in one: the small numbers of a page that each open their rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from . import prepared

if TYPE_CHECKING:
    from .access import Actor

#: Further nobody counts on such a page.
COUNTED = 10_000


def tally(parts: Mapping[str, QuerySet[Any]], most: int = COUNTED) -> dict[str, int]:
    """How many rows each query has, counted up to `most`; one query, however many parts there are."""
    return counted({name: limited(rows, most).query.sql_with_params for name, rows in parts.items()})


def tally_kept(
    actor: "Actor", name: Any, parts: Mapping[str, Callable[[], QuerySet[Any]]], most: int = COUNTED
) -> dict[str, int]:
    """The same of queries that follow from the actor and their names alone: see `prepared`."""

    def text(part: str, build: Callable[[], QuerySet[Any]]) -> tuple[str, Sequence[Any]]:
        return prepared.sql(actor, ("tally", name, part, most), lambda: limited(build(), most))

    return counted({part: partial(text, part, build) for part, build in parts.items()})


def limited(rows: QuerySet[Any], most: int) -> QuerySet[Any, Any]:
    """The ids of so many of some rows."""
    return rows.order_by().values("pk")[:most]


def counted(parts: Mapping[str, Callable[[], tuple[str, Sequence[Any]]]]) -> dict[str, int]:
    """How many rows each of some queries has, given by what makes its text."""
    counts, pieces = dict.fromkeys(parts, 0), []
    for name, made in parts.items():
        try:
            sql, params = made()
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
