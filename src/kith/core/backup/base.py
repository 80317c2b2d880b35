"""A base: the pages of the embedded server as they are, copied while it runs; a restore to a moment begins at one."""

import gzip
import shutil
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone

import kith
from kith.core import clock
from kith.core.backup import Failed, attached, crypt, keeping, listing, programs, sizes, wal
from kith.core.backup.full import ANCHORS, ask
from kith.core.chain import anchors
from kith.core.database import embedded
from kith.core.postgres import Server
from kith.core.postgres.archiving import SPOOL

PAGES = "base.tar.gz"
FORM = 2
SIZE = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database WHERE datallowconn"
PATIENCE = 60.0
HANDED_ON = "SELECT coalesce(last_archived_wal, '') >= %s FROM pg_stat_archiver"


def place() -> Path:
    """Where bases lie."""
    return keeping.folder() / "base"


def make() -> Path:
    """Make one, and remove what is no longer needed; its folder."""
    server = running()
    mine = system(server)
    refuse_foreign(mine)
    sizes.require(keeping.folder(), ask(SIZE)[0][0] // sizes.PACKED, "a base")
    with keeping.drafted(place() / ".new") as draft:
        first = ask("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0]
        _copy_pages(server, draft)
        if anchors.path().exists():
            shutil.copy(anchors.path(), draft / ANCHORS)
        hand_over(server, mine)
        wal.Copier().step()
        moment = timezone.now()
        about = {"form": FORM, "kith": kith.__version__, "made_at": moment.isoformat(), "encrypted": bool(crypt.keys()), "system": mine, "first segment": first, "files": sorted(attached.named().now)}  # fmt: skip
        listing.write(draft, about, sorted(path.name for path in draft.iterdir()))
        folder = place() / moment.strftime(keeping.NAME)
        draft.rename(folder)
    thin_out()
    return folder


def system(server: Server) -> str:
    """The number by which PostgreSQL tells one cluster from every other."""
    with server.connect("postgres", "postgres") as connection:
        row = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()
    assert row is not None
    return str(row[0])


def refuse_foreign(mine: str) -> None:
    """One archive is of one cluster: the segments of two have the same names."""
    for path in keeping.backups(place()).values():
        if listing.read_list(path, trust=True).get("system", mine) != mine:
            raise Failed(f"{path} is a base of another database; {wal.ANOTHER}")


def hand_over(server: Server, known: str) -> None:
    """Let the server hand on what it has written until now, so that the archive reaches to this moment; unless it is not the archive's."""
    if not server.archives or system(server) != known:
        return
    deadline = clock.steady() + PATIENCE
    with psycopg.connect(programs.as_superuser(server), autocommit=True) as connection:
        # A segment in which nothing is written is not finished.
        connection.execute("SELECT pg_create_restore_point('kith')")
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


def running() -> Server:
    """The embedded server, which alone has bases."""
    server = embedded()
    if server is None:
        raise Failed("DATABASE_URL names an outside server. Its own tools copy its pages and its WAL: see docs/operations.md.")  # fmt: skip
    return server


def _copy_pages(server: Server, draft: Path) -> None:
    """PostgreSQL makes the copy, with its manifest and what was written meanwhile, so that it stands alone."""
    words = ("--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--manifest-checksums=SHA256")
    url = programs.as_superuser(server)
    with (
        crypt.writing(draft / crypt.name_of(PAGES)) as out,
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed,  # type: ignore[call-overload]
    ):
        programs.drain("pg_basebackup", *words, f"--dbname={url}", password="", into=packed)


def thin_out() -> None:
    """Keep one base a day for as many days as backups are kept, and what belongs to them."""
    there = keeping.backups(place())
    kept = keeping.chosen(there, (keeping.numbers()[0], 0, 0))
    for moment, path in there.items():
        if moment not in kept:
            shutil.rmtree(path)
    lists = [listing.read_list(there[moment], trust=True) for moment in sorted(kept)]
    oldest = datetime.fromisoformat(lists[0]["made_at"]).timestamp()
    wal.forget(lists[0]["first segment"], {key for about in lists for key in about["files"]}, oldest)


def before(moment: datetime | None) -> Path:
    """The last base that was made before a moment; the newest without one. Those that a restore has left behind do not count."""
    found = keeping.backups(place())
    limit = moment.astimezone(UTC).replace(tzinfo=None) if moment else datetime.max  # noqa: DTZ901 - names are in UTC
    for path in [path for at, path in found.items() if at <= limit][::-1]:
        if not wal.is_left(listing.read_list(path)["first segment"]):
            return path
    first = f"the first is of {next(iter(found))} UTC" if found else "there is none"
    raise Failed(f"No base in {place()} was made before that moment; {first}. `kith backup --base` makes one.")


def archived(moment: datetime | None) -> dict[str, Any]:
    """The list of the last base before a moment."""
    return _in_form(folder := before(moment), listing.read_list(folder))


def _in_form(folder: Path, about: dict[str, Any]) -> dict[str, Any]:
    if about.get("form") != FORM:
        raise Failed(f"{folder} was made by another version of Kith ({about.get('kith')}) in a form that this one does not read.")  # fmt: skip
    return about


def lay(folder: Path, pages: Path) -> dict[str, Any]:
    """Unpack a base, after every byte was compared, and let PostgreSQL compare every page file with its manifest; its list."""
    about = _in_form(folder, listing.read(folder))
    packed = crypt.pieces(crypt.there(folder, PAGES))
    with gzip.GzipFile(fileobj=crypt.In(packed)) as plain, tarfile.open(fileobj=plain, mode="r|") as archive:
        archive.extractall(pages, filter="data")
    programs.run("pg_verifybackup", "--quiet", str(pages))
    return about
