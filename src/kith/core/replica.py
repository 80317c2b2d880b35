"""Pages are read from a replica as soon as it has what their reader wrote; all else happens where it is written.

- Who asks by GET reads from the replica when that has replayed their own last write (`LastWrite`), stands where rights and
  configuration stand (`state`), and is not more than five seconds behind. Otherwise the page is read as without a replica.
- Sign-in, sessions, jobs, writing requests with all their reads, and the lines of the log that a page writes stay where
  they are: `elsewhere` ends before they begin, `home` interrupts it.
- A page that writes after all, or whose replica goes away, is made once more without it: GET may be repeated.

The connection named "default" is another one for as long as a page is made, so no query knows of it. docs/decisions/017.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, connections, models
from django.http import HttpRequest, HttpResponse

from kith.core.context import current
from kith.core.database import REPLICA, replica_url
from kith.core.store import READ_ONLY, is_busy, is_lost

READING = ("GET", "HEAD")
LATE = 5.0  # seconds that a replica may be behind
SAID = """
SELECT coalesce((SELECT position FROM core_lastwrite WHERE user_id = %s), 0), (pg_current_wal_flush_lsn() - '0/0')::bigint, ({state})
"""
REPLAYED = "SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - '0/0')::bigint, ({state})"
#: Where the log of the server ends, noted for a user; losing the note with a crash loses no data, so nobody waits for it.
NOTE = """
INSERT INTO core_lastwrite AS known (user_id, position)
SELECT %s, (pg_current_wal_insert_lsn() - '0/0')::bigint FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
ON CONFLICT (user_id) DO UPDATE SET position = greatest(known.position, excluded.position)
"""
#: A query for the state of rights and configuration; set by the access app.
state = "SELECT 0"
_home: ContextVar[Any] = ContextVar("kith_home_connection", default=None)
#: What was written while a page is made, for which the request has a list.
_wrote: ContextVar[list[bool] | None] = ContextVar("kith_wrote", default=None)


class LastWrite(models.Model):
    """How far the log of the server was when a user had last written."""

    user_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.position}"


class Watch:
    """How many seconds a replica is behind, from positions that were seen at known moments."""

    def __init__(self) -> None:
        self.away_until = 0.0  # one that did not answer is not asked for a while: each page would wait for it
        self.seen: deque[tuple[float, int]] = deque(maxlen=200)
        self.level = float("-inf")  # the latest moment of which it is known to have everything; none for a new process
        self.alone = threading.Lock()

    def behind(self, written: int, replayed: int, now: float) -> tuple[float, float]:
        """At least and at most so many seconds: the age of the oldest position that is missing, and of the latest moment of which none is."""
        with self.alone:
            if not self.seen or now - self.seen[-1][0] > LATE / 100:
                self.seen.append((now, written))
            while self.seen and self.seen[0][1] <= replayed:
                self.level = self.seen.popleft()[0]
            if replayed >= written:
                self.level = now
            return now - self.seen[0][0] if self.seen else 0.0, now - self.level


watch = Watch()


def is_used() -> bool:
    """Whether there is a replica to read from."""
    return bool(replica_url())


def note(user: UUID | None) -> None:
    """Remember that a user has written, so that their pages are read from nowhere that does not know of it."""
    if user is not None and is_used():
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [user])


def answered(request: HttpRequest, user: Callable[[], UUID | None], act: Callable[[], HttpResponse]) -> HttpResponse:
    """`act()`, read from the replica where that may be; what a writing request did is noted for its user."""
    if not is_used():
        return act()
    if request.method not in READING:
        try:
            return act()
        finally:
            note(user())
    if knows(user()):
        try:
            with elsewhere():
                return act()
        except DatabaseError as error:
            if not is_of_replica(error):
                raise
    return noted(user, act)


def noted(user: Callable[[], UUID | None], act: Callable[[], HttpResponse]) -> HttpResponse:
    """A page made where it may write; if it did, as one that asks for a job, that is noted for its user."""
    did: list[bool] = []
    token = _wrote.set(did)
    try:
        return act()
    finally:
        _wrote.reset(token)
        if did:
            note(user())


def wrote() -> None:
    """Say that something was written which its reader must meet on the next page."""
    if (did := _wrote.get()) is not None:
        did.append(True)


def knows(user: UUID | None) -> bool:
    """Whether the replica may answer this user; nobody in particular is never answered from it."""
    if user is None or REPLICA not in connections or time.monotonic() < watch.away_until:
        return False
    position, written, said = ask(connection, SAID, [user])
    try:
        is_replica, replayed, known = ask(connections[REPLICA], REPLAYED)
    except DatabaseError:
        watch.away_until = time.monotonic() + LATE
        return False
    _least, most = watch.behind(written, replayed or 0, time.monotonic())
    is_near = most <= LATE
    return bool(is_replica and is_near and known == said and replayed >= position)


def trouble() -> str:
    """What keeps this process from reading from the replica, whoever asks; empty when nothing does, or there is none."""
    if REPLICA not in connections:
        return ""
    _position, written, _said = ask(connection, SAID, [UUID(int=0)])
    try:
        is_replica, replayed, _known = ask(connections[REPLICA], REPLAYED)
    except DatabaseError:
        return "the replica does not answer"
    behind, _most = watch.behind(written, replayed or 0, time.monotonic())
    if not is_replica:
        return "KITH_REPLICA_URL names a server that is no replica"
    return f"the replica is {behind:.0f} s behind" if behind > LATE else ""


def ask(database: Any, query: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    """The one row of a query."""
    with database.cursor() as cursor:
        cursor.execute(query.format(state=state), values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


@contextmanager
def elsewhere() -> Iterator[None]:
    """Let everything that is asked in this block be asked of the replica."""
    with _standing_in(connections[REPLICA], connections["default"]):
        yield


@contextmanager
def home() -> Iterator[None]:
    """Let a block write, whatever is read elsewhere."""
    if (mine := _home.get()) is None:
        yield
        return
    with _standing_in(mine, None):
        yield


@contextmanager
def _standing_in(now: Any, mine: Any) -> Iterator[None]:
    before, token = connections["default"], _home.set(mine)
    connections["default"] = now
    try:
        yield
    finally:
        connections["default"] = before
        _home.reset(token)


def is_elsewhere() -> bool:
    """Whether the replica is asked at this moment."""
    return _home.get() is not None


def is_of_replica(error: DatabaseError) -> bool:
    """Whether the same page can be made without the replica: it wrote, or the replica was busy with replaying, or went away."""
    return getattr(error.__cause__, "sqlstate", None) == READ_ONLY or is_busy(error) or is_lost(error)


class Reading:
    """The middleware of pages; the API does the same once it knows whose token it is."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Make the page here, after everything that had to be found out about its reader."""
        if current().origin == "api":
            return None
        return answered(request, lambda: request.user.pk, lambda: view(request, *args, **kwargs))
