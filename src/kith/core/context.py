"""Where the running code was called from: through which door, by which request, from which address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


def unasked() -> bool:
    """Where there is no session, nobody is asked again."""
    return True


@dataclass(frozen=True, slots=True)
class Here:
    """The door ("ui", "api", "import", "job", "sync", "portal", "cli", "system") and the request behind it."""

    origin: str = "system"
    request_id: str = ""
    ip: str = ""
    agent: str = ""
    proved: Callable[[], bool] = field(
        default=unasked, compare=False
    )  # whether the user of the session has lately proved who it is


_here: ContextVar[Here] = ContextVar("kith_here", default=Here())  # noqa: B039 - frozen


def current() -> Here:
    """The door of the running code."""
    return _here.get()


@contextmanager
def through(
    origin: str, *, request_id: str = "", ip: str = "", agent: str = "", proved: Callable[[], bool] | None = None
) -> Iterator[None]:
    """Run a block as called through this door; inside a request, what its session proved goes on to hold."""
    token = _here.set(Here(origin, request_id, ip, agent, proved or _here.get().proved))
    try:
        yield
    finally:
        _here.reset(token)
