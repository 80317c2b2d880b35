"""Access predicates as SQL text: compiled once per actor and epoch of rights, then pasted into every query of that actor.

A page asks forty querysets; building the same condition by the ORM each time took half of its time (measured: 74 ms of
processor time for the page of a person, 34 with this).
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection, models
from django.db.models import BooleanField, Expression, Q, QuerySet, Subquery

from . import past
from .among import LookedUp, OneOf

if TYPE_CHECKING:
    from .access import Actor, Rule
    from .entity import Entity

#: Stands in the text for the alias that the table of the rows has in the query; no SQL holds it.
TABLE = "\x00"
#: An alias as the ORM gives it to a table of a subquery.
INNER = re.compile('"([A-Z]+[0-9]+)"')


@dataclass(slots=True)
class Kept:
    """Compiled predicates of a user for as long as nobody's rights change; they hold for these rules only."""

    rules: "tuple[Rule, ...]"
    found: dict[Any, Any] = field(default_factory=dict)

    def fits(self, actor: "Actor") -> bool:
        """Whether the actor has these rules, and none with a condition: conditions may hold dates and other people's data."""
        return actor.rules is self.rules and not any(rule.condition for rule in actor.rules)


class Compiled(Expression):
    """A condition on the rows of one table as text, usable in filter()."""

    conditional = True

    def __init__(self, text: str, values: tuple[Any, ...], alias: str = "") -> None:
        super().__init__(output_field=BooleanField())
        self.text, self.values, self.alias = text, values, alias

    def resolve_expression(
        self,
        query: Any = None,
        allow_joins: bool = True,
        reuse: Any = None,
        summarize: bool = False,
        for_save: bool = False,
    ) -> "Compiled":
        """The condition on the rows of this query."""
        return self.on(query.get_initial_alias())

    def relabeled_clone(self, change_map: Mapping[str, str]) -> "Compiled":
        """The condition in a query whose tables have other names, such as a subquery."""
        return self.on(change_map.get(self.alias, self.alias))

    def on(self, alias: str) -> "Compiled":
        """A copy for this alias."""
        return Compiled(self.text, self.values, alias)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Its SQL."""
        return self.text.replace(TABLE, compiler.quote_name(self.alias)), self.values


def store(actor: "Actor") -> dict[Any, Any]:
    """Where conditions of the actor are kept: until rights change, or for the running request only; those with conditions by the moment."""
    if actor.kept is not None and actor.kept.fits(actor):
        return actor.kept.found
    when = past.current()
    return actor.memo if when is None else actor.memo.setdefault(("past", when), {})


def key(kind: str, entity: "Entity", actor: "Actor", operation: str, about: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """Under what a condition is kept; tokens of one user differ in their scopes, tests in the kinds of records there are."""
    return (kind, entity.label, operation, about, actor.kind, actor.scopes, kinds())


def kinds() -> int:
    """How many kinds of records there are."""
    from .entity import registry

    return len(registry.by_label)


def of(
    entity: "Entity",
    actor: "Actor",
    operation: str,
    condition: Q,
    *,
    is_walked: bool = False,
    about: tuple[str, ...] = (),
) -> Any:
    """The compiled form of `condition`, which is the predicate of these three; the condition itself where it looks through links.

    One that many rows are walked with costs more to plan and less for each row.
    """
    kept, name = store(actor), key("walked" if is_walked else "compiled", entity, actor, operation, about)
    if name not in kept:
        kept[name] = written_out(compiled(entity.model, walked(condition) if is_walked else condition))
    return kept[name]


def written_out(condition: Any) -> Any:
    """A compiled condition with its values in the text, quoted as the driver quotes them: a page of a team member binds 40 instead of 2,500 values."""
    if not isinstance(condition, Compiled) or not condition.values:
        return condition
    database: Any = connection.ops
    text = database.compose_sql(condition.text, condition.values)
    return Compiled(text.replace("%", "%%"), ())


def compiled(model: type[models.Model], condition: Q) -> Any:
    """See of."""
    query = model._base_manager.filter(condition).query
    if sum(1 for uses in query.alias_refcount.values() if uses) > 1:
        return condition
    try:
        text, values = query.get_compiler(connection=connection).compile(query.where)
    except (EmptyResultSet, FullResultSet):
        return condition
    table = connection.ops.quote_name(model._meta.db_table)
    text = f"({text.replace(f'{table}.', f'{TABLE}.')})"
    # Names of the tables inside must not meet those of the query around it: both are U0 by nature.
    return Compiled(INNER.sub(rf'"p{zlib.crc32(text.encode()):08x}\1"', text), tuple(values))


def implies(one: Any, other: Any) -> bool:
    """Whether the form of two conditions shows that all rows of one are rows of the other; where it does not, they may be all the same."""
    one, other = bare(one), bare(other)
    if is_same(one, other):
        return True
    if is_of(other, Q.AND):
        return all(implies(one, part) for part in other.children)
    if is_of(one, Q.OR):
        return all(implies(part, other) for part in one.children)
    if is_of(other, Q.OR) and any(implies(one, part) for part in other.children):
        return True
    return is_of(one, Q.AND) and any(implies(part, other) for part in one.children)


def bare(condition: Any) -> Any:
    """A condition without what is put around a single one."""
    while isinstance(condition, Q) and len(condition.children) == 1 and not condition.negated:
        condition = condition.children[0]
    return condition


def is_of(condition: Any, connector: str) -> bool:
    """Whether a condition is made of others in this way; the empty one is made of none that all have to hold."""
    if not isinstance(condition, Q) or condition.negated:
        return False
    return condition.connector == connector if condition.children else connector == Q.AND


def is_same(one: Any, other: Any) -> bool:
    """Whether two conditions are written alike; queries and expressions are like nothing but themselves."""
    if isinstance(one, Q) and isinstance(other, Q):
        facts = [(each.connector, each.negated, len(each.children)) for each in (one, other)]
        return facts[0] == facts[1] and all(map(is_same, one.children, other.children))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one[0] == other[0] and (one[1] is other[1] or (type(one[1]) is type(other[1]) and one[1] == other[1]))
    return one is other


def ways(entity: "Entity", actor: "Actor", operation: str, condition: Q, *, apart: bool = False) -> list[Any]:
    """The predicate as alternatives, each of which has indexes of its own; their union is what the predicate reaches.

    Good for finding all rows of a small set. An OR of them is good for asking one row after the other. Those without
    queries are one alternative, or `apart` one for each set of columns: then they can be counted in an index alone.
    """
    kept, name = store(actor), key("apart" if apart else "ways", entity, actor, operation)
    if name not in kept:
        found = alternatives(condition)
        plain = dict[Any, list[Q]]()
        for way in found:
            if not has_queries(way):
                plain.setdefault(names(way) if apart else None, []).append(way)
        listed = [*(reduce(or_, some) for some in plain.values()), *(way for way in found if has_queries(way))]
        kept[name] = [written_out(compiled(entity.model, way)) for way in listed]
    return kept[name]  # type: ignore[no-any-return]


def names(condition: Any) -> frozenset[str]:
    """What a condition without queries speaks of."""
    if isinstance(condition, Q):
        return frozenset[str]().union(*(names(child) for child in condition.children))
    return frozenset({condition[0].partition("__")[0]} if isinstance(condition, tuple) else {str(condition)})


def branches(entity: "Entity", actor: "Actor", operation: str, condition: Q) -> list[Any] | None:
    """The predicate as alternatives that each speak of one owner or of a set of ids at hand; None where there are others.

    The rows of one owner stand in the order of a list in an index that begins with the owner (`listing.led`).
    """
    kept, name = store(actor), key("branches", entity, actor, operation)
    if name not in kept:
        parts = [by_owner(way) for way in alternatives(condition)]
        found = None if any(part is None for part in parts) else [way for part in parts for way in part or ()]
        kept[name] = found if found is None else [written_out(compiled(entity.model, way)) for way in found]
    return kept[name]  # type: ignore[no-any-return]


def by_owner(way: Q) -> list[Q] | None:
    """An alternative as one for each owner; itself where it is a set of ids; None for another one."""
    if len(way.children) == 1 and isinstance(way.children[0], OneOf):
        return [way]
    if way.negated or not all(isinstance(child, tuple) for child in way.children):
        return None
    facts = dict(cast("list[tuple[str, Any]]", way.children))
    if way.connector == Q.AND and "owner" in facts:
        return [way]
    return [Q(owner=one) for one in facts["owner__in"]] if list(facts) == ["owner__in"] else None


def alternatives(condition: Q) -> list[Q]:
    """The operands of an OR, those of nested ones too; sets of ids are gathered, not looked up one by one."""
    if condition.negated or condition.connector != Q.OR:
        return [gathered(condition)]
    nodes = [child if isinstance(child, Q) else Q(child) for child in condition.children]
    return [way for node in nodes for way in alternatives(node)]


def gathered(condition: Q) -> Q:
    """The condition with plain EXISTS, which PostgreSQL turns into a join."""
    return rewritten(condition, lambda node: node.plain() if isinstance(node, LookedUp) else node)


def walked(condition: Q) -> Q:
    """The condition with a hash beside each set of ids: 15,000 rows compared with the 500 records of somebody's tasks take 50 ms without."""
    return rewritten(condition, lambda node: node.walked() if isinstance(node, OneOf) else node)


