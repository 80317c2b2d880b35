"""Jobs belong to their transaction, tell how far they are, obey, and outlive the worker that had them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from kith.core import context, jobs, room
from kith.core.errors import Refused
from kith.core.jobs import worker as worker_module
from kith.core.jobs.running import Cancelled, Interrupted, pause
from kith.core.jobs.upkeep import MOST_DEATHS
from kith.core.jobs.worker import work
from kith.core.jobs_models import JobRun, State
from kith.core.testing import sample_jobs

pytestmark = pytest.mark.django_db(transaction=True)
HEARTBEAT = 1


def queued() -> Any:
    """What waits or is being done, but for what the clock may have put in meanwhile."""
    return ProcrastinateJob.objects.filter(args__has_key="run_id")


WORKER = """
import django
django.setup()
from kith.core.serving import worker
from kith.core.testing import sample_jobs
worker.main()
"""


@pytest.fixture(autouse=True)
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sample jobs leave a line each time they come by."""
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv(sample_jobs.NOTES, str(path))
    return path


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    """The queue's tables are not Django's, so the test database keeps their rows."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


@pytest.fixture
def user() -> Any:
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL kith.changeset = 'a test'")
        return get_user_model()._default_manager.create(
            name="Ann",
            email="ann@example.com",
            language="ru",
            time_zone="Asia/Shanghai",
            created_at=now,
            updated_at=now,
        )


@pytest.fixture
def worker() -> Iterator[Any]:
    """Starts worker processes on the test database; they die with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=worker_environment())
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def worker_environment() -> dict[str, str]:
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    return {**os.environ, "DATABASE_URL": url, "KITH_HEARTBEAT": str(HEARTBEAT), "KITH_PROCESS": "worker"}


def wait_for(condition: Any, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, list(JobRun.objects.values())
        time.sleep(0.05)


def test_a_job_is_asked_for_only_if_the_transaction_commits() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.defer(sample_jobs.add, a=1, b=2)
        raise ZeroDivisionError
    assert (JobRun.objects.count(), ProcrastinateJob.objects.count()) == (0, 0)


def test_a_job_runs_and_its_result_is_kept() -> None:
    run = jobs.defer(sample_jobs.add, a=1, b=2)
    assert (run.state, run.arguments) == (State.QUEUED, {"a": 1, "b": 2})
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result, run.done, run.total, run.attempts) == (State.DONE, {"sum": 3}, 2, 2, 1)
    assert run.started_at and run.finished_at and run.started_at <= run.finished_at
    assert not queued().exists()  # only JobRun remembers a success


def test_a_worker_that_ends_takes_no_connection_along() -> None:
    def lent() -> int:
        stats = connection.pool.get_stats()  # type: ignore[attr-defined]
        return int(stats["pool_size"] - stats["pool_available"])

    jobs.defer(sample_jobs.add, a=1, b=2)
    work(until_empty=True)
    before = lent()
    for _again in range(2):
        jobs.defer(sample_jobs.add, a=1, b=2)
        work(until_empty=True)
    assert lent() == before


def test_a_job_speaks_the_language_and_time_zone_of_who_asked(user: Any) -> None:
    run = jobs.defer(sample_jobs.look_around, user)
    work(until_empty=True)
    run.refresh_from_db()
    assert run.result == {
        "language": "ru",
        "zone": "Asia/Shanghai",
        "actor": str(user.pk),
        "origin": "job",
        "request": str(run.pk),
    }
    assert (translation.get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")
    assert context.current().origin != "job"


def test_a_refusal_is_told_and_not_tried_again(notes: Path) -> None:
    run = jobs.defer(sample_jobs.refuse)
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.message, run.attempts) == (State.FAILED, "The shelf is full; clear it first.", 1)
    assert notes.read_text() == "refuse\n"


def test_a_failure_is_tried_again_and_hides_its_reason_from_people(notes: Path) -> None:
    run = jobs.defer(sample_jobs.stumble)
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.QUEUED, 1)
    assert "ivanov" not in run.message
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.attempts, notes.read_text()) == (State.FAILED, 2, "stumble\nstumble\n")
    assert str(run.pk) in run.message


def test_a_waiting_job_that_is_cancelled_never_starts(notes: Path) -> None:
    run = jobs.defer(sample_jobs.refuse)
    assert jobs.cancel(run)
    assert run.state == State.CANCELLED
    work(until_empty=True)
    assert notes.read_text() == ""
    assert not jobs.cancel(run)


