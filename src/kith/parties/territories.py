"""Territories take parties by their address: the area that says most about it wins (A10).

An area is US, US/Washington, US/Washington/Seattle or US#98 (postcodes that begin with 98). A party whose territory was
chosen by hand keeps it; one that was assigned here follows its address.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.identity.countries import codes
from kith.core.identity.text import fold
from kith.core.reports.branches import Tree

PLACE = ("country", "region", "city", "postcode")
POSTCODE = re.compile(r"[\w -]{1,20}")
#: What an area speaks of, by how much it says: country, region, postcodes, city.
Area = tuple[str, ...]


def validate(values: dict[str, Any]) -> dict[str, list[Any]]:
    """Areas as the help says."""
    wrong = [area for area in values.get("areas") or () if parse(area) is None]
    text = _(
        "Not an area: %(areas)s. Write US, US/Washington, US/Washington/Seattle or US#98, with the two-letter code of the country."
    )
    return {"areas": [text % {"areas": ", ".join(wrong)}]} if wrong else {}


@lru_cache(maxsize=10_000)
def parse(area: str) -> Area | None:
    """The comparable form of an area: ("#", country, postcode) or (country, region, city); None if it is no area."""
    country, sign, postcode = (part.strip() for part in area.partition("#"))
    if sign:
        return (
            ("#", country.upper(), bare(postcode))
            if country.upper() in codes() and POSTCODE.fullmatch(postcode)
            else None
        )
    parts = [part.strip() for part in area.split("/")]
    if parts[0].upper() not in codes() or len(parts) > 3 or not all(parts):
        return None
    return (parts[0].upper(), *map(fold, parts[1:]))


def countries_of(keys: Iterable[UUID]) -> dict[UUID, set[str]]:
    """The countries of territories by their areas and those of the territories inside: where a map shows them."""
    entity = registry.get("parties.territory")
    tree, found = Tree(entity), {key: set[str]() for key in keys}
    for key, areas in entity.rows(SYSTEM).values_list("pk", "areas"):
        for here in (key, *tree.above(key)):
            if here in found:
                found[here] |= {area[:2].upper() for area in areas}
    return found


def bare(postcode: str) -> str:
    """A postcode without spaces and marks."""
    return re.sub(r"[\W_]+", "", postcode).upper()


def table() -> dict[Area, UUID]:
    """All areas with their territory; of two territories with one area the older one counts."""
    rows = (
        registry.get("parties.territory")
        .rows(SYSTEM)
        .exclude(areas=[])
        .order_by("-created_at", "-pk")
        .values_list("pk", "areas")
    )
    return {parsed: key for key, areas in rows for area in areas if (parsed := parse(area))}


def find(areas: Mapping[Area, UUID], place: Mapping[str, Any]) -> UUID | None:
    """The territory of a place: by city, else the longest postcode, else region, else country."""
    return next((areas[area] for area in forms(place) if area in areas), None)


def forms(place: Mapping[str, Any]) -> Iterable[Area]:
    """The areas a place lies in, the one that says most first."""
    country, region, city = place.get("country") or "", fold(place.get("region") or ""), fold(place.get("city") or "")
    if not country:
        return
    if region and city:
        yield country, region, city
    postcode = bare(place.get("postcode") or "")
    yield from (("#", country, postcode[:length]) for length in range(len(postcode), 0, -1))
    if region:
        yield country, region
    yield (country,)


def assigned(
    parties: Mapping[UUID, Any], were: Mapping[UUID, Mapping[str, Any]], now: Mapping[UUID, Any]
) -> dict[UUID, UUID | None]:
    """The new territory of each party whose territory is empty or is the one its former address gave."""
    areas = table() if parties else {}
    if not areas:
        return {}
    found = {}
    for key, party in parties.items():
        former = find(areas, were[key]) if key in were else None
        if party.territory_id in (None, former):
            found[key] = find(areas, {name: getattr(now[key], name) for name in PLACE}) if key in now else None
    return found
