"""Goes back to a moment: a base made before it, and what was written from then on, are played back in a scratch place.

1. The newest base before the moment is unpacked and compared with its manifest; the archived segments are unpacked beside it.
2. PostgreSQL plays them back until the moment, no further, and says so when the archive does not reach that far.
3. The files that rows name at that moment come from the archive; then the copy is looked over like any other backup.
4. Only then the folders are exchanged with the present ones, which are kept aside (core/postgres/exchanging.py).
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

from kith.core import database, files
from kith.core.backup import Failed, Tell, attached, base, crypt, erased, listing, restoring, sizes, wal
from kith.core.backup.full import ANCHORS
from kith.core.backup.trial import ask, look_over, scratch
from kith.core.postgres import NoPostgres, Server, binaries, cluster, exchanging, locks
from kith.core.postgres.archiving import SPOOL
from kith.core.serving.starting import STAMP

LOST = "  - lost: "
IN = "wal-in"


def parse(text: str) -> datetime | None:
    """A moment such as 2026-11-29 12:00, in TIME_ZONE unless it names its own; None for "latest"."""
    if text == "latest":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text} is no moment; write it like '2026-11-29 12:00' or latest.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_default_timezone())


def verify(moment: datetime | None, tell: Tell) -> list[str]:
    """Go back to a moment in a scratch place only; the keys of files that are lost."""
    base.hand_over(base.running(), base.archived(moment)["system"])
    with played_back(moment, tell) as (_copy, lost):
        return lost


def restore(moment: datetime | None, tell: Tell) -> list[str]:
    """Go back to a moment; what is there now is kept aside. The keys of files that are lost."""
    server = base.running()
    restoring.refuse_mounts(*(server.data / name for name in exchanging.FOLDERS))
    system = base.archived(moment)["system"]
    database.close()
    with restoring.alone():
        with server.connect("postgres", "postgres") as connection:
            restoring.refuse_users(connection, cluster.NAME)
        known = restoring.gathered(base.before(moment), server.connect, tell)
        base.hand_over(server, system)
        with played_back(moment, tell) as (copy, lost):
            with copy.connect() as connection:
                erased.leave(connection, known)
            copy.stop()
            server.stop()
            with locks.lock(server.data / "server.lock", locks.ALONE) as alone:
                if alone is None:
                    raise Failed("Somebody started the database meanwhile; stop Kith and try again.")
                _exchange(copy, server, moment, system)
    return lost


@contextmanager
def played_back(moment: datetime | None, tell: Tell) -> Iterator[tuple[Server, list[str]]]:
    """A copy of everything as it was at a moment, looked over, and the keys of files that are lost."""
    folder = base.before(moment)
    with scratch() as copy:
        _lay(folder, copy, moment, tell)
        _play(copy)
        with copy.using():
            tell(f"played back to {moment or 'the end of the archive'}; the last change is of {_last(copy)}")
            said = ask(copy.data, ("files", "bring"), fine=(0, 1)).splitlines()
            lost = [line.removeprefix(LOST) for line in said if line.startswith(LOST)]
            if (folder / ANCHORS).exists():
                shutil.copy(folder / ANCHORS, copy.data / ANCHORS)
            look_over(copy, tell, lost)
            yield copy, lost


def _lay(folder: Path, copy: Server, moment: datetime | None, tell: Tell) -> None:
    pages = crypt.there(folder, base.PAGES).stat().st_size * sizes.UNPACKED
    log = len(wal.since(listing.read_list(folder)["first segment"])) * wal.BYTES
    sizes.require(copy.data, pages + log, "a copy that is played back")
    locks.make_folder(copy.data)
    locks.make_server_folder(copy.folder)
    about = base.lay(folder, copy.folder)
    tell(f"the base of {folder.name} UTC is as it was written, page by page")
    come = copy.data / IN
    locks.make_server_folder(come)
    tell(f"{wal.bring(come, about['first segment'], about['system'])} segments of the archive are as they were written")
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


def _exchange(copy: Server, server: Server, moment: datetime | None, system: str) -> None:
    """The copy's pages and files instead of ours, which are kept aside."""
    auto = copy.folder / "postgresql.auto.conf"
    lines = [line for line in auto.read_text().splitlines() if not line.startswith(("restore_command", "recovery_"))]
    auto.write_text("\n".join([*lines, ""]))
    restoring.exchange_anchors(base.before(moment))  # before the pages: earlier anchors are true of later ones, too
    (server.data / STAMP).unlink(missing_ok=True)
    exchanging.exchange(copy.data, server.data)
    wal.drop_foreign(server.data / SPOOL, system)


def bring_files() -> tuple[int, list[str]]:
    """Fetch from the archive each file that rows name and that is not there; how many came, and the keys of those that are lost."""
    there = wal.archived_files()
    found = attached.named()
    wanted = sorted(key for key in found.now | found.once if not files.path_of(key).exists())
    lost = [key for key in wanted if not (_bring(there[key]) if key in there else key in found.once - found.now)]
    return len(wanted) - len(lost), lost


def _bring(archived: Path) -> bool:
    """Fetch one file; False when it is damaged."""
    place = files.path_of(archived.name.split(".")[0])
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with crypt.writing(place) as out:
            for piece in wal.content(archived):
                out.write(piece)
    except Failed:
        place.unlink()
        return False
    return True
