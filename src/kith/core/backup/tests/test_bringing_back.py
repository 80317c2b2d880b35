"""Bringing back: whenever it ends something whole is there, one archive is of one cluster, and what is lost is told, not guessed."""

import argparse
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection

from kith.core import database, files
from kith.core.backup import Failed, base, full, keeping, listing, moments, moving, programs, restoring, sizes, wal
from kith.core.commands import doctor, restore
from kith.core.postgres import Server, exchanging

KEYS = [letter * 40 for letter in "abc"]


class Killed(BaseException):
    """The process ends here."""


def contents(data: Path) -> dict[str, str]:
    return {path.parent.name: path.read_text() for path in data.glob("*/what")}


def lay(place: Path, what: str) -> None:
    place.mkdir(parents=True)
    (place / "what").write_text(what)


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End before the step of this number that changes folders."""
    left = [number]

    def step(act: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return act(*given, **named)

        return run

    for place, name in ((Path, "rename"), (Path, "touch"), (Path, "unlink"), (shutil, "rmtree")):
        monkeypatch.setattr(place, name, step(getattr(place, name)))


@pytest.mark.parametrize("number", range(13))
def test_an_exchange_that_is_killed_leaves_all_of_the_old_or_becomes_all_of_the_new(tmp_path: Path, number: int) -> None:  # fmt: skip
    data, come = tmp_path / "data", tmp_path / "come"
    for name in exchanging.FOLDERS:
        lay(data / name, "old")
        lay(data / f"{name}{exchanging.KEPT}", "older")
        lay(come / name, "new")
    ended = False
    with pytest.MonkeyPatch.context() as patch:
        killed_at(number, patch)
        try:
            exchanging.exchange(come, data)
        except Killed:
            ended = True
    assert list(contents(data).values()).count("old") == 2, "what was there is there, under one name or another"
    exchanging.finish(data)
    found = contents(data)
    assert ended == (number < 12)
    if number < 5:  # before the mark
        assert (found["pg"], found["files"]) == ("old", "old")
    else:
        assert found == {"pg": "new", "files": "new", "pg.before-restore": "old", "files.before-restore": "old"}
    assert not (data / exchanging.MARK).exists()


@pytest.fixture
def three(db: None) -> Iterator[tuple[psycopg.Connection, dict[str, int]]]:
    """A present database, a draft and one kept of a restore before."""
    url, password = programs.apart(database.address(), "postgres")
    names = ("trial_now", "trial_now_restored", "trial_now_before_restore")
    with psycopg.connect(url, password=password or None, autocommit=True) as server:
        drop(server)
        for name in names:
            server.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield server, there(server)
        drop(server)


def drop(server: psycopg.Connection) -> None:
    for name in there(server):
        server.execute(f"DROP DATABASE {name}".encode())


def there(server: psycopg.Connection) -> dict[str, int]:
    found = server.execute("SELECT datname, oid FROM pg_database WHERE datname LIKE 'trial\\_now%'").fetchall()
    return {str(name): int(number) for name, number in found}


def test_databases_exchange_their_names_all_at_once_or_not_at_all(three: Any) -> None:
    server, before = three
    now, draft, kept = before
    with pytest.raises(psycopg.errors.InvalidCatalogName):
        restoring.exchange(server, now, "trial_now_absent", kept)
    assert there(server) == before
    restoring.exchange(server, now, draft, kept)
    assert there(server) == {now: before[draft], kept: before[now], restoring.outdated(kept): before[kept]}


def test_a_restore_that_ended_before_its_files_is_finished_not_begun_anew(
    three: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, before = three
    now, draft, kept = before
    lay(tmp_path / "files", "old")
    lay(tmp_path / "files.unpacked", "new")
    monkeypatch.setattr(restoring, "connection", SimpleNamespace(settings_dict={"NAME": now}, close=lambda: None))
    monkeypatch.setattr(restoring.database, "close", lambda: None)
    monkeypatch.setattr(restoring, "alone", nullcontext)
    monkeypatch.setattr(files, "folder", lambda: tmp_path / "files")
    assert not restoring.finish() and contents(tmp_path)["files"] == "old", "its database is not in place yet"
    restoring.exchange(server, now, draft, kept)
    assert restoring.finish()
    assert contents(tmp_path) == {"files": "new", "files.before-restore": "old"}
    assert there(server) == {now: before[draft], kept: before[now]}, "what was there before is kept"
    assert not restoring.finish()


def test_a_disk_of_its_own_is_refused_before_anything_is_done() -> None:
    restoring.refuse_mounts(Path(__file__).parent)
    with pytest.raises(Failed, match="/proc is a disk of its own"):
        restoring.refuse_mounts(Path("/proc"))


def test_of_several_servers_the_one_that_writes_is_asked() -> None:
    several = "postgresql://kith@db1:5432,db2:5432/kith"
    assert programs.apart(several)[0] == f"{several}?target_session_attrs=read-write"
    assert programs.apart("postgresql:///kith?host=db1,db2")[0].endswith("&target_session_attrs=read-write")
    assert programs.apart(f"{several}?target_session_attrs=any")[0].endswith("?target_session_attrs=any")
    assert programs.apart("postgresql://kith@db1/kith")[0] == "postgresql://kith@db1/kith?"


def test_a_server_that_is_too_old_is_not_moved_to(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    url, _password = programs.apart(database.address(), str(connection.settings_dict["NAME"]))
    monkeypatch.setattr(moving, "FACTS", "SELECT 160016, 'UTF8', true, 0")
    with pytest.raises(Failed, match="older than PostgreSQL 17"):
        moving.check(url)
    monkeypatch.setattr(moving, "FACTS", "SELECT 170000, 'UTF8', true, 0")
    moving.check(url)
    assert not [problem for problem in doctor._database_problems() if "too old" in problem]
    monkeypatch.setattr(doctor, "LEAST", 99)
    assert [problem for problem in doctor._database_problems() if "Kith needs 99 or newer" in problem]


def test_without_room_nothing_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "kept"))
    monkeypatch.setattr(sizes.room, "takes", lambda place, size: False)
    for act in (lambda: full.make(tmp_path / "b"), base.make):
        with pytest.raises(Failed, match="There is no room for a ba"):
            act()
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def fill(draft: Path) -> None:
        (draft / full.DUMP).write_text("half")
        raise OSError("No space left on device")

    monkeypatch.setattr(full, "_fill", fill)
    with pytest.raises(OSError, match="No space"):
        full.make(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_one_archive_is_of_one_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path))
    folder = base.place() / "2026-11-29_013000"
    folder.mkdir(parents=True)
    listing.write(folder, {"system": "7"}, [])
    base.refuse_foreign("7")
    with pytest.raises(Failed, match="is a base of another database; set KITH_BACKUPS"):
        base.refuse_foreign("8")


def test_the_newest_base_that_leads_to_the_present_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path))
    for number in (1, 5):
        folder = base.place() / f"2026-11-2{number}_013000"
        folder.mkdir(parents=True)
        listing.write(folder, {"first segment": f"00000001000000000000000{number}"}, [])
    assert base.before(None).name == "2026-11-25_013000"
    (tmp_path / "00000002.history").write_text("1\t0/3000158\tbefore 2026\n")
    wal.put_histories(tmp_path)
    assert base.before(None).name == "2026-11-21_013000"


def test_a_new_machine_hands_nothing_to_the_archive_it_restores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(base, "system", lambda server: "8")
    monkeypatch.setattr(base.programs, "as_superuser", lambda server: asked.append("handed over") or 1 / 0)
    base.hand_over(Server(tmp_path, archives=True), "7")
    assert asked == []
    with pytest.raises(ZeroDivisionError):
        base.hand_over(Server(tmp_path, archives=True), "8")


def test_lost_and_damaged_files_are_named_and_the_others_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> None:  # fmt: skip
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "kept"))
    settings.MEDIA_ROOT = tmp_path / "files"
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO core_upload (key, at) VALUES (%s, now())", [(key,) for key in KEYS])
    for key in KEYS[:2]:
        (tmp_path / key).write_text(key)
        wal.put_file(tmp_path / key)
    wal.archived_files()[KEYS[1]].write_text("damaged")
    assert moments.bring_files() == (1, KEYS[1:])
    assert [files.path_of(key).exists() for key in KEYS] == [True, False, False]
    assert files.path_of(KEYS[0]).read_text() == KEYS[0]


@pytest.mark.parametrize("words", ["verify", "restore"])
def test_a_lost_file_forbids_nothing_and_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Any, words: str) -> None:
    options = argparse.Namespace(folder=None, to="latest", verify=words == "verify", last=1, trust=False)
    for lost, code in ((KEYS[:1], 1), ([], 0)):
        monkeypatch.setattr(moments, words, lambda moment, tell, lost=lost: lost)
        assert restore.run(options) == code
        said = capsys.readouterr().out
        assert (f"lost: {KEYS[0]}" in said, "The backup is good." in said) == (bool(lost), words == "verify" and not lost)  # fmt: skip
        assert ("Restored." in said) == (words == "restore")


def test_a_draft_that_is_finished_stays(tmp_path: Path) -> None:
    with keeping.drafted(tmp_path / ".a.new") as draft:
        draft.rename(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
