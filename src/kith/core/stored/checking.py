"""A sample of kept values beside what is worked out: where they differ, they are read no more until they are built anew."""

import uuid
from secrets import randbelow
from typing import Any

from kith.core import changes, custom_fields, worked_out
from kith.core.access import SYSTEM
from kith.core.entity import registry

from . import building
from .models import RollupStore

#: Records of each roll-up that are compared in one night.
SAMPLE, PLACES = 500, 20
#: And when the doctor is asked.
DOCTOR = 100


def differing(size: int = SAMPLE) -> dict[str, int]:
    """How many values of a sample differ, by kind of record and name of the field; those without differences are left out."""
    plain, found = worked_out.book(), dict[str, int]()
    kept = building.ready(plain)
    for (label, name), row in plain.rows.items():
        if row.pk in kept and (wrong := compare(plain, label, name, row.pk, size)):
            found[f"{label} {name}"] = wrong
    return found


def compare(plain: Any, label: str, name: str, field: Any, size: int) -> int:
    """How many of some records, taken from random places on, have another value than they should."""
    rows = registry.get(label).rows(SYSTEM).order_by("pk")
    keys_of = rows.values_list("pk", flat=True)
    first, last = keys_of.first(), keys_of.last()
    if first is None or last is None:
        return 0
    keys = set[uuid.UUID]()
    for _place in range(PLACES):
        begin = uuid.UUID(int=first.int + randbelow(last.int - first.int + 1))
        keys.update(keys_of.filter(pk__gte=begin)[: size // PLACES])
    return differ(plain, (label, name), field, sorted(keys))


def differ(plain: Any, key: tuple[str, str], field: Any, keys: list[Any]) -> int:
    """How many of these records have another value than they should."""
    book = worked_out.book()
    book.kept = {field: building.ready(plain)[field]}
    true, stored = (worked_out.values([one.spec(key)], keys) for one in (plain, book))
    return len([record for record in true if true[record] != stored.get(record)])


def distrust(found: dict[str, int]) -> int:
    """Work out the fields of a result at reading until they are built anew; how many."""
    rows = [row for row in worked_out.book().rows.values() if f"{row.entity} {row.name}" in found]
    with changes.maintenance("maintenance"):
        RollupStore._base_manager.filter(pk__in=[row.pk for row in rows]).update(is_ready=False)
        custom_fields.announce()
    return len(rows)


def problem() -> str:
    """What is wrong, in words for the doctor; "" when nothing is."""
    found = differing(DOCTOR)
    told = ", ".join(f"{name} ({count})" for name, count in found.items())
    return (
        f"kept values of roll-ups differ from the records: {told}; the job of the next night builds them anew."
        if found
        else ""
    )
