"""Who is answered from kept figures, and how: whoever may see all records of the kind, of today, by what is kept.

The queries are those that would ask the records: the table gives way to a relation with a row for each group, whose sums stand
in the columns of the values. A question is not answered so when its SQL names any other column.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DataError, transaction
from django.db.models import DecimalField, Expression, QuerySet

from kith.core import access, custom_fields, past
from kith.core.past_rows import PastTable
from kith.core.stored.texts import column_of

from . import building
from .asking import Unkept
from .cubes import BAG, Cube, added_of
from .models import KeptReport
from .texts import WEIGHT, relation

if TYPE_CHECKING:
    from kith.core.access import Actor
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec

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
        self.check(text, values)
        return text, tuple(values)

    def check(self, text: str, values: Sequence[Any]) -> None:
        """Raise Unkept where a query of these rows names a column, or a field of the bag, that they do not have."""
        cube = self.kept.cube
        face = {column_of(cube.entity, name) for name in cube.entity.face}
        kept = {name for one in cube.sums for name in (one.column, one.values)} | {key.column for key in cube.keys}
        table = cube.entity.model._meta.db_table
        named = {column for of, column in re.findall(r'"(\w+)"\."(\w+)"', text) if of == table}
        unknown = (named - {"deleted_at", WEIGHT, *face, *kept}) | (set(in_bag(table, text, values)) - cube.bag)
        if unknown:
            raise Unkept(", ".join(sorted(unknown)))


def in_bag(table: str, text: str, values: Sequence[Any]) -> Iterator[str]:
    """The fields of the bag that a query takes one by one; the name of the bag where it does anything else with it."""
    bag = f'"{table}"."{BAG}"'
    pieces = text.split("%s")
    for at, piece in enumerate(pieces):
        taken = re.search(re.escape(bag) + r" (->>?|#>>?) $", piece)
        if piece.count(bag) > bool(taken):
            yield BAG
        if taken:
            yield values[at][0] if isinstance(values[at], list | tuple) else str(values[at])


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


def values(entity: "Entity", spec: "FieldSpec") -> Column:
    """How many records of a row have a value of a field to add up."""
    return Column(added_of(entity, spec).values)


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
        made = answered_by(found, answer) if found else None
    except (Unkept, EmptyResultSet):
        return None
    return made if found and is_same(found) else None


def answered_by[T](figures: Figures, answer: Callable[[Figures], T]) -> T:
    """The answer. Raises Unkept where a sum is larger than any number of the bag may be; the running transaction stays whole."""
    if not figures.kept.cube.bag:
        return answer(figures)
    try:
        with transaction.atomic():
            return answer(figures)
    except DataError as error:
        raise Unkept("") from error


def is_same(figures: Figures) -> bool:
    """Whether the figures are still those that were ready before they were read."""
    rows = KeptReport._base_manager.filter(pk=figures.kept.texts.id, is_ready=True, built_at=figures.built_at)
    return rows.exists()
