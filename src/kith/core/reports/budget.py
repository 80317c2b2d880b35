"""A report may take so long and no longer, all its queries together: the database stops it, and the reader is told how to ask for less."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from kith.core import priority, turns
from kith.core.filters import BadFilter
from kith.core.store import state_of

SECONDS = 10
CANCELLED = "57014"


@contextmanager
def limited(seconds: float = SECONDS, *, at_once: bool = False) -> Iterator[None]:
    """Run queries within one time limit for all of them, when it is one's turn; raises BadFilter when it is over, Busy without a turn.

    `at_once`: all of them see the same rows, whatever is written meanwhile, so that what each of them adds up fits together.
    """
    deadline = 0.0
    alone = at_once and not connection.in_atomic_block

    def within(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Give each query what is left of the time."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise too_long(seconds)
        allow(f"{max(1, int(left * 1000))}ms")
        return execute(sql, params, many, context)

    try:
        with priority.low(), transaction.atomic():
            if alone:
                as_one()
            before = allow(None)
            turns.take(seconds)
            deadline = time.monotonic() + seconds
            with connection.execute_wrapper(within):
                yield
            allow(before)
    except OperationalError as error:
        if state_of(error) != CANCELLED:
            raise
        raise too_long(seconds) from None


def as_one() -> None:
    """Let the transaction that begins see one state of the database from its first query to its last."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def allow(limit: str | None) -> str:
    """Set how long the next queries of this transaction may take, None to leave it; returns how long they might before.

    Through the driver: neither a wrapper nor a log of queries is to see it.
    """
    driver: Any = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before: str = cursor.fetchone()[0]
        if limit is not None:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        return before


def too_long(seconds: float) -> BadFilter:
    """What is said when the time is over."""
    return BadFilter(
        _("This report took longer than %(seconds)d seconds. Add a condition or group by fewer fields.")
        % {"seconds": seconds}
    )


def fetched(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
