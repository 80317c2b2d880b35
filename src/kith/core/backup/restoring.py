"""Brings a full backup back: everything is checked, a new database is filled beside the present one, then names are exchanged."""

import io
import shutil
import tarfile
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from kith.core import database, files
from kith.core.backup import Failed, crypt, fingerprints, listing, programs
from kith.core.backup.full import ANCHORS, DUMP, FILES, FORM
from kith.core.database import address
from kith.core.home import data_folder
from kith.core.serving.starting import STAMP

KEPT_ANCHORS = "anchors.before-restore.txt"


def restore(folder: Path, *, trust: bool = False) -> str:
    """Bring a backup back; the name under which the present database is kept."""
    about = checked(folder, trust=trust)
    name = str(connection.settings_dict["NAME"])
    draft, kept = f"{name}_restored", f"{name}_before_restore"
    connection.close()
    database.close()
    url, password = programs.apart(address(), "postgres")
    with psycopg.connect(url, password=password or None, autocommit=True) as server:
        _refuse_users(server, name)
        _drop(server, draft)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(draft)))
        try:
            fill(folder, programs.apart(address(), draft)[0], password)
            compare(about, programs.apart(address(), draft)[0], password)
            put_files(folder, files.folder())
        except Failed:
            _drop(server, draft)
            raise
        _drop(server, kept)
        _rename(server, name, kept)
        _rename(server, draft, name)
    exchange_anchors(folder)
    (data_folder() / STAMP).unlink(missing_ok=True)  # the database may be of an older version
    return kept


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


def put_files(folder: Path, place: Path) -> None:
    """Put the files in place; those there now are kept beside them."""
    draft, kept = place.with_name("files.new"), place.with_name("files.before-restore")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    pieces = crypt.pieces(crypt.there(folder, FILES))
    with tarfile.open(fileobj=io.BufferedReader(crypt.In(pieces)), mode="r|") as archive:
        archive.extractall(draft, filter="data")
    for _rest in pieces:  # tarfile stops at its own end, the checks at the file's
        pass
    shutil.rmtree(kept, ignore_errors=True)
    if place.exists():
        place.rename(kept)
    draft.rename(place)


def exchange_anchors(folder: Path) -> None:
    """The anchors of the backup; later ones speak of a chain that is now set aside."""
    present = data_folder() / ANCHORS
    if present.exists():
        present.replace(data_folder() / KEPT_ANCHORS)
    if (folder / ANCHORS).exists():
        shutil.copy(folder / ANCHORS, present)


def _refuse_users(server: psycopg.Connection, name: str) -> None:
    row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if row and row[0]:
        raise Failed("Kith is running on this database; stop it first.")


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
