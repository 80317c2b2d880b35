"""How many rows: exact where that is quick, else the planner's estimate; slow answers are remembered for a while."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from .prepared import written

#: Rows up to which counts and sums are exact at once.
EXACT = 10_000
#: Seconds for which estimates and slow answers over many rows are remembered; what counts as slow and as many.
LONG, SHORT, SLOW, SMALL = 60, 15, 0.01, 1000


#: All memories of this process.
memories: "list[Memory[Any]]" = []


@dataclass(slots=True)
class Memory[T]:
    """Answers that are not asked for again for a while; by the SQL and its parameters, which hold the rights of the reader."""

    most: int = 1000
    kept: dict[tuple[str, str], tuple[float, T]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        memories.append(self)

    def get(self, key: tuple[str, str]) -> T | None:
        """An answer that is still good, else None."""
        until, answer = self.kept.get(key, (0.0, None))
        return answer if until > time.monotonic() else None

    def put(self, key: tuple[str, str], answer: T, until: float) -> T:
        """Remember an answer until a moment of the monotonic clock; returns it."""
        if len(self.kept) >= self.most:
            self.kept.clear()
        self.kept[key] = (until, answer)
        return answer


def forget() -> None:
    """Nothing was asked before: tests end with their rows gone and their limits taken back."""
    for memory in memories:
        memory.kept.clear()


counts = Memory[tuple[int, bool]]()
sizes = Memory[int]()


def count(*found: QuerySet[Any], known: int | None = None) -> tuple[int, bool]:
    """How many rows in the union: exact up to 10,000, else the planner's estimate (marked as such), which is kept for a minute."""
    return (known, True) if known is not None else counted(written(*whole_of(found)), lambda: written(*capped_of(found)))  # fmt: skip


def whole_of(found: Iterable[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """SQL of all rows of the union of querysets."""
    return union_of([rows.order_by().values("pk") for rows in found])


def capped_of(found: Iterable[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """The same of no more rows of each than are counted."""
    return union_of([rows.order_by().values("pk")[: EXACT + 1] for rows in found])


def counted(whole: str, capped: Callable[[], str]) -> tuple[int, bool]:
    """How many rows SQL without parameters finds, none if there is none; `capped` makes that of no more rows than are counted. See count."""
    if not whole:
        return 0, True
    if kept := counts.get((whole, "")):
        return kept
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({capped()}) found")  # noqa: S608 - SQL of the ORM
        exact: int = cursor.fetchone()[0]
    if exact > EXACT:
        return counts.put((whole, ""), (estimate(whole), False), started + LONG)
    if exact > SMALL and time.monotonic() - started > SLOW:
        counts.put((whole, ""), (exact, True), started + SHORT)
    return exact, True


def of_table(model: type[Model]) -> int:
    """About how many rows the table of a model has; see of_tables."""
    return of_tables([model])[model]


def of_tables(models: Iterable[type[Model]]) -> dict[type[Model], int]:
    """About how many rows the tables of models have, as PostgreSQL knows it; asked for once in ten minutes, in one query."""
    found = {model: sizes.get((model._meta.db_table, "")) for model in models}
    if unknown := {model._meta.db_table for model, size in found.items() if size is None}:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, reltuples::bigint FROM unnest(%s::text[]) name JOIN pg_class ON oid = to_regclass(name)", [sorted(unknown)])  # fmt: skip
            told = dict(cursor.fetchall())
        for table in unknown:
            sizes.put((table, ""), max(1, told.get(table, 1)), time.monotonic() + 10 * LONG)
    return {model: size or sizes.get((model._meta.db_table, "")) or 1 for model, size in found.items()}


def union_of(found: list[QuerySet[Any]]) -> tuple[str, list[Any]]:
    """SQL of the union of querysets; empty when all of them are."""
    parts = []
    for rows in found:
        try:
            parts.append(rows.query.sql_with_params())
        except EmptyResultSet:  # nothing can fit
            continue
    return " UNION ".join(f"({sql})" for sql, _params in parts), [value for _sql, params in parts for value in params]


def estimate(sql: str) -> int:
    """How many rows the planner expects of a query that has more than EXACT."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
    return max(EXACT, int((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]))
