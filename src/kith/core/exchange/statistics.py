"""Tells the planner of PostgreSQL how large tables have grown inside a long transaction, which its own workers cannot see.

Measured: looking 900 people up by e-mail in the transaction that imported them took 540 ms without and 7 ms with it.
"""

from typing import Any

from django.db import connection, models

from kith.core.entity import Entity


def tables(entity: Entity, others: list[Entity]) -> list[str]:
    """Tables that an import of these records fills: theirs, those of their parts, and rows that are erased with them."""
    kinds = [entity, *others]
    wholes: list[Any] = [kind.model._meta.concrete_model for kind in kinds]
    found = [
        *wholes,
        *(relation.related_model for whole in wholes for relation in whole._meta.related_objects if is_part(relation)),
    ]
    return list(dict.fromkeys(model._meta.db_table for model in found))


def is_part(relation: Any) -> bool:
    """Whether the rows of a relation belong to the record."""
    return getattr(relation.field, "part_of", False) or relation.on_delete in (models.CASCADE, models.DB_CASCADE)


def analyse(names: list[str], *, only_unknown: bool = False) -> None:
    """Renew the statistics; `only_unknown` for tables that have none at all."""
    with connection.cursor() as cursor:
        if only_unknown:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r' AND reltuples < 0 AND relnamespace = current_schema()::regnamespace",
                [names],
            )
            names = [row[0] for row in cursor.fetchall()]
        if names:
            cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, names))}")
