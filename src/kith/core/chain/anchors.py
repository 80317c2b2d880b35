"""Anchors: hashes of the chain written down outside of the database, where whoever rewrites the database cannot reach.

A line for each day and for each `EVERY` rows is added to a file of the data folder; `kith audit anchor` prints one for a
mail or a safe. A line is: kith-anchor, number of the seal, its moment, its hash, and a signature under SECRET_KEY.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

from kith.core.home import data_folder

from .computing import plain

EVERY = 100_000
WORD = "kith-anchor"
LATEST = "SELECT number, sealed_at, hash FROM core_seal ORDER BY number DESC LIMIT 1"
SINCE = "SELECT coalesce(sum(lines), 0)::bigint FROM core_seal WHERE number > %(number)s"


class Unreadable(Exception):
    """A file holds something else than anchors; says where."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line."""

    number: int
    moment: str
    hash: str
    signature: str = ""

    @property
    def said(self) -> str:
        """What is signed."""
        return f"{WORD} {self.number} {self.moment} {self.hash}"

    @property
    def is_ours(self) -> bool:
        """Whether this installation wrote it."""
        return constant_time_compare(self.signature, signature(self.said))

    def __str__(self) -> str:
        return f"{self.said} {self.signature}"


def signature(text: str) -> str:
    """The signature of a line."""
    return Signer(salt="kith.anchor").signature(text)


def latest() -> Anchor | None:
    """An anchor of the present end of the chain; None while nothing is sealed."""
    rows = plain(LATEST)
    if not rows:
        return None
    number, at, digest = rows[0]
    bare = Anchor(number, f"{at:%Y-%m-%dT%H:%M:%SZ}", bytes(digest).hex())
    return Anchor(bare.number, bare.moment, bare.hash, signature(bare.said))


def path() -> Path:
    """The file of this installation."""
    return data_folder() / "anchors.txt"


def kept() -> list[Anchor]:
    """The anchors of this installation; none before the first was written."""
    return read_file(path()) if path().exists() else []


def drop() -> Anchor | None:
    """Write an anchor if one is due: none yet, a new day, or many rows since; the one that was written."""
    made, last = latest(), written()
    if made is None or not is_due(made, last):
        return None
    append(path(), made)
    return made


def is_due(made: Anchor, last: Anchor | None) -> bool:
    """Whether the chain has gone far enough since the last line."""
    if last is None:
        return True
    if made.number <= last.number:
        return False
    return made.moment[:10] != last.moment[:10] or plain(SINCE, {"number": last.number})[0][0] >= EVERY


def written() -> Anchor | None:
    """The last line of the file."""
    try:
        lines = path().read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    try:
        return next(read(lines[-1:]), None)
    except Unreadable:
        return None  # another is written behind it; verification tells what is wrong with this one


def append(place: Path, anchor: Anchor) -> None:
    """Add a line, on the disk before anything goes on."""
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{anchor}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(lines: Iterable[str]) -> Iterator[Anchor]:
    """The anchors of a text; other lines, as around one in a mail, are passed over, broken ones refused."""
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0] != WORD:
            continue
        if len(words) != 5 or not words[1].isdigit() or len(words[3]) != 64:
            raise Unreadable(f"line {number} is no whole anchor: {line.strip()[:80]}")
        yield Anchor(int(words[1]), *words[2:])


def read_file(place: Path) -> list[Anchor]:
    """The anchors of a file."""
    try:
        found = list(read(place.read_text(encoding="utf-8", errors="replace").splitlines()))
    except OSError as error:
        raise Unreadable(f"cannot read {place}: {error.strerror}") from error
    except Unreadable as error:
        raise Unreadable(f"{place}: {error}") from error
    if not found:
        raise Unreadable(f"{place} holds no anchor")
    return found


def standing(anchors: Iterable[Anchor]) -> dict[int, str]:
    """The hashes that the chain has now where the anchors stand."""
    rows = plain("SELECT number, hash FROM core_seal WHERE number = ANY(%(numbers)s)", {"numbers": [one.number for one in anchors]})  # fmt: skip
    return {number: bytes(digest).hex() for number, digest in rows}
