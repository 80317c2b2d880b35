"""The change-set that is being written: announced to the database guard, collected in bulk, flushed with log and events."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import events, past, replica, room
from .access import SYSTEM, Actor
from .context import current
from .entity import registry
from .errors import Refused
from .ids import uuid7
from .ledger import AuditEvent, Change, ChangeSet, Entry
from .store import CHECK_LINKS, add, insert_plain

FLUSH_AT = 5000
#: Kinds of change-sets that stand in the log under their own name, whatever they did to records.
NAMED_KINDS = frozenset({"undo", "redo"})


@dataclass
class Running:
    """A change-set in the making."""

    actor: Actor
    kind: str
    reason: str = ""
    entity: str = ""
    undo_of: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=uuid7)
    at: Any = field(default_factory=timezone.now)
    confirmed: list[str] = field(default_factory=list)
    pending: list[Entry] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    only: dict[tuple[str, str], Entry] = field(default_factory=dict)
    attempts: int = 0
    #: Whether the block that opened it does nothing but write: then what it writes needs no savepoint of its own.
    is_whole: bool = False

    def add(self, changes: list[Entry]) -> None:
        """Take changes in; flush them to the ledger when many have gathered."""
        for change in changes:
            key = (change.entity, change.op)
            self.counts[key] += 1
            self.only[key] = change
        self.pending += changes
        self.flush_some()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail alone: then rows, ledger, log and events are as before it, whoever catches the error.

        What stands right in a change-set that is whole fails with all of it: whoever catches the error can write no more.
        """
        before, counts, only = len(self.pending), self.counts.copy(), dict(self.only)
        confirmed = len(self.confirmed)
        is_apart = not self.is_whole or self.attempts > 0
        self.attempts += 1  # nothing is flushed inside: a flush would be taken back with the rows
        try:
            with transaction.atomic(savepoint=is_apart):
                yield
        except BaseException:
            del self.pending[before:], self.confirmed[confirmed:]
            self.counts, self.only = counts, only
            raise
        finally:
            self.attempts -= 1
        self.flush_some()

    def flush_some(self) -> None:
        """Flush when many changes have gathered."""
        if len(self.pending) >= FLUSH_AT and not self.attempts:
            self.flush()

    def flush(self) -> None:
        """Write the gathered changes to the ledger."""
        insert_plain(Change, self.pending)
        self.pending = []

    def finish(self) -> None:
        """Write what is left: changes, the change-set itself, one log line per entity and operation, events."""
        if not self.counts:
            return
        self.flush()
        here = current()
        mine = ChangeSet(
            id=self.id, at=self.at, kind=self.kind, origin=here.origin, reason=self.reason, actor_id=self.actor.id, actor_name=self.actor.name[:200],
            token_id=self.actor.token_id, request_id=here.request_id, entity=self.entity, records=sum(self.counts.values()), confirmed=self.confirmed, undo_of=self.undo_of,
        )  # fmt: skip
        add(mine, *(self.log_line(entity, op, count) for (entity, op), count in self.counts.items()))
        events.announce(self)

    def log_line(self, entity: str, op: str, count: int) -> AuditEvent:
        """The line of the log for one entity and operation."""
        here, change = current(), self.only[entity, op]
        single = count == 1
        return AuditEvent(
            at=self.at, kind=self.kind if self.kind in NAMED_KINDS else registry.get(entity).log_kind(op, frozenset(change.after)), origin=here.origin, actor_id=self.actor.id, actor_name=self.actor.name[:200], token_id=self.actor.token_id,
            ip=here.ip, agent=here.agent[:300], entity=entity, record_id=change.record_id if single else None, title=change.title if single else "",
            count=count, changeset_id=self.id, request_id=here.request_id, detail={"kind": self.kind} | ({"fields": sorted(change.after)} if single and op == "update" else {}),
        )  # fmt: skip


_running: ContextVar[Running | None] = ContextVar("kith_changeset", default=None)


def running() -> Running | None:
    """The change-set being written, if any."""
    return _running.get()


def author() -> Actor:
    """Who writes now; Kith itself outside a change-set."""
    changes = running()
    return changes.actor if changes else SYSTEM


@contextmanager
def change_set(
    actor: Actor,
    *,
    kind: str = "edit",
    reason: str = "",
    entity: str = "",
    undo_of: uuid.UUID | None = None,
    whole: bool = False,
) -> Iterator[Running]:
    """Write everything in the block as one change-set in one transaction; inside another one, join it as a part that may fail alone.

    `whole`: nothing in the block goes on after a part of it failed. Its parts then need no savepoints.
    """
    outer = _running.get()
    if outer is not None:
        with outer.attempt():
            yield outer
        return
    past.require_now()
    room.require()
    replica.wrote()
    mine = Running(actor=actor, kind=kind, reason=reason, entity=entity, undo_of=undo_of, is_whole=whole)
    with transaction.atomic():
        announce(str(mine.id))
        token = _running.set(mine)  # after what may fail: a thread must not believe for ever to be inside a change-set
        try:
            yield mine
            mine.finish()
        finally:
            _running.reset(token)
        settle()


#: Both in one statement.
SETTLE = f"{CHECK_LINKS}; SELECT set_config('kith.changeset', '', true)"


def settle() -> None:
    """Have links checked now, where a target that somebody has just erased can still be told in words, and end the announcement.

    On an error the rollback takes the announcement back.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE)
    except IntegrityError as error:
        raise Refused(_("A record that this links to has just been erased; choose another one.")) from error


def announce(text: str) -> None:
    """Tell the database guard of this transaction which change-set is writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kith.changeset', %s, true)", [text])


@contextmanager
def maintenance(what: str) -> Iterator[None]:
    """Announce writes that are no change of content: migrations, sealing, test fixtures."""
    with transaction.atomic():
        announce(what)
        yield
        outer = _running.get()
        announce(str(outer.id) if outer else "")
