"""Starts processes, starts them again when they die, keeps the embedded database alive, and stops all in order."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.core.postgres import NoPostgres, Server

logger = logging.getLogger("kith.serving")
GRACE = 35.0  # seconds between asking a process to stop and killing it
STEADY = 30.0  # a process that lived so long is started again at once
LONGEST_PAUSE = 10.0


@dataclass(slots=True)
class Child:
    """One process under supervision."""

    name: str
    module: str
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, so that it hears of Ctrl-C from us and not by itself."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            env={**os.environ, **self.environment, "KITH_SUPERVISED": "1"},
            start_new_session=True,
        )

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start it again, each time later while it keeps dying."""
        lived = time.monotonic() - self.started
        self.pause = 0.0 if lived > STEADY else min(LONGEST_PAUSE, max(0.5, self.pause * 2))
        if lived >= self.pause:
            code = self.process.returncode if self.process else None
            logger.warning("%s ended with %s and is started again", self.name, code)
            self.clear()
            self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        if self.process and self.is_running():
            self.process.terminate()

    def clear(self) -> None:
        """Kill whatever is left of the process and of those it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


def supervise(children: list[Child], server: Server | None, ready: Callable[[], None] | None = None) -> int:
    """Run the children until SIGTERM or SIGINT; `ready` is called beside them once they are started."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    for child in children:
        child.start()
    if ready:
        threading.Thread(target=ready, daemon=True).start()
    while not stop.wait(0.5):
        _look_after(children, server)
    return _stop(children)


def _look_after(children: list[Child], server: Server | None) -> None:
    if server:
        try:
            server.ensure()
        except NoPostgres:
            logger.exception("the database does not start; trying again")
    for child in children:
        if not child.is_running():
            child.revive()


def _stop(children: list[Child]) -> int:
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + GRACE
    while any(child.is_running() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.clear()
    return 0
