"""Hand-made parts of the customer card: the org chart of a company and the assessment of the relationship."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core import access, titles
from kith.core.access import Actor
from kith.core.entity import Panel, registry
from kith.core.legible import legible
from kith.core.titles import HEAVY
from kith.core.ui.record_tree import MOST, Node, movable_keys, nested
from kith.core.ui.values import show

from .entities.assessment import CRITERIA
from .nearby import current

SHOWN = 12


def org_chart(actor: Actor, company: Any) -> dict[str, Any]:
    """Who reports to whom at a company, from the jobs that hold today."""
    jobs = registry.get("parties.employment")
    of_today = jobs.rows(actor).filter(current(timezone.localdate()), company=company.pk)
    rows = legible(actor, jobs, of_today.defer(*HEAVY).order_by("created_at", "pk")[: MOST + 1])
    movable = movable_keys(jobs, actor, rows, "reports_to")
    found = titles.load(actor, {("parties.person", row.person_id) for row in rows})
    made = {
        row.pk: node(jobs, row, found, row.pk in movable)
        for row in rows[:MOST]
        if ("parties.person", row.person_id) in found
    }
    above = "reports_to" in access.readable(actor, jobs)
    tops = nested(made, {row.pk: row.reports_to_id if above else None for row in rows[:MOST] if row.pk in made})
    makes = access.allowed(actor, jobs, "create")
    return {
        "nodes": tops,
        "more": len(rows) > MOST,
        "move": "/employments/tree/move",
        "new": f"/employments/new?company={company.pk}" if makes else "",
    }


def node(jobs: Any, row: Any, found: titles.Titles, movable: bool) -> Node:
    """One person in the chart."""
    person = found["parties.person", row.person_id]
    role = show(jobs.fields["role"], row.role) if row.role else ""
    return Node(row.pk, person.text, person.url, row.title, movable, mark=role)


@dataclass(frozen=True, slots=True)
class Score:
    """One criterion of an assessment, 0 to 10."""

    label: Any
    value: int | None


def relationship(actor: Actor, party: Any) -> dict[str, Any]:
    """The latest assessment by its criteria, with author and day, and the earlier ones (A2)."""
    entity = registry.get("parties.relationshipassessment")
    of_party = entity.rows(actor).filter(party=party.pk).defer(*HEAVY).order_by("-assessed_on", "-pk")
    rows = legible(actor, entity, of_party[: SHOWN + 1])
    allowed = access.readable(actor, entity)
    writers = {row.created_by_id for row in rows if row.created_by_id} if "created_by" in allowed else set()
    found = titles.load(actor, {("access.user", key) for key in writers})
    latest = rows[0] if rows else None
    scores = (
        [Score(entity.fields[name].label, getattr(latest, name)) for name in CRITERIA if name in allowed]
        if latest
        else []
    )
    authors = {
        row.pk: found["access.user", row.created_by_id].text
        for row in rows
        if ("access.user", row.created_by_id) in found
    }
    new = f"/assessments/new?party={party.pk}" if access.allowed(actor, entity, "create") else ""
    return {
        "latest": latest,
        "scores": scores,
        "earlier": rows[1:],
        "authors": authors,
        "new": new,
        "change": change(rows),
    }


def change(rows: list[Any]) -> Any:
    """How the total moved since the assessment before."""
    totals = [row.total for row in rows[:2] if row.total is not None]
    return totals[0] - totals[1] if len(totals) == 2 else None


def asks_for_itself(actor: Actor, party: Any) -> dict[str, Any]:
    """Nothing: the block asks for itself, so that the page does not wait for it."""
    return {}


ORG_CHART = Panel("org-chart", _("Org chart"), "parties/org_chart.html", org_chart)
RELATIONSHIP = Panel("relationship", _("Relationship"), "parties/relationship.html", relationship)
DUPLICATES = Panel(
    "duplicates", _("Possible duplicates"), "parties/duplicates_place.html", asks_for_itself, place="side"
)
