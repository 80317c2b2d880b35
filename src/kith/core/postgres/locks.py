"""Locks on files and private folders: what keeps two processes from doing the same thing to one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kith.core.postgres.binaries import NoPostgres, other_user

ALONE, TOGETHER = fcntl.LOCK_EX, fcntl.LOCK_SH


@contextmanager
def lock(path: Path, kind: int, *, wait: bool = False) -> Iterator[int | None]:
    """The descriptor of the locked file, or None when others hold it. A process that inherits it holds the lock too."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor if take(descriptor, kind, wait=wait) else None
    finally:
        os.close(descriptor)


def take(descriptor: int, kind: int, *, wait: bool = False) -> bool:
    """Lock an open file, or change the lock on it; where that fails, a lock held before is lost."""
    try:
        fcntl.flock(descriptor, kind | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


def make_folder(folder: Path) -> None:
    """A folder of ours that others cannot read; PostgreSQL's user may pass through it when we are root."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        path.chmod(0o711 if other_user() else 0o700)
    _refuse_strangers(folder)


def make_server_folder(folder: Path) -> None:
    """A folder that only PostgreSQL's user may enter."""
    folder.mkdir(exist_ok=True, mode=0o700)
    _refuse_strangers(folder)
    if user := other_user():
        os.chown(folder, user.pw_uid, user.pw_gid)


def _refuse_strangers(folder: Path) -> None:
    """In /tmp somebody else may have made the folder first, to give us a server of his own."""
    user = other_user()
    owners = {os.geteuid(), user.pw_uid} if user else {os.geteuid()}
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise NoPostgres(f"{folder} belongs to another user; remove it or choose another KITH_DATA.")
