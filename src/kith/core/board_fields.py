"""Which field a board has its columns by unless told otherwise: the declared one, else the first choice that can be changed.

What administrators configure has a board only where it is declared.
"""

from typing import TYPE_CHECKING

from . import access

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity


def usual(entity: "Entity", actor: "Actor | None" = None) -> str:
    """The name of the field, one that the actor may read; "" where there is none."""
    readable = entity.fields if actor is None else access.readable(actor, entity)
    if entity.board or entity.is_configuration:
        return entity.board if entity.board in readable else ""
    return next((name for name in choices(entity) if name in readable), "")


def choices(entity: "Entity") -> list[str]:
    """The choices among the fields, own and custom ones, that can be changed and sorted by."""
    return [
        spec.name for spec in entity.fields.values() if spec.type.name == "choice" and spec.editable and spec.sortable
    ]
