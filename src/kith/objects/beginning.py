"""An object that has records begins to have a process: they enter its first stage."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.processes.book import book

#: So many records enter a stage with the change of their object.
MOST = 10_000


def problems(noun: Entity) -> dict[str, list[Any]]:
    """Why the records of an object without stages cannot enter one, by field."""
    if noun.rows(SYSTEM, trashed=True).exists():
        return {"has_process": [_("Records without a stage lie in the trash; restore or erase them first.")]}
    if noun.rows(SYSTEM)[: MOST + 1].count() > MOST:
        return {
            "has_process": [
                _("There are more than %(count)d records; a process can begin while there are fewer.") % {"count": MOST}
            ]
        }
    return {}


def settle(labels: Iterable[str]) -> None:
    """Put records that have no stage into the process that new ones of Kith itself begin."""
    for label in labels:
        noun = registry.find(label)
        course = book().default(SYSTEM, label) if noun is not None and noun.flow else None
        if noun is None or course is None:
            continue
        if keys := list(noun.rows(SYSTEM).filter(stage=None).values_list("pk", flat=True)):
            writes.update_many(SYSTEM, noun, keys, {"process": course.process.pk})
