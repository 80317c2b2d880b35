"""Goes back to a moment: a base made before it, and what was written from then on, are played back in a scratch place.

1. The newest base before the moment is unpacked and compared with its manifest; the archived segments are unpacked beside it.
2. PostgreSQL plays them back until the moment, no further, and says so when the archive does not reach that far.
3. The files that rows name at that moment come from the archive; then the copy is looked over like any other backup.
4. Only then the folders are exchanged with the present ones, which are kept aside.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.utils import timezone

from kith.core import clock, database, files
from kith.core.backup import Failed, attached, base, crypt, programs, restoring, wal
from kith.core.backup.full import ANCHORS
from kith.core.backup.trial import Tell, ask, look_over, scratch
from kith.core.postgres import NoPostgres, Server, binaries, locks
from kith.core.postgres.archiving import SPOOL
from kith.core.serving.starting import STAMP

KEPT_PAGES, KEPT_FILES = "pg.before-restore", "files.before-restore"
IN = "wal-in"
PATIENCE = 60.0
HANDED_ON = "SELECT coalesce(last_archived_wal, '') >= %s FROM pg_stat_archiver"


def parse(text: str) -> datetime | None:
    """A moment such as 2026-11-29 12:00, in TIME_ZONE unless it names its own; None for "latest"."""
    if text == "latest":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text} is no moment; write it like '2026-11-29 12:00' or latest.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def verify(moment: datetime | None, tell: Tell) -> None:
    """Go back to a moment in a scratch place only."""
    hand_over(base.running())
    with played_back(moment, tell):
        pass


def restore(moment: datetime | None, tell: Tell) -> None:
    """Go back to a moment; what is there now is kept aside."""
    server = base.running()
    database.close()
    _refuse_users(server)
    hand_over(server)
    with played_back(moment, tell) as copy:
        copy.stop()
        server.stop()
        with locks.lock(server.data / "server.lock", locks.ALONE) as alone:
            if alone is None:
                raise Failed("Somebody started the database meanwhile; stop Kith and try again.")
            _exchange(copy.data, server.data)
    restoring.exchange_anchors(base.before(moment))
    (server.data / STAMP).unlink(missing_ok=True)


def hand_over(server: Server) -> None:
    """Let the server hand on what it has written until now, so that the archive reaches to this moment."""
    if not server.archives:
        return
    deadline = clock.steady() + PATIENCE
    with psycopg.connect(programs.as_superuser(server), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_create_restore_point('kith')"
        )  # a segment in which nothing is written is not finished
        row = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
        assert row is not None
        while connection.execute(HANDED_ON, row).fetchone() != (True,):
            _check(deadline, server)
    while wal.waiting()[0]:  # by us, or by a worker that is at it just now
        wal.Copier().step()
        _check(deadline, server)
    wal.Copier().step()


def _check(deadline: float, server: Server) -> None:
    if clock.steady() > deadline:
        raise Failed(f"The log of the database does not get through {server.data / SPOOL} to {wal.place()}; see {server.data / 'log'}.")  # fmt: skip
    time.sleep(0.05)


@contextmanager
def played_back(moment: datetime | None, tell: Tell) -> Iterator[Server]:
    """A copy of everything as it was at a moment, looked over."""
    folder = base.before(moment)
    with scratch() as copy:
        _lay(folder, copy, moment, tell)
        _play(copy)
        with copy.using():
            tell(f"played back to {moment or 'the end of the archive'}; the last change is of {_last(copy)}")
            ask(copy.data, ("files", "bring"))
            if (folder / ANCHORS).exists():
                shutil.copy(folder / ANCHORS, copy.data / ANCHORS)
            look_over(copy, tell)
            yield copy


def _lay(folder: Path, copy: Server, moment: datetime | None, tell: Tell) -> None:
    locks.make_folder(copy.data)
    locks.make_server_folder(copy.folder)
    about = base.lay(folder, copy.folder)
    tell(f"the base of {folder.name} UTC is as it was written, page by page")
    come = copy.data / IN
    locks.make_server_folder(come)
    tell(f"{wal.bring(come, about['first segment'])} segments of the archive are as they were written")
    target = f"recovery_target_time = '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00}'\n" if moment else ""
    own = copy.folder / "postgresql.auto.conf"
    command = f"restore_command = 'cp {_quoted(come)}/%f %p'\nrecovery_target_action = 'promote'\n"
    own.write_text(own.read_text() + command + target)
    (copy.folder / "recovery.signal").touch()
    if user := binaries.other_user():
        for path in (copy.folder, *copy.folder.rglob("*"), *come.iterdir()):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _quoted(path: Path) -> str:
    """A folder inside double quotes of the shell inside single quotes of a setting."""
    words = str(path).replace("%", "%%").replace("'", "''")
    return f'"{words}"'


def _play(copy: Server) -> None:
    """Let the server play back everything, until it is open for writing."""
    try:
        copy.keep()
        _wait(copy)
    except NoPostgres:  # it gave up, and does so again however often it is started
        raise Failed(_why(copy)) from None


def _wait(copy: Server) -> None:
    while True:
        try:
            with copy.connect("postgres", "postgres") as connection:
                if connection.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,):
                    return
        except psycopg.OperationalError:
            if not copy.is_running():
                raise Failed(_why(copy)) from None
        time.sleep(0.05)


def _why(copy: Server) -> str:
    words = "".join(path.read_text(errors="replace") for path in sorted((copy.data / "log").glob("*.log")))
    if "recovery ended before configured recovery target was reached" in words:
        last = words.rpartition("last completed transaction was at log time ")[2].split("\n")[0]
        return f"The archive does not reach to that moment: the last change in it is of {last or 'before'}. `--to latest` goes to its end."  # fmt: skip
    return f"The archive cannot be played back: {words.strip()[-500:]}"


def _last(copy: Server) -> str:
    words = "".join(path.read_text(errors="replace") for path in sorted((copy.data / "log").glob("*.log")))
    return words.rpartition("last completed transaction was at log time ")[2].split("\n")[0] or "the base"


def _exchange(copy: Path, data: Path) -> None:
    """The copy's pages and files instead of ours, which are kept aside."""
    auto = copy / "pg" / "postgresql.auto.conf"
    lines = [line for line in auto.read_text().splitlines() if not line.startswith(("restore_command", "recovery_"))]
    auto.write_text("\n".join([*lines, ""]))
    for new, kept in (("pg", KEPT_PAGES), ("files", KEPT_FILES)):
        shutil.rmtree(data / kept, ignore_errors=True)
        if (data / new).exists():
            (data / new).rename(data / kept)
        if (copy / new).exists():
            (copy / new).rename(data / new)


def bring_files() -> int:
    """Fetch from the archive each file that rows name and that is not there; how many."""

    there = wal.archived_files()
    found = attached.named()
    wanted = [key for key in found.now | found.once if not files.path_of(key).exists()]
    for key in sorted(wanted):
        if key not in there:
            if key in found.now:
                raise Failed(f"The file {key} is not in {wal.files_place()}.")
            continue
        files.path_of(key).parent.mkdir(parents=True, exist_ok=True)
        with crypt.writing(files.path_of(key)) as out:
            for piece in wal.content(there[key]):
                out.write(piece)
    return len(wanted)


def _refuse_users(server: Server) -> None:
    with server.connect("postgres", "postgres") as connection:
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'kith'").fetchone()  # fmt: skip
    if row and row[0]:
        raise Failed("Kith is running on this database; stop it first.")
