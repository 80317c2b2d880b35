"""Identifiers: time-ordered UUIDs, so that new rows land at the end of every index and sort as they were made."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 6.2, method 3): milliseconds and 12 bits of their fraction, then random bits.

    Each is greater than the one before in this process, so that rows of one import keep their order.
    """
    stamp = _tick()
    return uuid.UUID(
        int=(stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | int.from_bytes(os.urandom(8)) >> 2
    )


def _tick() -> int:
    """Time in 1/4096 of a millisecond, always more than the last one given."""
    global _last
    with _lock:
        _last = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        return _last
