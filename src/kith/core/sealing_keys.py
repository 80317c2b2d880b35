"""The keys that secrets at rest are sealed with: from SEALING_KEYS, or made at the first start and kept in the data folder.

One line or word for each key, `id:key`; the first one seals, all of them open.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from kith import env

FILE = "sealing_keys"
SIZE = 32


class Keys(dict[str, bytes]):
    """Keys by id, in their order."""

    @property
    def first(self) -> tuple[str, bytes]:
        """The one that seals."""
        return next(iter(self.items()))


def given() -> str:
    """What SEALING_KEYS says; checked at start, so that a wrong key is found before a secret is lost."""
    text = env.text(
        "SEALING_KEYS",
        "",
        "Keys for secrets in the database, id:key separated by commas; a key is 32 bytes in base64url. The first seals, all open; all machines of one installation need the same.",
        secret=True,
        shown="made at the first start, kept in the data folder",
    )
    if text:
        parse(text)
    return text


def parse(text: str, setting: str = "SEALING_KEYS") -> Keys:
    """Keys from `id:key` words of a setting; BadSetting names the word that is wrong."""
    found = Keys()
    for number, word in enumerate(text.replace(",", " ").split(), 1):
        name, _colon, key = word.partition(":")
        try:
            raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        if not name.isalnum() or len(raw) != SIZE or name in found:
            raise env.BadSetting(
                f"{setting}: key {number} must look like id:key, with an id of its own and {SIZE} bytes in base64url."
            )
        found[name] = raw
    if not found:
        raise env.BadSetting(f"{setting}: there is no key.")
    return found


def keys_of(text: str, data: Path) -> Keys:
    """The keys in force; those of the data folder are read each time, so that a rotation reaches every process at once."""
    return parse(text) if text else parse(kept(data / FILE))


def kept(path: Path) -> str:
    """The file of keys, made when it is missing."""
    if not path.exists():
        make(path)
    return path.read_text(encoding="ascii")


def make(path: Path) -> None:
    """The first key; of two first starts at once, one wins and both read its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_of(path, [(secrets.token_hex(4), os.urandom(SIZE))])
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    draft.unlink()


def write(data: Path, keys: Iterable[tuple[str, bytes]]) -> None:
    """Replace the file of keys at once."""
    draft_of(data / FILE, keys).replace(data / FILE)


def draft_of(path: Path, keys: Iterable[tuple[str, bytes]]) -> Path:
    """The keys in a file beside it that only its owner may read, safe on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(f"{name}:{base64.urlsafe_b64encode(key).decode().rstrip('=')}\n" for name, key in keys)
        file.flush()
        os.fsync(file.fileno())
    return draft


def as_text(keys: Keys) -> str:
    """Keys as the setting has them."""
    return ",".join(f"{name}:{base64.urlsafe_b64encode(key).decode().rstrip('=')}" for name, key in keys.items())
