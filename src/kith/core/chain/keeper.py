"""Seals while a worker runs: every few seconds, in a thread of its own, so that no long job can make it wait.

No job of the queue: asking for one every three seconds would write to the database day and night. A look finds nothing to
do without a write. Of several workers that look at the same moment one seals.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, close_old_connections, connection

from . import anchors, sealer

logger = logging.getLogger("kith.sealing")
PAUSE = 3.0


@contextmanager
def keeping() -> Iterator[None]:
    """Seal beside what happens inside the block."""
    stop = threading.Event()
    thread = threading.Thread(target=keep, args=(stop,), name="sealing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def keep(stop: threading.Event) -> None:
    """Seal until asked to stop; while the database is away, try again."""
    try:
        while not stop.wait(PAUSE):
            step()
    finally:
        connection.close()


def step() -> int:
    """Seal what has settled and write an anchor if one is due; how many rows."""
    close_old_connections()
    try:
        done = sealer.seal()
        if anchor := anchors.drop():
            logger.info("anchor of seal %s written", anchor.number)
        return done
    except (DatabaseError, OSError):
        logger.exception("the ledger could not be sealed; trying again")
        connection.close()
        return 0
