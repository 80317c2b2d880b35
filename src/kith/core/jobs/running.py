"""What happens around a job on the worker: its actor's language, its progress, its end."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.jobs import Job as Queued
from psycopg import sql

from kith.core import clock_floor, replica, room, settings_store
from kith.core import context as here
from kith.core.errors import KithError
from kith.core.jobs_models import OPEN, JobRun, State
from kith.core.middleware import zone_of
from kith.core.room import NoRoom
from kith.core.store import is_busy, is_lost

if TYPE_CHECKING:
    from kith.core.jobs.declare import Job

logger = logging.getLogger("kith.jobs")
BETWEEN_REPORTS = 0.5  # seconds
PASSING = 5  # times that a job is tried again after trouble of the database that passes
AWAY = 10  # the same after the database was away


class Cancelled(Exception):
    """Somebody asked the job to stop; its open transaction is rolled back."""


class Interrupted(Exception):
    """The worker shuts down; the job goes on in the next one."""


class Superseded(Exception):
    """Another run of the same job has ended it meanwhile, as when its worker was thought to be dead; this one is taken back."""


def passes(error: BaseException) -> bool:
    """Whether this is trouble of the database that passes: it is away, or somebody else holds the rows."""
    return is_lost(error) or is_busy(error)


def pause(error: BaseException, attempts: int, times: int) -> int | None:
    """Seconds until a job that was tried `attempts` times before is tried again; None when it is not.

    Again after 2, 4, 8 … seconds, at most ten minutes: as often as it may, and more often while the database is away or busy.
    What lost the database goes on after 1, 2, 3 … seconds: the decision is written into it, so it is back, and others with the same lock wait for it.
    Never after a refusal, always after an interruption, and as long as the disk is full.
    """
    if isinstance(error, Interrupted):
        return 0
    if isinstance(error, NoRoom):
        return error.seconds
    away = is_lost(error)
    most = max(times, AWAY) if away else max(times, PASSING) if is_busy(error) else times
    if isinstance(error, (Cancelled, KithError)) or attempts >= most:
        return None
    return attempts + 1 if away else int(min(600, 2 ** (attempts + 1)))


def failures(queued: Queued) -> int:
    """How often a job was tried before and failed; a death of its worker is counted apart (see upkeep)."""
    deaths: Any = queued.task_kwargs.get("deaths", 0)
    return queued.attempts - int(deaths)


class Running:
    """The job that runs now."""

    def __init__(self, record: JobRun | None, context: JobContext | None = None) -> None:
        self.record = record
        self.actor: AbstractBaseUser | None = record.actor if record else None
        self._context = context
        self._done, self._message = 0, ""
        self._total: int | None = None
        self._reported_at = 0.0

    def is_proved(self) -> bool:
        """Whether who asked for the job had lately proved who it is; a job of Kith itself is not asked."""
        return self.record is None or self.record.proved

    def expect(self, total: int, message: str = "") -> None:
        """Say how much there is to do."""
        self._total, self._message = total, message or self._message
        self._report()

    def step(self, count: int = 1, message: str = "") -> None:
        """Say that `count` more are done. Raises Cancelled when somebody asked to stop."""
        self._done += count
        self._message = message or self._message
        if time.monotonic() - self._reported_at > BETWEEN_REPORTS or self._done == self._total:
            room.require()  # here, where the job is in what it does: a bulk deletion may go on when others wait
            self._report()

    def _report(self) -> None:
        self._reported_at = time.monotonic()
        if self._context and self._context.should_abort():
            raise Interrupted
        if self.record and _report(self.record, self._done, self._total, self._message):
            raise Cancelled


_running: ContextVar[Running] = ContextVar("kith_running")


def running() -> Running:
    """The job that runs now; outside a worker one that nobody watches."""
    return _running.get(None) or Running(None)


REPORT = sql.SQL("UPDATE core_jobrun SET done = %s, total = %s, message = %s WHERE id = %s RETURNING cancel_asked")


def _report(record: JobRun, done: int, total: int | None, message: str) -> bool:
    """Show the progress at once, even from inside the job's transaction; True when the job shall stop."""
    values = [done, total, message, record.pk]
    if connection.in_atomic_block:
        with connection.pool.connection() as aside:  # type: ignore[attr-defined]
            row = aside.execute(REPORT, values).fetchone()
    else:
        with connection.cursor() as cursor:
            cursor.execute(REPORT, values)
            row = cursor.fetchone()
    return bool(row and row[0])


