"""Parts of an opportunity on its page: buying team, products, competitors, with what they name; all in one query."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, Value

from kith.core import titles, wholes
from kith.core.access import Actor, readable
from kith.core.entity import Entity, registry
from kith.core.legible import legible
from kith.core.titles import HEAVY, Part
from kith.core.ui.record_rights import known

ROLE, LINE, COMPETITOR = "sales.opportunityrole", "sales.opportunityline", "sales.opportunitycompetitor"
MOST = 50
#: The order of each kind, as its model has it: rows of several queries in one come in none.
ORDER: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    ROLE: lambda row: (-row.influence, row.pk),
    LINE: lambda row: (row.position, row.pk),
    COMPETITOR: lambda row: (-row.updated_at.timestamp(), -row.pk.int),
}
#: What is told of the records that they name: by which link, and which field.
NAMED: dict[str, dict[str, tuple[str, str]]] = {
    ROLE: {"person_name": ("person", "name"), "person_title": ("person", "job_title")},
    LINE: {"product_name": ("product", "name")},
    COMPETITOR: {"competitor_name": ("competitor", "name"), "product_name": ("product", "name")},
}


def parts(label: str, actor: Actor, record: Any) -> list[Any]:
    """The parts of a kind that the actor may see, in their order, as far as their values may be read, with what they name."""
    seen = known(actor, record)
    if "parts" not in seen:
        seen["parts"] = read(actor, record)
    found: list[Any] = seen["parts"][label]
    return found


def read(actor: Actor, record: Any) -> dict[str, list[Any]]:
    """The parts by kind; of the buying team those whose person the actor may see."""
    asked = [Part(registry.get(label), ("parts", label), partial(rows, actor, label), record.pk) for label in ORDER]
    found = titles.together(actor, asked)
    kinds = {label: registry.get(label) for label in ORDER}
    return {
        label: legible(actor, kinds[label], sorted((row for kind, row in found if kind.label == label), key=order))
        for label, order in ORDER.items()
    }


def rows(actor: Actor, label: str, opportunity: UUID) -> "QuerySet[Any]":
    """The parts of one kind, of an opportunity that the actor sees."""
    entity = registry.get(label)
    found = wholes.rows(entity, actor, registry.get("sales.opportunity"), "opportunity").filter(opportunity=opportunity)
    if label == ROLE:
        found = found.filter(person__in=registry.get("parties.person").rows(actor).values("pk"))
    named = {name: told(actor, entity, *where) for name, where in NAMED[label].items()}
    return found.defer(*HEAVY).annotate(**named)[:MOST]  # type: ignore[no-any-return]


def told(actor: Actor, entity: Entity, link: str, name: str) -> Value | Subquery:
    """A field of the linked record; empty where the actor may not read the link or the field, or not see the record.

    What it is called goes with the sight of it, whatever fields of it may be read.
    """
    other = registry.get(entity.fields[link].target)
    if link not in readable(actor, entity) or (name != other.title and name not in readable(actor, other)):
        return Value("")
    return Subquery(other.rows(actor).filter(pk=OuterRef(link)).values(name)[:1])
