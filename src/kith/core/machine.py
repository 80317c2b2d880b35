"""What this machine is and how fast: beside every figure that is kept."""

import time
from pathlib import Path


def read(path: str) -> str:
    """A file of the system, or nothing."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


ADDITIONS = 10_000_000


def speed(share: int = 1) -> float:
    """Seconds that this machine takes for ten million additions in Python, told from a part of them: shared machines differ by the minute."""
    started, number = time.perf_counter(), 0
    for step in range(ADDITIONS // share):
        number += step
    return (time.perf_counter() - started) * share
