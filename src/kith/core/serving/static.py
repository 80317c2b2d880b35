"""Hashed and compressed copies of the static files, made again only when a file changed."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.test.utils import override_settings


def collect() -> None:
    """Fill STATIC_ROOT, if its content is not of these files."""
    stamp = Path(settings.STATIC_ROOT) / "made-from"
    state = _state()
    if stamp.exists() and stamp.read_text() == state:
        return
    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": hashed}):
        call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(state)


def _state() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        stat = path.stat()
        digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))
