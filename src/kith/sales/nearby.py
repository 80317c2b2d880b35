"""Whose story stands in the timeline of a lead or an opportunity as well: its company, its person, its leads (R43)."""

from typing import Any

from django.db.models import CharField, QuerySet, Value

from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ui.record_rights import known

from . import preferences

PARTIES = {"company": "parties.company", "person": "parties.person"}
MOST_LEADS = 20


def parties_of(actor: Actor, record: Any) -> list[tuple[str, Any]]:
    """The person's and the company's own, and those of the leads that became this opportunity, as far as the actor may see them."""
    seen = known(actor, record)
    if "near" not in seen:
        ways = [rows(actor, label, pk=key) for name, label in PARTIES.items() if (key := getattr(record, f"{name}_id"))]
        if record._meta.label_lower == "sales.opportunity" and preferences.get("lead.carry_timeline"):
            ways.append(rows(actor, "sales.lead", opportunity=record.pk).order_by("-updated_at", "-pk")[:MOST_LEADS])
        seen["near"] = list(ways[0].union(*ways[1:], all=True).order_by() if len(ways) > 1 else ways[0]) if ways else []
    found: list[tuple[str, Any]] = seen["near"]
    return found


def rows(actor: Actor, label: str, **condition: Any) -> QuerySet[Any]:
    """Label and id of some records of a kind."""
    found = registry.get(label).rows(actor).filter(**condition).order_by()
    return found.values_list(Value(label, output_field=CharField()), "pk")
