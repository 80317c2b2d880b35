"""The outbox: events waiting in the database are handed to their subscribers by a job, at least once and in order."""

from django.db import transaction
from django.utils import timezone

from . import jobs
from .events import OutboxEvent, deliver

BATCH = 200


@jobs.job("core.deliver_events", lock="core.outbox", retry=5)
def deliver_waiting() -> dict[str, int]:
    """Deliver what waits; an event whose subscriber fails stays and is tried again with the job."""
    delivered = 0
    while rows := list(OutboxEvent.objects.filter(delivered_at=None).order_by("at", "pk")[:BATCH]):
        for row in rows:
            with transaction.atomic():
                deliver(row)
                OutboxEvent.objects.filter(pk=row.pk).update(delivered_at=timezone.now())
            delivered += 1
    return {"delivered": delivered}


def ask() -> None:
    """Ask for a delivery, in the running transaction."""
    jobs.wake(deliver_waiting)
