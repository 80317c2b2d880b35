"""Identifiers: time-ordered UUIDs, so that new rows land at the end of every index and sort as they were made."""

import os
import threading
import time
import uuid
from collections.abc import Iterator
from struct import Struct

_lock = threading.Lock()
_last = 0
#: Random bits for the next ids: asking the system for each id takes longer than all the rest of it.
_SOME = Struct("512Q")
_chance: Iterator[int] = iter(())
_new, _set = object.__new__, object.__setattr__


def uuid7() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 6.2, method 3): milliseconds and 12 bits of their fraction, then random bits.

    Each is greater than the one before in this process, so that rows of one import keep their order.
    """
    stamp, bits = _tick()
    made = _new(uuid.UUID)  # without the checks of its constructor
    _set(made, "int", (stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | bits >> 2)
    _set(made, "is_safe", uuid.SafeUUID.unknown)
    return made


def _tick() -> tuple[int, int]:
    """Time in 1/4096 of a millisecond, always more than the last one given, and 64 random bits."""
    global _last, _chance
    with _lock:
        _last = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        bits = next(_chance, None)
        if bits is None:
            _chance = iter(_SOME.unpack(os.urandom(_SOME.size)))
            bits = next(_chance)
        return _last, bits


def _forget() -> None:
    """A forked process must not give the random bits that its parent has still to give."""
    global _chance
    _chance = iter(())


os.register_at_fork(after_in_child=_forget)
