"""Folders that a restore puts in place of the present ones: all of them or none, whenever the machine or a process ends.

1. What is to come is moved beside what is there, and lies on the disk.
2. A mark is written. From then on the exchange is certain: whoever starts the server next goes on with it.
3. Folder by folder what is there is kept aside and what is to come takes its place.
"""

import os
import shutil
from pathlib import Path

READY, KEPT = ".restored", ".before-restore"
FOLDERS = ("pg", "files")
MARK = "exchanging"


def exchange(come: Path, data: Path) -> None:
    """The folders of `come` instead of those of `data`; for whoever holds the server's lock alone."""
    for name in FOLDERS:
        shutil.rmtree(data / f"{name}{READY}", ignore_errors=True)
        (come / name).mkdir(exist_ok=True)
        (come / name).rename(data / f"{name}{READY}")
    os.sync()
    (data / MARK).touch()
    os.sync()
    finish(data)


def finish(data: Path) -> None:
    """Go on with an exchange that has begun."""
    if not (data / MARK).exists():
        return
    for name in FOLDERS:
        put(data / f"{name}{READY}", data / name)
    os.sync()
    (data / MARK).unlink()


def put(ready: Path, place: Path) -> None:
    """One folder in its place, once. What was kept before goes only when something stands there to be kept instead."""
    if not ready.exists():
        return
    if place.exists():
        kept = place.with_name(f"{place.name}{KEPT}")
        kept.unlink() if kept.is_symlink() else shutil.rmtree(kept, ignore_errors=True)
        place.rename(kept)
    ready.rename(place)
