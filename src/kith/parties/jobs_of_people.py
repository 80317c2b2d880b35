"""Employments: a superior at the same company and above, one main job among the current ones, shown by the person (A4, A5)."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.entity import Entity, registry
from kith.core.trees import circle

from . import faces, primaries


def validate(entity: Entity, record: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Dates in order; the superior works at the same company, is not oneself and does not stand below."""
    now = {
        name: values[name] if name in values else getattr(record, f"{name}_id")
        for name in ("person", "company", "reports_to")
    }
    errors: dict[str, list[Any]] = {}
    later = primaries.Span(values.get("valid_from", record.valid_from), values.get("valid_to", record.valid_to))
    if not primaries.in_order(later):
        errors["valid_to"] = [_("The last day lies before the first one.")]
    elif values.get("is_primary") and not record.is_primary and not primaries.is_current(later):
        errors["is_primary"] = [_("Only a current job can be the main one.")]
    if now["reports_to"] and {"company", "person", "reports_to"} & values.keys():
        errors |= superior_errors(superior_of(entity, record, now["reports_to"]), now) or circle(
            entity, record, values, "reports_to"
        )
    if (
        "company" in values
        and not record._state.adding
        and values["company"] != record.company_id
        and below(entity, [record.pk])
    ):
        errors["company"] = [_("Others report to this job; end it and add a new one at the other company.")]
    return errors


def superior_link(entity: Entity) -> Any:
    """The column behind "reports to"."""
    model: Any = entity.model
    return model._meta.get_field("reports_to")


def superior_of(entity: Entity, record: Any, key: UUID) -> Any:
    """The job that a job reports to, as `prepare` has loaded it for the whole batch."""
    loaded = superior_link(entity).get_cached_value(record, default=None)
    return loaded if loaded is not None and loaded.pk == key else entity.rows(SYSTEM).filter(pk=key).first()


def load_superiors(batch: Batch) -> None:
    """Load all superiors named in a batch in one query, for the checks."""
    keys = {item.values["reports_to"] for item in batch.items if item.values.get("reports_to")}
    found = {job.pk: job for job in batch.entity.rows(SYSTEM).filter(pk__in=keys)} if keys else {}
    for item in batch.items:
        if superior := found.get(item.values.get("reports_to")):
            superior_link(batch.entity).set_cached_value(item.record, superior)


def superior_errors(superior: Any, now: dict[str, Any]) -> dict[str, list[Any]]:
    """What is wrong with the superior, apart from circles."""
    if superior is None:
        return {}  # the check of links has said so
    if superior.company_id != now["company"]:
        return {"reports_to": [_("The superior works at another company; choose somebody of this one.")]}
    if superior.person_id == now["person"]:
        return {"reports_to": [_("Nobody reports to himself; choose somebody else.")]}
    return {}


def below(entity: Entity, keys: Collection[UUID]) -> bool:
    """Whether any job reports to these."""
    return bool(entity.rows(SYSTEM).filter(reports_to__in=keys).exists())


def prepare(batch: Batch) -> None:
    """The first current job of a person is the main one."""
    load_superiors(batch)
    new = [item for item in batch.items if item.is_new and not item.values.get("is_primary") and current(item.values)]
    people = {item.values.get("person") for item in new} - {None}
    rows = batch.entity.rows(SYSTEM).filter(person__in=people, is_primary=True) if people else ()
    taken = {row.person_id for row in rows if primaries.is_current(row)}
    taken |= {item.values.get("person") for item in batch.items if item.values.get("is_primary")}
    for item in new:
        if item.values.get("person") not in taken:
            item.values["is_primary"] = True
            taken.add(item.values.get("person"))


def current(values: dict[str, Any]) -> bool:
    """Whether a new job with these values holds today."""
    return primaries.is_current(primaries.Span(values.get("valid_from"), values.get("valid_to")))


def derive(batch: Batch) -> None:
    """One main job among the current ones; the person shows its company and title."""
    if batch.operation in ("with_whole", *primaries.BY_LEDGER):
        return
    owners = faces.locked(primaries.wholes(batch, "person"))
    faces.copy(owners, settle(owners, batch))


def settle(
    keys: Collection[UUID], batch: Batch | None = None, day: dt.date | None = None
) -> dict[UUID, dict[str, Any]]:
    """Settle the main jobs of people; returns what each person has to show."""
    entity = registry.get("parties.employment")
    jobs = primaries.live_parts(entity, "person", keys, batch)
    marks = primaries.marked(batch) if batch else ()
    best = primaries.settle(entity, jobs, lambda job: job.person_id, marks, lambda job: primaries.is_current(job, day))
    return {
        key: {
            "employer": best[key].company_id if key in best else None,
            "job_title": (best[key].title or None) if key in best else None,
        }
        for key in keys
    }
