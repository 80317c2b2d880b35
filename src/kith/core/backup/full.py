"""A full backup, made while Kith is in use: PostgreSQL's dump, the attached files, anchors, and a signed list.

1. One snapshot of the database is held; the dump, the fingerprints of all tables and the names of all files come from it.
2. Then the named files are copied, and no others. One that a person erased meanwhile is gone: all begins anew.
3. The list with a checksum of each file is written last, and the folder gets its name: a half-made backup has none.
"""

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

import kith
from kith.core import files
from kith.core.backup import Failed, attached, crypt, erased, fingerprints, keeping, listing, programs, sizes
from kith.core.chain import anchors
from kith.core.database import address

DUMP, FILES, ANCHORS = "database.dump", "files.tar", "anchors.txt"
FORM = 2
TRIES = 3


class Moved(Exception):
    """Files were erased while they were copied."""


def make(folder: Path) -> dict[str, Any]:
    """Make a backup in a new folder; its list."""
    _refuse_open_places(folder)
    if folder.exists():
        raise Failed(f"{folder} exists already; name a new folder.")
    rows = ask("SELECT pg_database_size(current_database())")[0][0]
    sizes.require(folder.parent, sizes.of(files.folder()) + rows // sizes.PACKED, "a backup")
    for _each in range(TRIES):
        with keeping.drafted(folder.with_name(f".{folder.name}.new")) as draft:
            try:
                about = _fill(draft)
            except Moved:
                continue
            draft.rename(folder)
            return about
    raise Failed("Files were erased during each of three tries; try again when nobody empties the trash.")


def _refuse_open_places(folder: Path) -> None:
    """A backup never lies where pages or files are served from."""
    for open_place in (Path(settings.STATIC_ROOT), files.folder(), settings.SOURCE):
        if folder.resolve().is_relative_to(open_place.resolve()):
            raise Failed(f"{folder} lies in {open_place}, which Kith serves or owns; name another folder.")


def _fill(draft: Path) -> dict[str, Any]:
    with snapshot() as name:
        moment = timezone.now()
        _dump(draft, name)
        tables = fingerprints.take(ask)
        named = attached.named()
        erased.write(draft, erased.known(connection.connection))
    absent = _copy_files(draft, named)
    if anchors.path().exists():
        shutil.copy(anchors.path(), draft / ANCHORS)
    about = {
        "form": FORM, "kith": kith.__version__, "made_at": moment.isoformat(), "encrypted": bool(crypt.keys()), "tables": tables, "files": len(named.now) - len(absent),
        "files missing": absent,
    }  # fmt: skip
    listing.write(draft, about, sorted(path.name for path in draft.iterdir()))
    return about


@contextmanager
def snapshot() -> Iterator[str]:
    """One view of the database for everything inside the block; the name under which pg_dump shares it."""
    with transaction.atomic():
        for words in ("TRANSACTION ISOLATION LEVEL REPEATABLE READ", "LOCAL idle_in_transaction_session_timeout = 0"):
            with connection.cursor() as cursor:
                cursor.execute(f"SET {words}")
        with connection.cursor() as cursor:
            cursor.execute(fingerprints.PLAIN)
        yield cast(str, ask("SELECT pg_export_snapshot()")[0][0])


def ask(statement: str) -> list[tuple[Any, ...]]:
    """What Django's connection answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _dump(draft: Path, name: str) -> None:
    url, password = programs.apart(address())
    words = ("--format=custom", "--compress=gzip", "--no-owner", "--no-privileges", f"--snapshot={name}", url)
    place = draft / crypt.name_of(DUMP)
    if place.suffix == crypt.SUFFIX:
        with crypt.writing(place) as out:
            programs.drain("pg_dump", *words, password=password, into=out)
        return
    programs.run("pg_dump", f"--file={place}", *words, password=password)
    place.chmod(0o600)


def _copy_files(draft: Path, named: attached.Named) -> list[str]:
    """Copy the files; the keys of those that were missing before. Raises Moved when one was erased meanwhile."""
    absent = []
    with crypt.writing(draft / crypt.name_of(FILES)) as out, tarfile.open(fileobj=crypt.Out(out), mode="w|") as archive:
        for key in sorted(named.now | named.once):
            try:
                archive.add(files.path_of(key), arcname=f"{key[:2]}/{key[2:4]}/{key}")
            except FileNotFoundError:
                if key in named.now:
                    absent.append(key)
    if absent and set(absent) - attached.named().now:
        raise Moved
    return absent
