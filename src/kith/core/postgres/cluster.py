"""Makes a cluster and says how its server is tuned."""

import locale
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from kith import env
from kith.core.postgres import binaries, locks
from kith.core.postgres.binaries import Binaries, NoPostgres

NAME = "kith"  # the database, and the role that owns it and is no superuser
SHARED_BUFFERS = env.text("KITH_PG_SHARED_BUFFERS", "256MB", "Memory of the embedded database for pages.")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def major_of(cluster: Path) -> int | None:
    """The major version that made the cluster; None when there is none yet."""
    try:
        return int((cluster / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def initialise(cluster: Path, programs: Binaries, lock: int) -> None:
    """Make the cluster beside its place and move it there at once: a half-made cluster is never used."""
    draft = cluster.with_name("pg.new")
    shutil.rmtree(draft, ignore_errors=True)
    locks.make_server_folder(draft)
    command: list[str | Path] = [
        programs.program("initdb"),
        "-D",
        draft,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--data-checksums",
    ]
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
    draft.rename(cluster)


def _locale(major: int) -> list[str]:
    """Never the caller's locale: the same letters and order on every machine."""
    builtin = "PG_UNICODE_FAST" if major >= 18 else "C.UTF-8"
    return ["--locale=C", f"--lc-ctype={_letters()}", "--locale-provider=builtin", f"--builtin-locale={builtin}"]


def _letters() -> str:
    """A locale of the C library that knows all letters: pg_trgm asks it, and with plain C finds no word in Cyrillic or Chinese."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return next((name for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8") if _is_known(name)), "C")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _is_known(name: str) -> bool:
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    return True


def launch(cluster: Path, programs: Binaries, lock: int, flags: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own, so that it outlives us; it inherits the lock."""
    with first_words(cluster).open("wb") as log:
        return subprocess.Popen(
            [programs.program("postgres"), "-D", cluster, *_arguments(flags)],
            **binaries.run_as(binaries.other_user()),
            pass_fds=[lock],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def first_words(cluster: Path) -> Path:
    """Where the server writes until its own log is open."""
    return cluster.with_name("postgres-start.log")


def _arguments(flags: dict[str, str]) -> Iterator[str]:
    for name, value in flags.items():
        yield from ("-c", f"{name}={value}")


def flags(cluster: Path, socket: Path, archive: str) -> dict[str, str]:
    """How the server is tuned: for two cores and a company's data, nothing that could lose an acknowledged write."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": SHARED_BUFFERS,
        "effective_cache_size": "1GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than our short queries take
        "fsync": "on",
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
        "log_directory": str(cluster.with_name("log")),
        "log_filename": "postgres-%a.log",  # seven files, each overwritten after a week
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "archive_mode": "on" if archive else "off",
        "archive_command": archive,
        "archive_timeout": "60s" if archive else "0",  # so much is lost at most when the whole machine is
    }


def make_database(connection: psycopg.Connection) -> None:
    """Our role and database, if they are missing."""
    connection.autocommit = True
    name = sql.Identifier(NAME)
    connection.execute("SELECT pg_advisory_lock(hashtext('kith'))")  # of several that wait, one makes them
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(name))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))


def _open_to_server(data: Path) -> Path:
    """The data folder, if PostgreSQL's user may enter it."""
    user = binaries.other_user()
    if user and (closed := binaries.barrier(data, user)):
        raise NoPostgres(
            f"KITH_DATA={data}: PostgreSQL does not run as root, and the user {user.pw_name} cannot enter {closed}. "
            "Choose another folder, such as /var/lib/kith, or run Kith as an ordinary user."
        )
    return data


def programs_for(cluster: Path) -> Binaries:
    """The programs of the cluster's version, where PostgreSQL's user can run them."""
    data = _open_to_server(cluster.parent)
    return binaries.within_reach(binaries.find(major_of(cluster)), binaries.other_user(), data)


def leavings(cluster: Path, socket: Path) -> Iterator[Path]:
    """The files by which a killed server would keep a new one from starting."""
    yield cluster / "postmaster.pid"
    yield socket / ".s.PGSQL.5432.lock"
    yield socket / ".s.PGSQL.5432"


def postmaster(cluster: Path) -> int | None:
    """The process id of the server's main process, as it wrote it down."""
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
