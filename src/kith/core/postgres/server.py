"""The server of one data folder: make it answer, keep it while it is used, stop it."""

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from kith.core.postgres import archiving, cluster, exchanging, locks, processes
from kith.core.postgres.binaries import NoPostgres

LONGEST_SOCKET = 100  # of 104 characters on macOS and 108 on Linux
#: Says to which server the data went, so that nobody goes on with the old copy by mistake.
MOVED = "moved"
#: The locks of users that this process holds, by their file.
_held: dict[Path, int] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """The embedded server of one data folder; one that `archives` hands on what it has written."""

    data: Path
    archives: bool = False

    @property
    def folder(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "pg"

    @property
    def socket(self) -> Path:
        """The folder of the unix socket; a short one elsewhere when the data folder's name is too long for it."""
        inside = self.data / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET:
            return inside
        name = hashlib.sha1(os.fsencode(self.data), usedforsecurity=False).hexdigest()[:12]
        return Path("/tmp") / f"kith-{os.geteuid()}-{name}"  # noqa: S108 - locks refuses the folder of a stranger

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return f"postgresql://{cluster.NAME}@/{cluster.NAME}?host={quote(str(self.socket), safe='/')}"

    def connect(self, database: str = cluster.NAME, role: str = cluster.NAME) -> psycopg.Connection:
        """A connection to the running server."""
        return psycopg.connect(host=str(self.socket), dbname=database, user=role, connect_timeout=5)

    def is_ready(self) -> bool:
        """Whether our database answers."""
        return self._answers(cluster.NAME, cluster.NAME)

    def is_running(self) -> bool:
        """Whether any process of this server lives, ready or not."""
        if not self._lock_file.exists():
            return False
        with locks.lock(self._lock_file, locks.TOGETHER) as free:
            return free is None

    def is_used(self) -> bool:
        """Whether some process keeps the server running."""
        if not self._users_file.exists():
            return False
        with locks.lock(self._users_file, locks.ALONE) as alone:
            return alone is None

    def ensure(self, timeout: float = 90) -> "Server":
        """Make the server answer: find it there, wait for it, or start it."""
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            locks.make_folder(self.data)
            with locks.lock(self._lock_file, locks.ALONE) as alone:
                if alone is not None:
                    self._start(alone, deadline)
            if self._answers("postgres", "postgres"):
                self._make_database()
            else:
                self._quit_orphans()
                self._check(deadline)
        return self

    @contextmanager
    def using(self) -> Iterator["Server"]:
        """Keep the server running inside this block; the last one to leave stops it."""
        locks.make_folder(self.data)
        try:
            with locks.lock(self._users_file, locks.TOGETHER, wait=True) as held:
                assert held is not None
                _held[self._users_file] = held
                yield self.ensure()
        finally:
            _held.pop(self._users_file, None)
            self._leave()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Inside `using`: whether nobody else uses the server. Nobody begins to before the block ends: they wait."""
        held = _held[self._users_file]
        try:
            yield locks.take(held, locks.ALONE)
        finally:
            locks.take(held, locks.TOGETHER, wait=True)

    def refuse_moved(self) -> None:
        """A server whose data went to another one is not used any more. Raises NoPostgres."""
        mark = self.data / MOVED
        if mark.exists():
            raise NoPostgres(f"The database was moved to {mark.read_text().strip()}; set DATABASE_URL to it. To go on with the copy left here, remove {mark}.")  # fmt: skip

    def keep(self) -> "Server":
        """Start the server and let it run after the last user left, until `stop`."""
        locks.make_folder(self.data)
        self._keep_file.touch()
        return self.ensure()

    def stop(self, timeout: float = 60) -> bool:
        """Stop the server in order; False when it was not running."""
        self._keep_file.unlink(missing_ok=True)
        pid = cluster.postmaster(self.folder)
        if pid is None or not self.is_running() or not processes.is_postmaster(pid, self.folder):
            return False
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast": roll back, checkpoint, leave
        if not _wait(lambda: not self.is_running(), timeout):
            os.kill(pid, signal.SIGQUIT)
            _wait(lambda: not self.is_running(), 10)
        return True

    def _start(self, lock: int, deadline: float) -> None:
        self.refuse_moved()  # here, too: it may have been moved while we waited for the lock
        exchanging.finish(self.data)
        programs = cluster.programs_for(self.folder)
        if cluster.major_of(self.folder) is None:
            cluster.initialise(self.folder, programs, lock)
        self._clear_leavings()
        for folder in (self.socket, self.data / "log", *([self.data / archiving.SPOOL] if self.archives else ())):
            locks.make_server_folder(folder)
        archive = archiving.command(self.data) if self.archives else ""
        process = cluster.launch(self.folder, programs, lock, cluster.flags(self.folder, self.socket, archive))
        while not self._answers("postgres", "postgres"):
            if process.poll() is not None:
                words = cluster.first_words(self.folder).read_text()[-600:].strip()
                raise NoPostgres(f"PostgreSQL did not start: {words} See {self.data / 'log'}.")
            self._check(deadline)
        process.returncode = 0  # it outlives us; nobody waits for it

    def _make_database(self) -> None:
        with self.connect("postgres", "postgres") as connection:
            cluster.make_database(connection)

    def _clear_leavings(self) -> None:
        """Remove what a killed server left: we hold the lock, so no process of ours is behind it."""
        pid = cluster.postmaster(self.folder)
        if pid is not None and processes.is_postmaster(pid, self.folder):
            raise NoPostgres(f"Process {pid} runs PostgreSQL on {self.folder}, not started by Kith; stop it first.")
        for path in cluster.leavings(self.folder, self.socket):
            path.unlink(missing_ok=True)

    def _quit_orphans(self) -> None:
        pid = cluster.postmaster(self.folder)
        if pid is not None and processes.look(pid) is None:
            processes.quit_orphans(self.folder)

    def _leave(self) -> None:
        with locks.lock(self._users_file, locks.ALONE) as alone:
            if alone is not None and not self._keep_file.exists():
                self.stop()

    def _answers(self, database: str, role: str) -> bool:
        try:
            self.connect(database, role).close()
        except psycopg.OperationalError:
            return False
        return True

    def _check(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise NoPostgres(f"The database in {self.data} does not become ready; see {self.data / 'log'}.")
        time.sleep(0.03)

    @property
    def _lock_file(self) -> Path:
        return self.data / "server.lock"

    @property
    def _users_file(self) -> Path:
        return self.data / "users.lock"

    @property
    def _keep_file(self) -> Path:
        return self.data / "keep-running"


def _wait(done: Callable[[], bool], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True
