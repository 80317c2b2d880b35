"""A wrong setting stops the start, naming the variable and the remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith import env
from kith.core import database, home, mail


@pytest.fixture(autouse=True)
def undeclared() -> Iterator[None]:
    """The settings of these tests are none of Kith's."""
    yield
    env.DECLARED.pop("KITH_T", None)


@pytest.mark.parametrize(("value", "read"), [("true", True), ("ON", True), ("0", False), ("no", False), ("", None)])
def test_a_flag_is_true_or_false(value: str, read: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_T", value)
    for default in (True, False):
        assert env.flag("KITH_T", default, "") is (default if read is None else read)


@pytest.mark.parametrize(
    ("reader", "value", "message"),
    [
        ("flag", "maybe", "KITH_T=maybe: must be true or false."),
        ("number", "8000 ", "must be a whole number from 1 to 65535."),
        ("number", "-1", "must be a whole number from 1 to 65535."),
        ("number", "70000", "must be a whole number from 1 to 65535."),
        ("number", "８０", "must be a whole number from 1 to 65535."),
        ("one_of", "xml", "must be one of json, text."),
    ],
)
def test_a_wrong_value_is_refused(reader: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_T", value)
    with pytest.raises(env.BadSetting) as refusal:
        match reader:
            case "flag":
                env.flag("KITH_T", False, "")
            case "number":
                env.number("KITH_T", 8000, "", low=1, high=65535)
            case _:
                env.one_of("KITH_T", ("json", "text"), "json", "")
    assert message in str(refusal.value) and "KITH_T=" in str(refusal.value)


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").write_text("  geheim\n")
    monkeypatch.setenv("KITH_T_FILE", str(tmp_path / "s"))
    assert env.text("KITH_T", "", "", secret=True) == "geheim"
    assert env.DECLARED["KITH_T"].shown() == "(set)"


def test_a_missing_file_and_a_double_setting_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_T_FILE", str(tmp_path / "none"))
    with pytest.raises(env.BadSetting, match=r"KITH_T_FILE: cannot read .*none: No such file"):
        env.text("KITH_T", "", "")
    monkeypatch.setenv("KITH_T", "x")
    with pytest.raises(env.BadSetting, match="KITH_T and KITH_T_FILE are both set"):
        env.text("KITH_T", "", "")


def test_a_bad_secret_is_not_repeated_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root:geheim@host/db")
    with pytest.raises(env.BadSetting) as refusal:
        database.settings("web", 4)
    assert "geheim" not in str(refusal.value)


def test_an_outside_database_keeps_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://k%40x:p%2Fw@db.example:6432/crm?sslmode=verify-full")
    settings = database.settings("web", 4)
    assert [settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "crm", "k@x", "p/w", "db.example", "6432",
    ]  # fmt: skip
    assert settings["OPTIONS"]["sslmode"] == "verify-full"
    assert settings["OPTIONS"]["pool"]["max_size"] == 7
    assert "statement_timeout=15s" in settings["OPTIONS"]["options"]
    assert database.embedded() is None


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://k@one,two/crm", "one,two", ""),
        ("postgresql://k:p@one:5433,two:5434/crm", "one,two", "5433,5434"),
        ("postgresql://k@one,[::1]:5434/crm", "one,::1", ",5434"),
        ("postgresql://k@/crm?host=/run/a,/run/b&port=5433,5434", "/run/a,/run/b", "5433,5434"),
    ],
)
def test_of_several_databases_the_one_that_takes_writes_is_used(
    url: str, host: str, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    found = database.settings("web", 4)
    assert (found["HOST"], found["PORT"]) == (host, port)
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"
    monkeypatch.setenv("DATABASE_URL", f"{url}{'&' if '?' in url else '?'}target_session_attrs=primary")
    assert database.settings("web", 4)["OPTIONS"]["target_session_attrs"] == "primary"


def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://k:geheim@one:5433,two:x/crm")
    with pytest.raises(
        env.BadSetting, match=r"^DATABASE_URL: must look like postgresql://user:password@host:5432/name$"
    ):
        database.settings("web", 4)


def test_only_pages_are_read_from_a_replica_and_nothing_is_written_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://k@one/crm")
    assert set(database.databases("web", 4)) == {"default"}
    monkeypatch.setenv("KITH_REPLICA_URL", "postgresql://k@two/crm")
    found = database.databases("web", 4)
    assert found["replica"]["HOST"] == "two" and found["default"]["HOST"] == "one"
    assert "default_transaction_read_only=on" in found["replica"]["OPTIONS"]["options"]
    assert "default_transaction_read_only" not in found["default"]["OPTIONS"]["options"]
    assert set(database.databases("worker", 2)) == set(database.databases("command", 2)) == {"default"}


@pytest.mark.parametrize(("process", "limit"), [("web", "15s"), ("worker", "300s"), ("command", "0s")])
def test_a_statement_may_take_as_long_as_its_process_allows(process: str, limit: str) -> None:
    options = database.settings(process, 2)["OPTIONS"]["options"]
    assert f"statement_timeout={limit}" in options
    assert "lock_timeout=3s" in options and "idle_in_transaction_session_timeout=30s" in options


def test_mail_waits_in_files_until_a_server_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mail.mailer(tmp_path)["OPTIONS"] == {"file_path": str(tmp_path / "mail")}
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://u:p%40ss@mail.example")
    options = mail.mailer(tmp_path)["OPTIONS"]
    assert (options["host"], options["port"], options["password"], options["use_tls"], options["use_ssl"]) == (
        "mail.example", 587, "p@ss", True, False,
    )  # fmt: skip
    monkeypatch.setenv("EMAIL_URL", "mail.example")
    with pytest.raises(env.BadSetting, match="EMAIL_URL: must look like"):
        mail.mailer(tmp_path)


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = home.secret_key(tmp_path / "data")
    assert len(first) > 60
    assert home.secret_key(tmp_path / "data") == first
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("value", ["", "/nonexistent"])
def test_without_a_home_the_data_lies_in_the_checkout(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KITH_DATA")
    monkeypatch.setenv("HOME", value)
    monkeypatch.setattr(home.os, "geteuid", lambda: 1000)
    assert home.data_folder() == home.CHECKOUT / "var"


def test_the_data_lies_where_the_platform_keeps_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KITH_DATA")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(home.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(home.sys, "platform", "linux")
    assert home.data_folder() == tmp_path / ".local" / "share" / "kith"
    monkeypatch.setattr(home.os, "geteuid", lambda: 0)
    assert home.data_folder() == Path("/var/lib/kith")
