"""The worker process: does the jobs of the queue, several at once, until it is asked to stop."""

import asyncio
import logging
from typing import Any

from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app

from kith.core.backup.wal import archiving
from kith.core.chain.keeper import keeping as sealing
from kith.core.jobs.ticks import Worker
from kith.core.jobs.upkeep import DEAD_AFTER, HEARTBEAT, pick_up_stalled

logger = logging.getLogger("kith.jobs")
GRACE = 0.1  # seconds until running jobs are asked to stop at their next step; the supervisor waits for them


def work(*, until_empty: bool = False) -> None:
    """Do jobs until SIGTERM, or until none is left."""
    pick_up_stalled()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with sealing(), archiving(), app.replace_connector(connector) as ours:
        run(
            ours,
            concurrency=settings.JOBS_AT_ONCE,
            wait=not until_empty,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            shutdown_graceful_timeout=None if until_empty else GRACE,  # "empty" means done, not interrupted
            fetch_job_polling_interval=1.0,  # a job that waited for a lock is not announced
        )


def run(ours: App, **options: Any) -> None:
    """Run a worker in an event loop of its own."""

    async def loop() -> None:
        async with ours.open_async():
            ours.perform_import_paths()  # type: ignore[no-untyped-call]
            await Worker(app=ours, **options).run()  # type: ignore[no-untyped-call]

    asyncio.run(loop())
