"""The search for duplicates in a process of its own, as a worker runs it: seconds, processor time, memory."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any


def begun() -> None:
    """Become a worker's process on the data of this environment."""
    os.environ["KITH_PROCESS"] = "worker"
    import django

    django.setup()


def look() -> dict[str, Any]:
    """Look through everything."""
    from kith.core import database
    from kith.parties import jobs

    started, spent = time.monotonic(), time.process_time()
    pairs = jobs.find_all_duplicates()["open"]
    found = {
        "seconds": round(time.monotonic() - started, 1),
        "python_processor_seconds": round(time.process_time() - spent, 1),
        "python_mb": kilobytes(Path("/proc/self/status"), "VmHWM:") // 1024,
        "pairs": pairs,
    }
    database.close()
    return found


def apart(data: Path) -> dict[str, Any]:
    """`look` in a fresh process, with what the database's processes took for it."""
    main, most = postmaster(data), 0
    before = spent(main)
    with multiprocessing.get_context("spawn").Pool(1, begun) as pool:
        answer = pool.apply_async(look)
        while not answer.ready():
            most = max(most, held(main))
            answer.wait(0.2)
        found: dict[str, Any] = answer.get()
        pool.close()
        pool.join()
    time.sleep(0.5)
    found["database_processor_seconds"] = round(spent(main) - before, 1)
    found["database_mb"] = most // 1024
    found["memory_mb"] = found["python_mb"] + found["database_mb"]
    return found


def postmaster(data: Path) -> int:
    """The server of a data folder."""
    return int((data / "pg" / "postmaster.pid").read_text().split()[0])


def spent(server: int) -> float:
    """Processor time of the processes of a server that have ended."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def held(server: int) -> int:
    """Memory of a server's processes in kB, without what they share."""
    try:
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    except OSError:
        return 0
    return sum(kilobytes(Path(f"/proc/{child}/status"), "RssAnon:") for child in children)


def kilobytes(status: Path, name: str) -> int:
    """What a process holds, by one line of its status; 0 when it has ended. (What getrusage tells may be the parent's.)"""
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