def rewritten(condition: Q, change: Callable[[Any], Any]) -> Q:
    """A copy of the condition with another form of some of its parts."""
    made: Any = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        node: Any = child
        made.children.append(rewritten(node, change) if isinstance(node, Q) else change(node))
    return cast(Q, made)


def has_queries(condition: Any) -> bool:
    """Whether a condition asks other tables."""
    if isinstance(condition, Q):
        return any(has_queries(child) for child in condition.children)
    if isinstance(condition, tuple):
        return isinstance(condition[1], QuerySet)
    return any(isinstance(part, Subquery) for part in (condition, *condition.get_source_expressions()))


def base(entity: "Entity", trashed: bool) -> "QuerySet[Any]":
    """All rows of an entity, in the trash or not, while the past is played those of then; only ever copied."""
    if (when := past.played()) is None:
        return of_now(entity, trashed)
    from . import asof  # it uses this module

    return asof.there(entity, when).none() if trashed else asof.there(entity, when)


@lru_cache(maxsize=1000)
def of_now(entity: "Entity", trashed: bool) -> "QuerySet[Any]":
    """The rows of today."""
    return entity.model._base_manager.filter(deleted_at__isnull=not trashed, **entity.face)


__all__ = ["Compiled", "Kept", "base", "key", "of", "store", "ways"]
