"""The archive of what the embedded server writes: its log (WAL) segment by segment, and each attached file once.

1. The server copies a finished segment, at least each minute, into the folder `wal-out` beside it: a plain copy, which needs none of our
   programs and works while Kith is stopped.
2. A running worker compresses it, encrypts it when there is a key, and moves it to `wal` of the folder for backups.
3. New files are copied to `files` there. A stored file never changes, so each is copied once.

The name of everything here ends with its own SHA-256, so a changed byte is found, whichever it is.
"""

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from django.db import connection

from kith.core import clock, files
from kith.core.backup import Failed, crypt, keeping
from kith.core.beside import attempt, beside
from kith.core.database import embedded
from kith.core.postgres import locks
from kith.core.postgres.archiving import SPOOL, wanted

PAUSE = 1.0
LATE = 300  # seconds
SEGMENT, BYTES = 24, 16 * 1024**2  # characters of its name, and its size
ANOTHER = "set KITH_BACKUPS to another folder, or move what lies there away."
#: Of 64 characters, so that names stay short enough for every file system.
SHOWN = 32


def place() -> Path:
    """Where the archive lies."""
    return keeping.folder() / "wal"


def files_place() -> Path:
    """Where copies of the attached files lie."""
    return keeping.folder() / "files"


@contextmanager
def archiving() -> Iterator[None]:
    """Move what the server wrote to the archive, beside what happens inside the block."""
    if not is_on():
        yield
        return
    copier = Copier()
    with beside("archiving", PAUSE, lambda: attempt("archiving", copier.step)):
        yield


def is_on() -> bool:
    """Whether this installation keeps an archive."""
    return embedded() is not None and wanted()


def waiting() -> tuple[int, float]:
    """How many segments wait to be moved, and for how many seconds the oldest has waited."""
    server = embedded()
    spool = server.data / SPOOL if server else None
    found = [path.stat().st_mtime for path in spool.glob("[0-9]*")] if spool and spool.exists() else []
    return len(found), max(0.0, clock.wall() - min(found)) if found else 0.0


def problem() -> str:
    """What an administrator has to know of the archive; empty when all is well."""
    if not is_on():
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode')")
        if cursor.fetchone()[0] != "on":
            return "KITH_ARCHIVE is on, but the database was started without it: stop it with `kith db stop` once."
    segments, seconds = waiting()
    if seconds > LATE:
        return f"{segments} segments wait for {seconds:.0f} s to be moved to {place()}; look for what the worker says of it."
    return ""


class Copier:
    """Moves segments, and copies files of folders that have changed since it looked last."""

    def __init__(self) -> None:
        self.seen: dict[Path, int] = {}

    def step(self) -> int:
        """Do what there is to do; how many segments and files. Of several workers one does it."""
        server = embedded()
        if server is None:
            return 0
        with locks.lock(server.data / f"{SPOOL}.lock", locks.ALONE) as alone:
            if alone is None:
                return 0
            # The history first: nobody may find segments of a time line of which it is not known where it began.
            return put_histories(server.folder / "pg_wal") + move(server.data / SPOOL) + self.copy_files()

    def copy_files(self) -> int:
        """Copy new files to the archive."""
        done = 0
        for folder in files.folder().glob("??/??"):
            changed = folder.stat().st_mtime_ns
            if self.seen.get(folder) == changed:
                continue
            there = {path.name.split(".")[0] for path in (files_place() / folder.parent.name).glob(f"{folder.parent.name}{folder.name}*")}  # fmt: skip
            for path in folder.iterdir():
                if files.KEY.fullmatch(path.name) and path.name not in there:
                    done += put_file(path)
            self.seen[folder] = changed
        return done


def put_histories(pages: Path) -> int:
    """Archive where each time line of the server began, which a server that was restored has not handed on; how many were new.

    Without it the next restore would begin a time line of the same number.
    """
    return sum(_archive(path) for path in sorted(pages.glob("*.history")))


def move(spool: Path) -> int:
    """Move finished segments to the archive; how many."""
    done = 0
    for path in sorted(spool.iterdir()) if spool.exists() else ():
        if path.name.startswith("."):
            continue  # the server is copying it
        if not path.name.endswith(".backup"):  # says when a base was made, which we know
            _archive(path)
            done += 1
        path.unlink()
    return done


def _archive(path: Path) -> bool:
    """Archive a segment or a history; False when it is there already."""
    name = path.name.replace(".", "-")
    there = segments()
    if (kept := there.get(name)) and b"".join(unpacked(kept)) != path.read_bytes():
        raise OSError(f"{kept} holds something else than {path}: is this archive another installation's?")
    if kept:
        return False
    newest = next((kept for name, kept in reversed(there.items()) if len(name) == SEGMENT), None)
    if newest and len(name) == SEGMENT and system_of(path.read_bytes()) != system_of(next(unpacked(newest))):
        raise OSError(f"{path} was written by another database than {newest}; {ANOTHER}")
    _put(place(), name, f"{name}.gz", path)
    return True


