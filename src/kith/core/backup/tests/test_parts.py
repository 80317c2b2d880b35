"""The parts of backups: what is kept, encrypted files, signed lists, names with checksums, moments."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from kith.core.backup import Failed, crypt, fingerprints, full, keeping, listing, moments, restoring, wal
from kith.core.postgres import Server

KEY, OTHER = "k1:" + "A" * 43, "k2:" + "B" * 42 + "A"


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small encrypted file of three pieces."""
    monkeypatch.setenv("KITH_BACKUP_KEYS", KEY)
    monkeypatch.setattr(crypt, "PIECE", 8)
    place = tmp_path / "a.sealed"
    with crypt.writing(place) as out:
        out.write(b"in twenty")
        out.write(b" bytes, all")
    return place


def opens(place: Path, name: str = "") -> bytes | None:
    try:
        return b"".join(crypt.pieces(place, name))
    except Failed:
        return None


def each_byte_changed(path: Path) -> Iterator[int]:
    """The places of a file's bytes; at each it is as it was but for one bit there, and at the end whole again."""
    whole = path.read_bytes()
    assert whole
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        yield place
    path.write_bytes(whole)


def test_an_encrypted_file_opens_with_its_key_only(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"twenty" not in sealed.read_bytes()
    assert opens(sealed) == b"in twenty bytes, all"
    monkeypatch.setenv("KITH_BACKUP_KEYS", f"{OTHER},{KEY}")
    assert opens(sealed) == b"in twenty bytes, all", "an older key stays good"
    monkeypatch.setenv("KITH_BACKUP_KEYS", OTHER)
    assert opens(sealed) is None
    monkeypatch.setenv("KITH_BACKUP_KEYS", "k1" + OTHER[2:])
    assert opens(sealed) is None


def test_each_changed_byte_of_an_encrypted_file_is_found(sealed: Path) -> None:
    for place in each_byte_changed(sealed):
        assert opens(sealed) is None, place
    assert opens(sealed) == b"in twenty bytes, all"


def test_pieces_cannot_be_left_out_moved_added_or_renamed(sealed: Path, tmp_path: Path) -> None:
    whole = sealed.read_bytes()
    head, size = len(crypt.HEAD) + 3 + crypt.SALT, crypt.PIECE + crypt.TAG
    one, two, last = whole[head : head + size], whole[head + size : head + 2 * size], whole[head + 2 * size :]
    for parts in ((one, two), (one, last), (two, one, last), (one, two, last, last), (one, one, two, last), ()):
        sealed.write_bytes(whole[:head] + b"".join(parts))
        assert opens(sealed) is None, parts
    other = tmp_path / "b.sealed"
    other.write_bytes(whole)
    assert opens(other) is None
    assert opens(other, "a.sealed") == b"in twenty bytes, all"


def test_each_changed_byte_of_a_backup_is_found(tmp_path: Path) -> None:
    (tmp_path / "files.tar").write_bytes(b"some files")
    listing.write(tmp_path, {"made_at": "today"}, ["files.tar"])
    assert listing.read(tmp_path)["made_at"] == "today"
    for path in tmp_path.iterdir():
        for place in each_byte_changed(path):
            with pytest.raises(Failed):
                listing.read(tmp_path)
            if path.name == "files.tar" or place < 72:
                with pytest.raises(Failed):
                    listing.read(tmp_path, trust=True)
    with override_settings(SECRET_KEY="another"):
        with pytest.raises(Failed, match="not signed"):
            listing.read(tmp_path)
        assert listing.read(tmp_path, trust=True)["made_at"] == "today"


def test_a_backup_without_its_list_or_with_a_file_cut_off_or_lost_is_refused(tmp_path: Path) -> None:
    """`kith restore` reads the list before anything else."""
    dump, tar = tmp_path / "database.dump", tmp_path / "files.tar"
    dump.write_bytes(b"a dump" * 40)
    tar.write_bytes(b"some files")
    listing.write(tmp_path, {"form": full.FORM}, [dump.name, tar.name])
    whole = restoring.checked(tmp_path)
    for path, damage in (
        (dump, lambda: dump.write_bytes(dump.read_bytes()[:-100])),
        (tar, tar.unlink),
        (tmp_path / "backup.json", (tmp_path / "backup.json").unlink),
    ):
        kept = path.read_bytes()
        damage()
        for trust in (False, True):
            with pytest.raises(Failed):
                restoring.checked(tmp_path, trust=trust)
        path.write_bytes(kept)
        assert restoring.checked(tmp_path) == whole


def days(*ago: int) -> list[dt.datetime]:
    return [dt.datetime(2026, 11, 29, 1, 30, tzinfo=dt.UTC) - dt.timedelta(days=number) for number in ago]


def test_a_year_of_backups_leaves_seven_days_four_weeks_three_months() -> None:
    kept = keeping.chosen(days(*range(365)), (7, 4, 3))
    assert sorted(f"{moment:%m-%d}" for moment in kept) == [
        *("09-30", "10-31", "11-08", "11-15", "11-22"),
        *("11-23", "11-24", "11-25", "11-26", "11-27", "11-28", "11-29"),
    ]


def test_a_daily_backup_keeps_what_the_same_rule_kept_before() -> None:
    there: set[dt.datetime] = set()
    for number in range(365, -1, -1):
        there = keeping.chosen(there | set(days(number)), (7, 4, 3))
    assert there == keeping.chosen(days(*range(366)), (7, 4, 3))


def test_after_a_pause_old_backups_are_not_thinned_away() -> None:
    kept = keeping.chosen(days(0, *range(200, 230)), (7, 4, 3))
    assert set(days(0, 200, 201, 202, 203, 204, 205)) <= kept


def test_only_backups_are_ever_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_BACKUPS_KEPT", "1,0,0")
    for name in ("2026-11-28_013000", "2026-11-29_013000", ".2026-11-27_013000.new", "mine", "base", "wal"):
        (tmp_path / name).mkdir()
    assert [path.name for path in keeping.thin_out(tmp_path)] == ["2026-11-28_013000"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(".2026-11-27_013000.new", "2026-11-29_013000", "base", "mine", "wal")
    ]


@pytest.mark.parametrize("key", ["", KEY])
def test_segments_carry_their_checksum_and_gaps_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "kept"))
    monkeypatch.setenv("KITH_BACKUP_KEYS", key)
    spool, here = tmp_path / "wal-out", tmp_path / "in"
    spool.mkdir()
    names = [f"0000000100000000000000{number}" for number in ("FE", "FF")]
    names += ["000000010000000100000000", "00000002.history", "000000020000000100000000"]
    for name in names:
        (spool / name).write_bytes(written(name))
    (spool / "000000010000000000000010.00000028.backup").write_text("made a base")
    (spool / ".000000010000000100000001").write_text("half copied")
    assert wal.move(spool) == 5
    assert [path.name for path in spool.iterdir()] == [".000000010000000100000001"]
    (spool / names[0]).write_bytes(written(names[0]))
    assert wal.move(spool) == 1, "the server hands it on once more after a crash"
    (spool / names[0]).write_bytes(b"something else")
    with pytest.raises(OSError, match="another installation"):
        wal.move(spool)
    here.mkdir()
    assert wal.bring(here, names[1], "7") == 4
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {name: written(name) for name in names[1:]}
    for path in wal.segments().values():
        for _place in each_byte_changed(path):
            with pytest.raises(Failed):
                wal.checked(path)
    wal.segments()[names[1]].unlink()
    with pytest.raises(Failed, match=f"{names[1]} is missing"):
        wal.bring(here, names[0], "7")
    wal.segments()[names[0]].unlink()
    with pytest.raises(Failed, match=f"{names[0]}, with which the base begins, is missing"):
        wal.bring(here, names[0], "7")


