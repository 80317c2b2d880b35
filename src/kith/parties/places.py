"""Addresses of parties: one primary (R16), the place that the party shows, and the territory it gives (A10)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import registry

from . import faces, primaries, territories

LINES = ("street", "street2", "city", "region", "postcode", "country")
SHOWN = ("country", "region", "city")
LIMITS = {"latitude": 90, "longitude": 180}


def validate(record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """At least one line; coordinates on the globe, both or none."""
    now = {name: values[name] if name in values else getattr(record, name) for name in (*LINES, *LIMITS)}
    errors: dict[str, list[Any]] = {}
    if not any(now[line] for line in LINES):
        errors["street"] = [_("An address needs at least one line.")]
    for name, limit in LIMITS.items():
        if now[name] is not None and abs(now[name]) > limit:
            errors[name] = [_("Expected a number from -%(limit)d to %(limit)d.") % {"limit": limit}]
        elif now[name] is None and any(now[other] is not None for other in LIMITS):
            errors[name] = [_("A place needs both latitude and longitude.")]
    return errors


def prepare(batch: Batch) -> None:
    """Mark new addresses that are the first of their party."""
    new = [item for item in batch.items if item.is_new and not item.values.get("is_primary")]
    parties = {item.values.get("party") for item in new} - {None}
    taken = (
        set(registry.get("parties.address").rows(SYSTEM).filter(party__in=parties).values_list("party", flat=True))
        if new
        else set()
    )
    taken |= {item.values.get("party") for item in batch.items if item.values.get("is_primary")}
    for item in new:
        if item.values.get("party") not in taken:
            item.values["is_primary"] = True
            taken.add(item.values.get("party"))


def derive(batch: Batch) -> None:
    """One primary address; the party shows its place and, unless it was given one by hand, gets its territory."""
    if batch.operation in ("with_whole", *primaries.BY_LEDGER):
        return
    owners = faces.locked(primaries.wholes(batch, "party"))
    entity = registry.get("parties.address")
    addresses = primaries.live_parts(entity, "party", owners, batch)
    were = primary_before(batch, addresses)
    best = primaries.settle(
        entity, addresses, lambda address: address.party_id, primaries.marked(batch), lambda address: True
    )
    values = {
        key: {name: getattr(best[key], name) or None if key in best else None for name in SHOWN} for key in owners
    }
    for key, territory in territories.assigned(owners, were, best).items():
        values[key]["territory"] = territory
    faces.copy(owners, values)


def primary_before(batch: Batch, addresses: list[Any]) -> dict[UUID, dict[str, Any]]:
    """The primary address of each party as it was before the batch, as values by field."""
    written = {item.record.pk: item for item in batch.items}
    were: dict[UUID, dict[str, Any]] = {}
    for address in [*addresses, *(item.record for item in batch.items if batch.operation == "delete")]:
        item = written.get(address.pk) or Item(address, {})
        old = {
            name: item.before[name] if name in item.before else getattr(address, name)
            for name in (*territories.PLACE, "is_primary")
        }
        if old["is_primary"] and not item.is_new and batch.operation != "restore":
            were[item.before.get("party") or address.party_id] = old
    return were
