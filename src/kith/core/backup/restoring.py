"""Brings a full backup back, so that whenever it ends, what was there or what was to come is there, and running it again is right.

1. Nobody else uses Kith, and nobody begins to: the lock of users is held alone, or the outside server says who is connected.
2. Everything is checked; a new database is filled beside the present one, the files are unpacked beside the present ones.
3. In one transaction the databases exchange their names, for which nobody may be connected. Last, the files are exchanged.
"""

import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from kith.core import database, files
from kith.core.backup import Failed, Tell, crypt, erased, fingerprints, listing, programs, sizes
from kith.core.backup.full import ANCHORS, DUMP, FILES, FORM
from kith.core.database import address
from kith.core.home import data_folder
from kith.core.postgres.exchanging import put
from kith.core.serving.starting import STAMP

USED = "Kith is running on this database; stop it first."
KEPT_ANCHORS = "anchors.before-restore.txt"


def restore(folder: Path, tell: Tell, *, trust: bool = False) -> str:
    """Bring a backup back; the name under which the present database is kept."""
    about = checked(folder, trust=trust)
    refuse_mounts(files.folder())
    name = str(connection.settings_dict["NAME"])
    draft, kept, ready = f"{name}_restored", f"{name}_before_restore", ready_files()
    connection.close()
    database.close()
    url, password = programs.apart(address(), "postgres")
    require_room(folder, rows_too=database.embedded() is not None)
    with alone(), psycopg.connect(url, password=password or None, autocommit=True) as server:
        refuse_users(server, name)
        shutil.rmtree(
            ready, ignore_errors=True
        )  # always before the draft: files without one are those of a restore that went through
        _drop(server, draft)
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(draft)))
            fill(folder, programs.apart(address(), draft)[0], password)
            compare(about, programs.apart(address(), draft)[0], password)
            leave_erased(folder, server, name, draft, tell)
            unpack_files(folder, ready)
            exchange_anchors(folder)  # before the names: earlier anchors are true of a later chain, too
            (data_folder() / STAMP).unlink(missing_ok=True)  # the database may be of an older version
            exchange(server, name, draft, kept)
        except BaseException:
            if _is_there(server, draft):  # else the names were exchanged
                shutil.rmtree(ready, ignore_errors=True)
                _drop(server, draft)
            raise
        put(ready, files.folder())
        _drop(server, outdated(kept))
    return kept


def finish() -> bool:
    """Finish a restore that ended between its database and its files; whether there was one. Beginning anew would drop what it kept."""
    name, ready = str(connection.settings_dict["NAME"]), ready_files()
    if not ready.exists():
        return False
    connection.close()
    database.close()
    url, password = programs.apart(address(), "postgres")
    with alone(), psycopg.connect(url, password=password or None, autocommit=True) as server:
        if _is_there(server, f"{name}_restored"):
            return False
        refuse_users(server, name)
        put(ready, files.folder())
        _drop(server, outdated(f"{name}_before_restore"))
    return True


def ready_files() -> Path:
    """Where the files of a backup wait until its database is in place."""
    return files.folder().with_name(f"{files.folder().name}.unpacked")


