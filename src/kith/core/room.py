"""Room on the disk: before it is full, Kith stops to write and goes on reading; when there is room again it writes again.

PostgreSQL stops altogether when it cannot write its log, so writing ends while there is still room for what it has begun:
first uploads and exports, then every change-set, whichever door it comes through; last those that make room: putting into
the trash and erasing. Nothing is remembered between two looks.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kith import env
from kith.core.errors import Busy
from kith.core.home import data_folder

PERCENT = env.number("KITH_FREE_PERCENT", 5, "Percent of the disk that must be free for Kith to write.", high=90)
MEGABYTES = env.number("KITH_FREE_MB", 1024, "Megabytes that must be free on the disk for Kith to write.")
#: Uploads and exports, which take much room, need half as much again.
LARGE = 1.5
#: What makes room needs a tenth of it, for the lines that it leaves in the ledger.
MAKING = 0.1

_needed: ContextVar[float] = ContextVar("kith_room_needed", default=1.0)


class NoRoom(Busy):
    """The disk is nearly full; nothing changed, and the same succeeds when there is room."""

    seconds = 30


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk that Kith writes to."""

    folder: Path
    free: int
    total: int

    def has(self, times: float = 1.0) -> bool:
        """Whether so many times of what must be free is free."""
        return self.free >= times * max(self.total * PERCENT / 100, MEGABYTES * 1024**2)


def disks() -> Iterator[Disk]:
    """Those of the data folder and of the embedded database in it."""
    for folder in (data_folder(), data_folder() / "pg"):
        try:
            usage = shutil.disk_usage(folder)
        except OSError:
            continue  # not there yet, or another machine's
        yield Disk(folder, usage.free, usage.total)


def is_there(times: float = 1.0) -> bool:
    """Whether there is room to write."""
    return all(disk.has(times) for disk in disks())


@contextmanager
def making() -> Iterator[None]:
    """What happens in here makes room, so it may use what is kept for that."""
    token = _needed.set(MAKING)
    try:
        yield
    finally:
        _needed.reset(token)


def takes(folder: Path, size: int) -> bool:
    """Whether so many bytes fit into a folder; on a disk that Kith writes to, so that it can go on to write."""
    usage = shutil.disk_usage(folder)
    after = Disk(folder, usage.free - size, usage.total)
    is_ours = folder.stat().st_dev in {disk.folder.stat().st_dev for disk in disks()}
    return after.has() if is_ours else after.free > 0


def require() -> None:
    """Room for a change. Raises NoRoom."""
    if is_there(_needed.get()):
        return
    if is_there(MAKING):
        raise NoRoom(_("The disk of the server is nearly full, so nothing can be changed now; deleting and emptying the trash go on. Nothing was lost. Tell your administrator."))  # fmt: skip

    raise NoRoom(_("The disk of the server is full, so nothing at all can be changed now. Nothing was lost. Tell your administrator."))  # fmt: skip


@contextmanager
def reading() -> Iterator[None]:
    """What happens in here only reads, for however long: it needs no room."""
    token = _needed.set(0.0)
    try:
        yield
    finally:
        _needed.reset(token)


def require_much() -> None:
    """Room for a file or an export. Raises NoRoom."""
    if not is_there(LARGE):
        raise NoRoom(_("The disk of the server is nearly full, so files and exports have to wait. Everything else goes on. Tell your administrator."))  # fmt: skip


def problem() -> str:
    """What an administrator has to know; empty when there is room."""
    short = [disk for disk in disks() if not disk.has(LARGE)]
    if not short:
        return ""
    disk = short[0]
    state = (
        "uploads and exports wait"
        if disk.has()
        else "nothing can be written but what makes room, as emptying the trash does"
        if disk.has(MAKING)
        else "nothing can be written"
    )
    return f"{disk.free // 1024**2} MB ({disk.free * 100 // disk.total} %) are free in {disk.folder}: {state} (KITH_FREE_PERCENT, KITH_FREE_MB); make room."  # fmt: skip
