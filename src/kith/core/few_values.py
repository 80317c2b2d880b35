"""Conditions on a column of few different values, such as a city: those that fit are looked up, and their rows stand in order in an index.

“Contains Самара” gathers 60,000 rows of a million by its letters to show fifty of them; the city itself, with its rows in the
order of the list, is in an index that is walked from one value to the next. “Any of Russia, Kazakhstan” walked the whole list,
past the names in other scripts; the rows of each country stand together.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Model, Q

from . import access, foremost
from .errors import BadValue
from .filter_ops import value_of
from .filters import Group, Test

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .views import Look

#: So many different values are looked at, and so many of them may fit; otherwise nothing is known.
MOST, FITTING = 2000, 20
#: How an operator is asked of a value; Django's icontains, istartswith and iexact.
OPERATORS = {"contains": "%{}%", "starts": "{}%", "is": "{}"}

#: Walks an index from each value to the next.
VALUES = """
WITH RECURSIVE listed(value) AS (
    (SELECT {column} FROM {table} WHERE deleted_at IS NULL{faces} ORDER BY {order} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE deleted_at IS NULL{faces} AND {column} > value ORDER BY {order} LIMIT 1)
    FROM listed WHERE value IS NOT NULL
), most AS MATERIALIZED (SELECT value FROM listed LIMIT %s)
SELECT (SELECT count(*) FROM most), ARRAY(SELECT value FROM most WHERE upper(value) LIKE upper(%s) ORDER BY value LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A look whose condition on a column of few values stands apart, as the values that it lets through."""

    look: "Look"
    column: str = ""
    values: tuple[str, ...] = ()

    @property
    def where(self) -> Q:
        """The condition."""
        return Q(**{f"{self.column}__in": self.values}) if self.values else Q()

    def each(self) -> list[Q]:
        """The condition on each value."""
        return [Q(**{self.column: value}) for value in self.values]


def spelled_out(look: "Look", actor: "Actor") -> Spelled:
    """A look with the values of its first condition on such a column, if there is one."""
    nodes = look.filter.nodes if isinstance(look.filter, Group) and look.filter.mode == "all" else (look.filter,)
    for node in nodes if look.as_of is None else ():
        if isinstance(node, Test) and (values := named(look.entity, node, actor) or looked_up(look.entity, node, actor)):  # fmt: skip
            rest = Group("all", tuple(other for other in nodes if other is not node))
            return Spelled(replace(look, filter=rest), node.field, tuple(values))
    return Spelled(look)


def named(entity: "Entity", test: Test, actor: "Actor") -> list[str]:
    """The values that a condition names, where they are several; one is found by the planner, and who sees the rows of a few owners has those of each."""
    spec = entity.fields.get(test.field)
    if spec is None or test.op != "any" or spec.type.name not in ("choice", "country", "text"):
        return []
    if not is_listed(entity.model, (*entity.face, spec.name)) or foremost.has_owners(entity, actor, "sort_key"):
        return []
    try:
        values = value_of(spec, "any", test.value, actor) if spec.name in access.readable(actor, entity) else []
    except BadValue:  # told by whoever compiles it
        return []
    return [*values] if 1 < len(values) <= FITTING else []


def looked_up(entity: "Entity", test: Test, actor: "Actor") -> list[str]:
    """The values that fit a condition on their letters."""
    text = asked_of(entity, test, actor)
    return fitting(entity, test.field, text, test.op) if text else []


def asked_of(entity: "Entity", test: Test, actor: "Actor") -> str:
    """What a condition asks of a column of few values that this reader may know; "" for any other condition."""
    spec = entity.fields.get(test.field)
    if spec is None or test.op not in OPERATORS or not is_listed(entity.model, (*entity.face, test.field)):
        return ""
    try:
        return str(value_of(spec, test.op, test.value, actor) if spec.name in access.readable(actor, entity) else "")
    except BadValue:
        return ""  # told by whoever compiles it


@lru_cache(maxsize=1000)
def is_listed(model: type[Model], columns: tuple[str, ...]) -> bool:
    """Whether an index holds the values of the last of these columns, each with its rows by name."""
    return any(
        tuple(index.fields) == (*columns, "sort_key", "id")
        for index in (model._meta.concrete_model or model)._meta.indexes
    )


def fitting(entity: "Entity", column: str, text: str, op: str) -> list[str]:
    """The values of all rows, whoever may see them, that fit; none where there are too many."""
    quote = connection.ops.quote_name
    faces = "".join(f" AND {quote(name)} = %s" for name in entity.face)
    order = ", ".join(map(quote, (*entity.face, column)))
    sql = VALUES.format(table=quote(entity.model._meta.db_table), column=quote(column), faces=faces, order=order)
    pattern = OPERATORS[op].format(connection.ops.prep_for_like_query(text))
    facts: tuple[Any, ...] = tuple(entity.face.values())
    with connection.cursor() as cursor:
        cursor.execute(sql, (*facts, *facts, MOST + 1, pattern, FITTING + 1))
        count, values = cursor.fetchone()
    return values if count <= MOST and len(values) <= FITTING else []
