"""A process that belongs to another one leaves when that one is gone, even after kill -9."""

import os
import signal
import threading
import time

GRACE = 30.0


def follow_parent() -> None:
    """Stop this process in order once its parent has died; harder when it does not stop."""
    parent = os.getppid()
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
