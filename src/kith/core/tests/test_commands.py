"""The commands, run as people run them: in a process of their own, on an installation of their own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kith import cli
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


def rows(run: Run) -> str:
    return run("db", "psql", "-c", "COPY (SELECT x FROM t ORDER BY x) TO STDOUT").stdout


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


def test_the_database_is_started_and_stopped_by_hand(run: Run) -> None:
    assert run("db", "status").stdout.startswith("stopped")
    assert run("db", "start").returncode == 0
    assert run("db", "status").stdout.startswith("ready; not used by Kith")
    assert run("db", "psql", "-c", "SELECT 1").returncode == 0
    assert run("db", "status").stdout.startswith("ready")
    assert run("db", "stop").stdout == "The database is stopped.\n"
    assert run("db", "stop").stdout == "The database was not running.\n"


def test_a_used_database_is_not_stopped_unless_forced(run: Run, data: Path) -> None:
    with Server(data).using():
        answer = run("db", "stop")
        assert answer.returncode == 1
        assert Server(data).is_ready()
        assert run("db", "stop", "--force").returncode == 0
        assert not Server(data).is_running()


def test_a_backup_brings_rows_and_files_back(run: Run, data: Path, tmp_path: Path) -> None:
    run("db", "psql", "-c", "CREATE TABLE t AS SELECT generate_series(1, 3) AS x")
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "contract").write_text("signed")
    assert run("backup", str(tmp_path / "b")).returncode == 0
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    assert run("backup", str(tmp_path / "b")).stdout.endswith("exists already; name a new folder.\n")
    run("db", "psql", "-c", "INSERT INTO t VALUES (4)")
    (data / "files" / "ab" / "contract").unlink()
    assert run("restore", str(tmp_path / "b")).returncode == 0
    assert rows(run) == "1\n2\n3\n"
    assert (data / "files" / "ab" / "contract").read_text() == "signed"
    kept = run(
        "manage", "shell", "--no-imports", "-c", "import django.db as d; print(d.connection.settings_dict['NAME'])"
    )
    assert kept.stdout == "kith\n", kept


@pytest.mark.parametrize("damage", ["flip", "cut", "lost", "no list"])
def test_a_damaged_backup_changes_nothing(run: Run, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "b"
    assert run("backup", str(folder)).returncode == 0
    before = rows(run)
    dump = folder / "database.dump"
    match damage:
        case "flip":
            content = bytearray(dump.read_bytes())
            content[len(content) // 2] ^= 1
            dump.write_bytes(content)
        case "cut":
            dump.write_bytes(dump.read_bytes()[:-100])
        case "lost":
            (folder / "files.tar").unlink()
        case _:
            (folder / "backup.json").unlink()
    answer = run("restore", str(folder))
    assert answer.returncode == 1
    assert answer.stdout.endswith("Nothing was changed.\n")
    assert rows(run) == before


def test_a_dump_that_does_not_restore_leaves_the_present_database(run: Run, tmp_path: Path) -> None:
    """Right checksum, wrong content: the exchange happens only after all of it was restored."""
    import hashlib

    folder = tmp_path / "b"
    assert run("backup", str(folder)).returncode == 0
    before = rows(run)
    (folder / "database.dump").write_bytes(b"not a dump")
    about = json.loads((folder / "backup.json").read_text())
    about["sha256"]["database.dump"] = hashlib.sha256(b"not a dump").hexdigest()
    (folder / "backup.json").write_text(json.dumps(about))
    answer = run("restore", str(folder))
    assert (answer.returncode, rows(run)) == (1, before)
    assert answer.stdout.startswith("kith: pg_restore:")


def test_a_restore_waits_until_kith_is_stopped(run: Run, data: Path, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "b")).returncode == 0
    with Server(data).using() as server, server.connect():
        answer = run("restore", str(tmp_path / "b"))
    assert (answer.returncode, answer.stdout) == (
        1,
        "kith: Kith is running on this database; stop it first. Nothing was changed.\n",
    )


def test_the_doctor_tells_versions_settings_and_what_is_wrong(run: Run) -> None:
    answer = run("doctor", EMAIL_URL="smtps://u:geheim@mail.example")
    assert answer.returncode == 1  # nothing is migrated here and no worker runs
    assert re.search(r"PostgreSQL +\d+\.\d+, released \d{4}-\d\d-\d\d, \d+ days old", answer.stdout)
    assert "EMAIL_URL=(set)" in answer.stdout and "geheim" not in answer.stdout
    assert re.search(r"migrations: \d+ migrations wait; run `kith migrate`", answer.stdout)


@pytest.mark.parametrize(
    ("version", "day"),
    [("18.6", "2026-11-12"), ("17.0", "2024-09-26"), ("16.16", "2026-11-12"), ("18.99", None), ("9.6", None)],
)
def test_the_age_of_postgresql_is_known(version: str, day: str | None) -> None:
    released = releases.released_on(version)
    assert (released.isoformat() if released else None) == day
