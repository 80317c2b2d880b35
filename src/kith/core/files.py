"""Stored files: bytes under a random key in MEDIA_ROOT, never under their own name; what they are is told by their content.

ticket = files.ticket(actor, files.store(upload))     # the value of a file field: who uploads may attach, nobody else
files.claim(actor, ticket)                            # the key in it
"""

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from . import pictures, room, signed
from .errors import BadValue
from .file_kinds import DANGEROUS, PICTURES, kind_of
from .files_models import Upload

if TYPE_CHECKING:
    from .access import Actor

KEY = re.compile(r"[0-9a-f]{40}")
SALT = "kith.files"
TICKET_AGE = 24 * 3600
HEAD = 4096
NO_TICKET = _("Upload the file first; then give the ticket of that upload.")


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
    room.require_much()
    key = secrets.token_hex(20)
    place = path_of(key)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    try:
        copy(chunks, draft, most or limit())
        tidy_picture(draft)
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


def tidy_picture(place: Path) -> None:
    """Take out of a picture what a camera wrote about place, time and owner. Raises BadValue for one that is broken or too large."""
    with place.open("rb") as file:
        kind = kind_of(file.read(HEAD))
    if kind not in PICTURES:
        return
    kept = pictures.tidy(place.read_bytes(), kind)
    with place.open("wb") as out:
        out.write(kept)
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


def ticket(actor: "Actor", key: str) -> str:
    """The signed right of `actor` to attach this file for a day; a file that nobody attached is erased afterwards."""
    Upload.objects.get_or_create(key=key)
    return signed.dumps([key, owner_of(actor)], salt=SALT)


def claim(actor: "Actor", text: str) -> str:
    """The key of a ticket; raises BadValue for one that is forged, too old or somebody else's."""
    key, owner = opened(text)
    if owner != owner_of(actor) and not actor.is_system:
        raise BadValue(NO_TICKET)
    return key


def opened(text: str) -> tuple[str, str]:
    """Key and owner of a ticket, whoever asks."""
    try:
        key, owner = signed.loads(text, salt=SALT, max_age=TICKET_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        raise BadValue(NO_TICKET) from None
    head(key)
    return str(key), str(owner)


def owner_of(actor: "Actor") -> str:
    """Whose a ticket is."""
    return str(actor.id or actor.kind)
