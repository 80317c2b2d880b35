"""The commands, run as people run them: in a process of their own, on an installation of their own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import pytest
from django.db import connection

from kith import cli
from kith.core import database
from kith.core.backup import listing, programs
from kith.core.postgres import Server, releases

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def data(enterable: Callable[[str], Path]) -> Iterator[Path]:
    base = enterable("commands")
    yield base / "data"
    Server(base / "data").stop()


@pytest.fixture
def run(data: Path) -> Run:
    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "KITH_DATA": str(data), **settings}
        return subprocess.run(
            [sys.executable, "-m", "kith.cli", *words], env=environment, capture_output=True, text=True
        )

    return run


def rows(data: Path) -> list[int]:
    with Server(data).connect() as connection:
        return [x for (x,) in connection.execute("SELECT x FROM t ORDER BY x")]


def do(data: Path, statement: LiteralString) -> None:
    """A statement of somebody at the database."""
    with Server(data).connect() as connection:
        connection.execute(statement)


def test_every_command_has_its_help() -> None:
    commands = cli.find()
    assert {"demo", "serve", "web", "worker", "migrate", "createadmin", "doctor", "db", "backup", "restore"} <= set(
        commands
    )
    assert [name for name, command in commands.items() if len(command.help) < 15] == []


def test_an_unknown_command_lists_the_known_ones(run: Run) -> None:
    answer = run("dmeo")
    assert answer.returncode == 2
    assert answer.stderr.startswith("kith: there is no command dmeo.")
    assert re.search(r"^  demo +Start Kith with a demo company", answer.stderr, re.M)


def test_a_wrong_setting_is_told_in_one_line(run: Run) -> None:
    answer = run("migrate", KITH_PORT="eighty")
    assert (answer.returncode, answer.stderr) == (
        2,
        "kith: KITH_PORT=eighty: must be a whole number from 1 to 65535.\n",
    )
    answer = run("migrate", ALLOWED_HOSTS="*")
    assert (answer.returncode, answer.stderr) == (
        2,
        "kith: ALLOWED_HOSTS: name each host exactly; * and a leading dot are not accepted.\n",
    )


@pytest.fixture
def stopped(data: Path) -> None:
    """No server runs, whatever tests were before."""
    Server(data).stop()


def test_the_database_is_started_and_stopped_by_hand(run: Run, stopped: None) -> None:
    assert run("db", "status").stdout.startswith("stopped")
    assert run("db", "start").returncode == 0
    assert run("db", "status").stdout.startswith("ready; not used by Kith")
    assert run("db", "psql", "-c", "SELECT 1").returncode == 0
    assert run("db", "status").stdout.startswith("ready")
    assert run("db", "stop").stdout == "The database is stopped.\n"
    assert run("db", "stop").stdout == "The database was not running.\n"


def test_a_used_database_is_not_stopped_unless_forced(run: Run, data: Path, stopped: None) -> None:
    with Server(data).using():
        answer = run("db", "stop")
        assert answer.returncode == 1
        assert Server(data).is_ready()
        assert run("db", "stop", "--force").returncode == 0
        assert not Server(data).is_running()


def test_the_doctor_tells_versions_settings_and_what_is_wrong(run: Run, furnished: None) -> None:
    answer = run("doctor", EMAIL_URL="smtps://u:geheim@mail.example")
    assert answer.returncode == 1  # no worker runs
    assert re.search(r"PostgreSQL +\d+\.\d+, released \d{4}-\d\d-\d\d, \d+ days old", answer.stdout)
    assert "EMAIL_URL=(set)" in answer.stdout and "geheim" not in answer.stdout
    assert "no worker is running, so jobs wait; start `kith serve` or `kith worker`." in answer.stdout


@pytest.mark.parametrize(
    ("version", "day"),
    [("18.6", "2026-11-12"), ("17.0", "2024-09-26"), ("16.16", "2026-11-12"), ("18.99", None), ("9.6", None)],
)
def test_the_age_of_postgresql_is_known(version: str, day: str | None) -> None:
    released = releases.released_on(version)
    assert (released.isoformat() if released else None) == day


@pytest.fixture
def furnished(data: Path, db: None) -> None:
    """The tables of Kith, copied from the database of the tests, on a server that no command has to start."""
    server = Server(data).keep()
    if (data / "tables").exists():
        return
    url, _password = programs.apart(database.address(), str(connection.settings_dict["NAME"]))
    dump = data / "tables"
    programs.run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", url)
    programs.run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={server.url}", str(dump))
    do(data, "CREATE TABLE t AS SELECT generate_series(1, 3) AS x")


@pytest.fixture
def backup(run: Run, data: Path, tmp_path: Path, furnished: None) -> Path:
    """A copy of a backup that is made once."""
    kept = data.parent / "kept"
    if not kept.exists():
        assert run("backup", str(kept)).returncode == 0
    return Path(shutil.copytree(kept, tmp_path / "b"))


KEY = "0123456789" * 4


def test_a_backup_brings_rows_and_files_back(run: Run, data: Path, tmp_path: Path, furnished: None) -> None:
    place = data / "files" / KEY[:2] / KEY[2:4] / KEY
    place.parent.mkdir(parents=True)
    place.write_text("signed")
    do(data, f"INSERT INTO core_upload (key, at) VALUES ('{KEY}', now())")
    (place.parent / ("f" * 40)).write_text("of no row")
    answer = run("backup", str(tmp_path / "b"))
    assert answer.returncode == 0, answer
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    assert run("backup", str(tmp_path / "b")).stdout.endswith("exists already; name a new folder.\n")
    do(data, "INSERT INTO t VALUES (4)")
    place.unlink()
    assert run("restore", str(tmp_path / "b")).returncode == 0
    assert rows(data) == [1, 2, 3]
    assert place.read_text() == "signed"
    assert not (place.parent / ("f" * 40)).exists()
    answer = run("files", "verify")
    assert (answer.returncode, answer.stdout) == (0, "Files that rows name: 1; missing: 0; that no row names: 0.\n")
    place.unlink()
    assert run("files", "verify").stdout.endswith(f"- missing: {KEY}\n")
    answer = run("backup", str(tmp_path / "c"))
    assert (answer.returncode, answer.stdout.splitlines()[-1]) == (
        1,
        "kith: 1 files that rows name were missing before; `kith files verify` names them.",
    )
    do(data, "DELETE FROM core_upload")


def test_a_backup_never_lies_where_pages_or_files_are_served(run: Run, data: Path) -> None:
    for place in (data / "static" / "b", data / "files" / "b"):
        answer = run("backup", str(place))
        assert (answer.returncode, "Kith serves" in answer.stdout, place.exists()) == (1, True, False)


@pytest.mark.parametrize("damage", ["flip", "another installation's"])
def test_a_damaged_backup_changes_nothing(run: Run, data: Path, damage: str, backup: Path) -> None:
    """What else counts as damage: `backup/tests/test_parts.py`."""
    folder, before = backup, rows(data)
    dump = folder / "database.dump"
    settings = {}
    if damage == "flip":
        content = bytearray(dump.read_bytes())
        content[len(content) // 2] ^= 1
        dump.write_bytes(content)
    else:
        settings = {"SECRET_KEY": "of another installation"}
    answer = run("restore", str(folder), **settings)
    assert answer.returncode == 1
    assert answer.stdout.endswith("Nothing was changed.\n")
    assert rows(data) == before
    if settings:
        assert "add --trust" in answer.stdout
        assert run("restore", "--trust", str(folder), **settings).returncode == 0


def test_a_dump_that_does_not_restore_leaves_the_present_database(run: Run, data: Path, backup: Path) -> None:
    """Right checksums, wrong content: the exchange happens only after all of it was restored and compared."""
    folder, before = backup, rows(data)
    about = json.loads((folder / "backup.json").read_text())
    names = list(about.pop("sha256"))
    dump = (folder / "database.dump").read_bytes()
    (folder / "database.dump").write_bytes(b"not a dump")
    listing.write(folder, about, names)
    answer = run("restore", "--trust", str(folder))
    assert (answer.returncode, rows(data)) == (1, before)
    assert answer.stdout.startswith("kith: pg_restore:")
    (folder / "database.dump").write_bytes(dump)
    about["tables"]["t"] = [3, "1"]
    listing.write(folder, about, names)
    answer = run("restore", "--trust", str(folder))
    assert (answer.returncode, rows(data)) == (1, before)
    assert "The restored database is not as it was: t: 3 rows, but not the same." in answer.stdout


def test_a_restore_waits_until_kith_is_stopped(run: Run, data: Path, backup: Path) -> None:
    before = rows(data)
    server = Server(data)
    with server.using():  # without a connection
        answers = [run("restore", str(backup))]
    with server.connect():  # by somebody who is no Kith
        answers += [run("restore", str(backup))]
    for answer in answers:
        assert (answer.returncode, answer.stdout) == (
            1,
            "kith: Kith is running on this database; stop it first. Nothing was changed.\n",
        )
    assert rows(data) == before
