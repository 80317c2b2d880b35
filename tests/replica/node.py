"""A PostgreSQL server of the drill, made of the embedded programs: a primary, or the standby that follows one."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from tests.crash.installation import LOOPBACK, all_pids, free_port, kill, stands_in, wait_until

from kith.core.postgres import binaries, cluster, locks, processes

#: As the embedded server is tuned, but small, reached by port, and with more of its log kept for a standby.
OTHERWISE = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "wal_keep_size": "512MB",
    "logging_collector": "off",
    "max_wal_size": "1GB",
}


@dataclass
class Node:
    """One server in a folder of its own."""

    base: Path
    name: str
    port: int = field(default_factory=free_port)

    @property
    def folder(self) -> Path:
        """Its data."""
        return self.base / self.name

    @property
    def programs(self) -> binaries.Binaries:
        """PostgreSQL's programs, where its user can run them."""
        return binaries.within_reach(binaries.find(), binaries.other_user(), self.base)

    def make(self) -> "Node":
        """A new primary with Kith's empty database."""
        self.base.chmod(0o711)
        with (self.base / f"{self.name}.lock").open("w") as lock:
            cluster.initialise(self.folder, self.programs, lock.fileno())
        self.start()
        with self.connect("postgres", "postgres") as connection:
            cluster.make_database(connection)
        return self

    def follow(self, primary: "Node") -> "Node":
        """Become the standby of a primary, by a copy of all its data."""
        shutil.rmtree(self.folder, ignore_errors=True)
        locks.make_server_folder(self.folder)
        place = f"host={LOOPBACK} port={primary.port} user=postgres application_name={self.name}"
        words = [
            self.programs.program("pg_basebackup"),
            "-D",
            self.folder,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            place,
        ]
        self.run(words)
        self.start()
        return self

    def start(self) -> None:
        """Start it and wait until it answers."""
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        flags = cluster.flags(self.folder, self.base, "") | OTHERWISE | {"port": str(self.port)}
        words = [part for name, value in flags.items() for part in ("-c", f"{name}={value}")]
        with (self.base / f"{self.name}.log").open("ab") as log:
            subprocess.Popen(
                [self.programs.program("postgres"), "-D", self.folder, *words],
                **self.surroundings, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        wait_until(self.answers, f"{self.name} starts")

    def run(self, words: list[str | Path]) -> None:
        """Run a program of PostgreSQL to its end."""
        answer = subprocess.run(words, **self.surroundings, capture_output=True, text=True)
        if answer.returncode:
            raise RuntimeError(f"{words[0]}: {answer.stderr}")

    @property
    def surroundings(self) -> dict[str, Any]:
        """As whom and where PostgreSQL's programs run."""
        return {**binaries.run_as(binaries.other_user()), "cwd": "/", "env": cluster.ENVIRONMENT}

    def connect(self, database: str = cluster.NAME, role: str = cluster.NAME) -> psycopg.Connection:
        """A connection to it."""
        return psycopg.connect(
            host=LOOPBACK, port=self.port, dbname=database, user=role, connect_timeout=5, autocommit=True
        )

    def ask(self, query: str, *values: Any) -> Any:
        """The first value that a query of the superuser gives."""
        with self.connect(role="postgres") as connection:
            found = connection.execute(query.encode(), values)
            row = found.fetchone() if found.description else None
            return row[0] if row else None

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            self.connect("postgres", "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def set(self, name: str, value: str) -> None:
        """Change a setting of the running server."""
        self.ask(f"ALTER SYSTEM SET {name} = '{value}'")
        self.ask("SELECT pg_reload_conf()")

    def pids(self, title: str = "") -> list[int]:
        """Its processes, or those with this title."""
        standing = [pid for pid in all_pids() if stands_in(pid, self.folder)]
        return [pid for pid in standing if (found := processes.look(pid)) and found.command.startswith(title)]

    def kill(self) -> None:
        """kill -9 of all of it, as when its machine loses power."""
        while pids := self.pids():
            for pid in pids:
                kill(pid)

    def stall(self) -> int:
        """Stop what sends to standbys in its tracks; how many processes that were."""
        senders = self.pids("postgres: walsender")
        for pid in senders:
            os.kill(pid, signal.SIGSTOP)
        return len(senders)

    def promote(self) -> None:
        """Make a standby the primary."""
        self.ask("SELECT pg_promote(true, 60)")


def url_of(*nodes: Node) -> str:
    """DATABASE_URL of these servers."""
    places = ",".join(f"{LOOPBACK}:{node.port}" for node in nodes)
    return f"postgresql://{cluster.NAME}@{places}/{cluster.NAME}"


class Pair:
    """A primary and its standby."""

    def __init__(self, base: Path) -> None:
        self.primary = Node(base, "first").make()
        self.standby = Node(base, "second").follow(self.primary)

    @property
    def url(self) -> str:
        """Both of them, whichever takes writes."""
        return url_of(*sorted((self.primary, self.standby), key=lambda node: node.name))

    def bind(self) -> None:
        """Let each commit wait until the standby has it on its disk."""
        self.primary.set("synchronous_standby_names", "*")
        query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
        wait_until(lambda: self.primary.ask(query), "the standby is synchronous")

    def free(self) -> None:
        """Let commits wait for nobody."""
        self.primary.set("synchronous_standby_names", "")

    def fail_over(self) -> None:
        """The primary dies; the standby takes its place and, being alone, waits for nobody."""
        self.primary.kill()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.free()

    def repair(self) -> None:
        """Make the dead one the standby of the other."""
        self.standby.follow(self.primary)
        self.bind()

    def stop(self) -> None:
        """End both."""
        for node in (self.primary, self.standby):
            node.kill()


@contextmanager
def following(base: Path) -> Iterator[Pair]:
    """A primary and its standby in this folder, as long as they are needed."""
    pair = Pair(base)
    try:
        yield pair
    finally:
        pair.stop()
