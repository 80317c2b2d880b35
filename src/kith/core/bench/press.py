"""Brings the copies of moulds into the database, on connections of their own that need no announcement and check no links.

The rows were checked and announced when the batch was written that is copied; sealing takes the copies like all rows.
"""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from kith.core import copying
from kith.core.changes import Running
from kith.core.courier import copy
from kith.core.ledger import AuditEvent, ChangeSet
from kith.core.postgres import Server

from .mould import Known, Mould, Sent, made, recorded

LINES, WAITING = 2, 4


@dataclass(slots=True)
class Press:
    """Makes so many of each batch that is written through it."""

    server: Server | None
    copies: int = 1
    known: Known = field(default_factory=Known)
    pool: ThreadPoolExecutor | None = None
    waiting: list[Future[None]] = field(default_factory=list)

    @contextmanager
    def batch(self, changes: Running | None, step: dt.timedelta) -> Iterator[None]:
        """Write the rows of the block, and further copies of them, each so much later."""
        if self.copies == 1:
            yield
            return
        with recorded() as sent:
            yield
            if changes is not None:
                changes.flush()
        learned = self.known.learn(sent)
        if changes and learned < sum(count for (_entity, op), count in changes.counts.items() if op == "create"):
            raise RuntimeError("a batch is too small: rows that do not go by COPY have no copies")
        at = changes.at if changes else None
        if changes is not None:
            self.known.ids.add(changes.id.hex.encode())
        if self.server is None:
            self.cast(sent, changes, at, step)
            return
        self.waiting.append(self.lines().submit(self.cast, sent, changes, at, step))

    def wait(self) -> None:
        """Until not too much is on the way; outside of a transaction, which must not stay idle."""
        while len(self.waiting) > WAITING:
            self.waiting.pop(0).result()

    def lines(self) -> ThreadPoolExecutor:
        """Who brings the copies."""
        if self.pool is None:
            self.pool = ThreadPoolExecutor(LINES, thread_name_prefix="bench-press")
        return self.pool

    def cast(self, sent: list[Sent], changes: Running | None, at: Any, step: dt.timedelta) -> None:
        """Bring the copies of one batch, each in a transaction of its own."""
        moment = copying.moment(at).encode() if at else b"\0"
        mould = made([*sent, *head(changes)], self.known, moment)
        with opened(self.server) as line:
            for number in range(1, self.copies):
                later = copying.moment(at + step * number).encode() if at else b""
                bring(line, mould, self.known, number, later)

    def finish(self) -> None:
        """Wait for what is on the way."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            future.result()
        if self.pool is not None:
            self.pool.shutdown()
            self.pool = None


def head(changes: Running | None) -> Iterator[Sent]:
    """The change-set itself and its lines of the log, as rows of COPY."""
    if changes is None:
        return
    from kith.core.context import through

    with through("import"):
        lines = [changes.log_line(entity, op, count) for (entity, op), count in changes.counts.items()]
        whole = ChangeSet(
            id=changes.id, at=changes.at, kind=changes.kind, origin="import", actor_id=changes.actor.id, actor_name=changes.actor.name[:200],
            entity=changes.entity, records=sum(changes.counts.values()),
        )  # fmt: skip
    for model, rows in ((ChangeSet, [whole]), (AuditEvent, lines)):
        yield Sent(model._meta.db_table, copying.names(model), b"".join(copying.lines(model, rows)))


@contextmanager
def opened(server: Server | None) -> Iterator[Any]:
    """A connection of its own whose rows no trigger looks at; without a server that of Django, in a test."""
    if server is None:
        yield connection.connection
        return
    with server.connect(role="postgres") as line:
        line.execute("SET session_replication_role = replica")
        line.execute("SET synchronous_commit = off")
        line.commit()
        yield line


def bring(line: Any, mould: Mould, known: Known, number: int, moment: bytes) -> None:
    """One copy, in one transaction."""
    with line.transaction():
        line.execute("SELECT set_config('kith.changeset', 'maintenance', true)")
        for table, columns, text in mould.copies(known, number, moment):
            copy(line, f'COPY "{table}" ({columns}) FROM STDIN', [text])
