"""The database process of a costly question steps back, so that the short questions of others go first.

With the 10 it is shipped with (`KITH_REPORTS_NICE`) it gets a tenth of a processor that somebody else wants whole, and all of one that nobody wants.
On a machine where nobody else wants a processor it may use a second one; its parallel workers step back as it does.
Only where PostgreSQL is our own, on this machine and under Linux; anywhere else nothing is done. Anybody may lower their own
process, but only root may raise it again: where that is refused the connection is closed, and the next one is a new process.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from kith.core import database
from kith.core.postgres import Server, cluster, processes

#: Nobody can be nicer.
LEAST = 19
#: A question is costly after so many seconds; most reports of a small company are answered before.
AFTER = 0.1
#: So often the machine is looked at, a millisecond apart: requests of others pause between their questions.
LOOKS = 4
RUNNING = re.compile(r"^procs_running (\d+)$", re.MULTILINE)
#: The process of the question that is asked in this context.
_stepping: ContextVar["Process | None"] = ContextVar("kith_stepping", default=None)


@contextmanager
def low() -> Iterator[None]:
    """What takes long inside this block goes on at a low priority. Nothing inside a transaction, whose connection cannot be given up."""
    pid = None if connection.in_atomic_block else own_process()
    if pid is None:
        yield
        return
    process = Process(pid)
    token = _stepping.set(process)
    try:
        yield
    finally:
        _stepping.reset(token)
        if not process.is_as_before():
            give_up()


def may_take_two() -> bool:
    """Whether a costly question may use a second processor: nobody wants it now, and its workers will step back with it."""
    process = _stepping.get()
    if process is None or not has_spare():
        return False
    process.widen()
    return True


def has_spare() -> bool:
    """Whether the machine has a processor for a question and for one worker besides, at each of some looks."""
    for _look in range(LOOKS):
        if running() >= len(os.sched_getaffinity(0)):
            return False
        time.sleep(0.001)
    return True


def running() -> int:
    """How many processes of the machine want a processor now, this one among them."""
    found = RUNNING.search((processes.PROC / "stat").read_text())
    return int(found[1]) if found else 1


class Process:
    """A process that steps back unless its question ends soon, with the parallel workers that it may have."""

    def __init__(self, pid: int) -> None:
        self.pid, self.alone = pid, threading.Lock()
        self.is_over, self.is_wide, self.before = False, False, dict[int | Path, int]()
        self.wait()

    def wait(self) -> None:
        """Step back in a moment."""
        self.timer = threading.Timer(AFTER, self.step_back)
        self.timer.daemon = True
        self.timer.start()

    def widen(self) -> None:
        """From now on it may have workers."""
        with self.alone:
            self.is_wide = True
            if self.before:  # it has stepped back already, and nobody looks for them any more
                self.wait()

    def step_back(self) -> None:
        """Lower it, as far as the system lets us; as long as workers may come, again and again."""
        with self.alone:
            if self.is_over:
                return
            for part in () if self.before else parts(self.pid):
                with suppress(OSError):
                    self.before[part] = nice_of(part)
                    self.lower(part, self.before[part])
            if self.is_wide:
                for worker in workers(self.pid):  # each ends with its question
                    with suppress(OSError):
                        self.lower(worker, 0)
                self.wait()

    def lower(self, part: int | Path, before: int) -> None:
        """Give a part a lower priority than before. Raises OSError."""
        set_nice(part, min(LEAST, before + settings.REPORTS_NICE))

    def is_as_before(self) -> bool:
        """The question is over: raise it again where it was lowered; False where the system refuses."""
        self.timer.cancel()
        with self.alone:
            self.is_over = True
        try:
            for part, nice in self.before.items():
                set_nice(part, nice)
        except OSError:
            return False
        return True


def own_process() -> int | None:
    """The process that answers the running connection, if it is one of our own server."""
    server = embedded() if settings.REPORTS_NICE else None
    if server is None:
        return None
    connection.ensure_connection()
    pid: int = connection.connection.info.backend_pid
    process = processes.look(pid)
    return pid if process and process.parent == cluster.postmaster(server.folder) else None


@lru_cache(maxsize=1)
def embedded() -> Server | None:
    """Our own server, on a system where priorities are known."""
    return database.embedded() if (processes.PROC / "self").exists() else None


def parts(pid: int) -> list[int | Path]:
    """What has a priority: the process, and the session among which Linux shares processors first, where it does so."""
    session = processes.PROC / str(pid) / "autogroup"
    return [pid, session] if session.exists() else [pid]


def workers(pid: int) -> list[int | Path]:
    """What has a priority of the parallel workers of a process of PostgreSQL."""
    parent = processes.look(pid)
    found = list[int | Path]()
    for child in processes.children(parent.parent) if parent else ():
        process = processes.look(child)
        if process and process.command.endswith(f"parallel worker for PID {pid}"):
            found += parts(child)
    return found


def nice_of(part: int | Path) -> int:
    """How nice it is. Raises OSError."""
    return int(part.read_text().split()[-1]) if isinstance(part, Path) else os.getpriority(os.PRIO_PROCESS, part)


def set_nice(part: int | Path, nice: int) -> None:
    """Give a process or its session a priority. Raises OSError where the system refuses."""
    if isinstance(part, Path):
        part.write_text(str(nice))
    else:
        os.setpriority(os.PRIO_PROCESS, part, nice)


def give_up() -> None:
    """Close the running connection; the next question opens another one."""
    if connection.connection is not None:
        connection.connection.close()  # the pool takes no closed one back
    connection.close()
