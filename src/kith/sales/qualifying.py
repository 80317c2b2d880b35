"""Qualifying: a lead becomes an opportunity, a new one or one that is open already (R42-R45)."""

from collections.abc import Sequence
from typing import Any

from kith.core import writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Item, registry
from kith.core.following import follow
from kith.processes.book import book

#: Fields that an opportunity takes over; those defined at run time with the same key come with them.
CARRIED = (
    "name",
    "person",
    "company",
    "owner",
    "org_unit",
    "source",
    "campaign",
    "territory",
    "tags",
    "interest",
    "amount",
)


def qualify(actor: Actor, leads: Sequence[Any], *, opportunity: Any = None) -> list[Any]:
    """Turn open leads into opportunities, or attach them to `opportunity`; others are left as they are (R45)."""
    made = []
    for lead in leads:
        if lead.is_open:
            with change_set(actor, kind="qualify", entity="sales.lead"):
                made.append(one(actor, lead, opportunity))
    return made


def one(actor: Actor, lead: Any, opportunity: Any) -> Any:
    """Qualify one lead."""
    target = opportunity or writes.create(actor, registry.get("sales.opportunity"), carried(actor, lead))
    entity = registry.get("sales.lead")
    course = book().course(lead.process_id)
    stages = course.of_kind("won") if course else ()
    writes.save(actor, lead, {"stage": stages[0].pk})
    (fresh,) = writes.lock(entity, [lead.pk])
    follow(entity, [Item(fresh, {"opportunity": target.pk})])
    return target


def carried(actor: Actor, lead: Any) -> dict[str, Any]:
    """The values of a lead that its opportunity begins with."""
    source, target = registry.get("sales.lead"), registry.get("sales.opportunity")
    names = [*CARRIED, *(name for name in source.fields if name.startswith("x_") and name in target.fields)]
    return {
        name: value for name in names if not source.fields[name].type.is_empty(value := source.fields[name].get(lead))
    }