def run(job: "Job", context: JobContext, run_id: str, ids: Mapping[str, Any]) -> None:
    """Run a job as its actor would see it, and write down how it ended."""
    close_old_connections()  # one that broke under an earlier job of this thread would break this one, too
    clock_floor.share()  # a job may sign what the web judges
    try:
        _run(job, context, run_id, ids)
    except (Interrupted, NoRoom):
        _take_back_try(context)
        raise
    finally:
        close_old_connections()  # the thread may end with its loop, and would take its place in the pool along


def _run(job: "Job", context: JobContext, run_id: str, ids: Mapping[str, Any]) -> None:
    settings_store.forget()
    if not run_id:
        with _as(Running(None, context), "job"):
            job.function(**ids)
        return
    record = _claim(run_id)
    if record is None:
        logger.info("job %s %s is already finished", job.name, run_id)
        return
    with _as(Running(record, context), run_id):
        try:
            _finish(record, job, ids, failures(context.job))
        finally:
            replica.note(record.actor_id)


def _take_back_try(context: JobContext) -> None:
    """What was interrupted or had no room has not failed: this was none of the tries that the job has."""
    with suppress(DatabaseError), connection.cursor() as cursor:  # the queue adds one when it takes the job back
        cursor.execute("UPDATE procrastinate_jobs SET attempts = attempts - 1 WHERE id = %s", [context.job.id])


def _claim(run_id: str) -> JobRun | None:
    """The record, now running; None when it ended already, as after a worker that died just before saying so."""
    mine = JobRun.objects.filter(pk=run_id, state__in=OPEN)
    mine.update(state=State.RUNNING, attempts=F("attempts") + 1, started_at=Coalesce("started_at", Now()), done=0)
    return mine.select_related("actor").first()


def _finish(record: JobRun, job: "Job", ids: Mapping[str, Any], attempts: int) -> None:
    try:
        if record.cancel_asked:
            raise Cancelled
        _work(record, job, ids)
    except Superseded:
        logger.info("job %s %s was finished by another run of it", job.name, record.pk)
    except Cancelled:
        _end(record, State.CANCELLED, "")
    except Interrupted:
        _end(record, State.QUEUED, "")
        raise
    except NoRoom as error:
        _end(record, State.QUEUED, str(error.message))
        raise
    except KithError as error:
        _end(record, State.FAILED, "; ".join(_words(error)))
        raise
    except Exception as error:
        close_old_connections()
        is_over = pause(error, attempts, job.retry) is None
        text = _("It failed; an administrator finds the reason in the log under %(id)s.") % {"id": record.pk}
        _end(record, State.FAILED if is_over else State.QUEUED, text if is_over or not passes(error) else "")
        raise


def _work(record: JobRun, job: "Job", ids: Mapping[str, Any]) -> None:
    """Do the job and note that it is done: together, where the job asks for it."""
    if not job.once:
        _end(record, State.DONE, "", result=_as_json(job.function(**ids)))
        return
    with transaction.atomic():
        if not _end(record, State.DONE, "", result=_as_json(job.function(**ids))):
            raise Superseded


def _as_json(result: Any) -> dict[str, Any]:
    """What a job returned, as the result that is kept."""
    if isinstance(result, Mapping):
        return dict(result)
    return {} if result is None else {"value": result}


def _words(error: KithError) -> Iterator[str]:
    """The messages of a refusal, which are written for people."""
    errors = getattr(error, "errors", None)
    for messages in errors.values() if errors else [[getattr(error, "message", "") or type(error).__name__]]:
        yield from map(str, messages)


def _end(record: JobRun, state: str, message: str, result: dict[str, Any] | None = None) -> bool:
    """Note how the job ended; False when another run of it has ended it already, whose word stands."""
    finished = None if state == State.QUEUED else timezone.now()
    changes: dict[str, Any] = {"state": state, "finished_at": finished}
    if message:
        changes["message"] = message
    if result is not None:
        changes["result"] = result
    with transaction.atomic():
        return bool(JobRun.objects.filter(pk=record.pk, state__in=OPEN).update(**changes))


@contextmanager
def _as(now: Running, request: str) -> Iterator[None]:
    """The language, time zone and door in which the job runs."""
    language = getattr(now.actor, "language", "") or translation.get_language() or "en"
    zone = zone_of(getattr(now.actor, "time_zone", ""))
    token = _running.set(now)
    try:
        with (
            translation.override(language),
            timezone.override(zone),
            here.through("job", request_id=request, proved=now.is_proved),
        ):
            yield
    finally:
        _running.reset(token)
