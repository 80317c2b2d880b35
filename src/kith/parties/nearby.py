"""Whose activities stand together: a company and the people who work there (A1)."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kith.core import access, prepared, wholes
from kith.core.access import Actor
from kith.core.entity import registry

#: A timeline shows what happened with at most so many others; huge companies have their own filters.
MOST = 100


def current(today: dt.date) -> Q:
    """Jobs that hold on a day."""
    return Q(valid_to=None) | Q(valid_to__gte=today)


def may_read_jobs(actor: Actor) -> bool:
    """Whether the actor may read who works where."""
    return access.readable(actor, registry.get("parties.employment")) >= {"person", "company"}


def people_of(actor: Actor, company: Any) -> list[tuple[str, uuid.UUID]]:
    """People who work at a company now, as far as the actor may see them."""
    person = registry.get("parties.person")

    def people(key: uuid.UUID, today: dt.date) -> "QuerySet[Any, Any]":
        jobs = wholes.rows(registry.get("parties.employment"), actor, person, "person")
        jobs = jobs.filter(current(today), company=key, person__in=person.rows(actor).values("pk"))
        return jobs.order_by("-updated_at").values_list("person_id", flat=True)[:MOST]

    if not may_read_jobs(actor):
        return []
    found = prepared.run(actor, "people of a company", people, company.pk, timezone.localdate())
    return [("parties.person", key) for key in found]


def companies_of(actor: Actor, person: Any) -> list[tuple[str, uuid.UUID]]:
    """Companies where a person works now, as far as the actor may see them."""

    def companies(key: uuid.UUID, today: dt.date) -> "QuerySet[Any, Any]":
        jobs = registry.get("parties.employment").rows(actor).filter(current(today), person=key)
        found = registry.get("parties.company").rows(actor).filter(pk__in=jobs.values("company_id"))
        return found.values_list("pk", flat=True)[:MOST]

    if not may_read_jobs(actor):
        return []
    found = prepared.run(actor, "companies of a person", companies, person.pk, timezone.localdate())
    return [("parties.company", key) for key in found]
