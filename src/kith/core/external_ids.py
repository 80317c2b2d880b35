"""External ids: the names by which other systems know a record, and by which Kith tells again what it made itself."""

from collections.abc import Collection

from .access import SYSTEM
from .entity import Entity


def present(entity: Entity, marks: Collection[str]) -> set[str]:
    """All external ids of records that have any of these, in the trash or not: what was thrown away is not made again."""
    return {
        mark
        for trashed in (False, True)
        for own in entity.rows(SYSTEM, trashed=trashed)
        .filter(external_ids__overlap=list(marks))
        .values_list("external_ids", flat=True)
        for mark in own
    }
