"""Keeps the queue healthy: jobs of dead workers go on elsewhere, old ones are forgotten."""

import json
import logging
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.jobs import Job as Queued
from procrastinate.jobs import Status

from kith import env
from kith.core import clock
from kith.core.jobs.declare import job
from kith.core.jobs.deferring import manager
from kith.core.jobs_models import OPEN, JobRun, State

logger = logging.getLogger("kith.jobs")
HEARTBEAT = env.number("KITH_HEARTBEAT", 10, "Seconds between signs of life of a worker.", low=1, high=300)
DEAD_AFTER = 3 * HEARTBEAT
watch = clock.Watch()
MOST_DEATHS = 5  # a job that takes its worker down five times is not tried again


@job("core.pick_up_stalled", queue="system", periodic=f"* * * * * */{min(HEARTBEAT, 30)}", priority=100)
def pick_up_stalled() -> None:
    """Put the jobs of workers that died back into the queue; a worker lists them but leaves them alone.

    After the clock went ahead every sign of life looks old, until the next one: then nobody is taken for dead.
    """
    if watch.jump() > 0:
        return
    for stalled in async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=DEAD_AFTER):
        assert stalled.id is not None
        given = _arguments(stalled)
        run_id, deaths = given.get("run_id"), given.get("deaths", 0) + 1
        if deaths < MOST_DEATHS:
            logger.warning("job %s %s goes on after its worker died", stalled.task_name, run_id or "")
            _go_on(stalled.id, deaths)
        else:
            logger.error("job %s %s is given up: its worker died %s times", stalled.task_name, run_id, MOST_DEATHS)
            _give_up(stalled.id, run_id)


def _arguments(stalled: Queued) -> dict[str, Any]:
    """What a queued job was given; Django's own connection hands JSON over as text."""
    arguments: Any = stalled.task_kwargs
    found: dict[str, Any] = json.loads(arguments) if isinstance(arguments, str) else arguments
    return found


def _go_on(queue_id: int, deaths: int) -> None:
    """Queue it again, and count the death: the queue's own attempts are those that failed or waited as well."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            counted = "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('deaths', %s::int) WHERE id = %s"
            cursor.execute(counted, [deaths, queue_id])
        manager.retry_job_by_id(queue_id, retry_at=timezone.now())


def _give_up(queue_id: int, run_id: str | None) -> None:
    async_to_sync(manager.finish_job_by_id_async)(job_id=queue_id, status=Status.FAILED, delete_job=False)
    if run_id:
        ended = {"state": State.FAILED, "finished_at": timezone.now()}
        JobRun.objects.filter(pk=run_id, state__in=OPEN).update(**ended)


@job("core.remove_old_jobs", queue="system", periodic="17 3 * * *")
def remove_old() -> None:
    """Forget finished jobs: the queue's after 30 days, what people saw of them after 90."""
    async_to_sync(manager.delete_old_jobs)(
        nb_hours=30 * 24, include_failed=True, include_cancelled=True, include_aborted=True
    )
    JobRun.objects.exclude(state__in=OPEN).filter(finished_at__lt=timezone.now() - timedelta(days=90)).delete()
