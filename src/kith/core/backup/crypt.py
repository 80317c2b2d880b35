"""Files of a backup, plain or encrypted with a key that is in none of them.

An encrypted file is a head (which key, a salt) and pieces of a megabyte under AES-256-GCM, with a key of its own for each
file. The number of a piece and whether it is the last are part of its nonce, so a piece that is changed, missing, moved,
added or taken from another file is found; so is a file under another's name.
"""

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kith import env
from kith.core import sealing_keys
from kith.core.backup import Failed
from kith.core.sealing_keys import Keys

SUFFIX = ".sealed"
HEAD = b"kith backup 1\n"
PIECE, TAG, SALT = 1 << 20, 16, 16


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> int: ...


def keys() -> Keys:
    """The keys of backups; empty when they are not to be encrypted."""
    text = env.text(
        "KITH_BACKUP_KEYS",
        "",
        "Keys for backups, id:key separated by commas, as in SEALING_KEYS. The first encrypts, all open. Keep them apart from the backups: without them these cannot be read.",
        secret=True,
        shown="backups are not encrypted",
    )
    return sealing_keys.parse(text, "KITH_BACKUP_KEYS") if text else Keys()


def name_of(name: str) -> str:
    """What a file is called, now that there is a key or none."""
    return name + SUFFIX if keys() else name


def there(folder: Path, name: str) -> Path:
    """The file of this name in a folder, encrypted or not."""
    sealed = folder / (name + SUFFIX)
    return sealed if sealed.exists() else folder / name


class _Sealer:
    """Encrypts what is written to it."""

    def __init__(self, out: IO[bytes], name: str) -> None:
        key_id, key = keys().first
        salt = secrets.token_bytes(SALT)
        self.head = HEAD + key_id.encode() + b"\n" + salt
        self.out, self.cipher, self.about = out, _cipher(key, salt), self.head + name.encode()
        self.waiting, self.number = bytearray(), 0
        out.write(self.head)

    def write(self, data: bytes, /) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE:  # the last piece is known only at the end
            self.put(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]
        return len(data)

    def put(self, piece: bytes, *, is_last: bool) -> None:
        """One piece."""
        self.out.write(self.cipher.encrypt(_nonce(self.number, is_last), piece, self.about))
        self.number += 1

    def finish(self) -> None:
        """The last piece."""
        self.put(bytes(self.waiting), is_last=True)


@contextmanager
def writing(place: Path) -> Iterator[Sink]:
    """Write a file, encrypted when its name says so, on the disk when the block ends."""
    with place.open("xb") as out:
        place.chmod(0o600)
        if place.suffix == SUFFIX:
            sealer = _Sealer(out, place.name)
            yield sealer
            sealer.finish()
        else:
            yield out
        out.flush()
        os.fsync(out.fileno())


def pieces(place: Path, name: str = "") -> Iterator[bytes]:
    """The content of a file, piece by piece; Failed where it is not as it was written. `name`: what it was called then."""
    with place.open("rb") as file:
        if place.suffix != SUFFIX:
            while piece := file.read(PIECE):
                yield piece
            return
        yield from _opened(file, name or place.name, str(place))


def _opened(file: IO[bytes], name: str, place: str) -> Iterator[bytes]:
    head = file.read(len(HEAD))
    key_id = file.readline(80)
    salt = file.read(SALT)
    key = keys().get(key_id.strip().decode("ascii", "replace"))
    if head != HEAD or key is None:
        raise Failed(f"{place} cannot be read: it is damaged, or its key is not in KITH_BACKUP_KEYS.")
    cipher, about, number = _cipher(key, salt), head + key_id + salt + name.encode(), 0
    piece = file.read(PIECE + TAG)
    while piece:
        after = file.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not after), piece, about)
        except (InvalidTag, ValueError):
            raise Failed(f"{place} is damaged, or encrypted with another key of the same name.") from None
        piece, number = after, number + 1
    if not number:
        raise Failed(f"{place} is damaged: it has no content.")


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"kith backup").derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def digest(place: Path) -> str:
    """SHA-256 of a file as it lies there."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Out(io.RawIOBase):
    """A sink as the file that tarfile writes to."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self.sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.sink.write(bytes(data))
        return len(data)


class In(io.RawIOBase):
    """Pieces as the file that tarfile reads from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self.pieces, self.rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self.rest:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.rest = piece
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count
