"""How many rows several queries have, asked in one: the small numbers of a page that each open their rows."""

from collections.abc import Callable, Mapping
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
    return counted({name: partial(plain, limited(rows, most)) for name, rows in parts.items()})


def plain(rows: QuerySet[Any, Any]) -> str:
    """The SQL of a queryset, without parameters."""
    return prepared.written(*rows.query.sql_with_params())


def tally_kept(
    actor: "Actor", name: Any, parts: Mapping[str, Callable[[], QuerySet[Any]]], most: int = COUNTED
) -> dict[str, int]:
    """The same of queries that follow from the actor and their names alone: see `prepared`."""

    def text(part: str, build: Callable[[], QuerySet[Any]]) -> str:
        return prepared.sql(actor, ("tally", name, part, most), lambda: limited(build(), most))

    return counted({part: partial(text, part, build) for part, build in parts.items()})


def limited(rows: QuerySet[Any], most: int) -> QuerySet[Any, Any]:
    """The ids of so many of some rows."""
    return rows.order_by().values("pk")[:most]


def counted(parts: Mapping[str, Callable[[], str]]) -> dict[str, int]:
    """How many rows each of some queries has, given by what makes its text; 0 where that says that nothing can be found."""
    counts, pieces = dict.fromkeys(parts, 0), []
    for name, made in parts.items():
        try:
            pieces.append(f"SELECT {prepared.quoted(name)}, count(*) FROM ({made()}) t")  # noqa: S608 - SQL of the ORM
        except EmptyResultSet:
            continue
    if not pieces:
        return counts
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces))
        return counts | dict(cursor.fetchall())
