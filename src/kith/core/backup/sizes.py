"""How much room a backup or a restore takes at the least: without it neither begins, since a full disk stops everybody."""

from contextlib import suppress
from pathlib import Path

from kith.core import room
from kith.core.backup import Failed

#: gzip makes rows and pages no smaller than a twentieth, and seldom larger than a third.
PACKED, UNPACKED = 20, 3


def of(folder: Path) -> int:
    """Bytes of all files of a folder."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # erased while we look
            size += path.stat().st_size if path.is_file() else 0
    return size


def require(folder: Path, size: int, what: str) -> None:
    """Room for so many bytes in a folder that may not be there yet. Raises Failed."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    if not room.takes(place, size):
        raise Failed(f"There is no room for {what} in {folder}: it takes at least {size / 1024**2:.0f} MB. Make room, or name another disk.")  # fmt: skip
