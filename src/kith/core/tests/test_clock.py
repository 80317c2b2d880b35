"""The clock jumps: no job on a clock runs twice for one tick or stops for days, nothing that has ended opens again, the ledger keeps its order."""

import datetime as dt
from collections import defaultdict
from itertools import pairwise, product
from types import SimpleNamespace

import croniter
import pytest
import time_machine
from django.core import signing
from django.db import connection
from procrastinate.periodic import PeriodicDeferrer, PeriodicRegistry, PeriodicTask

from kith.core import clock, jobs, signed
from kith.core.jobs import ticks, upkeep

HOUR, DAY = 3600, 86400
LINES = {"often": "*/30 * * * *", "hour": "7 * * * *", "day": "40 2 * * *"}
LOOK = 900
PERIODS = {"often": 1800, "hour": HOUR, "day": DAY}
AUTUMN = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)  # when summer time ends in Europe
BEGINNINGS = {
    "spring": dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC),
    "autumn": AUTUMN,
    "leap day": dt.datetime(2028, 2, 28, 23, 30, tzinfo=dt.UTC),
    "no leap day": dt.datetime(2027, 2, 28, 23, 30, tzinfo=dt.UTC),
    "new year": dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC),
    "2038": dt.datetime(2038, 1, 19, 3, 0, tzinfo=dt.UTC),
}


def walk(decide, begin, jump):
    """True seconds and tick of each run, by job, over the jump and some days more; it comes after a day and a bit."""
    days = 3 + abs(jump) // DAY
    runs = defaultdict(list)
    for true in range(0, days * DAY, LOOK):
        wall = begin + true + (jump if true > DAY + 1230 else 0)
        for name, tick in decide(wall):
            runs[name].append((true, tick))
    return runs


def ours():
    """Our rule, with a memory."""
    lines = {name: croniter.croniter(line) for name, line in LINES.items()}
    last = dict.fromkeys(LINES)

    def decide(wall):
        for name, line in lines.items():
            tick, last[name] = ticks.due(line, last[name], wall)
            if tick is not None:
                yield name, tick

    return decide


def theirs():
    """The control: the library's own rule."""
    registry = PeriodicRegistry()
    for name, line in LINES.items():
        registry.periodic_tasks[name, ""] = PeriodicTask(SimpleNamespace(name=name), line, "", {})
    deferrer = PeriodicDeferrer(registry)
    return lambda wall: [(task.task.name, tick) for task, tick in deferrer.get_previous_tasks(at=wall)]


def gaps(runs):
    return [after[0] - before[0] for before, after in pairwise(runs)]


@pytest.mark.parametrize(
    ("begin", "jump"), [*product(BEGINNINGS, (-2 * HOUR, 0, 2 * HOUR)), ("autumn", -3 * DAY), ("leap day", 3 * DAY)]
)
def test_no_job_runs_twice_or_never(begin, jump):
    runs = walk(ours(), BEGINNINGS[begin].timestamp(), jump)
    for name, period in PERIODS.items():
        taken = [tick for _true, tick in runs[name]]
        if -jump <= period:
            assert len(taken) == len(set(taken)), f"{name}: a tick came twice"
        longest = 2 * period + (abs(jump) if abs(jump) < period else 0)
        assert max(gaps(runs[name])) <= longest + LOOK, f"{name} stood still"
    assert len(runs["often"]) <= (3 + abs(jump) // DAY) * DAY / 1800 + 1, "missed ticks were not joined into one"


def test_the_librarys_own_rule_stands_still_for_days_or_floods_the_queue():
    begin = AUTUMN.timestamp() + 60
    assert max(gaps(walk(theirs(), begin, -3 * DAY)["often"])) >= 3 * DAY - 1800
    assert len(walk(theirs(), begin, 3 * DAY)["often"]) >= 9 * DAY / 1800 - 5


def test_a_worker_that_was_away_catches_up_once():
    night = croniter.croniter("40 2 * * *")
    morning = dt.datetime(2026, 11, 29, 8, tzinfo=dt.UTC).timestamp()
    tick = dt.datetime(2026, 11, 29, 2, 40, tzinfo=dt.UTC).timestamp()
    assert ticks.due(night, None, morning) == (None, None), "a new installation has nothing to catch up"
    assert ticks.due(night, int(tick - 3 * DAY), morning) == (tick, tick)
    assert ticks.due(night, int(tick), morning) == (None, tick)


@pytest.mark.django_db
def test_signs_of_life_that_look_old_after_a_jump_make_no_worker_dead(monkeypatch):
    """Else its jobs would be given to another one while it goes on with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 hours') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) VALUES ('default', 'x', 'doing', %s)",
            [worker],
        )

    def states():
        with connection.cursor() as cursor:
            cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'x'")
            return [state for (state,) in cursor.fetchall()]

    monkeypatch.setattr(upkeep, "watch", clock.Watch())
    real = clock.wall
    monkeypatch.setattr(clock, "wall", lambda: real() + 2 * HOUR)
    jobs.pick_up_stalled()
    assert states() == ["doing"]
    jobs.pick_up_stalled()
    assert states() == ["todo"], "control: without a jump it is dead"


def test_nothing_that_has_ended_opens_again(monkeypatch):
    now = SimpleNamespace(wall=1_800_000_000.0, steady=500.0)
    monkeypatch.setattr(clock, "wall", lambda: now.wall)
    monkeypatch.setattr(clock, "steady", lambda: now.steady)
    monkeypatch.setattr(clock, "_latest", None)
    clock.begin()
    text = signed.dumps("x", salt="s")
    with time_machine.travel(now.wall, tick=False):
        naive = signing.dumps("x", salt="s")
    now.wall, now.steady = now.wall + 2 * HOUR, now.steady + 2 * HOUR
    with pytest.raises(signing.SignatureExpired):
        signed.loads(text, salt="s", max_age=1800)
    now.wall -= 2 * HOUR
    with pytest.raises(signing.SignatureExpired):
        signed.loads(text, salt="s", max_age=1800)
    with time_machine.travel(now.wall, tick=False):
        assert signing.loads(naive, salt="s", max_age=1800) == "x", "control: Django's own opens again"
    assert signed.loads(signed.dumps("y", salt="s"), salt="s", max_age=1800) == "y", "new ones are good"
    monkeypatch.setattr(clock, "_latest", None)  # another process, started after the jump
    now.wall -= 3 * DAY
    with pytest.raises(signing.SignatureExpired):
        signed.loads(text, salt="s", max_age=1800)


def test_a_signed_value_outlives_2038():
    with time_machine.travel(dt.datetime(2038, 1, 19, 3, 14, tzinfo=dt.UTC), tick=False):
        text = signed.dumps("x", salt="s")
    with time_machine.travel(dt.datetime(2038, 1, 19, 3, 20, tzinfo=dt.UTC), tick=False):
        assert signed.loads(text, salt="s", max_age=1800) == "x"


@pytest.mark.parametrize(("by", "noticed"), [(0, 0), (1, 0), (-7200, -7200), (3 * DAY, 3 * DAY)])
def test_a_watch_notices_a_jump_once(monkeypatch, by, noticed):
    now = SimpleNamespace(wall=1_800_000_000.0, steady=500.0)
    monkeypatch.setattr(clock, "wall", lambda: now.wall)
    monkeypatch.setattr(clock, "steady", lambda: now.steady)
    watch = clock.Watch()
    now.wall, now.steady = now.wall + 10 + by, now.steady + 10
    assert (watch.jump(), watch.jump()) == (noticed, 0)
