"""A Kith of a drill's own: a folder, its tables, its processes, and this process as one of them; all of it goes again."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.installation import ROOT, Installation, free_port, wait_until

from kith.core.postgres import locks


@contextmanager
def folder(name: str, *, keep: bool = False) -> Iterator[Path]:
    """A temporary folder that PostgreSQL's user may enter."""
    base = Path(tempfile.mkdtemp(prefix=f"kith-{name}-"))
    base.chmod(0o711)
    try:
        yield base
    finally:
        if not keep:
            shutil.rmtree(base, ignore_errors=True)


@contextmanager
def installed(base: Path, *, served: bool = True, **settings: str) -> Iterator[Installation]:
    """Kith in this folder, whole, or its database alone; with settings beside those of every drill, such as an outside database."""
    made = Installation(base / "data", free_port(), settings=settings)
    made.data.mkdir()
    try:
        lay_tables(made)
        if served:
            made.start()
            wait_until(made.is_whole, "the first start")
        else:
            made.server.ensure()
        enter(made)
        from kith.core import database

        try:
            yield made
        finally:
            database.close()
    finally:
        made.stop()


def lay_tables(made: Installation) -> None:
    """Make the database beforehand: a busy machine takes longer for it than the start is waited for.

    An embedded one is made once for each state of the source; after that its folder is copied.
    """
    if "DATABASE_URL" in made.settings:
        migrate(made)
        return
    locks.make_folder(LAID)
    kept = LAID / state()
    with locks.lock(LAID / "lock", locks.ALONE, wait=True):
        if not kept.exists():
            migrate(made)
            made.server.stop()
            for older in LAID.glob("pg-*"):
                shutil.rmtree(older)
            copy(made.server.folder, LAID / "pg-new")
            (LAID / "pg-new").rename(kept)
        else:
            copy(kept, made.server.folder)


#: A database with its tables, as a first start leaves it.
LAID = Path(tempfile.gettempdir()) / f"kith-laid-{os.geteuid()}-{hashlib.sha1(str(ROOT).encode()).hexdigest()[:8]}"


def state() -> str:
    """A name for all of the source: migrations are followed by what apps bring along."""
    sources = sorted(path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts)
    return f"pg-{hashlib.sha1(b''.join(path.read_bytes() for path in sources)).hexdigest()[:12]}"


def migrate(made: Installation) -> None:
    """As an administrator does."""
    words = [sys.executable, "-m", "kith.cli", "migrate"]
    subprocess.run(words, env=made.environment, cwd=ROOT, check=True, capture_output=True)


def copy(origin: Path, to: Path) -> None:
    """A folder with its owners and rights: PostgreSQL enters only its own."""
    subprocess.run(["cp", "-a", origin, to], check=True)


def enter(made: Installation) -> None:
    """This process belongs to the installation, too: it asks for jobs and looks into the database."""
    for name in ("DATABASE_URL", "BASE_URL"):
        os.environ.pop(name, None)
    os.environ.update(made.environment | {"KITH_PROCESS": "command", "DJANGO_SETTINGS_MODULE": "kith.settings"})
    import django

    django.setup()
