"""Who owns a new record, and who may give a record to somebody else (R52, R53): the right "assign".

1. Without the right one owns what one makes and gives nothing away.
2. With it an owner may be named; one that is left out or empty stays empty until a rule, a pool or a person decides.
3. A record without an owner may be taken by whoever may change it.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from . import access
from .access import Actor
from .errors import Forbidden

if TYPE_CHECKING:
    from .batch import Batch, Item
    from .entity import Entity


def is_owned(entity: "Entity") -> bool:
    """Whether records of this entity are somebody's work: parts, notes and the settings of all are not."""
    return (
        "owner" in entity.access.own
        and "owner" in entity.declared
        and access.is_subject(entity)
        and not entity.access.public
    )


def may_assign(actor: Actor, entity: "Entity") -> bool:
    """Whether the actor may give away at least some records; of kinds that nobody distributes, whoever may edit them."""
    return access.allowed(actor, entity, "assign" if is_owned(entity) else "edit")


def complete(batch: "Batch") -> None:
    """Settle the owner of new records and refuse to give away what the actor may not; Kith itself may."""
    if batch.actor.is_system or not is_owned(batch.entity):
        return
    new = [item for item in batch.items if item.is_new]
    if access.allowed(batch.actor, batch.entity, "assign"):
        for item in new:
            item.values.setdefault("owner", None)
    else:
        keep(batch, new)
    check(batch, [item for item in batch.items if not item.is_new and changes_hands(item)])


def keep(batch: "Batch", items: "Iterable[Item]") -> None:
    """New records of somebody without the right are that person's; naming another is forbidden."""
    for item in items:
        if item.values.get("owner") not in (None, batch.actor.id):
            raise lacking(batch.entity)
        item.values["owner"] = batch.actor.id


def changes_hands(item: "Item") -> bool:
    """Whether the write gives the record to another owner."""
    return "owner" in item.values and item.values["owner"] != item.record.owner_id


def check(batch: "Batch", items: "list[Item]") -> None:
    """Forbid the whole write when one of the records may not be given away."""
    given = [item for item in items if item.record.owner_id or item.values["owner"] != batch.actor.id]
    keys = {item.record.pk for item in given}
    if keys - may_be_given(batch.actor, batch.entity, keys):
        raise lacking(batch.entity)


def may_be_given(actor: Actor, entity: "Entity", keys: Iterable[uuid.UUID]) -> set[Any]:
    """Those of the records that the actor may give to somebody else."""
    wanted = list(keys)
    return set(entity.rows(actor, "assign").filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def lacking(entity: "Entity") -> Forbidden:
    """The refusal."""
    return Forbidden(
        access.right(entity, "assign"),
        _("You may not give this record to somebody else; somebody with the right “%(right)s” can.")
        % {"right": access.right(entity, "assign")},
        ("owner",),
    )
