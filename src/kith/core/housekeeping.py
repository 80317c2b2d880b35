"""What nobody should have to think of: partitions of the ledger, emptying the trash, forgetting delivered events,
old keys and unused uploads."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from kith import env

from . import file_keeping, jobs, writes
from .access import SYSTEM
from .api.idempotency import KEPT, IdempotencyKey
from .backup import erased
from .entity import Entity, registry
from .errors import Refused
from .events import OutboxEvent
from .merging import late
from .merging.merged import hidden

TRASH_DAYS = env.number(
    "KITH_TRASH_DAYS", 30, "Days that deleted records stay in the trash; 0 keeps them for ever.", low=0, high=3650
)
CHUNK = 500


@jobs.job("core.partitions", queue="system", periodic="5 0 * * *")
def partitions() -> None:
    """Make the ledger's tables of the coming months."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kith_partitions(3)")


@jobs.job("core.empty_trash", queue="system", periodic="40 2 * * *")
def empty_trash() -> dict[str, int]:
    """Erase what has lain in the trash longer than KITH_TRASH_DAYS; what others still point to stays."""
    if not TRASH_DAYS:
        return {"erased": 0}
    limit = timezone.now() - timedelta(days=TRASH_DAYS)
    return {"erased": sum(erase_old(entity, limit) for entity in registry if not entity.access.faces)}


@jobs.job("core.erase_again", queue="system", periodic="50 2 * * *", retry=3)
def erase_again() -> dict[str, int]:
    """Erase what was erased before a restore and could not be again; what still cannot be is told by the doctor."""
    return {"waiting": len(erased.again())}


def erase_old(entity: Entity, limit: object) -> int:
    """Erase the old trash of one entity, in small change-sets."""
    erased, last = 0, None
    while True:
        rows = entity.rows(SYSTEM, trashed=True).filter(deleted_at__lt=limit).order_by("pk")
        records = list((rows.filter(pk__gt=last) if last else rows)[:CHUNK])
        if not records:
            return erased
        last = records[-1].pk
        merged = hidden([record.pk for record in records])  # they come back whenever the merge is taken apart
        erased += erase(entity, [record for record in records if record.pk not in merged])


def erase(entity: Entity, records: list[object]) -> int:
    """Erase records together, or one by one when something points to some of them."""
    try:
        writes.purge(SYSTEM, entity, records)
        return len(records)
    except Refused:
        return sum(erase(entity, [record]) for record in records) if len(records) > 1 else 0


@jobs.job("core.merge_late", queue="system", periodic="25 * * * *")
def merge_late() -> dict[str, int]:
    """Give survivors of merges what was written for the merged records at the same moment."""
    return {"moved": late.gather()}


@jobs.job("core.forget_uploads", queue="system", periodic="30 * * * *")
def forget_uploads() -> dict[str, int]:
    """Erase files that somebody uploaded and nobody attached to a record within a day."""
    return {"files": file_keeping.forget()}


@jobs.job("core.forget", queue="system", periodic="20 3 * * *")
def forget() -> None:
    """Forget delivered events after a week and idempotency keys after their day."""
    OutboxEvent.objects.filter(delivered_at__lt=timezone.now() - timedelta(days=7)).delete()
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
