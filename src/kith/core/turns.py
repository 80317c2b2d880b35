"""Costly questions take turns: so many at once over all processes, the others wait, so that small ones stay quick.

A turn is an advisory lock of the running transaction: it ends with it, also when the process is killed. Whoever has one is
answered by one processor: PostgreSQL's parallel workers would take the others from everybody else. Its process steps back (`priority`).
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import cycle
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable, QueryCanceled

from . import counting, priority
from .errors import Busy
from .store import state_of

#: The first half of the keys of these locks; the second is the number of the turn.
CLASS = 0x4B697468
#: In so many seconds somebody who waits has waited for each of the turns, and looked at all of them each time; a reader waits so long in all.
LOOK, SECONDS = 1.0, 10
#: An export that was begun waits so long before each part of it; then it goes on all the same, rather than break.
PATIENCE = 60
#: Whether a question is about few rows is asked once in so many seconds.
REMEMBERED = 600
OTHERS = _("Other reports are being worked out at this moment. Try again in a few seconds.")
sizes = counting.Memory[bool]()


def take(seconds: float) -> None:
    """Wait for a turn until the running transaction ends. Raises Busy when none has become free in so many seconds."""
    until = time.monotonic() + seconds
    next_one, look = cycle(range(settings.REPORTS)), LOOK / settings.REPORTS
    while not any(taken(number) for number in range(settings.REPORTS)):
        if waited_for(next(next_one), min(look, until - time.monotonic())):
            break
        if time.monotonic() >= until:
            raise Busy(OTHERS)
    keep_to_one_processor()


def taken(number: int) -> bool:
    """Take one of the turns unless somebody else has it. Through the driver: no log of queries is to see it."""
    driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLASS, number])
        return bool(cursor.fetchone()[0])


def waited_for(number: int, seconds: float) -> bool:
    """Take one of the turns as soon as it is free, asleep in PostgreSQL until then: those who wait cost nobody anything."""
    if seconds <= 0:
        return False
    try:
        with transaction.atomic(), connection.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)", [f"{max(1, int(seconds * 1000))}ms"])  # fmt: skip
            before = cursor.fetchone()[0]
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CLASS, number])
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
    except LockNotAvailable:
        return False
    return True


def keep_to_one_processor() -> None:
    """No parallel workers until the transaction ends."""
    driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT set_config('max_parallel_workers_per_gather', '0', true)")


@contextmanager
def turn() -> Iterator[None]:
    """A transaction with a turn. Raises Busy without one, or when the database stopped a question that took too long."""
    try:
        with priority.low(), transaction.atomic():
            take(SECONDS)
            yield
    except OperationalError as error:
        if state_of(error) != QueryCanceled.sqlstate:
            raise
        raise Busy(OTHERS) from None


@contextmanager
def patient_turn() -> Iterator[None]:
    """The same for what must not break off: after a while it goes on without one."""
    with priority.low(), transaction.atomic():
        try:
            take(PATIENCE)
        except Busy:
            keep_to_one_processor()
        yield


def for_many(found: QuerySet[Any]) -> AbstractContextManager[None]:
    """A turn for a question about all these rows, if they are many; what is answered in some milliseconds need not wait."""
    sql, values = counting.union_of([found.order_by().values("pk")])
    are_few = sizes.get(key := (sql, str(values)))
    if are_few is None:
        are_few = sizes.put(key, counting.count(found)[1], time.monotonic() + REMEMBERED)
    return nullcontext() if are_few else turn()
