"""What the access app does on a clock: forget old sessions and counters."""

from kith.core import jobs

from . import passwords, sessions, throttle

send_link = passwords.send_link


@jobs.job("access.forget_old", queue="system", periodic="41 * * * *")
def forget_old() -> dict[str, int]:
    """Remove ended sessions and counters of tries that no limit looks at any more."""
    return {"sessions": sessions.forget_old(), "counters": throttle.forget_old()}
