"""Access predicates as SQL text: compiled once per actor and epoch of rights, then pasted into every query of that actor.

A page asks forty querysets; building the same condition by the ORM each time took half of its time (measured: 74 ms of
processor time for the page of a person, 34 with this).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection, models
from django.db.models import BooleanField, Expression, Q, QuerySet

if TYPE_CHECKING:
    from .access import Actor, Rule
    from .entity import Entity

#: Stands in the text for the alias that the table of the rows has in the query; no SQL holds it.
TABLE = "\x00"


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
    """Where conditions of the actor are kept: until rights change, or for the running request only."""
    return actor.kept.found if actor.kept is not None and actor.kept.fits(actor) else actor.memo


def key(kind: str, entity: "Entity", actor: "Actor", operation: str) -> tuple[Any, ...]:
    """Under what a condition is kept; tokens of one user differ in their scopes, tests in the kinds of records there are."""
    from .entity import registry

    return (kind, entity.label, operation, actor.kind, actor.scopes, len(registry.by_label))


def of(entity: "Entity", actor: "Actor", operation: str, condition: Q) -> Any:
    """The compiled form of `condition`, which is the predicate of these three; the condition itself where it looks through links."""
    from .access import NOTHING  # access uses this module

    if condition == NOTHING:
        return condition
    kept, name = store(actor), key("compiled", entity, actor, operation)
    if name not in kept:
        kept[name] = compiled(entity.model, condition)
    return kept[name]


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
    return Compiled(f"({text.replace(f'{table}.', f'{TABLE}.')})", tuple(values))


@lru_cache(maxsize=1000)
def base(entity: "Entity", trashed: bool) -> "QuerySet[Any]":
    """All rows of an entity, in the trash or not; only ever copied."""
    return entity.model._base_manager.filter(deleted_at__isnull=not trashed, **entity.face)


__all__ = ["Compiled", "Kept", "base", "key", "of", "store"]
