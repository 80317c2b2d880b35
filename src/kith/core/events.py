"""Events: what happened, told to whoever subscribed, after commit and through a job (law 3).

An event is "<entity>.<what>", such as "parties.company.created". One outbox row per change-set, entity and operation
is written in the same transaction; a job hands it to the subscribers, at least once, in the order of their names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from .ids import uuid7

if TYPE_CHECKING:
    from .changes import Running

PAST = {
    "create": "created", "update": "updated", "delete": "deleted", "restore": "restored", "purge": "purged",
    "confirm": "confirmed", "unconfirm": "unconfirmed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a subscriber gets it; the values before and after stand in the ledger under `changeset`."""

    name: str
    entity: str
    changeset: UUID
    record_ids: tuple[UUID, ...]
    actor_id: UUID | None


class OutboxEvent(models.Model):
    """An event that waits for its delivery."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=100)
    entity = models.CharField(max_length=60)
    changeset_id = models.UUIDField()
    actor_id = models.UUIDField(null=True)
    record_ids = models.JSONField(default=list)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="outbox_waiting", condition=models.Q(delivered_at=None))
        ]

    def __str__(self) -> str:
        return self.name


Subscriber = Callable[[Event], Any]
_subscribers: dict[str, list[Subscriber]] = {}


def subscribe(name: str) -> Callable[[Subscriber], Subscriber]:
    """Call the function for every event of this name ("sales.opportunity.created", or "*.updated" for every entity)."""

    def register(function: Subscriber) -> Subscriber:
        if function not in (known := _subscribers.setdefault(name, [])):
            known.append(function)
        return function

    return register


def subscribers(name: str) -> list[Subscriber]:
    """Who listens to an event, in a stable order."""
    found = [*_subscribers.get(name, ()), *_subscribers.get("*." + name.rsplit(".", 1)[1], ())]
    return sorted(found, key=lambda function: (function.__module__, function.__qualname__))


def wanted(entity: str, op: str) -> bool:
    """Whether anybody listens to this operation on this entity."""
    return f"{entity}.{PAST[op]}" in _subscribers or f"*.{PAST[op]}" in _subscribers


#: The ids come from the ledger, just written: a million of them need not be remembered by the process that imports.
ANNOUNCE = """
INSERT INTO core_outboxevent (id, at, name, entity, changeset_id, actor_id, record_ids)
SELECT told.id, %s, told.name, told.entity, %s, %s,
    (SELECT jsonb_agg(record_id ORDER BY id) FROM core_change WHERE changeset_id = %s AND at = %s AND entity = told.entity AND op = told.op)
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS told (id, name, entity, op)
"""


def announce(changes: "Running") -> None:
    """Put the events of a change-set into the outbox and ask a job to deliver them, in the running transaction."""
    told = [(uuid7(), f"{entity}.{PAST[op]}", entity, op) for entity, op in changes.counts if wanted(entity, op)]
    if told:
        with connection.cursor() as cursor:
            columns = [list(column) for column in zip(*told, strict=True)]
            cursor.execute(ANNOUNCE, [changes.at, changes.id, changes.actor.id, changes.id, changes.at, *columns])
        from .outbox import ask  # the outbox defers a job, and jobs need models

        ask()


def deliver(row: OutboxEvent) -> None:
    """Hand one event to its subscribers."""
    from .entity import registry  # entities know nothing of events

    registry.find(row.entity)  # a kind of record made at run time gets its subscribers when it is read
    event = Event(row.name, row.entity, row.changeset_id, tuple(UUID(key) for key in row.record_ids), row.actor_id)
    for subscriber in subscribers(row.name):
        subscriber(event)
