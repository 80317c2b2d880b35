"""Asks for a job, and asks it to stop, inside the caller's transaction."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from procrastinate import jobs as queue
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

from kith.core import replica
from kith.core.context import current
from kith.core.jobs.declare import Job, declared
from kith.core.jobs_models import OPEN, JobRun, State

# On the worker the app's own connector has its own connections, outside our transactions.
manager = JobManager(DjangoConnector())


def defer(job: Job, actor: Any = None, *, after: int = 0, **ids: Any) -> JobRun:
    """Ask for a job on behalf of the user `actor`, not before `after` seconds from now. The ids must be JSON."""
    with transaction.atomic():
        run = JobRun.objects.create(name=job.name, actor=actor, arguments=ids, proved=current().proved())
        run.queue_id = _queue(job, {"run_id": str(run.pk), **ids}, ids, after)
        run.save(update_fields=["queue_id"])
    replica.wrote()
    return run


def defer_once(job: Job, actor: Any = None) -> JobRun:
    """Ask for a job that takes nothing, unless it waits or runs already: then that one is meant, whoever asked for it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kith.job:{job.name}"])
        there = JobRun.objects.filter(name=job.name, state__in=OPEN, cancel_asked=False).order_by("pk").first()
        return there or defer(job, actor)


def wake(job: Job, *, after: int = 0, **ids: Any) -> None:
    """Ask for a job that nobody watches, such as a delivery after each write, not before `after` seconds: no JobRun is kept of it."""
    _queue(job, ids, ids, after)


def asked_enough(job: Job) -> int:
    """Take back what `wake` asked for besides: whoever calls this is about to do all of it. Returns how many asks that were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' AND NOT args ? 'run_id'",
            [job.name],
        )
        return int(cursor.rowcount)


def again(run: JobRun) -> JobRun:
    """Ask for the same work once more, on behalf of the same person; the old record stays. LookupError for a job that is gone."""
    return defer(declared[run.name], run.actor, **run.arguments)


def _queue(job: Job, arguments: dict[str, Any], ids: dict[str, Any], after: int) -> int:
    waiting = queue.Job(
        id=None,
        queue=job.queue,
        task_name=job.name,
        task_kwargs=arguments,
        priority=0,
        lock=job.lock.format(**ids) or None,
        queueing_lock=None,
        scheduled_at=timezone.now() + timedelta(seconds=after) if after else None,
    )
    (deferred,) = manager.batch_defer_jobs([waiting])
    assert deferred.id is not None
    return deferred.id


def cancel(run: JobRun) -> bool:
    """Ask a job to stop; False when it has already ended.

    A waiting job never starts; a running one stops at its next step and its open transaction is rolled back.
    """
    with transaction.atomic():
        if not JobRun.objects.filter(pk=run.pk, state__in=OPEN).update(cancel_asked=True):
            return False
        if run.queue_id and manager.cancel_job_by_id(run.queue_id):
            ended = {"state": State.CANCELLED, "finished_at": timezone.now()}
            JobRun.objects.filter(pk=run.pk, state=State.QUEUED).update(**ended)
    run.refresh_from_db()
    return True
