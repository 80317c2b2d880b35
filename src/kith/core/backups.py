"""Backup and restore with PostgreSQL's own programs: a folder with the database, the files, and a list with checksums.

1. The database is dumped first, then the files are copied, so that every file the database names is there.
2. A restore checks every checksum, fills a new database beside the present one, and only then exchanges their names.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg import sql

import kith
from kith.core import database
from kith.core.home import data_folder
from kith.core.postgres import find
from kith.core.serving.starting import STAMP

DUMP, FILES, LIST = "database.dump", "files.tar", "backup.json"


class Failed(Exception):
    """The backup or restore did not happen, with the reason for people."""


def make(folder: Path) -> int:
    """Make a backup in a new folder; its size in bytes."""
    if folder.exists():
        raise Failed(f"{folder} exists already; name a new folder.")
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    _run("pg_dump", "--format=custom", "--compress=gzip", "--no-owner", f"--file={draft / DUMP}", _url())
    with tarfile.open(draft / FILES, "w") as archive:
        if Path(settings.MEDIA_ROOT).exists():
            archive.add(settings.MEDIA_ROOT, arcname=".")
    sums = {name: _sum(draft / name) for name in (DUMP, FILES)}
    about = {"kith": kith.__version__, "made_at": timezone.now().isoformat(), "sha256": sums}
    (draft / LIST).write_text(json.dumps(about, indent=1))
    draft.rename(folder)
    return sum(path.stat().st_size for path in folder.iterdir())


def restore(folder: Path) -> str:
    """Bring a backup back; the name under which the present database is kept."""
    _check(folder)
    name = str(connection.settings_dict["NAME"])
    draft, kept = f"{name}_restored", f"{name}_before_restore"
    connection.close()
    database.close()
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        _refuse_users(server, name)
        _drop(server, draft)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(draft)))
        try:
            _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_url(draft)}", str(folder / DUMP))
        except Failed:
            _drop(server, draft)
            raise
        _restore_files(folder)
        _drop(server, kept)
        _rename(server, name, kept)
        _rename(server, draft, name)
    (data_folder() / STAMP).unlink(missing_ok=True)  # the database may be of an older version
    return kept


def _check(folder: Path) -> None:
    try:
        sums: dict[str, str] = json.loads((folder / LIST).read_text())["sha256"]
        damaged = [name for name in (DUMP, FILES) if _sum(folder / name) != sums[name]]
    except (OSError, ValueError, KeyError) as error:
        raise Failed(f"{folder} is no complete backup ({error}).") from error
    if damaged:
        raise Failed(f"{damaged[0]} in {folder} is damaged: its checksum is another.")


def _restore_files(folder: Path) -> None:
    """Put the files in place; those there now are kept beside them."""
    place = Path(settings.MEDIA_ROOT)
    draft, kept = place.with_name("files.new"), place.with_name("files.before-restore")
    for old in (draft, kept):
        shutil.rmtree(old, ignore_errors=True)
    draft.mkdir(parents=True)
    with tarfile.open(folder / FILES) as archive:
        archive.extractall(draft, filter="data")
    if place.exists():
        place.rename(kept)
    draft.rename(place)


def _refuse_users(server: psycopg.Connection, name: str) -> None:
    row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
    if row and row[0]:
        raise Failed("Kith is running on this database; stop it first.")


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _rename(server: psycopg.Connection, old: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _url(name: str = "") -> str:
    """The address of our database, or of another on the same server, without the password."""
    known: dict[str, Any] = connection.settings_dict
    secured = {name: value for name, value in known["OPTIONS"].items() if name.startswith("ssl")}
    place = urlencode({"host": known["HOST"], "port": known["PORT"] or 5432, **secured}, safe="/")
    return f"postgresql://{quote(known['USER'])}@/{quote(name or known['NAME'])}?{place}"


def _run(program: str, *words: str) -> None:
    environment = {**os.environ, "PGPASSWORD": connection.settings_dict["PASSWORD"]}
    answer = subprocess.run([find().program(program), *words], env=environment, capture_output=True, text=True)
    if answer.returncode:
        raise Failed(f"{program}: {answer.stderr.strip()[-500:]}")
