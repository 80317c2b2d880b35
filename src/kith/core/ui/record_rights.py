"""What the reader may do with one record: all operations answered together, in at most one query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, QuerySet, Value, When

from kith.core import access, predicates, prepared
from kith.core.access import NOTHING, Actor
from kith.core.entity import Entity
from kith.core.predicates import Compiled

OPERATIONS = ("edit", "delete", "share", "history")


def fetch(entity: Entity, actor: Actor, key: Any) -> Any:
    """A record that the actor may see, together with what `may` will be asked about it; Missing as from `access.fetch`."""
    answers, columns, names = of_page(entity, actor)
    record = access.fetch(entity, actor, key, columns=columns, told="rights")
    found = [record.__dict__.pop(column) for column in columns]
    known(actor, record)["may"] = answers | holding(names, found)
    return record


def of_page(entity: Entity, actor: Actor) -> tuple[dict[str, bool], dict[str, Case], list[list[str]]]:
    """What a page of a record asks about it: the answers that hold for all, and the columns with the operations of each."""
    kept, key = predicates.store(actor), predicates.key("page", entity, actor, "view")
    if key not in kept:
        answers, asked = told(entity, actor, common(entity))
        kept[key] = (answers, *in_columns(entity, actor, asked))
    return kept[key]  # type: ignore[no-any-return]


def may(actor: Actor, entity: Entity, record: Any, operations: Iterable[str] = ()) -> frozenset[str]:
    """Those of the operations (default: the common ones and every action) that the actor may do with this record."""
    wanted = list(operations) or common(entity)
    answers: dict[str, bool] = known(actor, record).setdefault("may", {})
    simple, asked = told(entity, actor, [name for name in wanted if name not in answers])
    answers |= simple
    if asked:
        columns, names = in_columns(entity, actor, asked)

        def rows(key: UUID) -> "QuerySet[Any, Any]":
            told: QuerySet[Any, Any] = entity.rows(actor).filter(pk=key).annotate(**columns).values_list(*columns)
            return told.order_by()[:1]

        found = prepared.run(actor, ("rights", entity.label, *asked), rows, record.pk)
        answers |= holding(names, found[0] if found else ())
    return frozenset(name for name in wanted if answers[name])


def common(entity: Entity) -> list[str]:
    """The operations that a page of a record offers."""
    return [*OPERATIONS, *(action.right or action.name for action in entity.actions)]


def told(entity: Entity, actor: Actor, operations: Iterable[str]) -> tuple[dict[str, bool], list[str]]:
    """The answers that hold for all records or for none (the latter also of those that are to be asked), and what is to be asked."""
    conditions = {name: access.predicate(entity, actor, name) for name in operations}
    asked = [name for name, condition in conditions.items() if condition and condition != NOTHING]
    return {name: not condition for name, condition in conditions.items()}, asked


def known(actor: Actor, record: Any) -> dict[str, Any]:
    """What was found out about a loaded record for this actor, so that the blocks of its page ask once; another actor finds nothing here."""
    kept = record.__dict__.get("_known")
    if kept is None or kept[0] is not actor:
        kept = record.__dict__["_known"] = (actor, {})
    found: dict[str, Any] = kept[1]
    return found


def in_columns(entity: Entity, actor: Actor, operations: Iterable[str]) -> tuple[dict[str, Case], list[list[str]]]:
    """Columns that say whether operations are allowed, and the operations of each: those with the same condition share one."""
    names: dict[Any, list[str]] = defaultdict(list)
    conditions: dict[Any, Any] = {}
    for name in operations:
        condition = access.compiled(entity, actor, name)
        key = (condition.text, condition.values) if isinstance(condition, Compiled) else name
        names[key].append(name)
        conditions[key] = condition
    return {f"may_{at}": holds(condition) for at, condition in enumerate(conditions.values())}, [*names.values()]


def holding(names: list[list[str]], found: Iterable[bool]) -> dict[str, bool]:
    """The operations of the columns that hold."""
    return {name: True for group, holds_here in zip(names, found, strict=False) if holds_here for name in group}


def holds(condition: Any) -> Case:
    """Whether a condition holds, as a column."""
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
