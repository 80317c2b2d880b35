"""Where the running code was called from: through which door, by which request, from which address."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Here:
    """The door ("ui", "api", "import", "job", "sync", "portal", "cli", "system") and the request behind it."""

    origin: str = "system"
    request_id: str = ""
    ip: str = ""
    agent: str = ""


_here: ContextVar[Here] = ContextVar("kith_here", default=Here())  # noqa: B039 - frozen


def current() -> Here:
    """The door of the running code."""
    return _here.get()


@contextmanager
def through(origin: str, *, request_id: str = "", ip: str = "", agent: str = "") -> Iterator[None]:
    """Run a block as called through this door."""
    token = _here.set(Here(origin, request_id, ip, agent))
    try:
        yield
    finally:
        _here.reset(token)