def written(name: str, system: int = 7) -> bytes:
    """Something like a segment: who wrote it stands in its head."""
    return bytes(24) + system.to_bytes(8, "little") + name.encode() * 100


def test_an_archive_takes_and_gives_the_segments_of_one_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "kept"))
    spool, here = tmp_path / "wal-out", tmp_path / "in"
    ours, foreign = "000000010000000000000001", "000000010000000000000002"
    for folder in (spool, here):
        folder.mkdir()
    (spool / ours).write_bytes(written(ours))
    wal.move(spool)
    (spool / foreign).write_bytes(written(foreign, 8))
    with pytest.raises(OSError, match="was written by another database than"):
        wal.move(spool)
    assert (list(wal.segments()), (spool / foreign).exists()) == ([ours], True)
    with pytest.raises(Failed, match="was written by another database than the base"):
        wal.bring(here, ours, "8")
    (spool / ours).write_bytes(written(ours))
    wal.drop_foreign(spool, "7")
    assert [path.name for path in spool.iterdir()] == [ours]


def test_a_base_that_a_restore_has_left_behind_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path))
    assert not wal.is_left("0000000100000001000000FF")
    (tmp_path / "00000003.history").write_text("1\t1/5000158\tbefore 2026\n\n2\t1/9000000\tno recovery target\n")
    wal.put_histories(tmp_path)
    names = ("000000010000000100000004", "000000010000000100000005", "000000020000000100000008", "000000020000000100000009", "000000030000000200000001")  # fmt: skip
    assert [wal.is_left(name) for name in names] == [False, True, False, True, False]


