"""Whose story stands in the timeline of a lead or an opportunity as well: its company, its person, its leads (R43)."""

from typing import Any

from kith.core.access import Actor
from kith.core.entity import registry

from . import preferences


def parties_of(actor: Actor, record: Any) -> list[tuple[str, Any]]:
    """The person's and the company's own, and those of the leads that became this opportunity."""
    wanted = [("parties.company", [record.company_id]), ("parties.person", [record.person_id])]
    if record._meta.label_lower == "sales.opportunity" and preferences.get("lead.carry_timeline"):
        leads = registry.get("sales.lead").rows(actor).filter(opportunity=record.pk)
        wanted.append(("sales.lead", list(leads.values_list("pk", flat=True)[:20])))
    return [(label, key) for label, keys in wanted for key in visible(actor, label, [key for key in keys if key])]


def visible(actor: Actor, label: str, keys: list[Any]) -> list[Any]:
    """Those that the actor may see."""
    return list(registry.get(label).rows(actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else []
