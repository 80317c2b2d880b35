"""A running Kith on a data folder of its own: start it, find its processes, kill one of them, wait until it is whole again."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kith.core.postgres import Server, cluster, processes

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
PATIENCE = 300.0  # seconds; it only ends a drill that hangs, it never decides one
WEB, WORKER = "kith.core.serving.web", "kith.core.serving.worker"
#: What is killed, the most telling first.
VICTIMS = (
    "job worker", "postmaster", "everything", "backend", "web worker", "frozen job worker", "supervisor", "frozen backend", "web main",
    "job worker that may leave",
)  # fmt: skip
FROZEN = "frozen "
LONGEST_FREEZE = 2.0  # seconds


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def environment(data: Path, port: int) -> dict[str, str]:
    """Settings of every process of the drill: quick to notice a dead worker, and nothing of the caller's installation."""
    ours = {
        "KITH_DATA": str(data),
        "KITH_PORT": str(port),
        "KITH_HEARTBEAT": "1",
        "KITH_JOBS": "3",
        "LOG_LEVEL": "WARNING",
    }
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KITH_PROCESS", "BASE_URL")
    }
    return kept | ours | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}


def wait_until(condition: Callable[[], Any], what: str, *, every: float = 0.05) -> float:
    """Seconds until the condition holds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(every)
    return time.monotonic() - began


@dataclass
class Installation:
    """`kith serve` on a data folder."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    #: Settings beside those of every drill, such as an outside database.
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        """Its database."""
        return Server(self.data)

    @property
    def environment(self) -> dict[str, str]:
        """Settings of each of its processes."""
        return environment(self.data, self.port) | self.settings

    def start(self) -> None:
        """Start the supervisor; what it says is appended to a file."""
        with (self.data.parent / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kith.cli", "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )

    def stop(self) -> None:
        """Stop in order; whatever is left after that is killed."""
        if self.process is None:
            self.server.stop()
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            for pid in [*self.children(WEB), *self.children(WORKER), *self.postgres()]:
                kill(pid)

    def ready(self) -> dict[str, Any]:
        """What /readyz answers; empty while it does not."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
        try:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            answer = connection.getresponse()
            body: dict[str, Any] = json.loads(answer.read())
            return body if answer.status == 200 else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    def is_whole(self) -> bool:
        """Whether web, worker and database are at work."""
        return len(self.web()) >= 2 and bool(self.children(WORKER)) and self.ready().get("workers", 0) >= 1

    # --- its processes ----------------------------------------------------------------------------------------------

    def children(self, module: str) -> list[int]:
        """The living processes of this installation that run a module."""
        return [
            pid
            for pid in all_pids()
            if (found := processes.look(pid)) and found.command.endswith(f"-m {module}") and self.owns(pid)
        ]

    def members(self) -> list[int]:
        """Web server and worker: the same ones as long as nothing had to be started anew."""
        return sorted(self.children(WEB) + self.children(WORKER))

    def owns(self, pid: int) -> bool:
        """Whether a process has our data folder in its environment."""
        try:
            return f"KITH_DATA={self.data}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def web(self) -> list[int]:
        """The web server's main process first, then its workers; empty without the first."""
        pids = self.children(WEB)
        mains = [pid for pid in pids if (found := processes.look(pid)) and found.parent not in pids]
        return [*mains, *(pid for pid in pids if pid not in mains)] if len(mains) == 1 else []

    def postgres(self) -> list[int]:
        """All processes of the database."""
        return [pid for pid in all_pids() if stands_in(pid, self.server.folder) and processes.look(pid)]

    def backends(self) -> list[int]:
        """The processes of the database that serve a connection of ours."""
        return [
            pid
            for pid in self.postgres()
            if (found := processes.look(pid)) and found.command.startswith(f"postgres: {cluster.NAME} {cluster.NAME} ")
        ]

    # --- killing ----------------------------------------------------------------------------------------------------

    def victims(self, name: str, dice: random.Random) -> list[int]:
        """The processes to kill."""
        assert self.process is not None
        if name == "everything":
            return [self.process.pid, *self.children(WEB), *self.children(WORKER), *self.postgres()]
        found = {
            "job worker": lambda: self.children(WORKER),
            "job worker that may leave": lambda: self.children(WORKER),
            "postmaster": lambda: [cluster.postmaster(self.server.folder)],
            "backend": self.backends,
            "web worker": lambda: self.web()[1:],
            "supervisor": lambda: [self.process and self.process.pid],
            "web main": lambda: self.web()[:1],
        }[name.removeprefix(FROZEN)]()
        return [pid for pid in [dice.choice(sorted(found))] if pid] if found else []

    def kill(self, name: str, pids: list[int]) -> None:
        """kill -9, at once; of everything also what was born meanwhile. What is frozen goes on after a while."""
        if name.startswith(FROZEN):
            freeze(pids)
            return
        for pid in pids:
            kill(pid, signal.SIGTERM if name == "job worker that may leave" else signal.SIGKILL)
        if name in ("supervisor", "everything"):
            assert self.process is not None
            self.process.wait()
        if name == "everything":
            for pid in [*self.children(WEB), *self.children(WORKER), *self.postgres()]:
                kill(pid)

    def recover(self, name: str, pids: list[int]) -> float:
        """Seconds until all is there again by itself; only a killed supervisor is started by us, as systemd would."""
        began = time.monotonic()
        if name in ("supervisor", "everything"):
            wait_until(lambda: not self.children(WEB) and not self.children(WORKER), "orphans leave")
            self.start()
        wait_until(
            lambda: (
                name.startswith(FROZEN) or not any(processes.look(pid) and not is_reused(pid, self) for pid in pids)
            ),
            "the killed are gone",
        )
        wait_until(self.is_whole, "ready again")
        return time.monotonic() - began


def is_reused(pid: int, installation: Installation) -> bool:
    """Whether a stranger has the id by now."""
    return not installation.owns(pid) and not stands_in(pid, installation.server.folder)


def all_pids() -> list[int]:
    """Every process of this machine."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def stands_in(pid: int, folder: Path) -> bool:
    """Whether a process has this working directory, as PostgreSQL's have their cluster."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def freeze(pids: list[int]) -> None:
    """Stop processes in the middle of what they do, and let them go on."""
    for pid in pids:
        kill(pid, signal.SIGSTOP)
    time.sleep(random.uniform(0.2, LONGEST_FREEZE))
    for pid in pids:
        kill(pid, signal.SIGCONT)


def kill(pid: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Send a process a signal, unless it is gone."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        pass