def test_the_history_of_a_restored_server_is_archived_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_BACKUPS", str(tmp_path / "kept"))
    pages = tmp_path / "data" / "pg" / "pg_wal"
    pages.mkdir(parents=True)
    (pages / "00000002.history").write_bytes(b"1\t0/1000000\tno recovery target specified\n")
    monkeypatch.setattr(wal, "embedded", lambda: Server(tmp_path / "data"))
    monkeypatch.setattr(wal.Copier, "copy_files", lambda self: 0)
    assert (wal.Copier().step(), wal.Copier().step()) == (1, 0)
    assert list(wal.segments()) == ["00000002-history"]
    (pages / "00000002.history").write_bytes(b"another")
    with pytest.raises(OSError, match="another installation"):
        wal.Copier().step()


def test_differences_of_databases_in_words() -> None:
    before = {"a": [1, "5"], "b": [2, "6"], "c": [3, "7"], "all indexes": [4]}
    after = {"a": [1, "5"], "b": [2, "9"], "c": [4, "7"], "d": [0, "0"], "all indexes": [3]}
    assert list(fingerprints.differences(before, after)) == [
        *("all indexes: 3 instead of 4", "b: 2 rows, but not the same", "c: 4 instead of 3", "d was not there")
    ]
    assert list(fingerprints.differences(before, before)) == []


@override_settings(TIME_ZONE="Europe/Moscow")
def test_a_moment_is_told_in_the_installations_time_zone(settings: object) -> None:
    assert moments.parse("2026-11-29 12:00") == dt.datetime(2026, 11, 29, 9, tzinfo=dt.UTC)
    assert moments.parse("2026-11-29T12:00:01.5+00:00") == dt.datetime(2026, 11, 29, 12, 0, 1, 500000, tzinfo=dt.UTC)
    assert moments.parse("latest") is None
    with pytest.raises(Failed, match="is no moment"):
        moments.parse("yesterday")


def test_the_folder_for_copies_may_have_any_name(tmp_path: Path) -> None:
    import subprocess

    from kith.core.postgres import archiving

    data = tmp_path / "it's 100 % mine"
    (data / archiving.SPOOL).mkdir(parents=True)
    (tmp_path / "segment").write_bytes(b"written")
    command = archiving.command(data).replace("%p", "segment").replace("%f", "0001").replace("%%", "%")
    for _twice in range(2):
        assert subprocess.run(command, shell=True, cwd=tmp_path).returncode == 0
    assert [(path.name, path.read_bytes()) for path in (data / archiving.SPOOL).iterdir()] == [("0001", b"written")]
    shutil.rmtree(data / archiving.SPOOL)
    assert subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True).returncode != 0
