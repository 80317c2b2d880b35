"""Values of kept roll-ups for readers: as an expression, as a condition, as an order that walks along an index.

Not of the past, nor inside a change-set, whose own writes are not in the kept values before it ends: then values are worked out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.sql.constants import LOUTER

from kith.core import changes, filter_ops, past
from kith.core.formulas.terms import FIELDS
from kith.core.specs import ColumnSpec, FieldSpec

from .models import RollupValue
from .texts import COLUMNS

type Making = Callable[[str], Any]


def is_now() -> bool:
    """Whether kept values are those that are asked for."""
    return past.current() is None and changes.running() is None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the values of a roll-up stand."""

    field: UUID
    kind: str

    @property
    def column(self) -> str:
        """The column of its values."""
        return COLUMNS[self.kind]

    def is_now(self) -> bool:
        """Whether kept values are those that are asked for."""
        return is_now()

    def rows(self) -> QuerySet[Any]:
        """All of its values."""
        return RollupValue._base_manager.filter(field_id=self.field)

    def one(self, prefix: str, name: Any, kind: str) -> Any:
        """A column of the value of one record."""
        return Subquery(
            self.rows().filter(record_id=OuterRef(f"{prefix}pk")).values(name)[:1], output_field=FIELDS[kind]
        )

    def shown(self, otherwise: Making) -> Making:
        """The value as it is shown."""
        return lambda prefix: self.one(prefix, self.column, self.kind) if is_now() else otherwise(prefix)

    def exact(self, otherwise: Making) -> Making:
        """The value as formulas count with it."""
        if self.column != "number":
            return self.shown(otherwise)
        whole = Coalesce("exact", "number")
        return lambda prefix: Subquery(self.rows().filter(record_id=OuterRef(f"{prefix}pk")).annotate(whole=whole).values("whole")[:1], output_field=FIELDS[self.kind]) if is_now() else otherwise(prefix)  # fmt: skip

    def currency(self, otherwise: Making) -> Making:
        """The currency of an amount."""
        return lambda prefix: self.one(prefix, "currency", "text") if is_now() else otherwise(prefix)

    def where(self, spec: FieldSpec, entity: Any) -> Any:
        """The condition on it, which asks the kept values for ids; `spec` is the field without one."""
        column = ColumnSpec(name=self.column, label=spec.label, type=spec.type, decimals=spec.decimals)

        def asked(op: str, value: Any, _actor: Any, me: Any) -> Q:
            if not is_now():
                return filter_ops.condition(entity(), spec, op, value, me)
            found = filter_ops.condition(entity(), column, op, value, me)
            return Q(pk__in=self.rows().filter(found).values("record_id"))

        return asked

    def joined(self, found: QuerySet[Any]) -> tuple[QuerySet[Any], Any]:
        """Rows with their values beside them, and the column to sort by."""
        listed = found.all()
        query = listed.query
        alias = query.join(Beside(query.get_initial_alias(), self.field))  # type: ignore[arg-type]  # a join by its methods
        column = next(one for one in RollupValue._meta.concrete_fields if one.name == self.column)
        return listed, column.get_col(alias)


class Beside:
    """A join of the values of one roll-up. PostgreSQL makes it an inner one, driven by the index, where the value must be there."""

    table_name, join_type, nullable, filtered_relation, join_field = (
        RollupValue._meta.db_table,
        LOUTER,
        True,
        None,
        None,
    )

    def __init__(self, parent_alias: str | None, field: UUID, table_alias: str | None = None) -> None:
        self.parent_alias, self.field, self.table_alias = parent_alias, field, table_alias

    def as_sql(self, compiler: Any, _connection: Any) -> tuple[str, list[Any]]:
        """LEFT OUTER JOIN …"""
        quote = compiler.quote_name
        mine, theirs = quote(self.table_alias), quote(self.parent_alias)
        return (
            f"{LOUTER} {quote(self.table_name)} {mine} ON ({mine}.record_id = {theirs}.id AND {mine}.field_id = %s)",
            [self.field],
        )

    def relabeled_clone(self, change_map: dict[str | None, str]) -> "Beside":
        """It under other names, as in a subquery."""
        return Beside(
            change_map.get(self.parent_alias, self.parent_alias),
            self.field,
            change_map.get(self.table_alias, self.table_alias),
        )

    @property
    def identity(self) -> tuple[Any, ...]:
        """What tells it from others."""
        return (type(self), self.parent_alias, self.field)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Beside) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def demote(self) -> "Beside":
        """It stays an outer one: a record without a value is a record all the same."""
        return self.relabeled_clone({})

    promote = demote
