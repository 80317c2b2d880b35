"""Brings bulk rows to the database on a thread of its own while the next ones are being made: an import keeps both cores busy.

Every other statement of the connection waits for what is on the way, so order and savepoints are as without it; an error
of the rows is raised by the first statement that waits for them.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection


def copy(raw: Any, query: str, pieces: Iterable[bytes]) -> None:
    """COPY on a connection of psycopg."""
    with raw.cursor() as cursor, cursor.copy(query) as into:
        for piece in pieces:
            into.write(piece)


class Courier:
    """Carries rows in the order in which they are given."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="kith-copy")
        self.sent: list[Future[None]] = []

    def send(self, query: str, pieces: list[bytes]) -> None:
        """Take rows along."""
        self.sent.append(self.thread.submit(copy, connection.connection, query, pieces))

    def wait(self) -> None:
        """Until all has arrived; raises the first error, after which the database took nothing more."""
        sent, self.sent = self.sent, []
        errors = [error for future in sent if (error := future.exception())]
        if errors:
            with connection.wrap_database_errors:
                raise errors[0]

    def first(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a statement after what is on the way; one that takes rows back needs no word about them."""
        try:
            self.wait()
        except Exception:
            if not sql.startswith("ROLLBACK"):
                raise
        return execute(sql, params, many, context)


_running: ContextVar[Courier | None] = ContextVar("kith_courier", default=None)


def running() -> Courier | None:
    """The courier of this thread, if any."""
    return _running.get()


@contextmanager
def aside() -> Iterator[None]:
    """Let rows of the block be brought at once, so that their errors are known where they are written."""
    token = _running.set(None)
    try:
        yield
    finally:
        _running.reset(token)


@contextmanager
def behind() -> Iterator[None]:
    """Let bulk rows of the block be brought behind its back."""
    courier = Courier()
    token = _running.set(courier)
    try:
        with courier.thread, connection.execute_wrapper(courier.first):
            yield
            courier.wait()
    finally:
        _running.reset(token)
