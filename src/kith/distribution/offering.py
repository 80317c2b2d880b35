"""Verbs that everything with an owner gets: take from a pool, give back to one, begin and stop working."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.entity import Action, Entity, registry
from kith.core.errors import Refused
from kith.core.specs import FieldSpec
from kith.core.types import TYPES
from kith.core.writes import Outcome

from . import claiming, leases
from .book import book
from .entities.work_item import WorkItem

POOL = FieldSpec(name="pool", label=_("pool"), type=TYPES["link"], target="distribution.pool", required=True)
REASON = FieldSpec(name="reason", label=_("reason"), type=TYPES["text"], required=True, max_length=500)
WHY = FieldSpec(name="reason", label=_("reason"), type=TYPES["text"], max_length=500, help=_("Needed only to end the work of somebody else."))  # fmt: skip
HERE = "kith.distribution.offering."
ACTIONS = (
    Action("claim", _("Take from the pool"), f"{HERE}claim", icon="user-check", bulk=True, right="view", when=f"{HERE}takes"),
    Action("give_back", _("Give back to a pool"), f"{HERE}give_back", icon="undo-2", bulk=True, right="edit", fields=(POOL, REASON), when=f"{HERE}has_pools"),
    Action("work", _("Begin to work on it"), f"{HERE}work", icon="timer", right="edit"),
    Action("stop_work", _("Stop working on it"), f"{HERE}stop_work", icon="square", right="view", fields=(WHY,), when=f"{HERE}beside"),
)  # fmt: skip


def has_pools(actor: Actor, entity: Entity) -> bool:
    """Whether there is any pool for these records."""
    return bool(book().of(entity))


def takes(actor: Actor, entity: Entity) -> bool:
    """Whether the actor is a member of a pool for these records."""
    return any(basin.has(actor) for basin in book().of(entity))


def beside(actor: Actor, entity: Entity) -> bool:
    """The block about work offers it, where somebody works; menus would have to ask about every record."""
    return False


def claim(actor: Actor, records: Sequence[Any]) -> Outcome:
    """Take records from the pools in which they wait."""
    pools = dict(WorkItem.objects.filter(state=WorkItem.State.WAITING, subject_id__in=[record.pk for record in records]).values_list("subject_id", "pool_id"))  # fmt: skip
    made = claiming.Outcome(refused=[(record.pk, claiming.TAKEN) for record in records if record.pk not in pools])
    for pool in dict.fromkeys(pools.values()):
        for keys in batched((key for key, where in pools.items() if where == pool), claiming.AT_ONCE, strict=False):
            one = claiming.claim(actor, pool, keys)
            made.taken += one.taken
            made.refused += one.refused
            made.changeset = one.changeset or made.changeset
    return told(made, records)


def give_back(actor: Actor, records: Sequence[Any], pool: Any, reason: str) -> Outcome:
    """Return records to a pool."""
    entity = registry.for_model(type(records[0]))
    return told(claiming.give_back(actor, entity, [record.pk for record in records], pool, reason or ""), records)


def told(made: claiming.Outcome, records: Sequence[Any]) -> Outcome:
    """The outcome as every act on many records tells it; raises Refused when nothing could be done."""
    if made.refused and not made.taken:
        raise Refused(made.refused[0][1])
    return Outcome([record for record in records if record.pk in made.taken], made.refused, made.changeset)


def work(actor: Actor, records: Sequence[Any]) -> None:
    """Begin to work records, or go on."""
    for record in records:
        leases.take(actor, registry.for_model(type(record)), record)


def stop_work(actor: Actor, records: Sequence[Any], reason: str | None = None) -> None:
    """Stop working records."""
    for record in records:
        leases.release(actor, registry.for_model(type(record)), record, reason=reason or "")
