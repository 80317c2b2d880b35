"""The outbox: events waiting in the database are handed to their subscribers by a job, at least once and in order."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import jobs
from .events import OutboxEvent, deliver

BATCH = 200
log = logging.getLogger(__name__)


@jobs.job("core.deliver_events", lock="core.outbox", retry=5, label=_("Telling of what happened"))
def deliver_waiting() -> dict[str, int]:
    """Deliver what waits; an event whose subscriber fails stays, is tried again with the job and holds up no other one."""
    jobs.asked_enough(deliver_waiting)  # each write asks; the events of all who asked are found below
    delivered, failed = 0, list[tuple[Any, Exception]]()
    while rows := list(
        OutboxEvent.objects.filter(delivered_at=None)
        .exclude(pk__in=[key for key, _error in failed])
        .order_by("at", "pk")[:BATCH]
    ):
        for row in rows:
            try:
                with transaction.atomic():
                    deliver(row)
                    OutboxEvent.objects.filter(pk=row.pk).update(delivered_at=timezone.now())
                delivered += 1
            except Exception as error:
                log.exception("event %s %s was not delivered", row.name, row.pk)
                failed.append((row.pk, error))
    if failed:
        raise failed[0][1]
    return {"delivered": delivered}


def ask() -> None:
    """Ask for a delivery, in the running transaction."""
    jobs.wake(deliver_waiting)
