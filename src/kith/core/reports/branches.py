"""Groups that are trees: a parent's figure covers itself and everything below it, each record once (R161)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from kith.core.entity import Entity

    from .table import Key, Line


@dataclass(frozen=True)
class Tree:
    """The records of an entity with what they are part of."""

    entity: "Entity"

    @cached_property
    def parents(self) -> dict[Any, Any]:
        """What each record is part of; roots are absent."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {self.link} FROM {self.table} WHERE {self.link} IS NOT NULL")
            return dict(cursor.fetchall())

    @property
    def table(self) -> str:
        """Where they are stored."""
        return connection.ops.quote_name(self.entity.model._meta.db_table)

    @property
    def link(self) -> str:
        """The column that names the parent."""
        return connection.ops.quote_name(f"{self.entity.tree}_id")

    @property
    def sql(self) -> str:
        """Each record with itself and everything above it, as the columns k and v."""
        return (
            f"(WITH RECURSIVE up(k, v) AS (SELECT id, id FROM {self.table} UNION SELECT up.k, t.{self.link} FROM up "
            f"JOIN {self.table} t ON t.id = up.v WHERE t.{self.link} IS NOT NULL) SELECT k, v FROM up)"
        )

    def above(self, value: Any) -> Iterator[Any]:
        """Everything that a record is part of, the nearest first."""
        seen = {value}
        while (value := self.parents.get(value)) is not None and value not in seen:
            seen.add(value)
            yield value

    def nearest(self, value: Any, among: Iterable[Any]) -> Any:
        """The nearest of these that a record is part of, None without one."""
        known = set(among)
        return next((parent for parent in self.above(value) if parent in known), None)


def spread_link(tree: Tree, at: int) -> str:
    """The join that puts a row into the group of its record and of everything above it."""
    return f' LEFT JOIN {tree.sql} e{at}("k{at}","v{at}") ON e{at}."k{at}" = found."d{at}"'


def spread_list(tree: Tree, at: int) -> str:
    """The same for a list of records: a group that several of them lie in holds the row once."""
    return (
        f' CROSS JOIN LATERAL (SELECT DISTINCT b.v FROM unnest(found."d{at}") i(k) LEFT JOIN {tree.sql} b ON b.k = i.k) '
        f'e{at}("v{at}")'
    )


def nested(tree: Tree, keys: list["Key"]) -> list["Key"]:
    """Groups below what they are part of, otherwise in their order, each with how deep it lies and its way there."""
    by_value = {key.value: key for key in keys}
    below = defaultdict(list)
    for key in keys:
        below[tree.nearest(key.value, by_value)].append(key)

    def walk(parent: Any, level: int, trail: str) -> Iterator["Key"]:
        for key in below[parent]:
            way = f"{trail} › {key.label}" if trail else key.label
            yield replace(key, level=level, trail=way)
            if not key.is_empty:
                yield from walk(key.value, level + 1, way)

    return list(walk(None, 0, ""))


def ordered(tree: Tree, lines: list["Line"]) -> list["Line"]:
    """Lines that are in order, each below what it is part of."""
    by_value = {line.keys[-1].value: line for line in lines}
    return [by_value[key.value] for key in nested(tree, [line.keys[-1] for line in lines])]
