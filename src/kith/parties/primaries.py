"""One primary among several (R15, R16): contact points, addresses and jobs share this rule."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import Entity
from kith.core.following import follow

#: Operations in which the ledger, not the rule, sets what belongs together.
BY_LEDGER = ("undo", "purge")


@dataclass(frozen=True, slots=True)
class Span:
    """What decides whether a row can be primary, before there is a row."""

    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    invalid_reason: str | None = ""


def is_current(row: Any, day: dt.date | None = None) -> bool:
    """Whether a row with validity dates holds on a day (today)."""
    day = day or timezone.localdate()
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to >= day)


def in_order(row: Any) -> bool:
    """Whether a row does not end before it begins."""
    return not (row.valid_from and row.valid_to and row.valid_to < row.valid_from)


def marked(batch: Batch) -> list[UUID]:
    """Rows newly marked as primary, in the order of the marks."""
    return [
        item.record.pk
        for item in batch.items
        if item.after.get("is_primary") or (item.is_new and item.record.is_primary)
    ]


def winner(rows: Sequence[Any], marks: Sequence[UUID], is_valid: Callable[[Any], bool]) -> Any:
    """The primary row: the last one marked, else the one that was, else the oldest; only valid rows count."""
    valid = {row.pk: row for row in rows if is_valid(row)}
    last = next((valid[key] for key in reversed(marks) if key in valid), None)
    return (
        last
        or next((row for row in valid.values() if row.is_primary), None)
        or min(valid.values(), key=lambda row: (row.created_at, row.pk), default=None)
    )


def settle[Group: Hashable](
    entity: Entity,
    rows: Iterable[Any],
    group_of: Callable[[Any], Group],
    marks: Sequence[UUID],
    is_valid: Callable[[Any], bool],
) -> dict[Group, Any]:
    """Give each group exactly one primary row, if any is valid; returns the primaries by group."""
    groups: dict[Group, list[Any]] = defaultdict(list)
    for row in rows:
        groups[group_of(row)].append(row)
    primaries = {group: winner(members, marks, is_valid) for group, members in groups.items()}
    wrong = [row for group, members in groups.items() for row in members if row.is_primary != (row is primaries[group])]
    follow(entity, [Item(row, {"is_primary": not row.is_primary}) for row in wrong])
    return {group: row for group, row in primaries.items() if row is not None}


def wholes(batch: Batch, link: str) -> set[UUID]:
    """Ids of the records whose parts the batch writes, and of those the parts belonged to before."""
    now = {getattr(item.record, f"{link}_id") for item in batch.items}
    return now | {item.before[link] for item in batch.items if item.before.get(link)}


def live_parts(entity: Entity, link: str, keys: Collection[UUID], batch: Batch | None = None) -> list[Any]:
    """The parts of these records that are not in the trash, oldest first, locked; rows of the batch as its own objects."""
    own = {item.record.pk: item.record for item in batch.items} if batch else {}
    rows = entity.rows(SYSTEM).filter(**{f"{link}__in": list(keys)}).select_for_update(of=("self",)).order_by("pk")
    return [own.get(row.pk, row) for row in rows]
