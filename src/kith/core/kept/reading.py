"""Who is answered from kept figures, and how: whoever may see all records of the kind, of today, by what is kept.

The queries are those that would ask the records: the table gives way to a relation with a row for each group, whose sums stand
in the columns of the values. A question is not answered so when its SQL names any other column.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import DecimalField, Expression, QuerySet

from kith.core import access, custom_fields, past
from kith.core.past_rows import PastTable
from kith.core.stored.texts import column_of

from . import building
from .asking import Unkept
from .cubes import Cube
from .models import KeptReport
from .texts import VALUES, WEIGHT, relation

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity

#: Where it is remembered what is ready, until definitions change.
READY = "kept_figures"


@dataclass(frozen=True, slots=True)
class Figures:
    """Kept figures that answer a question."""

    kept: building.Kept
    built_at: Any

    def instead(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """A query of records asked of the groups they stand in."""
        made, table = found.order_by(), found.model._meta.db_table
        alias = made.query.get_initial_alias()
        made.query.alias_map[alias] = PastTable(table, alias, relation(self.kept.cube, self.kept.texts.id))
        return made

    def source(self, found: QuerySet[Any], columns: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """The query of these columns and of how many records each row stands for. Raises Unkept, EmptyResultSet."""
        made = self.instead(found).values(**columns, **{WEIGHT: weight()})
        text, values = made.query.sql_with_params()
        self.check(text)
        return text, tuple(values)

    def check(self, text: str) -> None:
        """Raise Unkept where a query of these rows names a column that they do not have."""
        cube = self.kept.cube
        sums = [column_of(cube.entity, name) for name in cube.sums]
        face = {column_of(cube.entity, name) for name in cube.entity.face}
        known = {"deleted_at", WEIGHT, *face, *sums, *map(VALUES.format, sums), *(key.column for key in cube.keys)}
        table = cube.entity.model._meta.db_table
        named = {column for of, column in re.findall(r'"(\w+)"\."(\w+)"', text) if of == table}
        if unknown := named - known:
            raise Unkept(", ".join(sorted(unknown)))


class Column(Expression):
    """A column of the relation that the table does not have."""

    def __init__(self, name: str, alias: str = "") -> None:
        super().__init__(output_field=DecimalField(max_digits=38, decimal_places=10))
        self.name, self.alias = name, alias

    def resolve_expression(self, query: Any = None, *_given: Any, **_options: Any) -> "Column":
        """The column of this query."""
        return Column(self.name, query.get_initial_alias())

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "Column":
        """The column in a query whose tables have other names."""
        return Column(self.name, change_map.get(self.alias, self.alias))

    def get_group_by_cols(self) -> list[Any]:
        """Itself."""
        return [self]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Its SQL."""
        return f"{compiler.quote_name(self.alias)}.{compiler.quote_name(self.name)}", ()


def weight() -> Column:
    """How many records a row stands for."""
    return Column(WEIGHT)


def values(entity: "Entity", name: str) -> Column:
    """How many records of a row have a value to add up."""
    return Column(VALUES.format(column_of(entity, name)))


def answered[T](
    entity: "Entity", actor: "Actor", operation: str, asked: Callable[[], Cube], answer: Callable[[Figures], T]
) -> T | None:
    """The answer from kept figures, None where the records have to be asked. `asked` tells what has to be kept for it."""
    if (
        past.current()
        or past.played()
        or not (known := custom_fields.remembered(READY, building.ready).get(entity.label))
    ):
        return None
    if access.predicate(entity, actor, operation):
        return None
    try:
        cube = asked()
        found = next((Figures(*pair) for pair in known if pair[0].cube.has(cube)), None)
        made = answer(found) if found else None
    except (Unkept, EmptyResultSet):
        return None
    return made if found and is_same(found) else None


def is_same(figures: Figures) -> bool:
    """Whether the figures are still those that were ready before they were read."""
    rows = KeptReport._base_manager.filter(pk=figures.kept.texts.id, is_ready=True, built_at=figures.built_at)
    return rows.exists()
