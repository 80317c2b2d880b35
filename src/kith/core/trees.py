"""Trees kept in a link to the same entity: circles are refused, descendants found in one query."""

import uuid
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from .entity import Entity


def circle(entity: Entity, record: Any, values: dict[str, Any], link: str) -> dict[str, list[Any]]:
    """An error at `link` if the new parent is the record itself or lies below it."""
    parent = values.get(link)
    if not parent or record._state.adding:
        return {}
    hold(entity)  # two moves at once could make a circle that neither of them sees
    if parent == record.pk or parent in below(entity, [record.pk], link):
        return {link: [_("This would make a circle: “%(name)s” is above it already.") % {"name": record}]}
    return {}


def hold(entity: Entity) -> None:
    """Let nobody else who asks for it move records of this tree until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kith.tree:{entity.label}"])


def below(entity: Entity, roots: list[uuid.UUID], link: str) -> set[uuid.UUID]:
    """Ids of all records below the roots, without them."""
    table = connection.ops.quote_name(entity.model._meta.db_table)
    column = connection.ops.quote_name(f"{link}_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE down(id) AS (SELECT unnest(%s::uuid[]) UNION SELECT t.id FROM {table} t JOIN down ON t.{column} = down.id) SELECT id FROM down",
            [roots],
        )
        return {row[0] for row in cursor.fetchall()} - set(roots)
