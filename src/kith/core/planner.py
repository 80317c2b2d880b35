"""What the planner of PostgreSQL is told at once, instead of when its own workers come by."""

from collections.abc import Iterable

from django.db import connection
from psycopg import sql

ANALYSE = sql.SQL("ANALYZE (SKIP_LOCKED) {}")


def analyse(names: Iterable[str]) -> None:
    """Renew the statistics of tables and of their indexes of expressions; tables whose statistics somebody else is renewing are left to them."""
    tables = [sql.Identifier(name) for name in dict.fromkeys(names)]
    if tables:
        with connection.cursor() as cursor:
            cursor.execute(ANALYSE.format(sql.SQL(", ").join(tables)))
