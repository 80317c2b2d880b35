"""The server under test: Kith's own web process on a free port, its memory and processor time, and those of PostgreSQL."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kith.core.postgres import Server

from .client import LOOPBACK, Broken, Browser

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
READY = 60.0


@dataclass(frozen=True, slots=True)
class Web:
    """The running web server."""

    process: subprocess.Popen[bytes]
    port: int
    database: Server

    def processes(self) -> list[int]:
        """The web server's process and its workers."""
        return family(self.process.pid)

    def memory(self) -> list[float]:
        """Resident memory of each web process, in megabytes."""
        return [resident(pid) for pid in self.processes()]

    def spent(self) -> tuple[float, float]:
        """Seconds of processor time that web and PostgreSQL have used so far."""
        return sum(map(used, self.processes())), sum(map(used, database_processes(self.database)))


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, *words: str) -> Iterator[Web]:
    """A web server on this data folder: only the web process, or with `words` a whole command of Kith."""
    port = free_port()
    environment = {
        **os.environ,
        "KITH_DATA": str(data),
        "KITH_PORT": str(port),
        "KITH_PROCESS": "web",
        "KITH_TIMING": "true",
        "LOG_LEVEL": "ERROR",
    }
    if words:
        environment.pop("KITH_PROCESS")
    process = subprocess.Popen(
        [sys.executable, "-m", *(words or ("kith.core.serving.web",))], env=environment, start_new_session=True
    )
    try:
        wait(process, port)
        yield Web(process, port, Server(data))
    finally:
        process.terminate()
        process.wait(60)


def forget(data: Path) -> None:
    """Let the system forget the files of a stopped database, so that the next start reads them from the disk."""
    os.sync()
    for path in (data / "pg").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the first page can be had."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Browser(port).get("/login").status == 200:
                return
        except (OSError, Broken):
            time.sleep(0.02)
    raise Broken("the web server did not start; see its messages above")


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def database_processes(database: Server) -> list[int]:
    """The processes of the embedded server."""
    try:
        return family(int((database.folder / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return []


def stat(pid: int) -> list[str]:
    """State, parent and counters of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def used(pid: int) -> float:
    """Seconds of processor time of a process, with those of its ended children."""
    fields = stat(pid)
    return sum(map(int, fields[11:15])) / TICK if fields else 0.0


def resident(pid: int) -> float:
    """Resident memory in megabytes."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
    except OSError:
        return 0.0