def drop_foreign(spool: Path, system: str) -> None:
    """Remove what another cluster wrote, which was here before the one of the archive."""
    for path in spool.glob("[0-9]*") if spool.exists() else ():
        if len(path.name) == SEGMENT and system_of(path.read_bytes()) != system:
            path.unlink()


def system_of(segment: bytes) -> str:
    """The system identifier of the cluster that wrote a segment: it stands in the header of its first page."""
    return str(int.from_bytes(segment[24:32], "little"))


def put_file(path: Path) -> int:
    """Copy one file; 0 when it was erased meanwhile."""
    try:
        _put(files_place() / path.name[:2], path.name, path.name, path)
    except FileNotFoundError:
        return 0
    return 1


def _put(folder: Path, name: str, written_as: str, source: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".draft-{os.getpid()}" / crypt.name_of(written_as)
    shutil.rmtree(draft.parent, ignore_errors=True)
    draft.parent.mkdir(mode=0o700)
    with source.open("rb") as file, crypt.writing(draft) as out:
        if written_as.endswith(".gz"):
            with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed:  # type: ignore[call-overload]
                shutil.copyfileobj(file, packed, crypt.PIECE)
        else:
            shutil.copyfileobj(file, out, crypt.PIECE)
    ending = draft.name.removeprefix(name)
    draft.rename(folder / f"{name}.{crypt.digest(draft)[:SHOWN]}{ending}")
    draft.parent.rmdir()
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _by_name(paths: Iterator[Path]) -> dict[str, Path]:
    return {path.name.split(".")[0]: path for path in paths if not path.name.startswith(".")}


def segments() -> dict[str, Path]:
    """The archived segments, and the histories of time lines, in their order."""
    return dict(sorted(_by_name(place().glob("0*.*")).items())) if place().exists() else {}


def archived_files() -> dict[str, Path]:
    """The archived files by their key."""
    return _by_name(files_place().glob("??/*"))


def checked(path: Path) -> Path:
    """A file of the archive whose bytes are as its name says."""
    parts = path.name.split(".")
    if len(parts) < 2 or crypt.digest(path)[:SHOWN] != parts[1]:
        raise Failed(f"{path} is damaged: its checksum is not the one in its name.")
    return path


def content(path: Path) -> Iterator[bytes]:
    """What was archived, still compressed if it was."""
    name, _digest, *rest = checked(path).name.split(".")
    return crypt.pieces(path, ".".join((name, *rest)))


def unpacked(path: Path) -> Iterator[bytes]:
    """A segment as the server wrote it."""
    try:
        yield gzip.decompress(b"".join(content(path)))
    except (OSError, EOFError) as error:
        raise Failed(f"{path} is damaged: {error}.") from error


def gaps(names: list[str]) -> Iterator[str]:
    """Segments that are missing between others of their time line (of 16 MB each, as everywhere here)."""
    numbers = [name for name in names if len(name) == SEGMENT]
    for before, after in pairwise(numbers):
        wanted = _number(before) + 1
        if before[:8] == after[:8] and wanted != _number(after):
            yield f"{before[:8]}{wanted // 256:08X}{wanted % 256:08X}"


def is_left(first: str) -> bool:
    """Whether the present time line began before this segment of an older one: no way leads from there to the present."""
    histories = [path for name, path in segments().items() if name.endswith("-history")]
    if not histories:
        return False
    lines = [line.split() for line in b"".join(unpacked(histories[-1])).decode().splitlines() if line[:1].isdigit()]
    ends = {int(words[0]): int("".join(part.zfill(8) for part in words[1].split("/")), 16) // BYTES for words in lines}
    line, present = int(first[:8], 16), int(histories[-1].name[:8], 16)
    return line < present and _number(first) >= ends.get(line, 0)


def _number(segment: str) -> int:
    return int(segment[8:16], 16) * 256 + int(segment[16:], 16)


def since(first: str) -> dict[str, Path]:
    """The archived segments from this one on, and all histories."""
    return {name: path for name, path in segments().items() if len(name) != SEGMENT or name[8:] >= first[8:]}


def bring(folder: Path, first: str, system: str) -> int:
    """Unpack what the archive has from this segment of this cluster on into a folder; how many segments."""
    found = since(first)
    if first not in found:
        raise Failed(f"{first}, with which the base begins, is missing in {place()}. Is that the archive of this base?")
    if missing := list(gaps(list(found))):
        raise Failed(f"{missing[0]} is missing in {place()}, and what follows it cannot be read without it.")
    for name, path in found.items():
        segment = b"".join(unpacked(path))
        if len(name) == SEGMENT and system_of(segment) != system:
            raise Failed(f"{path} was written by another database than the base.")
        (folder / name.replace("-", ".")).write_bytes(segment)
    return len(found)


def forget(first: str, keys: set[str], since: float) -> int:
    """Remove what no kept base needs: segments before the first, files that are gone, were in none and are older; how many."""
    old = [path for name, path in segments().items() if len(name) == SEGMENT and name[8:] < first[8:]]
    old += [path for key, path in archived_files().items() if key not in keys and path.stat().st_mtime < since and not files.path_of(key).exists()]  # fmt: skip
    for path in old:
        path.unlink()
    return len(old)
