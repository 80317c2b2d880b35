"""The database that those of all test processes are copies of: migrating an empty one takes ten seconds of a processor, a copy half of one.

It is made beside the reading of the tests, by the process that hands them out; whoever needs it earlier waits for it.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from psycopg import Connection, sql

from kith.core.postgres import Server, cluster

MAKE = "CREATE DATABASE {} TEMPLATE {} OWNER {}"
RENAME = "ALTER DATABASE {} RENAME TO {}"
DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"


def begin(server: Server, schema: str) -> "subprocess.Popen[bytes] | None":
    """Start making the ground of a state of all migrations, unless it is there; the lock on it goes with the process."""
    handle = os.open(_lock(server), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _maintenance(server) as connection:
            if _exists(connection, name_of(schema)):
                return None
        command = [sys.executable, "-m", "kith.core.testing.ground", str(server.data), schema]
        return subprocess.Popen(command, pass_fds=[handle])
    finally:
        os.close(handle)


def copy(server: Server, schema: str, name: str) -> bool:
    """Whether a database that was not there is now, as a copy of the ground."""
    with _locked(server), _maintenance(server) as connection:
        if _exists(connection, name) or not _exists(connection, name_of(schema)):
            return False
        _run(connection, MAKE, name, name_of(schema), cluster.NAME)
        return True


def make(server: Server, schema: str) -> None:
    """Migrate an empty database; it bears the name of the ground only when it is whole."""
    half = f"{name_of(schema)}_half"
    with _maintenance(server) as connection:
        _run(connection, DROP, half)
        _run(connection, MAKE, half, "template0", cluster.NAME)
        url = f"postgresql://{cluster.NAME}@/{half}?host={quote(str(server.socket), safe='/')}"
        words = [sys.executable, "-m", "kith.cli", "manage", "migrate", "--verbosity=0"]
        subprocess.run(words, env={**os.environ, "DATABASE_URL": url}, check=True)
        _run(connection, RENAME, half, name_of(schema))


def name_of(schema: str) -> str:
    """What the ground of a state of all migrations is called."""
    return f"kith_ground_{schema}"


@contextmanager
def _locked(server: Server) -> Iterator[None]:
    with _lock(server).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _lock(server: Server) -> Path:
    return server.data / "ground.lock"


@contextmanager
def _maintenance(server: Server) -> Iterator[Connection]:
    connection = server.connect("postgres", "postgres")
    connection.autocommit = True
    with connection:
        yield connection


def _exists(connection: Connection, name: str) -> bool:
    found = connection.execute(EXISTS, [name]).fetchone()
    return bool(found and found[0])


def _run(connection: Connection, words: str, *names: str) -> None:
    connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))


if __name__ == "__main__":
    make(Server(Path(sys.argv[1])), sys.argv[2])