def test_a_running_job_that_is_cancelled_stops_at_its_next_step_and_rolls_back(worker: Any, notes: Path) -> None:
    run = jobs.defer(sample_jobs.count_slowly, to=1000)
    worker()
    wait_for(lambda: JobRun.objects.get(pk=run.pk).done > 0)
    assert jobs.cancel(run)
    wait_for(lambda: JobRun.objects.get(pk=run.pk).state == State.CANCELLED)
    run.refresh_from_db()
    assert 0 < run.done < 1000
    assert not JobRun.objects.filter(name="written inside").exists()


def test_two_jobs_of_one_lock_never_run_side_by_side(notes: Path) -> None:
    for _ in range(3):
        jobs.defer(sample_jobs.alone, key="a")
    while JobRun.objects.filter(state=State.QUEUED).exists():
        work(until_empty=True)
    assert notes.read_text() == "in\nout\n" * 3


def test_a_job_of_a_killed_worker_goes_on_in_another(worker: Any, notes: Path) -> None:
    run = jobs.defer(sample_jobs.outlive)
    first = worker()
    wait_for(lambda: notes.read_text() == "outlive\n")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    worker()  # younger than the death of the first: its clock finds the job
    wait_for(lambda: JobRun.objects.get(pk=run.pk).state == State.DONE)
    run.refresh_from_db()
    assert (run.attempts, run.result, notes.read_text()) == (2, {"tries": 2}, "outlive\noutlive\n")


def test_without_upkeep_the_job_of_a_killed_worker_stays_where_it_is(worker: Any, notes: Path) -> None:
    """The negative control: it is the upkeep that saves the job, not the queue."""
    jobs.defer(sample_jobs.outlive)
    outlived = ProcrastinateJob.objects.filter(task_name=sample_jobs.outlive.name)
    first = worker()
    wait_for(lambda: notes.read_text() == "outlive\n")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    time.sleep(3 * HEARTBEAT + 1)
    assert list(outlived.values_list("status", flat=True)) == ["doing"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    jobs.pick_up_stalled()
    assert list(outlived.values_list("status", flat=True)) == ["todo"]


def test_a_job_that_takes_its_worker_down_is_given_up() -> None:
    run = jobs.defer(sample_jobs.add, a=1, b=2)
    for death in range(1, MOST_DEATHS):
        die()
        jobs.pick_up_stalled()
        assert list(queued().values_list("status", "args__deaths")) == [("todo", death)]
    die()
    jobs.pick_up_stalled()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert list(queued().values_list("status", flat=True)) == ["failed"]


def test_tries_that_failed_or_waited_are_no_deaths() -> None:
    run = jobs.defer(sample_jobs.add, a=1, b=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 50")
    die()
    jobs.pick_up_stalled()
    assert list(queued().values_list("status", flat=True)) == ["todo"]
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.DONE, {"sum": 3})


def test_deaths_are_no_failures() -> None:
    """After as many as it may have, a job that stumbles once is tried again as it asked."""
    run = jobs.defer(sample_jobs.stumble)
    die()
    jobs.pick_up_stalled()
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, list(queued().values_list("status", "attempts"))) == (State.QUEUED, [("todo", 2)])


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_job_of_a_worker_that_lost_the_database_goes_on_at_once(is_ours: bool) -> None:
    """Its worker gave a sign of life a moment ago: those of others may be at it."""
    run = jobs.defer(sample_jobs.add, a=1, b=2)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (key,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [key])
    worker_module.unsigned.update([key] if is_ours else [])
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state == State.DONE, worker_module.unsigned) == (is_ours, set())


def test_a_worker_that_cannot_sign_off_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(worker: Any) -> None:
        worker.worker_id = 77
        raise ConnectorException from psycopg.OperationalError("server closed the connection")

    monkeypatch.setattr(worker_module.Worker, "run", lose)
    worker_module.asked.clear()
    assert worker_module.done(until_empty=False) is False
    assert worker_module.unsigned == {77}
    worker_module.sign_off()
    assert worker_module.unsigned == set()


