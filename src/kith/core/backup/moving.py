"""Moves everything from the embedded server to an outside one: a copy, compared table by table, and a mark on what is left behind.

1. Nobody else uses the embedded server, and nobody can begin to: its lock of users is held alone.
2. The target must be empty, of version 17 or newer, in UTF-8, know all letters, and let us make our extensions.
3. The dump of one snapshot is restored there, and every table is compared.
4. `migrate` runs there, so that new lines of the ledger follow the old ones (core/chain/numbering.py).
5. A mark in the data folder keeps the embedded server from being used by mistake afterwards.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from kith.core.backup import Failed, Tell, fingerprints, programs
from kith.core.postgres import Server, locks
from kith.core.postgres.binaries import LEAST
from kith.core.postgres.server import MOVED

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "btree_gist")
FACTS = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), lower('ЖЁ') = 'жё', (SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace)"


def move(server: Server, url: str, tell: Tell) -> None:
    """Move to the database of this address. Raises Failed; then what was copied is left there, and the embedded server is as it was."""
    locks.make_folder(server.data)
    with locks.lock(server.data / "users.lock", locks.ALONE) as alone:
        if alone is None:
            raise Failed("Kith is running on the embedded database; stop it first.")
        check(url)
        tell("the database there can take it")
        try:
            server.ensure()
            copy(server, url, tell)
            migrate(url)
            tell("Kith is ready there")
            (server.data / MOVED).write_text(f"{programs.apart(url)[0]}\n", encoding="utf-8")
        finally:
            server.stop()


def check(url: str) -> None:
    """Whether the target is fit, before anything is done."""
    address, password = programs.apart(url)
    try:
        with psycopg.connect(address, password=password or None, connect_timeout=10) as target:
            row = target.execute(FACTS.encode()).fetchone()  # bytes: it may know no letters
            assert row is not None
            version, encoding, letters, things = row
            for name in EXTENSIONS:
                target.execute(f"CREATE EXTENSION IF NOT EXISTS {name}".encode())
            target.rollback()
    except psycopg.Error as error:
        raise Failed(f"The database there cannot be used: {str(error).strip()}") from error
    if version < LEAST * 10000:
        raise Failed(f"The server there is older than PostgreSQL {LEAST}.")
    if encoding != "UTF8" or not letters:
        raise Failed("The database there does not know all letters; create it with ENCODING 'UTF8' LOCALE_PROVIDER builtin (README, “Scale it”).")  # fmt: skip
    if things:
        raise Failed(f"The database there is not empty: it holds {things} tables and indexes.")


def copy(server: Server, url: str, tell: Tell) -> None:
    """Dump, restore and compare."""
    address, password = programs.apart(url)
    with tempfile.TemporaryDirectory(dir=server.data, prefix="move-") as folder, server.connect() as source:
        source.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        source.execute(fingerprints.PLAIN)
        name = (source.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0]
        dump = Path(folder) / "dump"
        programs.run("pg_dump", "--format=custom", "--compress=none", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={dump}", server.url)  # fmt: skip
        words = ("--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2", f"--dbname={address}")
        programs.run("pg_restore", *words, str(dump), password=password)
        before = fingerprints.take(lambda statement: source.execute(statement.encode()).fetchall())
    with psycopg.connect(address, password=password or None) as target:
        target.execute(fingerprints.PLAIN)
        after = fingerprints.take(lambda statement: target.execute(statement.encode()).fetchall())
        if wrong := list(fingerprints.differences(before, after)):
            raise Failed(f"The copy is not as the original: {'; '.join(wrong[:5])}.")
        target.rollback()
        target.autocommit = True
        target.execute("ANALYZE")
    rows = sum(int(counted[0]) for name, counted in before.items() if not name.startswith("all "))
    tell(f"{len(before)} tables and kinds with {rows:,} rows are the same there")


def migrate(url: str) -> None:
    """Let this version make itself at home."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"} | {"DATABASE_URL": url}  # fmt: skip
    answer = subprocess.run([sys.executable, "-m", "kith.cli", "migrate"], env=environment, capture_output=True, text=True)  # fmt: skip
    if answer.returncode:
        raise Failed(f"`kith migrate` there: {(answer.stdout + answer.stderr).strip()[-800:]}")
