"""Which of all combinations a run takes: a sample, more of it, all of them, or one slice of all.

`KITH_MORE=20` takes twenty times as many as the suite, `KITH_LONG=1` all. All of them take hours: with `KITH_SLICE=3/24` a
run takes the third of 24 slices, which together are complete. A checksum of the names decides, never chance or the date.
"""

import os
import zlib
from typing import Any

LONG, MORE = os.environ.get("KITH_LONG") == "1", int(os.environ.get("KITH_MORE", "1"))


def slice_of(text: str) -> tuple[int, int]:
    """Which slice of how many "3/24" names; there is no slice 0 and none after the last, which would hold for want of any combination."""
    part, _sign, parts = text.partition("/")
    if not 0 < int(part) <= int(parts):
        raise ValueError(f"KITH_SLICE={text}: say which of how many, for example 3/24")
    return int(part), int(parts)


PART, PARTS = slice_of(os.environ.get("KITH_SLICE") or "1/1")


def chosen(*parts: Any, one_of: int) -> bool:
    """Whether a combination belongs to the run: one of so many in the sample."""
    number = zlib.crc32("·".join(map(str, parts)).encode())
    return number % PARTS == PART - 1 if LONG else number % max(1, one_of // MORE) == 0


def told() -> str:
    """The run in words; nothing for the sample of the suite."""
    whole = f"slice {PART}/{PARTS} of all combinations" if PARTS > 1 else "all combinations"
    return whole if LONG else f"{MORE} times the combinations of the suite" if MORE > 1 else ""
