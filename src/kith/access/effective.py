"""What a user may do in the end: all rules that reach the user, summed up by kind of record and operation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kith.core.access import LEVELS, Actor, has_rule, rules_for
from kith.core.entity import OPERATION_LABELS, OPERATIONS, Entity, registry

SHOWN = ("view", "create", "edit", "delete", "export", "import", "share", "history", "sensitive")


@dataclass(frozen=True, slots=True)
class Cell:
    """The most a user may do: a level, "rule" where conditions or denials decide, or "follows" for parts of a record."""

    operation: str
    level: str


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of record."""

    entity: Entity
    cells: tuple[Cell, ...]


def subjects() -> list[Entity]:
    """Kinds of record that rules are made for: all but shared tables and parts that simply follow their whole."""
    return [entity for entity in registry if not entity.access.faces and not is_follower(entity)]


def is_follower(entity: Entity) -> bool:
    """Whether the rights on a record are those on the record it belongs to, and no rule has to speak for it."""
    kept = entity.access
    return bool(kept.parent or kept.subject) and not (kept.own_right or kept.rules)


def lines(subject: Actor, entities: Iterable[Entity] = ()) -> list[Line]:
    """The effective rights of an actor."""
    return [
        Line(entity, tuple(Cell(operation, level(subject, entity, operation)) for operation in SHOWN))
        for entity in entities or subjects()
    ]


def level(subject: Actor, entity: Entity, operation: str) -> str:
    """The level that a user's rules come to."""
    if operation == "view" and entity.access.public:
        return "all"
    rules = rules_for(subject, entity, operation)
    if not has_rule(subject, entity, operation):
        return "none"
    if any(rule.deny or rule.condition for rule in rules):
        return "rule"
    return max((rule.level for rule in rules), key=LEVELS.index)


def columns() -> list[tuple[str, Any]]:
    """Operations with their labels."""
    return [(operation, OPERATION_LABELS[operation]) for operation in OPERATIONS]
