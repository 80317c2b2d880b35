"""The floor of the clock, one for all processes: what has ended for one of them has ended for those that start later, too.

Each process of web and worker tells the moment below which it does not go (`clock.now`), and rises to what others have told, every
few seconds while it has pages or jobs: one small statement, on its way to no disk, and none in between.
"""

import time
from contextlib import suppress

from django.db import Error, connection, models
from django.http import HttpRequest, HttpResponse

from . import clock
from .gate import ALWAYS
from .middleware import Answer

EVERY = 5.0  # seconds
#: Who is so far ahead of the clock has had a wrong one, which others must not follow.
FAR = 7200
SHARE = """
INSERT INTO core_clockfloor AS known (id, moment)
SELECT 1, %s FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
ON CONFLICT (id) DO UPDATE SET moment =
    CASE WHEN known.moment > %s THEN excluded.moment ELSE greatest(known.moment, excluded.moment) END
RETURNING moment
"""
_next = 0.0


class ClockFloor(models.Model):
    """One row: the latest moment, in seconds since 1970, that a process let come."""

    moment = models.FloatField()

    def __str__(self) -> str:
        return str(self.moment)


def share() -> None:
    """Tell the floor of this process and rise to that of the others, if it is time. Without a database it is told later."""
    global _next
    now = time.monotonic()
    if (
        not clock.has_begun() or now < _next or connection.in_atomic_block
    ):  # a transaction would keep others from telling
        return
    _next = now + EVERY
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute(SHARE, [clock.now(), clock.wall() + FAR])
        clock.rise(cursor.fetchone()[0])


def shared(answer: Answer) -> Answer:
    """Share it before anything is judged by it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path not in ALWAYS:
            share()
        return answer(request)

    return middleware
