"""The real application on a pair of databases: started once, and never again, whatever happens to them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.installation import ROOT, WEB, WORKER, Installation, environment, free_port, wait_until


@contextmanager
def running(base: Path, **settings: str) -> Iterator[Installation]:
    """Kith on the database that the settings name, its tables made; this process belongs to it."""
    made = Installation(base / "data", free_port(), settings=settings)
    made.data.mkdir()
    ours = environment(made.data, made.port) | settings
    subprocess.run([sys.executable, "-m", "kith.cli", "migrate"], env=ours, cwd=ROOT, check=True, capture_output=True)
    try:
        made.start()
        wait_until(made.is_whole, "the first start")
        os.environ.update(ours | {"KITH_PROCESS": "command", "DJANGO_SETTINGS_MODULE": "kith.settings"})
        import django

        django.setup()
        from kith.core import database

        try:
            yield made
        finally:
            database.close()
    finally:
        made.stop()


def processes_of(installation: Installation) -> list[int]:
    """Web server and worker: the same ones as long as nothing had to be started anew."""
    return sorted(installation.children(WEB) + installation.children(WORKER))
