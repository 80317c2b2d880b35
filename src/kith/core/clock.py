"""The clock of the machine, and whether somebody has set it. Tests put other clocks here."""

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


_began: float | None = None


def begin() -> None:
    """From now on this process lets no moment come twice (see `now`); the servers say so when they start."""
    global _began
    _began = wall() - steady()


def now() -> float:
    """The moment by which it is judged what has expired: it never goes back, though the clock may, as long as this process lives."""
    return wall() if _began is None else max(wall(), _began + steady())


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
