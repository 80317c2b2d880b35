"""Costly questions take turns: so many at once over all processes, the others wait, so that small ones stay quick.

A turn is an advisory lock of the running transaction: it ends with it, also when the process is killed. Whoever has one is
answered by one processor: PostgreSQL's parallel workers would take the others from everybody else.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from . import counting
from .errors import Busy

#: The first half of the keys of these locks; the second is the number of the turn.
CLASS = 0x4B697468
#: How often somebody who waits looks again, and for how long a reader waits.
EVERY, SECONDS = 0.05, 10
#: An export that was begun waits so long before each part of it; then it goes on all the same, rather than break.
PATIENCE = 60
#: Whether a question is about few rows is asked once in so many seconds.
REMEMBERED = 600
sizes = counting.Memory[bool]()


def take(seconds: float) -> None:
    """Wait for a turn until the running transaction ends. Raises Busy when none has become free in so many seconds."""
    until = time.monotonic() + seconds
    while not any(taken(number) for number in range(settings.REPORTS)):
        if time.monotonic() >= until:
            raise Busy(_("Other reports are being worked out at this moment. Try again in a few seconds."))
        time.sleep(EVERY)
    keep_to_one_processor()


def taken(number: int) -> bool:
    """Take one of the turns unless somebody else has it. Through the driver: no log of queries is to see it."""
    driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLASS, number])
        return bool(cursor.fetchone()[0])


def keep_to_one_processor() -> None:
    """No parallel workers until the transaction ends."""
    driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT set_config('max_parallel_workers_per_gather', '0', true)")


@contextmanager
def turn() -> Iterator[None]:
    """A transaction with a turn. Raises Busy."""
    with transaction.atomic():
        take(SECONDS)
        yield


@contextmanager
def patient_turn() -> Iterator[None]:
    """The same for what must not break off: after a while it goes on without one."""
    with transaction.atomic():
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
