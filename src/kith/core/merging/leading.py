"""Where the id of a merged record leads: to the survivor, for whoever may see that one."""

import uuid
from typing import Any

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing
from kith.core.types.picks import as_uuid

from .merged import survivor_of


def led_on(actor: Actor, error: Missing) -> tuple[Entity, uuid.UUID, Any] | None:
    """For a record that is missing because it was merged: its kind, its id and the survivor, if the actor may see that one."""
    if len(error.args) < 2:
        return None
    entity = registry.find(str(error.args[0]))
    try:
        key: uuid.UUID = as_uuid(error.args[1])
    except BadValue:
        return None
    survivor = survivor_of(key) if entity is not None else None
    if entity is None or survivor is None or not access.opens(actor, entity):
        return None
    record = entity.rows(actor).filter(pk=survivor).first()
    return (entity, key, record) if record is not None else None
