"""The formula of the chain in plain Python; the database computes the same in bulk (`computing.py`)."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

SALT, DIGEST = 16, 32
NO_SALT = bytes(SALT)
START = bytes(DIGEST)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def text(values: Sequence[Any]) -> str:
    """A JSON array as PostgreSQL writes it."""
    return json.dumps(list(values), ensure_ascii=False)


def microseconds(moment: dt.datetime) -> int:
    """A moment as whole microseconds since 1970."""
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def commitment(salt: bytes, body: str) -> bytes:
    """What binds a body without telling it."""
    return hashlib.sha256(salt + body.encode()).digest()


def leaf(header: str, commitments: Iterable[bytes]) -> bytes:
    """What stands for one row."""
    return hashlib.sha256(header.encode() + b"".join(commitments)).digest()


def link(previous: bytes, facts: Sequence[Any], leaves: bytes) -> bytes:
    """The hash of a seal."""
    return hashlib.sha256(previous + text(facts).encode() + leaves).digest()
