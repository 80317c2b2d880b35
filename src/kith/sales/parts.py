"""Parts of an opportunity on its page: buying team, products, competitors. All of them come in one query, what they name in another."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

from kith.core import titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.titles import HEAVY
from kith.core.ui.record_rights import known

ROLE, LINE, COMPETITOR = "sales.opportunityrole", "sales.opportunityline", "sales.opportunitycompetitor"
MOST = 50
#: The order of each kind, as its model has it: rows of several queries in one come in none.
ORDER: dict[str, Callable[[Any], tuple[Any, ...]]] = {
    ROLE: lambda row: (-row.influence, row.pk),
    LINE: lambda row: (row.position, row.pk),
    COMPETITOR: lambda row: (-row.updated_at.timestamp(), -row.pk.int),
}
#: What they name: kind, link, kind of the record behind it.
NAMED = (
    (ROLE, "person", "parties.person"),
    (LINE, "product", "catalogue.product"),
    (COMPETITOR, "competitor", "sales.competitor"),
    (COMPETITOR, "product", "sales.competitorproduct"),
)


def parts(label: str, actor: Actor, record: Any) -> list[Any]:
    """The parts of a kind that the actor may see, in their order, with what they name."""
    seen = known(actor, record)
    if "parts" not in seen:
        seen["parts"] = read(actor, record)
        name(seen["parts"])
    found: list[Any] = seen["parts"][label]
    return found


def read(actor: Actor, record: Any) -> dict[str, list[Any]]:
    """The parts by kind; of the buying team those whose person the actor may see."""
    people = registry.get("parties.person").rows(actor).values("pk")
    pairs = []
    for label in ORDER:
        kind = registry.get(label)
        rows = kind.rows(actor).filter(opportunity=record.pk, **({"person__in": people} if label == ROLE else {}))
        pairs.append((kind, rows.defer(*HEAVY)[:MOST]))
    found = titles.together(pairs)
    return {
        label: sorted((row for kind, row in found if kind.label == label), key=order) for label, order in ORDER.items()
    }


def name(found: dict[str, list[Any]]) -> None:
    """Bring the records that they name; who sees a part sees what it names."""
    keys = defaultdict[str, set[UUID]](set)
    for label, link, target in NAMED:
        keys[target] |= {key for row in found[label] if (key := getattr(row, f"{link}_id"))}
    kinds = [registry.get(target) for target, wanted in keys.items() if wanted]
    pairs = [(kind, kind.rows(SYSTEM).filter(pk__in=keys[kind.label]).defer(*HEAVY)) for kind in kinds]
    known_rows = {(kind.label, row.pk): row for kind, row in titles.together(pairs)} if pairs else {}
    for label, link, target in NAMED:
        for row in found[label]:
            if (target, getattr(row, f"{link}_id")) in known_rows:
                setattr(row, link, known_rows[target, getattr(row, f"{link}_id")])
