"""Reads a table in a child process with limits, so that a hostile file can harm nothing but its own import."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from .errors import Problem, Unreadable
from .table import Layout, Reading, Row, Table
from .wire import Done, Failed, Frame, Limits, Opened, Request, Rows, frames

CHILD = "kith.core.exchange.formats.child"
#: The folder that holds the package `kith`.
ROOT = str(Path(__file__).resolve().parents[4])
#: How a child ends when a limit stops it, and what that means for the file.
DEATHS = {-signal.SIGXCPU: "too_slow", -signal.SIGKILL: "too_large", -signal.SIGABRT: "too_large"}


class Sandbox:
    """One file and the child that reads it; every pass over the rows has a child of its own."""

    def __init__(self, source: Path | bytes, reading: Reading, limits: Limits) -> None:
        self.reading, self.limits = reading, limits
        self.copy: IO[bytes] | None = None
        self.path = source if isinstance(source, Path) else self.keep(source)
        self.started: Reader | None = None

    def keep(self, content: bytes) -> Path:
        """Put bytes into a temporary file, which a child can read at its own pace."""
        self.copy = tempfile.NamedTemporaryFile(prefix="kith-")  # noqa: SIM115
        self.copy.write(content)
        self.copy.flush()
        return Path(self.copy.name)

    def open(self, filename: str) -> Table:
        """The table, with its layout known; the child that found it goes on with the first pass over the rows."""
        try:
            self.started = self.start(self.reading)
        except BaseException:
            self.close()
            raise
        self.reading = self.started.layout.reading
        return Table(self.started.layout, self.rows, self.close, filename)

    def start(self, reading: Reading) -> "Reader":
        """A new child at the beginning of the file."""
        return Reader(self.path, Request(reading, self.limits))

    def rows(self) -> Iterator[Row]:
        """The data rows; the first pass continues the child that found the layout."""
        reader, self.started = self.started or self.start(self.reading), None
        try:
            yield from reader.rows()
        finally:
            reader.stop()

    def close(self) -> None:
        """End what still runs and remove the temporary file."""
        if self.started:
            self.started.stop()
            self.started = None
        if self.copy:
            self.copy.close()
            self.copy = None


class Reader:
    """A running child whose layout has arrived."""

    def __init__(self, path: Path, request: Request) -> None:
        command = [sys.executable, "-X", "utf8", "-m", CHILD, msgspec.json.encode(request).decode()]
        environment = {"PYTHONPATH": ROOT, "PYTHONSAFEPATH": "1", "PATH": os.defpath, "LANG": "C.UTF-8"}
        with path.open("rb") as file:
            self.process = subprocess.Popen(
                command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        assert self.process.stdout
        self.frames = frames(self.process.stdout)
        try:
            self.layout = self.opened()
        except BaseException:
            self.stop()
            raise

    def opened(self) -> Layout:
        """The layout, which arrives first."""
        frame = self.next_frame()
        if not isinstance(frame, Opened):
            raise Unreadable("damaged")
        return frame.layout

    def rows(self) -> Iterator[Row]:
        """The rows as they arrive, up to the word that they were all."""
        while not isinstance(frame := self.next_frame(), Done):
            if not isinstance(frame, Rows):
                raise Unreadable("damaged")
            for number, cells, problems in frame.rows:
                yield Row(number, cells, tuple(Problem(*problem) for problem in problems) if problems else ())

    def next_frame(self) -> Frame:
        """The next frame; a child that fails or goes silent means that the file cannot be read."""
        frame = next(self.frames, None)
        if frame is None:
            raise Unreadable(self.cause_of_death())
        if isinstance(frame, Failed):
            raise Unreadable(frame.key, **frame.facts)
        return frame

    def cause_of_death(self) -> str:
        """Why the child went silent."""
        if self.process.stdout:
            self.process.stdout.close()
        try:
            return DEATHS.get(self.process.wait(timeout=5), "damaged")
        except subprocess.TimeoutExpired:
            return "damaged"

    def stop(self) -> None:
        """End the child, whatever it is doing."""
        self.process.kill()
        if self.process.stdout:
            self.process.stdout.close()
        self.process.wait()
