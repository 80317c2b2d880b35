"""Records as somebody may read them, for panels that are drawn from their attributes and not field by field."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from . import access

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity

#: What stands in the place of a value that may not be read; of all other types nothing.
INSTEAD = {"number": None, "percent": None, "boolean": False, "money": None, "date": None, "moment": None}


def legible(actor: "Actor", entity: "Entity", records: Iterable[Any], names: Collection[str] = ()) -> list[Any]:
    """The records without the values (of these fields, or all) that the actor may not read; what they are linked with stays.

    To be shown, never to be stored.
    """
    found, readable = list(records), access.readable(actor, entity)
    hidden = [
        spec
        for spec in map(entity.fields.__getitem__, names or entity.fields)
        if spec.columns and not spec.is_bag and spec.type.name not in ("link", "links") and spec.name not in readable
    ]
    for record in found:
        for spec in hidden:
            setattr(record, spec.columns[0], INSTEAD.get(spec.type.name, ""))
    return found
