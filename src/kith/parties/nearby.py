"""Whose activities stand together: a company and the people who work there (A1)."""

import uuid
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kith.core.access import Actor
from kith.core.entity import registry

#: A timeline shows what happened with at most so many others; huge companies have their own filters.
MOST = 100


def current() -> Q:
    """Jobs that hold today."""
    today = timezone.localdate()
    return Q(valid_to=None) | Q(valid_to__gte=today)


def people_of(actor: Actor, company: Any) -> list[tuple[str, uuid.UUID]]:
    """People who work at a company now, as far as the actor may see them."""
    jobs = registry.get("parties.employment").rows(actor).filter(current(), company=company.pk)
    return [("parties.person", key) for key in jobs.order_by("-updated_at").values_list("person_id", flat=True)[:MOST]]


def companies_of(actor: Actor, person: Any) -> list[tuple[str, uuid.UUID]]:
    """Companies where a person works now, as far as the actor may see them."""
    jobs = registry.get("parties.employment").rows(actor).filter(current(), person=person.pk)
    companies = registry.get("parties.company").rows(actor).filter(pk__in=jobs.values("company_id"))
    return [("parties.company", key) for key in companies.values_list("pk", flat=True)[:MOST]]
