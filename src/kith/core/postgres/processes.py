"""What lives behind a process id. Containers reuse low ids and may never reap a dead child, so an id alone says little."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A living process."""

    pid: int
    parent: int
    command: str


def look(pid: int) -> Process | None:
    """The living process of this id; a zombie does not live."""
    return _look_in_proc(pid) if (PROC / "self").exists() else _ask_ps(pid)


def _look_in_proc(pid: int) -> Process | None:
    try:
        state, parent = (PROC / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return None
    return None if state in "ZX" else Process(pid, int(parent), os.fsdecode(command).strip())


def _ask_ps(pid: int) -> Process | None:
    answer = subprocess.run(["ps", "-o", "stat=,ppid=,command=", "-p", str(pid)], capture_output=True, text=True)
    parts = answer.stdout.split(maxsplit=2)
    if len(parts) < 3 or parts[0].startswith("Z"):
        return None
    return Process(pid, int(parts[1]), parts[2].strip())


def is_postmaster(pid: int, cluster: Path) -> bool:
    """Whether this is the main process of a PostgreSQL on this cluster."""
    process = look(pid)
    return process is not None and "postgres" in process.command and str(cluster) in process.command


def quit_orphans(cluster: Path) -> None:
    """End the children of a killed server that are still busy, since a new server must wait for them.

    PostgreSQL's processes stand in their cluster; an orphan is one whose parent does not.
    """
    standing = {process.pid: process for process in _standing_in(cluster)}
    for process in standing.values():
        if process.command.startswith("postgres:") and process.parent not in standing:
            try:
                os.kill(process.pid, signal.SIGQUIT)
            except ProcessLookupError:
                continue


def _standing_in(cluster: Path) -> Iterator[Process]:
    for folder in PROC.glob("[0-9]*"):
        try:
            here = (folder / "cwd").readlink() == cluster
        except OSError:
            continue
        if here and (process := look(int(folder.name))):
            yield process
