"""When jobs on a clock are due, also when the clock is set or was not looked at for a while.

1. A job that missed ticks, because no worker ran or the clock went ahead, runs once, late: jobs catch up by themselves.
2. A clock that goes back by less than the time between two ticks brings no tick a second time.
3. A clock that goes back further would keep the job from running until it is as late again; so ticks that are now in the future are
   forgotten, and the job goes on with the next one.

Cron lines are in UTC, so summer time changes nothing.
"""

from collections.abc import Iterable
from typing import Any

from procrastinate import App
from procrastinate.periodic import MAX_DELAY, PeriodicDeferrer, PeriodicTask, TaskAtTime
from procrastinate.worker import Worker as AnyWorker

from kith.core import clock

KNOWN = "SELECT task_name, periodic_id, max(defer_timestamp) AS last FROM procrastinate_periodic_defers GROUP BY task_name, periodic_id"
FORGET = "DELETE FROM procrastinate_periodic_defers WHERE task_name = %(task)s AND periodic_id = %(id)s AND defer_timestamp > %(last)s"


def around(ticks: Any, at: float) -> tuple[int, int]:
    """The last tick up to this moment, and the one after it; `ticks` is the croniter of a cron line."""
    before = round(ticks.get_prev(ret_type=float, start_time=at + 0.001))  # a tick belongs to its own moment
    return before, round(ticks.get_next(ret_type=float, start_time=before))


def due(ticks: Any, last: int | None, at: float) -> tuple[int | None, int | None]:
    """The tick that is due, if any, and the one that counts as the last from now on; `last` is the last that was taken."""
    before, after = around(ticks, at)
    if last is None:  # never yet: a new installation need not catch up
        return (before, before) if at - before <= MAX_DELAY else (None, None)
    if last > at:
        return None, before if last - at > after - before else last
    return (before, before) if before > last else (None, last)


class Deferrer(PeriodicDeferrer):
    """Asks for jobs on a clock."""

    def __init__(self, app: App) -> None:
        super().__init__(app.periodic_registry)
        self.app = app
        self.back: list[tuple[PeriodicTask, int]] = []  # type: ignore[type-arg]

    async def worker(self) -> None:
        """Look for due jobs until stopped."""
        await self.remember()
        while True:
            now = clock.wall()
            await self.look(now)
            await self.wait(next_tick=self.get_next_tick(at=now))

    async def remember(self) -> None:
        """What was taken before this worker began."""
        rows = await self.app.connector.execute_query_all_async(KNOWN)
        self.last_defers = {(row["task_name"], row["periodic_id"]): row["last"] for row in rows}

    async def look(self, now: float) -> None:
        """Ask for the jobs that are due."""
        tasks = list(self.get_previous_tasks(at=now))
        for task, last in self.back:
            await self.app.connector.execute_query_async(FORGET, task=task.task.name, id=task.periodic_id, last=last)
        await self.defer_jobs(jobs_to_defer=tasks)

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        """The tasks that are due; those whose ticks lie too far in the future are noted in `back`."""
        self.back = []
        for key, task in self.registry.periodic_tasks.items():
            known = self.last_defers.get(key)
            tick, last = due(task.croniter, known, at)
            if last is not None:
                self.last_defers[key] = last
                if known is not None and last < known:
                    self.back.append((task, last))
            if tick is not None:
                yield task, tick


class Worker(AnyWorker):
    """A worker that asks for jobs on a clock in our way."""

    async def _periodic_deferrer(self) -> None:
        await Deferrer(self.app).worker()
