"""Something that a process does beside its work: in a thread of its own, every few seconds, whatever happens to the database."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, close_old_connections, connection

logger = logging.getLogger("kith.beside")


@contextmanager
def beside(name: str, pause: float, step: Callable[[], Any]) -> Iterator[None]:
    """Do `step`, which raises nothing (see `attempt`), every `pause` seconds beside what happens inside the block."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(stop, pause, step), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _keep(stop: threading.Event, pause: float, step: Callable[[], Any]) -> None:
    try:
        while not stop.wait(pause):
            step()
    finally:
        connection.close()


def attempt(name: str, step: Callable[[], Any]) -> Any:
    """Do it once; while the database or the disk is away, the next time tries again."""
    close_old_connections()
    try:
        return step()
    except (DatabaseError, OSError):
        logger.exception("%s did not work; trying again", name)
        connection.close()
        return None
