"""A Kith of a drill's own: a folder, its tables, its processes, and this process as one of them; all of it goes again."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.installation import ROOT, Installation, free_port, wait_until


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
    """Make the database beforehand: a busy machine takes longer for it than the start is waited for."""
    words = [sys.executable, "-m", "kith.cli", "migrate"]
    subprocess.run(words, env=made.environment, cwd=ROOT, check=True, capture_output=True)


def enter(made: Installation) -> None:
    """This process belongs to the installation, too: it asks for jobs and looks into the database."""
    for name in ("DATABASE_URL", "BASE_URL"):
        os.environ.pop(name, None)
    os.environ.update(made.environment | {"KITH_PROCESS": "command", "DJANGO_SETTINGS_MODULE": "kith.settings"})
    import django

    django.setup()
