"""The worker process: does the jobs of the queue, several at once, until it is asked to stop; a database that goes away is waited for."""

import asyncio
import logging
import signal
import threading
import time

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from kith.core import clock
from kith.core.backup.wal import archiving
from kith.core.chain.keeper import keeping as sealing
from kith.core.jobs.ticks import Worker
from kith.core.jobs.upkeep import DEAD_AFTER, HEARTBEAT, pick_up_stalled
from kith.core.store import is_lost

logger = logging.getLogger("kith.jobs")
GRACE = 0.1  # seconds until running jobs are asked to stop at their next step; the supervisor waits for them
AGAIN = 0.5  # seconds until the database is looked for again
#: Workers of this process that ended while the database was away, so that they could not sign off.
unsigned: set[int] = set()
#: Set by SIGTERM: with a database that is away procrastinate ends in an error, or by itself, which must not make it forgotten.
asked = threading.Event()


def work(*, until_empty: bool = False) -> None:
    """Do jobs until SIGTERM, or until none is left."""
    asked.clear()
    clock.begin()
    with sealing(), archiving():
        while not done(until_empty=until_empty):
            time.sleep(AGAIN)


def done(*, until_empty: bool) -> bool:
    """Do jobs; False when the database went away before anybody asked to stop, as in a failover: a new process would find it no sooner."""
    close_old_connections()  # one that broke stays so
    try:
        sign_off()
        pick_up_stalled()
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
        with app.replace_connector(connector) as ours:
            return asyncio.run(until_asked(ours, until_empty=until_empty))
    except (ConnectorException, OperationalError) as error:
        if until_empty or not is_lost(error.__cause__ or error):
            raise
        logger.warning("the database is away, and jobs wait for it: %s", str(error.__cause__ or error).strip())
        return asked.is_set()


def sign_off() -> None:
    """Sign off for those workers, whose jobs nobody does any more: they go on now, not when the workers have given no sign of life for half a minute."""
    if unsigned:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_workers WHERE id = ANY(%s)", [sorted(unsigned)])
        unsigned.clear()


async def until_asked(ours: App, *, until_empty: bool) -> bool:
    """Let procrastinate work until SIGTERM; False when it ends by itself, as it does when it hears no more of the queue."""
    async with ours.open_async():
        ours.perform_import_paths()  # type: ignore[no-untyped-call]
        worker = Worker(
            app=ours,
            concurrency=settings.JOBS_AT_ONCE,
            wait=not until_empty,
            delete_jobs="successful",
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            shutdown_graceful_timeout=None if until_empty else GRACE,  # "empty" means done, not interrupted
            fetch_job_polling_interval=1.0,  # a job that waited for a lock is not announced
            install_signal_handlers=False,
        )
        task = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stop, task)
        try:
            await task
        except asyncio.CancelledError:
            return True
        finally:
            if worker.worker_id is not None:
                unsigned.add(worker.worker_id)
        return until_empty or asked.is_set()


def stop(task: "asyncio.Task[None]") -> None:
    """End, whatever becomes of the database meanwhile."""
    asked.set()
    task.cancel()