def die() -> None:
    """The worker of every job dies."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")


def test_a_worker_asked_to_stop_hands_its_job_on(worker: Any, notes: Path) -> None:
    run = jobs.defer(sample_jobs.count_slowly, to=100000)
    process = worker()
    wait_for(lambda: JobRun.objects.get(pk=run.pk).done > 0)
    process.terminate()
    assert process.wait(120) == 0
    run.refresh_from_db()
    assert run.state == State.QUEUED
    assert list(queued().values_list("status", "attempts")) == [("todo", 0)]  # it has not failed


@pytest.mark.parametrize("ending", [ConnectorException(), None])
def test_a_worker_asked_to_stop_while_the_database_is_away_ends(
    monkeypatch: pytest.MonkeyPatch, ending: Exception | None
) -> None:
    """Procrastinate ends in an error of the connection then, or as if by itself."""
    began = []

    async def run(self: Any) -> None:
        began.append(self)
        assert len(began) == 1, "it looks for the database again"
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if ending:
                raise ending from psycopg.OperationalError("server closed the connection")

    monkeypatch.setattr(worker_module.Worker, "run", run)
    work()
    assert len(began) == 1


def test_a_finished_job_that_is_handed_out_again_does_nothing(notes: Path) -> None:
    """As after a worker that died between the job's end and saying so."""
    run = jobs.defer(sample_jobs.note)
    JobRun.objects.filter(pk=run.pk).update(state=State.DONE)
    work(until_empty=True)
    assert notes.read_text() == ""


def test_what_a_job_does_once_is_taken_back_when_another_run_has_ended_it(notes: Path) -> None:
    """As when its worker was thought to be dead: only the first run to end counts."""
    run = jobs.defer(sample_jobs.count_once)
    with transaction.atomic():
        JobRun.objects.create(name="counted")
    sample_jobs.meanwhile.append(
        lambda: JobRun.objects.filter(pk=run.pk).update(state=State.DONE, result={"first": True})
    )
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.DONE, {"first": True})
    assert JobRun.objects.filter(name="counted").count() == 1


def test_a_job_that_does_once_has_its_effect_and_its_end_together(notes: Path) -> None:
    run = jobs.defer(sample_jobs.count_once)
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.DONE, {"counted": 1})
    assert JobRun.objects.filter(name="counted").count() == 1


def test_a_job_that_loses_the_database_is_tried_again(notes: Path) -> None:
    """Though it asked for no retry: what was not committed is not there, and nobody is told of a failure."""
    run = jobs.defer(sample_jobs.lose_the_database)
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.message, notes.read_text()) == (State.QUEUED, "", "lost\n")
    lost = ProcrastinateJob.objects.filter(task_name=sample_jobs.lose_the_database.name)
    (waiting,) = lost.values_list("status", "attempts")
    assert waiting == ("todo", 1)


@pytest.mark.parametrize(
    ("error", "attempts", "times", "seconds"),
    [
        (Interrupted(), 9, 0, 0),
        (Cancelled(), 0, 9, None),
        (Refused("No."), 0, 9, None),
        (ValueError(), 0, 0, None),
        (ValueError(), 0, 1, 2),
        (ValueError(), 20, 30, 600),
        (psycopg.OperationalError("server closed the connection"), 4, 0, 5),
        (psycopg.OperationalError("server closed the connection"), 10, 0, None),
        (psycopg.errors.CrashShutdown(), 0, 0, 1),
        (psycopg.errors.LockNotAvailable(), 0, 0, 2),
        (psycopg.errors.LockNotAvailable(), 5, 0, None),
        (psycopg.errors.QueryCanceled(), 0, 0, None),
        (psycopg.errors.UniqueViolation(), 0, 0, None),
    ],
)
def test_when_a_job_that_ended_badly_runs_again(
    error: BaseException, attempts: int, times: int, seconds: int | None
) -> None:
    assert pause(error, attempts, times) == seconds


def test_asks_for_what_is_being_done_are_taken_back() -> None:
    for _ in range(3):
        jobs.wake(sample_jobs.note)
    run = jobs.defer(sample_jobs.note)
    assert jobs.asked_enough(sample_jobs.note) == 3
    assert list(queued().values_list("pk", flat=True)) == [run.queue_id]


def test_old_jobs_are_forgotten_and_open_ones_are_not() -> None:
    ages = {"old": 91, "young": 89}
    for name, days in ages.items():
        JobRun.objects.create(name=name, state=State.DONE, finished_at=timezone.now() - timedelta(days=days))
    JobRun.objects.create(name="open")
    jobs.remove_old()
    assert set(JobRun.objects.values_list("name", flat=True)) == {"young", "open"}


def test_a_refusal_names_every_reason() -> None:
    from kith.core.jobs.running import _words

    assert list(_words(Refused({"name": ["Too long."], "": ["Closed."]}))) == ["Too long.", "Closed."]


def test_a_job_waits_for_room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    run = jobs.defer(sample_jobs.add, a=1, b=2)
    with monkeypatch.context() as full:
        full.setattr(room, "is_there", lambda times=1.0: times < 1)
        work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.done) == (State.QUEUED, 0)
    assert "nearly full" in run.message
    assert list(queued().values_list("attempts", flat=True)) == [0]  # it has not failed
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.DONE, {"sum": 3})
