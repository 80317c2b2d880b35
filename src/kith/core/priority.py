"""The database process of a costly question steps back, so that the short questions of others go first.

With the 10 it is shipped with (`KITH_REPORTS_NICE`) it gets a tenth of a processor that somebody else wants whole, and all of one that nobody wants.
Only where PostgreSQL is our own, on this machine and under Linux; anywhere else nothing is done. Anybody may lower their own
process, but only root may raise it again: where that is refused the connection is closed, and the next one is a new process.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


@contextmanager
def low() -> Iterator[None]:
    """What takes long inside this block goes on at a low priority. Nothing inside a transaction, whose connection cannot be given up."""
    pid = None if connection.in_atomic_block else own_process()
    if pid is None:
        yield
        return
    process = Process(pid)
    try:
        yield
    finally:
        if not process.is_as_before():
            give_up()


class Process:
    """A process that steps back unless its question ends soon."""

    def __init__(self, pid: int) -> None:
        self.pid, self.alone = pid, threading.Lock()
        self.is_over, self.before = False, dict[int | Path, int]()
        self.timer = threading.Timer(AFTER, self.step_back)
        self.timer.daemon = True
        self.timer.start()

    def step_back(self) -> None:
        """Lower it, as far as the system lets us."""
        with self.alone:
            if not self.is_over:
                for part in parts(self.pid):
                    with suppress(OSError):
                        self.before[part] = nice_of(part)
                        set_nice(part, min(LEAST, self.before[part] + settings.REPORTS_NICE))

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
