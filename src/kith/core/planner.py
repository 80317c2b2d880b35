"""What the planner of PostgreSQL is told at once, instead of when its own workers come by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.sql import Query
from psycopg import sql

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.models import Model

ANALYSE = sql.SQL("ANALYZE (SKIP_LOCKED) {}")


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of an expression are spread, kept under a name of its own.

    PostgreSQL learns this for each index of an expression, too, but leaves it aside where the index has a condition
    (`examine_variable` in its selfuncs.c), as all of ours have: it took any range of a custom field for a two-hundredth of
    all rows, and grouped a million rows in the order of an index.
    """

    name: str
    expression: Any

    def create_sql(self, model: "type[Model]", editor: "BaseDatabaseSchemaEditor") -> str:
        """The statement that asks for it."""
        query = Query(model, alias_cols=False)
        told, values = query.get_compiler(connection=connection).compile(self.expression.resolve_expression(query))
        body = told % tuple(editor.quote_value(value) for value in values)
        name, table = (connection.ops.quote_name(word) for word in (self.name, model._meta.db_table))
        return f"CREATE STATISTICS IF NOT EXISTS {name} ON ({body}) FROM {table}"


def analyse(names: Iterable[str]) -> None:
    """Renew the statistics of tables and of their indexes of expressions; tables whose statistics somebody else is renewing are left to them."""
    tables = [sql.Identifier(name) for name in dict.fromkeys(names)]
    if tables:
        with connection.cursor() as cursor:
            cursor.execute(ANALYSE.format(sql.SQL(", ").join(tables)))
