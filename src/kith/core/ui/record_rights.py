"""What the reader may do with one record: all operations answered together, in at most one query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from kith.core import access
from kith.core.access import NOTHING, Actor
from kith.core.entity import Entity
from kith.core.predicates import Compiled

OPERATIONS = ("edit", "delete", "share", "history")


def may(actor: Actor, entity: Entity, record: Any, operations: Iterable[str] = ()) -> frozenset[str]:
    """Those of the operations (default: the common ones and every action) that the actor may do with this record."""
    wanted = list(operations) or [*OPERATIONS, *(action.right or action.name for action in entity.actions)]
    answers: dict[str, bool] = known(actor, record).setdefault("may", {})
    conditions = {name: access.predicate(entity, actor, name) for name in wanted if name not in answers}
    answers |= {name: not condition for name, condition in conditions.items()}
    if asked := [name for name, condition in conditions.items() if condition and condition != NOTHING]:
        answers |= dict.fromkeys(ask(actor, entity, record, asked), True)
    return frozenset(name for name in wanted if answers[name])


def known(actor: Actor, record: Any) -> dict[str, Any]:
    """What was found out about a loaded record for this actor, so that the blocks of its page ask once; another actor finds nothing here."""
    kept = record.__dict__.get("_known")
    if kept is None or kept[0] is not actor:
        kept = record.__dict__["_known"] = (actor, {})
    found: dict[str, Any] = kept[1]
    return found


def ask(actor: Actor, entity: Entity, record: Any, operations: Iterable[str]) -> set[str]:
    """The operations whose condition holds for the record; those with the same condition share one answer."""
    names: dict[Any, list[str]] = defaultdict(list)
    conditions: dict[Any, Any] = {}
    for name in operations:
        condition = access.compiled(entity, actor, name)
        key = (condition.text, condition.values) if isinstance(condition, Compiled) else name
        names[key].append(name)
        conditions[key] = condition
    columns = {f"may_{at}": holds(condition) for at, condition in enumerate(conditions.values())}
    found = entity.rows(actor).filter(pk=record.pk).annotate(**columns).values_list(*columns).first() or ()
    return {name for key, holds_here in zip(conditions, found, strict=bool(found)) if holds_here for name in names[key]}


def holds(condition: Any) -> Case:
    """Whether a condition holds, as a column."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
