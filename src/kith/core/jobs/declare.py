"""The decorator that makes a function a job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as QueuedJob

from kith.core.jobs.running import failures, pause, run

type Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A function that the worker runs."""

    name: str
    function: Function
    queue: str
    retry: int
    lock: str
    label: Any = ""
    once: bool = False

    def __call__(self, **ids: Any) -> Any:
        """Run it here and now."""
        return self.function(**ids)


#: Every job by its name.
declared: dict[str, Job] = {}


class Retry(BaseRetryStrategy):
    """When a job that ended badly runs again."""

    def __init__(self, times: int) -> None:
        self.times = times

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        """What to do after this exception."""
        seconds = pause(exception, failures(job), self.times)
        return None if seconds is None else RetryDecision(retry_in={"seconds": seconds})


def job(
    name: str,
    *,
    queue: str = "default",
    retry: int = 0,
    lock: str = "",
    periodic: str = "",
    priority: int = 0,
    label: Any = "",
    once: bool = False,
) -> Callable[[Function], Job]:
    """Declare a job; `label` is its name for people. `lock` may name arguments ("mailing-{mailing}"): jobs of one lock never run side by side.

    `periodic` is a cron line, with seconds as an optional sixth field; such a job takes no arguments, and while one
    waits no second is queued. `once` makes one transaction of the whole job and the note that it is done: whenever its
    worker dies, it has had its effect once or not at all, and a second run of it changes nothing.
    """

    def declare(function: Function) -> Job:
        made = declared[name] = Job(name, function, queue, retry, lock, label, once)

        def work(context: JobContext, /, timestamp: int = 0, run_id: str = "", deaths: int = 0, **ids: Any) -> None:
            del timestamp, deaths  # passed by procrastinate to jobs on a clock, by upkeep after a death of the worker
            run(made, context, run_id, ids)

        alone = name if periodic else None
        task = app.task(
            name=name, queue=queue, retry=Retry(retry), pass_context=True, queueing_lock=alone, priority=priority
        )(work)
        if periodic:
            app.periodic(cron=periodic)(task)
        return made

    return declare
