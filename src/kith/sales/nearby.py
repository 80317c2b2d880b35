"""Whose story stands in the timeline of a lead or an opportunity as well: its company, its person, its leads (R43)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet, Value

from kith.core import access, prepared
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ui.record_rights import known

from . import preferences

PARTIES = {"company": "parties.company", "person": "parties.person"}
LEAD, MOST_LEADS = "sales.lead", 20


def parties_of(actor: Actor, record: Any) -> list[tuple[str, Any]]:
    """The person's and the company's own, and those of the leads that became this opportunity, as far as the actor may see them and the links to them."""
    seen = known(actor, record)
    if "near" not in seen:
        links = access.readable(actor, registry.for_model(type(record)))
        asked = {label: key for name, label in PARTIES.items() if name in links and (key := getattr(record, f"{name}_id"))}  # fmt: skip
        if record._meta.label_lower == "sales.opportunity" and preferences.get("lead.carry_timeline"):
            asked |= {LEAD: record.pk} if "opportunity" in access.readable(actor, registry.get(LEAD)) else {}
        seen["near"] = prepared.run(actor, ("near", *asked), partial(near, actor, list(asked)), *asked.values()) if asked else []  # fmt: skip
    found: list[tuple[str, Any]] = seen["near"]
    return found


def near(actor: Actor, labels: list[str], *keys: UUID) -> "QuerySet[Any, Any]":
    """Label and id of the parties with these ids, and of the leads of the opportunity."""
    ways = [
        rows(actor, label, pk=key) if label != LEAD
        else rows(actor, label, opportunity=key).order_by("-updated_at", "-pk")[:MOST_LEADS]
        for label, key in zip(labels, keys, strict=True)
    ]  # fmt: skip
    return ways[0].union(*ways[1:], all=True).order_by() if len(ways) > 1 else ways[0]


def rows(actor: Actor, label: str, **condition: Any) -> QuerySet[Any]:
    """Label and id of some records of a kind."""
    found = registry.get(label).rows(actor).filter(**condition).order_by()
    return found.values_list(Value(label, output_field=CharField()), "pk")
