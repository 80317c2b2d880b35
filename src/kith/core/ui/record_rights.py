"""What the reader may do with one record: all operations answered together, in at most one query."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from kith.core import access
from kith.core.access import NOTHING, Actor
from kith.core.entity import Entity

OPERATIONS = ("edit", "delete", "share", "history")


def may(actor: Actor, entity: Entity, record: Any, operations: Iterable[str] = ()) -> frozenset[str]:
    """Those of the operations (default: the common ones and every action) that the actor may do with this record."""
    wanted = list(operations) or [*OPERATIONS, *(action.right or action.name for action in entity.actions)]
    conditions = {name: access.predicate(entity, actor, name) for name in dict.fromkeys(wanted)}
    sure = {name for name, condition in conditions.items() if not condition}
    asked = {name: condition for name, condition in conditions.items() if condition and condition != NOTHING}
    return frozenset(sure | ask(actor, entity, record, asked)) if asked else frozenset(sure)


def ask(actor: Actor, entity: Entity, record: Any, conditions: dict[str, Any]) -> set[str]:
    """The operations whose condition holds for the record."""
    columns = {
        f"may_{at}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for at, condition in enumerate(conditions.values())
    }
    found = entity.rows(actor).filter(pk=record.pk).annotate(**columns).values_list(*columns).first()
    return {name for name, holds in zip(conditions, found or (), strict=bool(found)) if holds}
