"""The embedded PostgreSQL: one server per data folder, started by whoever needs it, alive until the last one leaves.

1. A server process and all its children hold `server.lock` for as long as one of them lives (they inherit the locked
   file), so whoever gets that lock knows that nothing runs here: no guessing from process ids, which containers reuse.
2. `ensure()` connects; when nobody answers it takes the lock, clears what a killed server left, and starts a new one.
3. `using()` holds `users.lock` together with others; the last one to leave stops the server.
Any of these processes may be killed at any moment. docs/decisions/001-embedded-postgresql.md has the reasons.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from kith import env
from kith.core import binaries
from kith.core.binaries import Binaries, NoPostgres

NAME = "kith"  # the database and the role that owns it
LONGEST_SOCKET = 100  # of 104 characters on macOS and 108 on Linux
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


@dataclass(frozen=True, slots=True)
class Server:
    """The server of one data folder."""

    data: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "pg"

    @property
    def socket(self) -> Path:
        """The folder of the unix socket; a short one elsewhere when the data folder's name is too long for it."""
        inside = self.data / "run"
        if len(os.fsencode(inside)) + len("/.s.PGSQL.5432") <= LONGEST_SOCKET:
            return inside
        return Path("/tmp") / f"kith-{os.geteuid()}-{hashlib.sha1(os.fsencode(self.data)).hexdigest()[:12]}"

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.socket), safe='/')}"

    def is_ready(self) -> bool:
        """Whether our database answers."""
        return self._answers(NAME, NAME)

    def is_running(self) -> bool:
        """Whether any process of this server lives, ready or not."""
        if not (self.data / "server.lock").exists():
            return False
        with self._lock("server.lock", fcntl.LOCK_SH) as free:
            return not free

    def ensure(self, timeout: float = 90) -> "Server":
        """Make the server answer: start it, wait for it, or find it already there."""
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            self._make_folder(self.data)
            with self._lock("server.lock", fcntl.LOCK_EX) as alone:
                if alone:
                    self._start(alone, deadline)
                    return self
            self._quit_orphans()
            if time.monotonic() > deadline:
                raise NoPostgres(
                    f"The database in {self.data} did not become ready in {timeout:.0f} s; {self._log_hint()}"
                )
            time.sleep(0.05)
        return self

    @contextmanager
    def using(self) -> Iterator["Server"]:
        """Keep the server running inside this block; the last one to leave stops it."""
        self._make_folder(self.data)
        with self._lock("users.lock", fcntl.LOCK_SH, wait=True):
            yield self.ensure()
        if not self.is_used():
            self.stop()

    def is_used(self) -> bool:
        """Whether some process keeps the server running."""
        with self._lock("users.lock", fcntl.LOCK_EX) as alone:
            return not alone

    def stop(self, timeout: float = 60) -> bool:
        """Stop the server in order; False when it was not running."""
        pid = self._postmaster()
        if pid is None or not self.is_running():
            return False
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast": roll back, checkpoint, leave
        if not _wait(lambda: not self.is_running(), timeout):
            os.kill(pid, signal.SIGQUIT)
            _wait(lambda: not self.is_running(), 10)
        return True

    # Starting

    def _start(self, lock: int, deadline: float) -> None:
        user = binaries.other_user()
        if user and (closed := binaries.barrier(self.data, user)):
            raise NoPostgres(
                f"KITH_DATA={self.data}: PostgreSQL does not run as root, and the user {user.pw_name} cannot enter {closed}. "
                "Choose another folder, such as /var/lib/kith, or run Kith as an ordinary user."
            )
        programs = binaries.within_reach(binaries.find(self._major()), user, self.data)
        self._initialise(programs, lock)
        self._clear_leavings()
        self._make_folder(self.socket, private=True)
        self._make_folder(self.data / "log", private=True)
        self._launch(programs, lock, deadline)
        self._make_database()

    def _initialise(self, programs: Binaries, lock: int) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        draft = self.data / "pg.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._make_folder(draft, private=True)
        command = [programs.program("initdb"), "-D", draft, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        answer = subprocess.run(
            [*command, *_locale(programs.major), "--no-instructions"],
            **binaries.run_as(binaries.other_user()),
            pass_fds=[lock],
            cwd="/",
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
        if answer.returncode:
            raise NoPostgres(f"initdb failed: {answer.stderr.strip()}")
        draft.rename(self.cluster)  # at once: a half-made cluster is never used

    def _launch(self, programs: Binaries, lock: int, deadline: float) -> None:
        first_words = self.data / "postgres-start.log"
        with first_words.open("w") as log:
            process = subprocess.Popen(
                [programs.program("postgres"), "-D", self.cluster, *self._options()],
                **binaries.run_as(binaries.other_user()),
                pass_fds=[lock],
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers("postgres", "postgres"):
            if process.poll() is not None:
                raise NoPostgres(
                    f"PostgreSQL did not start: {first_words.read_text()[-600:].strip()} {self._log_hint()}"
                )
            if time.monotonic() > deadline:
                raise NoPostgres(f"PostgreSQL does not answer; {self._log_hint()}")
            time.sleep(0.03)
        process.returncode = 0  # it outlives us: nothing to wait for

    def _options(self) -> Iterator[str]:
        flags = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": env.text(
                "KITH_PG_SHARED_BUFFERS", "256MB", "Memory the embedded database keeps pages in."
            ),
            "effective_cache_size": "1GB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "random_page_cost": "1.1",
            "jit": "off",  # compiling costs more than our short queries take
            "synchronous_commit": "on",
            "wal_compression": "on",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "max_worker_processes": "6",
            "max_parallel_workers": "2",
            "max_parallel_workers_per_gather": "1",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_error_statement": "panic",  # statements hold people's data
            "log_parameter_max_length_on_error": "0",
            "logging_collector": "on",
            "log_directory": str(self.data / "log"),
            "log_filename": "postgres-%a.log",  # seven files, each overwritten after a week
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
        }
        for name, value in flags.items():
            yield from ("-c", f"{name}={value}")

    def _make_database(self) -> None:
        with self._connect("postgres", "postgres") as connection:
            connection.autocommit = True
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(NAME)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))

    # What killed processes leave

    def _clear_leavings(self) -> None:
        """Remove the pid files of a killed server: we hold the lock, so no process of ours is behind them."""
        pid = self._postmaster()
        if pid is not None and _is_postgres(pid, self.cluster):
            raise NoPostgres(
                f"Process {pid} runs PostgreSQL on {self.cluster} but was not started by Kith; stop it first."
            )
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        (self.socket / ".s.PGSQL.5432").unlink(missing_ok=True)

    def _quit_orphans(self) -> None:
        """End the children of a killed server that are still busy: a new one must wait for them."""
        pid = self._postmaster()
        if pid is None or _is_alive(pid):
            return
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if (folder / "cwd").readlink() == self.cluster:  # PostgreSQL's processes stand in their cluster
                    os.kill(int(folder.name), signal.SIGQUIT)
            except OSError:
                continue

    # Small things

    def _postmaster(self) -> int | None:
        try:
            return int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _major(self) -> int | None:
        """The major version that made the cluster; None before the first start."""
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _connect(self, database: str, role: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.socket), dbname=database, user=role, connect_timeout=5)

    def _answers(self, database: str, role: str) -> bool:
        try:
            self._connect(database, role).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def _lock(self, name: str, kind: int, *, wait: bool = False) -> Iterator[int | None]:
        """The descriptor of the locked file, or None when others hold it. Whoever inherits it holds the lock too."""
        descriptor = os.open(self.data / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
            yield descriptor
        except BlockingIOError:
            yield None
        finally:
            os.close(descriptor)

    def _make_folder(self, folder: Path, *, private: bool = False) -> None:
        """A folder of the server's user; in /tmp somebody else may have made it first."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
        user = binaries.other_user()
        owner = user.pw_uid if user else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
            raise NoPostgres(f"{folder} belongs to another user; remove it or choose another KITH_DATA.")
        if private and user:
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _log_hint(self) -> str:
        return f"see {self.data / 'log'}."


def _locale(major: int) -> list[str]:
    """Never the caller's locale: the same letters and order on every machine."""
    if major < 17:
        return ["--locale=C.UTF-8"]
    builtin = "PG_UNICODE_FAST" if major >= 18 else "C.UTF-8"
    return ["--locale=C", "--locale-provider=builtin", f"--builtin-locale={builtin}"]


def _is_alive(pid: int) -> bool:
    """Whether the process lives; a zombie that nobody reaped does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def _is_postgres(pid: int, cluster: Path) -> bool:
    """Whether the living process is a PostgreSQL of this cluster."""
    command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    return _is_alive(pid) and "postgres" in command and str(cluster) in command


def _wait(done: Callable[[], bool], timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True
