"""E-mail, phone and web site of a party are its primary contact points: writing one writes the other (R15, R20, R24).

A value written on the card changes the primary point of its kind, or makes one of the known points primary, or creates
the first. Emptying it ends that point (it stays, valid until yesterday, so that old mail is still understood) and the
oldest other valid point takes its place on the card.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from kith.core import settings_store, store
from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import Entity, registry
from kith.core.following import follow, reindex
from kith.core.identity import phones

from . import contact_points, faces, primaries

#: The kind of contact point behind each field of the card.
KINDS = {"email": "email", "phone": "phone", "website": "site"}
WORDS = {"email": "emails", "phone": "phones", "messenger": "names", "site": "names"}


def points_of(keys: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The contact points of parties, oldest first, locked."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for point in primaries.live_parts(registry.get("parties.contactpoint"), "party", keys) if keys else ():
        found[point.party_id].append(point)
    return found


def prepare(batch: Batch) -> None:
    """Read typed phones in the country of the party, else of its company, else the default one (R20)."""
    typed = [
        item
        for item in batch.items
        if not item.is_new and item.values.get("phone") and isinstance(item.extra.get("typed", {}).get("phone"), str)
    ]
    countries = reading_countries([item.record for item in typed])
    for item in typed:
        item.values["phone"] = phones.normalise(item.extra["typed"]["phone"].strip(), countries[item.record.pk]).stored


def reading_countries(parties: Sequence[Any]) -> dict[UUID, str]:
    """The country in which each party's phones without + are read."""
    employers = {party.employer_id for party in parties if not party.country and party.employer_id}
    companies = faces.parties(employers) if employers else {}
    return {
        party.pk: party.country
        or (companies[party.employer_id].country if party.employer_id in companies else "")
        or settings_store.get("default_country", scope=("people.orgunit", party.org_unit_id))
        for party in parties
    }


def derive(batch: Batch) -> None:
    """Write e-mail, phone and web site of the card through to the contact points, in bulk."""
    if batch.operation not in ("create", "edit"):
        return
    written = [item for item in batch.items if not KINDS.keys().isdisjoint(item.after)]
    known = points_of([item.record.pk for item in written if not item.is_new])
    steps = Steps()
    for item in written:
        for field, kind in KINDS.items():
            if field in item.after:
                through(steps, item, field, [point for point in known[item.record.pk] if point.kind == kind])
    entity = registry.get("parties.contactpoint")
    follow(entity, steps.changed)
    follow(entity, steps.new)
    if steps.moved:
        promote(batch.entity, steps, known)
        reindex(batch.entity, list({item.record.pk: item.record for item, _field in steps.moved}.values()))


@dataclass
class Steps:
    """What the points have to become: to create, to change, and the fields of the card whose primary is another point now."""

    new: list[Item] = dataclasses.field(default_factory=list)
    changed: list[Item] = dataclasses.field(default_factory=list)
    moved: list[tuple[Item, str]] = dataclasses.field(default_factory=list)


def through(steps: Steps, item: Item, field: str, points: list[Any]) -> None:
    """Note what one new value of the card means for the party's points of its kind."""
    value, kind = item.after[field], KINDS[field]
    primary = next((point for point in points if point.is_primary), None)
    form = value  # the card holds normal forms only
    same = next((point for point in points if point.normalized == form), None) if value else None
    if value and same is None and primary is None:
        steps.new.append(created(item.record.pk, kind, value, form))
    elif value and same is None:
        steps.changed.append(Item(primary, {"value": value, "normalized": form, "verified_at": None}))
    elif same is not primary:
        steps.moved.append((item, field))
        steps.changed += (
            [Item(same, {"is_primary": True, "invalid_reason": None, "valid_from": None, "valid_to": None})]
            if same
            else []
        )
        steps.changed += [(Item(primary, {"is_primary": False}) if same else ending(primary))] if primary else []


def new_point() -> Any:
    """An empty contact point."""
    return store.maker(registry.get("parties.contactpoint").model)()


def created(party: UUID, kind: str, value: str, form: str) -> Item:
    """A new primary point."""
    return Item(
        new_point(), {"party": party, "kind": kind, "value": value, "normalized": form, "is_primary": True}, is_new=True
    )


def ending(point: Any) -> Item:
    """A point that is over since yesterday."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    late = point.valid_from and point.valid_from > yesterday
    return Item(point, {"is_primary": False, "valid_to": yesterday} | ({"valid_from": yesterday} if late else {}))


def promote(entity: Entity, steps: Steps, known: dict[UUID, list[Any]]) -> None:
    """Let the oldest remaining points take the places of ended ones, and show them."""
    marks: list[Item] = []
    shown: dict[UUID, Item] = {}
    for item, field in steps.moved:
        points = [point for point in known[item.record.pk] if point.kind == KINDS[field]]
        if item.after[field] is None and (heir := primaries.winner(points, (), contact_points.is_valid)) is not None:
            marks.append(Item(heir, {"is_primary": True}))
            shown.setdefault(item.record.pk, Item(item.record, {})).values[field] = heir.value
    follow(registry.get("parties.contactpoint"), marks)
    follow(entity, list(shown.values()))


def search_extra(records: Sequence[Any]) -> dict[Any, dict[str, list[str]]]:
    """Words of all contact points but those that stand on the card anyway."""
    found: dict[Any, dict[str, list[str]]] = {}
    points = registry.get("parties.contactpoint").rows(SYSTEM).filter(party__in=[record.pk for record in records])
    for party, kind, value in (
        points.exclude(is_primary=True, kind__in=KINDS.values()).values_list("party_id", "kind", "value").order_by("pk")
    ):
        found.setdefault(party, {}).setdefault(WORDS[kind], []).append(value)
    return found
