"""What came for a merged record while it was being merged, or by a writer who had seen it before: it belongs to the survivor (R35).

A writer checks a link when it begins and stores it when it ends; a merge in between finds nothing to move yet. Notes, tasks
and files name their subject without a constraint of the database. So what is found afterwards is moved in a change-set of its own.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from itertools import batched
from typing import Any

from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import Entity, registry

from .merged import current, survivor_of
from .moving import Moved, links, move_all, rows

#: Nobody writes for longer than this what was seen before a merge.
LONGEST = timedelta(days=1)
AT_ONCE = 200


def gather() -> int:
    """Move what still links to records that were merged of late; returns how many rows."""
    moved = Moved()
    of_late = current().filter(whole=True, at__gte=timezone.now() - LONGEST)
    for label in of_late.values_list("entity", flat=True).distinct().order_by("entity"):
        entity = registry.find(label)
        if entity is not None:
            keys = of_late.filter(entity=label).order_by("at", "pk").values_list("record_id", flat=True)
            for some in batched(list(keys), AT_ONCE, strict=False):
                for key in linked(entity, some):
                    give(entity, key, moved)
    return moved.rows.total() + moved.joined.total()


def linked(entity: Entity, keys: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of some merged records to which rows link; one query for each link where there are none."""
    found = set[uuid.UUID]()
    for other, spec in links(entity):
        if rows(entity, other, spec, keys).filter(deleted_at=None).exists():
            found |= {key for key in keys if rows(entity, other, spec, [key]).filter(deleted_at=None).exists()}
    return [key for key in keys if key in found]


def give(entity: Entity, key: uuid.UUID, moved: Moved) -> None:
    """Let everything that links to one merged record link to its survivor, if that one is there."""
    with change_set(SYSTEM, entity=entity.label) as changes:
        end = survivor_of(key)
        survivor: Any = next(iter(writes.lock(entity, [end] if end else [])), None)
        source: Any = next(iter(writes.lock(entity, [key], trashed=True)), None)
        if survivor is not None and source is not None and survivor_of(key) == survivor.pk:
            move_all(changes, entity, source, survivor, moved, alive=True)
