"""Costly questions take turns: so many at once over all processes, the others wait, so that small ones stay quick.

A turn is an advisory lock of the running transaction: it ends with it, also when the process is killed.
"""

import time

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from .errors import Busy

#: The first half of the keys of these locks; the second is the number of the turn.
CLASS = 0x4B697468
#: How often somebody who waits looks again.
EVERY = 0.05


def take(seconds: float) -> None:
    """Wait for a turn until the running transaction ends. Raises Busy when none has become free in so many seconds."""
    until = time.monotonic() + seconds
    while not any(taken(number) for number in range(settings.REPORTS)):
        if time.monotonic() >= until:
            raise Busy(_("Other reports are being worked out at this moment. Try again in a few seconds."))
        time.sleep(EVERY)


def taken(number: int) -> bool:
    """Take one of the turns unless somebody else has it. Through the driver: no log of queries is to see it."""
    driver = connection.connection
    with driver.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [CLASS, number])
        return bool(cursor.fetchone()[0])
