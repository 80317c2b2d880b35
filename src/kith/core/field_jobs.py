"""What follows in the background when a custom field is defined, changed or taken away: its indexes, and the words of search."""

import logging
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import field_indexes, following, pipeline
from .access import SYSTEM
from .batch import Batch, Item
from .changes import change_set
from .entity import registry
from .jobs import defer, job, running
from .stored import building, checking

INDEXED = frozenset({"is_indexed", "is_unique", "is_retired"})
SEARCHED = frozenset({"is_searched", "search_weight", "is_retired"})
PIECE = 500
DEFINITIONS = frozenset({"core.rollupfield", "core.formulafield", "core.fielddefinition"})
log = logging.getLogger(__name__)


@job("core.index_fields", lock="core.index_fields", retry=2, label=_("Indexes of custom fields"))
def index_fields() -> dict[str, int]:
    """Build and drop indexes until they are those that the definitions ask for."""
    if not connection.in_atomic_block:  # a large table takes longer than any other statement may
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
    indexes, rollups = field_indexes.settle(), building.settle()
    return {name: indexes[name] + rollups[name] for name in indexes}


@job("core.check_rollups", queue="system", periodic="50 3 * * *", retry=2)
def check_rollups() -> dict[str, Any]:
    """Compare a sample of kept roll-ups with the truth; those that differ are worked out at reading until they are built anew."""
    found = checking.differing()
    if found:
        log.error("kept roll-ups differ", extra={"fields": found})
        checking.distrust(found)
    if not (building.is_settled() and field_indexes.is_settled()):  # as after an update of Kith
        defer(index_fields)
    return {"differ": found}


@job("core.reindex_field", lock="core.reindex_field-{entity}", retry=2, label=_("Words of search from custom fields"))
def reindex_field(entity: str, name: str) -> dict[str, int]:
    """Renew what the records are found by that hold a value of this field."""
    noun = registry.find(entity)
    if noun is None:
        return {"records": 0}
    rows = noun.rows(SYSTEM).filter(custom__has_key=name).order_by("pk")
    keys: list[UUID] = list(rows.values_list("pk", flat=True))
    running().expect(len(keys))
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        with change_set(SYSTEM, kind="reindex", entity=entity):
            following.reindex(noun, pipeline.lock(noun, piece))
        running().step(len(piece))
    return {"records": len(keys)}


def follow(batch: Batch) -> None:
    """Ask for what the written definitions need."""
    if any(concerns_index(item) for item in batch.items):
        defer(index_fields)
    for item in batch.items:
        if concerns(item, SEARCHED, item.record.is_searched):
            defer(reindex_field, entity=item.record.entity, name=item.record.name)


def follow_rollups(batch: Batch) -> None:
    """Ask for the job where a definition changes what is kept of roll-ups."""
    if batch.entity.label in DEFINITIONS and not building.is_settled():
        defer(index_fields)


def concerns_index(item: Item) -> bool:
    """Whether other indexes may be needed than before; an index in the order of the choices is another one when they change."""
    record = item.record
    reordered = record.is_indexed and "options" in item.after.keys() | item.before.keys()
    has = field_indexes.has_index(record) or record.kind in field_indexes.GROUPED
    return reordered or concerns(item, INDEXED, has)


def concerns(item: Item, names: frozenset[str], has: Any) -> bool:
    """Whether these marks changed, or a record that has them came or went."""
    changed = item.after.keys() | item.before.keys()
    return bool(has) if item.is_new or not changed else not names.isdisjoint(changed)


pipeline.following.append(follow_rollups)