def require_room(folder: Path, *, rows_too: bool) -> None:
    """Room in the data folder for what a backup holds; an outside database is on a disk that we cannot see."""
    rows = crypt.there(folder, DUMP).stat().st_size * sizes.UNPACKED if rows_too else 0
    sizes.require(data_folder(), crypt.there(folder, FILES).stat().st_size + rows, "what is restored")


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else uses the embedded server, nor begins to. An outside one knows no lock of ours."""
    server = database.embedded()
    if server is None:
        yield
        return
    with server.alone() as is_so:
        if not is_so:
            raise Failed(USED)
        yield


def checked(folder: Path, *, trust: bool = False) -> dict[str, Any]:
    """The list of a backup of which every byte is as it was written."""
    about = listing.read(folder, trust=trust)
    if about.get("form") != FORM:
        raise Failed(f"{folder} was made by another version of Kith ({about.get('kith')}) in a form that this one does not read.")  # fmt: skip
    return about


def fill(folder: Path, url: str, password: str = "") -> None:
    """Restore the dump into an empty database."""
    dump = crypt.there(folder, DUMP)
    words = ("--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={url}")
    if dump.suffix == crypt.SUFFIX:
        programs.run("pg_restore", *words, password=password, feed=crypt.pieces(dump))
    else:
        programs.run("pg_restore", "--jobs=2", *words, str(dump), password=password)


def compare(about: dict[str, Any], url: str, password: str = "") -> None:
    """Every table holds what it held when the backup was made."""
    found = prints_at(url, password)
    if wrong := list(fingerprints.differences(about["tables"], found)):
        raise Failed(f"The restored database is not as it was: {'; '.join(wrong[:5])}.")


def prints_at(url: str, password: str = "") -> fingerprints.Prints:
    """The fingerprints of a database somewhere."""
    with psycopg.connect(url, password=password or None) as place:
        place.execute(fingerprints.PLAIN)
        return fingerprints.take(lambda statement: place.execute(statement.encode()).fetchall())


def leave_erased(folder: Path, server: psycopg.Connection, name: str, draft: str, tell: Tell) -> None:
    """Leave in the restored database what was erased since the backup was made, so that it is erased again."""
    found = gathered(folder, (lambda: connected(name)) if _is_there(server, name) else None, tell)
    with connected(draft) as restored:
        tell(f"{erased.leave(restored, found)} records were erased since, and will be again before anybody is served")


def gathered(folder: Path, present: Callable[[], psycopg.Connection] | None, tell: Tell) -> list[erased.Erased]:
    """What the present database and the backups beside know to be erased. A database that is damaged forbids no restore."""
    found, passed_over = erased.beside(folder)
    for place in passed_over:
        tell(f"the list of what was erased in {place} is damaged or of another installation, and was passed over")
    if present is not None:
        try:
            with present() as connection:
                found += erased.known(connection)
        except psycopg.Error as error:
            tell(f"what was erased since the last backup is not known, erase it again by hand: {str(error).strip()}")
    return found


def connected(name: str) -> psycopg.Connection:
    """A connection to a database of the server."""
    url, password = programs.apart(address(), name)
    return psycopg.connect(url, password=password or None)


def unpack_files(folder: Path, place: Path) -> None:
    """Unpack the files into a new folder."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    pieces = crypt.pieces(crypt.there(folder, FILES))
    with tarfile.open(fileobj=io.BufferedReader(crypt.In(pieces)), mode="r|") as archive:
        archive.extractall(place, filter="data")
    for _rest in pieces:  # tarfile stops at its own end, the checks at the file's
        pass
    os.sync()


def exchange_anchors(folder: Path) -> None:
    """The anchors of the backup; later ones speak of a chain that is now set aside."""
    present = data_folder() / ANCHORS
    if present.exists():
        present.replace(data_folder() / KEPT_ANCHORS)
    if (folder / ANCHORS).exists():
        shutil.copy(folder / ANCHORS, present)


def refuse_users(server: psycopg.Connection, name: str) -> None:
    """Nobody is connected to this database."""
    row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if row and row[0]:
        raise Failed(USED)


def refuse_mounts(*places: Path) -> None:
    """A folder that is a disk of its own cannot be exchanged for another one."""
    for place in places:
        if place.is_mount():
            raise Failed(f"{place} is a disk of its own, which cannot be exchanged; mount that disk one folder higher.")


def exchange(server: psycopg.Connection, name: str, draft: str, kept: str) -> None:
    """The draft gets the name, the present database the name `kept`: both, or nothing.

    PostgreSQL renames no database that somebody is connected to, and lets nobody connect before the transaction ends.
    """
    _drop(server, outdated(kept))
    try:
        with server.transaction():
            if _is_there(server, kept):
                _rename(server, kept, outdated(kept))
            _rename(server, name, kept)
            _rename(server, draft, name)
    except psycopg.errors.ObjectInUse:
        raise Failed(USED) from None


def outdated(kept: str) -> str:
    """What is kept of the restore before, until this one is over."""
    return f"{kept}_2"


def _is_there(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
