"""Work that a page must not wait for: background jobs and jobs on a clock, in PostgreSQL's own queue.

    @job("parties.merge", retry=3)
    def merge_parties(winner: str, loser: str) -> dict[str, int]: …

    defer(merge_parties, actor, winner=str(winner.pk), loser=str(loser.pk))

`defer` belongs to the caller's transaction: no commit, no job. A job takes ids, not objects; it may run twice, late or
beside itself and must still be right. Inside it `running()` tells who asked, shows progress and obeys "cancel".
Modules named `jobs` of all apps are found by themselves.
"""

from kith.core.jobs.declare import Job, declared, job
from kith.core.jobs.deferring import again, asked_enough, cancel, defer, defer_once, wake
from kith.core.jobs.running import Cancelled, Running, running
from kith.core.jobs.upkeep import pick_up_stalled, remove_old

__all__ = [
    "Cancelled",
    "Job",
    "Running",
    "again",
    "asked_enough",
    "cancel",
    "declared",
    "defer",
    "defer_once",
    "job",
    "pick_up_stalled",
    "remove_old",
    "running",
    "wake",
]
