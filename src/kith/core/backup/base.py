"""A base: the pages of the embedded server as they are, copied while it runs; a restore to a moment begins at one."""

import gzip
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

import kith
from kith.core.backup import Failed, attached, crypt, keeping, listing, programs, wal
from kith.core.backup.full import ANCHORS, ask
from kith.core.chain import anchors
from kith.core.database import embedded
from kith.core.postgres import Server

PAGES = "base.tar.gz"
FORM = 1


def place() -> Path:
    """Where bases lie."""
    return keeping.folder() / "base"


def make() -> Path:
    """Make one, and remove what is no longer needed; its folder."""
    server = running()
    first = ask("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0]
    draft = place() / ".new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    _copy_pages(server, draft)
    if anchors.path().exists():
        shutil.copy(anchors.path(), draft / ANCHORS)
    wal.Copier().step()
    moment = timezone.now()
    about = {"form": FORM, "kith": kith.__version__, "made_at": moment.isoformat(), "encrypted": bool(crypt.keys()), "first segment": first, "files": sorted(attached.named().now)}  # fmt: skip
    listing.write(draft, about, sorted(path.name for path in draft.iterdir()))
    folder = place() / moment.strftime(keeping.NAME)
    draft.rename(folder)
    thin_out()
    return folder


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
    """The last base that was made before a moment; the newest without one."""
    found = keeping.backups(place())
    limit = moment.astimezone(UTC).replace(tzinfo=None) if moment else datetime.max  # noqa: DTZ901 - names are in UTC
    fitting = [path for at, path in found.items() if at <= limit]
    if not fitting:
        first = f"the first is of {next(iter(found))} UTC" if found else "there is none"
        raise Failed(f"No base in {place()} was made before that moment; {first}. `kith backup --base` makes one.")
    return fitting[-1]


def lay(folder: Path, pages: Path) -> dict[str, Any]:
    """Unpack a base, after every byte was compared, and let PostgreSQL compare every page file with its manifest; its list."""
    about = listing.read(folder)
    if about.get("form") != FORM:
        raise Failed(f"{folder} was made by another version of Kith ({about.get('kith')}) in a form that this one does not read.")  # fmt: skip
    packed = crypt.pieces(crypt.there(folder, PAGES))
    with gzip.GzipFile(fileobj=crypt.In(packed)) as plain, tarfile.open(fileobj=plain, mode="r|") as archive:
        archive.extractall(pages, filter="data")
    programs.run("pg_verifybackup", "--quiet", str(pages))
    return about
