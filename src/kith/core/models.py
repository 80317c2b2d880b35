"""Models of core: the ledger, the outbox, saved views, followers and notifications, runs of jobs, imports and exports."""

from . import jobs_models, tokens  # noqa: F401 - models of their own modules
from .api.idempotency import IdempotencyKey
from .chain.models import DueErasure, Erasure, Seal
from .clock_floor import ClockFloor
from .control_totals import ControlTotal
from .events import OutboxEvent
from .exchange.imports import ColumnMemory, ImportRow, ImportRun
from .files_models import Upload
from .kept.models import KeptLine, KeptReport
from .ledger import AuditEvent, Change, ChangeSet
from .merging.merged import Merged
from .notify import Favourite, Follow, Notification
from .registry import import_entities
from .replica import LastWrite
from .stored.models import RollupStore, RollupValue

import_entities("core")

__all__ = [
    "AuditEvent",
    "Change",
    "ChangeSet",
    "ClockFloor",
    "ColumnMemory",
    "ControlTotal",
    "DueErasure",
    "Erasure",
    "Favourite",
    "Follow",
    "IdempotencyKey",
    "ImportRow",
    "ImportRun",
    "KeptLine",
    "KeptReport",
    "LastWrite",
    "Merged",
    "Notification",
    "OutboxEvent",
    "RollupStore",
    "RollupValue",
    "Seal",
    "Upload",
]
