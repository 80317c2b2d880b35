"""Secrets at rest: what the database holds opens nothing, works only where it was put, and changes its key while Kith runs."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kith import env
from kith.access.models import Authenticator
from kith.core import sealing, sealing_keys
from kith.core.commands import secrets as command
from kith.core.sealing import Unreadable
from kith.core.testing.people import make_user

pytestmark = pytest.mark.django_db
CANARY = "CANARY7JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA, settings.SEALING_KEYS = tmp_path, ""
    return tmp_path


def kept(secret: str = CANARY) -> Authenticator:
    row = Authenticator(user=make_user("Ada"))
    sealing.put(row, "secret", secret)
    row.save()
    return row


def stored(row: Authenticator) -> Authenticator:
    return Authenticator.objects.get(pk=row.pk)


def run(*, dry: bool = False) -> int:
    from argparse import Namespace

    return command.run(Namespace(step="rotate", dry_run=dry))


def dump() -> str:
    """The table as pg_dump writes it."""
    with connection.cursor() as cursor, cursor.copy("COPY access_authenticator TO STDOUT") as lines:
        return b"".join(bytes(line) for line in lines).decode()


def test_a_dump_of_the_table_holds_no_secret() -> None:
    row = kept()
    assert str(row.pk) in dump()
    assert CANARY not in dump()
    assert sealing.read(stored(row), "secret") == CANARY


def test_the_same_secret_looks_different_each_time() -> None:
    assert kept().secret != kept().secret


def test_swapped_values_open_nothing() -> None:
    one, other = kept("first"), kept("second")
    Authenticator.objects.filter(pk=one.pk).update(secret=other.secret)
    Authenticator.objects.filter(pk=other.pk).update(secret=one.secret)
    for row in (one, other):
        with pytest.raises(Unreadable):
            sealing.read(stored(row), "secret")


@pytest.mark.parametrize(
    "place", ["other_table/{pk}/secret", "access_authenticator/{pk}/other", "access_authenticator/x/secret"]
)
def test_table_column_and_row_are_part_of_the_seal(place: str) -> None:
    row = kept()
    with pytest.raises(Unreadable):
        sealing.opened(row.secret, place.format(pk=row.pk).encode())


def test_a_changed_value_is_not_opened() -> None:
    row = kept()
    middle = len(row.secret) // 2
    row.secret = row.secret[:middle] + ("A" if row.secret[middle] != "A" else "B") + row.secret[middle + 1 :]
    with pytest.raises(Unreadable):
        sealing.read(row, "secret")


def test_the_key_is_outside_the_database_and_only_its_owner_reads_it(folder: Path) -> None:
    kept()
    file = folder / sealing_keys.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [file.name]


def test_a_rotation_seals_everything_anew_and_old_keys_still_open_backups(capsys: Any) -> None:
    row, before = kept(), sealing.keys().first[0]
    old = row.secret
    assert run() == 0
    fresh, now = stored(row), sealing.keys().first[0]
    assert now != before and fresh.secret.startswith(f"{now}.") and old.startswith(f"{before}.")
    assert sealing.read(fresh, "secret") == sealing.opened(old, sealing.place(row, "secret")) == CANARY
    assert f"Secrets sealed anew with key {now}: 1." in capsys.readouterr().out


def test_a_dry_run_changes_nothing(folder: Path, capsys: Any) -> None:
    row = kept()
    keys = (folder / sealing_keys.FILE).read_text()
    assert run(dry=True) == 0
    assert (stored(row).secret, (folder / sealing_keys.FILE).read_text()) == (row.secret, keys)
    assert "Secrets that can be read: 1. Nothing was changed." in capsys.readouterr().out


@pytest.mark.parametrize("dry", [True, False])
def test_what_cannot_be_read_is_told_and_stops_a_rotation(folder: Path, capsys: Any, dry: bool) -> None:
    good, lost = kept(), kept()
    Authenticator.objects.filter(pk=lost.pk).update(secret="gone." + lost.secret.partition(".")[2])
    keys = (folder / sealing_keys.FILE).read_text()
    assert run(dry=dry) == 1
    assert f"access_authenticator/{lost.pk}/secret: the key 'gone' is missing" in capsys.readouterr().out
    assert (stored(good).secret, (folder / sealing_keys.FILE).read_text()) == (good.secret, keys)


def test_keys_of_the_environment_are_used_and_rotated_by_their_order(settings: Any, folder: Path) -> None:
    one, two = "a1:" + "A" * 42 + "E", "b2:" + "B" * 42 + "E"
    settings.SEALING_KEYS = one
    row = kept()
    settings.SEALING_KEYS = f"{two},{one}"
    assert sealing.read(stored(row), "secret") == CANARY
    assert run() == 0
    settings.SEALING_KEYS = two
    assert sealing.read(stored(row), "secret") == CANARY
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "text",
    ["a1", "a1:short", "a1:" + "A" * 44, ":" + "A" * 43, "a.b:" + "A" * 43, "a:" + "A" * 43 + ",a:" + "B" * 43, ","],
)
def test_a_wrong_key_stops_the_start(text: str) -> None:
    with pytest.raises(env.BadSetting, match="SEALING_KEYS"):
        sealing_keys.parse(text)


def test_two_first_starts_agree_on_one_key(folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        found = {tuple(keys) for keys in pool.map(lambda _n: sealing_keys.keys_of("", folder / "new"), range(16))}
    assert len(found) == 1
