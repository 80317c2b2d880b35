"""The clock of the machine, and whether somebody has set it. Tests put other clocks here."""

import threading
import time
from datetime import UTC, datetime

#: Less than this is the ordinary correction of a clock.
LEAST = 5.0


def wall() -> float:
    """Seconds since 1970, as people read them; they may jump."""
    return time.time()


def steady() -> float:
    """Seconds that only ever pass, from an unknown beginning; they stand still while the machine sleeps."""
    return time.monotonic()


#: The latest moment that this process let come, and `steady` when it did; None in a process that goes by the wall.
_latest: tuple[float, float] | None = None
_lock = threading.Lock()


def begin() -> None:
    """From now on this process lets no moment come twice (see `now`); the servers say so when they start."""
    global _latest
    _latest = (wall(), steady())


def rise(moment: float) -> None:
    """Go below this moment no more, which another process has let come."""
    global _latest
    with _lock:
        if _latest is not None:
            _latest = (max(_floor(), moment), steady())


def now() -> float:
    """The moment by which it is judged what has expired: it never goes back, though the clock may, as long as a process lives.

    While it is ahead of the clock it goes half as fast, so that a clock that was wrong is not followed for ever.
    """
    global _latest
    if _latest is None:
        return wall()
    with _lock:
        _latest = (max(wall(), _floor()), steady())
        return _latest[0]


def has_begun() -> bool:
    """Whether this process has a moment to tell others of."""
    return _latest is not None


def _floor() -> float:
    moment, then = _latest or (0.0, 0.0)
    return moment + (steady() - then) / 2


def moment() -> datetime:
    """The same as a moment."""
    return datetime.fromtimestamp(now(), UTC)


class Watch:
    """Notices that the clock was set, or the machine slept, since it looked last."""

    def __init__(self) -> None:
        self.offset = wall() - steady()

    def jump(self) -> float:
        """By how many seconds; 0 when it was not."""
        before, self.offset = self.offset, wall() - steady()
        jumped = self.offset - before
        return jumped if abs(jumped) >= LEAST else 0.0
