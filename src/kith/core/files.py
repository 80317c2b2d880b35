"""Stored files: bytes under a random key in MEDIA_ROOT, never under their own name; what they are is told by their content.

ticket = files.ticket(actor, files.store(upload))     # the value of a file field: who uploads may attach, nobody else
files.claim(ticket)                                   # the key in it
"""

import os
import re
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from .errors import BadValue
from .file_kinds import DANGEROUS, kind_of

KEY = re.compile(r"[0-9a-f]{40}")
SALT = "kith.files"
TICKET_AGE = 24 * 3600
HEAD = 4096


def folder() -> Path:
    """Where the bytes lie."""
    return Path(settings.MEDIA_ROOT)


def path_of(key: str) -> Path:
    """The place of a key; refuses anything that is no key, so that no text of a person becomes part of a path."""
    if not KEY.fullmatch(key):
        raise BadValue(_("There is no such file."))
    return folder() / key[:2] / key[2:4] / key


def limit() -> int:
    """The most bytes that one file may have."""
    return settings.MAX_UPLOAD_MB * 1024 * 1024


def store(chunks: Iterable[bytes], *, most: int | None = None) -> str:
    """Store a file and return its key; all or nothing. Raises BadValue for one that is empty, too large or of a kind not accepted.

    `most` bytes may be more than people may upload, for files that Kith writes itself.
    """
    key = secrets.token_hex(20)
    place = path_of(key)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    try:
        copy(chunks, draft, most or limit())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return key


def copy(chunks: Iterable[bytes], place: Path, most: int) -> None:
    """Write the chunks out, checking size and kind on the way."""
    written = 0
    with place.open("xb") as out:
        for chunk in chunks:
            if not written and kind_of(chunk[:HEAD]) in DANGEROUS:
                raise BadValue(_("Programs and scripts are not accepted as files."))
            written += len(chunk)
            if written > most:
                raise BadValue(_("The file is too large; at most %(limit)d MB fit.") % {"limit": most >> 20})
            out.write(chunk)
        if not written:
            raise BadValue(_("The file is empty."))
        out.flush()
        os.fsync(out.fileno())


def head(key: str) -> bytes:
    """The first bytes of a file."""
    try:
        with path_of(key).open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError:
        raise BadValue(_("There is no such file.")) from None


def describe(key: str) -> tuple[str, int]:
    """Content type, as its bytes tell it, and size."""
    return kind_of(head(key)), path_of(key).stat().st_size


def remove(key: str) -> None:
    """Erase the bytes; removing twice is no error."""
    path_of(key).unlink(missing_ok=True)


def remove_all(keys: Iterable[str]) -> None:
    """Erase the bytes of several files."""
    for key in keys:
        remove(key)


def orphans(known: Iterable[str], *, older_than: int = TICKET_AGE * 2) -> list[Path]:
    """Files that no record names and that are old enough not to wait for one."""
    keys, before = set(known), time.time() - older_than
    return [place for place in folder().glob("??/??/*") if place.name not in keys and place.stat().st_mtime < before]


def ticket(actor: Any, key: str) -> str:
    """The signed right of `actor` to attach this file for a day."""
    return signing.dumps([key, str(actor.id or "")], salt=SALT, compress=False)


def claim(text: str) -> str:
    """The key of a ticket; raises BadValue for one that is forged or too old."""
    try:
        key, _owner = signing.loads(text, salt=SALT, max_age=TICKET_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadValue(_("Upload the file first; then give the ticket of that upload.")) from None
    head(key)
    return str(key)
