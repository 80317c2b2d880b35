"""Where each value comes from: who or what set it, when, through which door, and who confirmed it last (N8).

1. Walk the entries of the record backwards; the first one that sets a field is where its value comes from.
2. A confirmation before that is when it was last confirmed, unless it was taken back.
3. An undo gave back what was there before: the entry that set that is the source, not the undo.
4. A value that no entry tells of is as old as the record and comes from whoever made it.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from .access import SYSTEM, Actor, readable
from .entity import Entity, registry
from .ledger import Change, ChangeSet, Op
from .standing import turns

#: When a value was confirmed, by whom, and what it was: one that was taken back since says nothing about the one that stands.
type Confirmation = tuple[dt.datetime | None, str, Any]
NEVER: Confirmation = (None, "", None)
CHUNK = 200
SETTING = (Op.CREATE, Op.UPDATE)


@dataclass(slots=True)
class Source:
    """What set a value: the person or Kith itself, the door, the file and row of an import, and when it was last confirmed."""

    at: dt.datetime
    by: str = ""
    by_id: uuid.UUID | None = None
    origin: str = ""
    kind: str = ""
    reason: str = ""
    file: str = ""
    row: int | None = None
    changeset: uuid.UUID | None = None
    confirmed_at: dt.datetime | None = None
    confirmed_by: str = ""

    @property
    def as_of(self) -> dt.datetime:
        """The moment at which the value was known to hold."""
        return self.confirmed_at or self.at

    @property
    def door(self) -> Any:
        """The door in words."""
        return ChangeSet.Origin(self.origin).label if self.origin in ChangeSet.Origin.values else ""

    def as_data(self) -> dict[str, Any]:
        """For the API."""
        return {
            "at": self.at, "by": self.by, "origin": self.origin, "kind": self.kind, "reason": self.reason, "file": self.file, "row": self.row,
            "changeset": str(self.changeset) if self.changeset else None, "confirmed_at": self.confirmed_at, "confirmed_by": self.confirmed_by,
        }  # fmt: skip


def of(entity: Entity, record: Any, actor: Actor) -> dict[str, Source]:
    """The source of every value of a record that the actor may read; the caller has checked the right to its history."""
    allowed = readable(actor, entity)
    names = [
        name
        for name, spec in entity.fields.items()
        if name in allowed and spec.columns and not spec.type.is_empty(spec.get(record))
    ]
    found = sources(record.pk, [name for name in names if name not in ("created_at", "created_by", "updated_at")])
    lacking = [name for name in names if name not in found]
    return found | dict.fromkeys(lacking, first(record)) if lacking else found


def sources(key: uuid.UUID, names: Collection[str]) -> dict[str, Source]:
    """The sources that the ledger knows, by field."""
    found: dict[str, Source] = {}
    confirmed = defaultdict[str, list[Confirmation]](list)
    passed: set[tuple[str, uuid.UUID | None]] = set()  # undos and redos, of one change-set or of several together
    for change, by in entries(key, names):
        for name in change.after.keys() & set(names) - found.keys():
            if by is not None and (name, by.undone_by) in passed:
                continue
            if turns(by) and change.op == Op.UPDATE:
                passed.add((name, change.changeset_id))
            elif change.op in SETTING:
                same = (one for one in confirmed[name] if one[2] == change.after[name])
                found[name] = source_of(change, by, *next(same, NEVER)[:2])
            elif change.op == Op.CONFIRM and not (by and by.undone_by):
                confirmed[name].append((change.at, by.actor_name if by else "", change.after[name]))
        if len(found) == len(names):
            break
    return found


def entries(key: uuid.UUID, names: Collection[str]) -> Iterator[tuple[Change, ChangeSet | None]]:
    """The entries that name one of the fields, latest first, each with its change-set."""
    rows = Change.objects.filter(record_id=key, after__has_any_keys=list(names)).order_by("-at", "-id")
    for chunk in batched(rows.iterator(chunk_size=CHUNK), CHUNK, strict=False):
        sets = ChangeSet.objects.in_bulk({change.changeset_id for change in chunk})
        for change in chunk:
            yield change, sets.get(change.changeset_id)


def source_of(change: Change, by: ChangeSet | None, confirmed_at: dt.datetime | None, confirmed_by: str) -> Source:
    """What one entry says."""
    told = change.source if isinstance(change.source, dict) else {}
    return Source(
        change.at, by.actor_name if by else "", by.actor_id if by else None, by.origin if by else "", by.kind if by else "", by.reason if by else "",
        told.get("file") or "", told.get("row"), change.changeset_id, confirmed_at, confirmed_by,
    )  # fmt: skip


def first(record: Any) -> Source:
    """Whoever made the record."""
    users = registry.find("access.user") if record.created_by_id else None
    user = users.rows(SYSTEM).filter(pk=record.created_by_id).first() if users else None
    return Source(record.created_at, str(user or ""), record.created_by_id)
