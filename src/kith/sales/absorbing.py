"""Joining a provisional party into a known one (R44): its own filled values stay, empty ones are filled, nothing is lost."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.filter_ops import compare
from kith.core.following import active
from kith.parties import consents

#: Fields that say how a party stands with us, not who it is.
KEPT = frozenset({"status", "owner", "org_unit", "external_ids", "tags", "roles", "custom", "photo", "created_by"})
POINT = ("kind", "value", "label", "invalid_reason", "opted_out", "verified_at", "valid_from", "valid_to")


def absorb(entity: Entity, provisional: Any, chosen: Any) -> None:
    """Everything of a provisional party goes to the chosen one; the provisional one goes to the trash. Runs inside a change-set."""
    if provisional.status != "provisional":
        raise Refused(_("“%(name)s” is no provisional party; merge the two cards instead.") % {"name": provisional})
    fill(entity, provisional, chosen)
    add_points(provisional, chosen)
    consents.move(provisional, chosen)
    add_jobs(entity, provisional, chosen)
    move_subjects(entity, provisional, chosen)
    move_links(entity, provisional, chosen)
    writes.delete(SYSTEM, entity, [provisional.pk])


def fill(entity: Entity, provisional: Any, chosen: Any) -> None:
    """Empty values of the chosen party; lists are joined."""
    values: dict[str, Any] = {}
    for name, spec in entity.fields.items():
        if not (spec.editable and spec.columns) or name in KEPT:
            continue
        mine, theirs = spec.get(chosen), spec.get(provisional)
        if spec.type.is_empty(mine) and not spec.type.is_empty(theirs) and theirs != spec.default:
            values[name] = theirs
    for name in ("tags", "external_ids"):
        more = [value for value in getattr(provisional, name) if value not in getattr(chosen, name)]
        values |= {name: [*getattr(chosen, name), *more]} if more else {}
    names = ("given_name", "middle_name", "family_name", "prefix", "suffix", "native_name")
    if entity.label == "parties.person":  # a name is one thing: parts of two names make a third one
        values = {name: value for name, value in values.items() if name not in names}
    if values:
        writes.save(SYSTEM, chosen, values)


def add_points(provisional: Any, chosen: Any) -> None:
    """Contact points that the chosen party lacks, none of them primary."""
    entity = registry.get("parties.contactpoint")
    known = set(entity.rows(SYSTEM).filter(party=chosen.pk).values_list("kind", "normalized"))
    points = [
        point
        for point in entity.rows(SYSTEM).filter(party=provisional.pk).order_by("pk")
        if (point.kind, point.normalized) not in known
    ]
    rows = [
        {name: value for name in POINT if (value := getattr(point, name)) not in (None, "")} | {"party": chosen.pk}
        for point in points
    ]
    if rows:
        writes.create_many(SYSTEM, entity, rows)
    silence(entity, provisional, chosen)


def silence(entity: Entity, provisional: Any, chosen: Any) -> None:
    """An address that the provisional party did not want to be written to is not written to either."""
    mine = entity.rows(SYSTEM).filter(party=provisional.pk, opted_out=True)
    silent = set(mine.values_list("kind", "normalized"))
    theirs = entity.rows(SYSTEM).filter(party=chosen.pk, opted_out=False)
    keys = [point.pk for point in theirs if (point.kind, point.normalized) in silent]
    if keys:
        writes.update_many(SYSTEM, entity, keys, {"opted_out": True})


def add_jobs(entity: Entity, provisional: Any, chosen: Any) -> None:
    """Jobs that the chosen person, or at the chosen company, there are not yet."""
    jobs = registry.get("parties.employment")
    here, there = ("person", "company") if entity.label == "parties.person" else ("company", "person")
    known = set(jobs.rows(SYSTEM).filter(**{here: chosen.pk}).values_list(f"{there}_id", flat=True))
    for job in list(jobs.rows(SYSTEM).filter(**{here: provisional.pk})):
        other = getattr(job, f"{there}_id")
        if other not in known:
            writes.create(SYSTEM, jobs, {here: chosen.pk, there: other, **({"title": job.title} if job.title else {})})
        if here == "company":  # the person stays, the company goes
            writes.delete(SYSTEM, jobs, [job.pk])


def move_subjects(entity: Entity, provisional: Any, chosen: Any) -> None:
    """Notes, tasks and files about the provisional party."""
    for other in registry:
        if other.is_about and "subject" in other.fields:
            rows = other.rows(SYSTEM).filter(subject_entity=entity.label, subject_id=provisional.pk)
            for row in list(rows):
                writes.save(SYSTEM, row, {"subject": {"entity": entity.label, "id": str(chosen.pk)}})


def move_links(entity: Entity, provisional: Any, chosen: Any) -> None:
    """Leads, opportunities and whatever else points to the provisional party; its own parts go with it."""
    for other in registry:
        if other.access.faces or other.label == "parties.employment":
            continue
        for spec in (*other.links_to(entity.label), *other.links_to("parties.party")):
            if spec.part_of or not spec.columns:
                continue
            for row in list(other.rows(SYSTEM).filter(compare(spec, "in", [provisional.pk]))):
                move_link(other, row, {spec.name: chosen.pk})


def move_link(other: Entity, row: Any, values: dict[str, Any]) -> None:
    """Let a record point to the chosen party; where that one has the same already, as a place on a target list, one is enough (R33)."""
    once = [rule for rule in other.model._meta.constraints if isinstance(rule, UniqueConstraint | ExclusionConstraint)]
    doubles = {str(rule.get_violation_error_message()) for rule in once}
    try:
        with active().attempt():
            writes.save(SYSTEM, row, values)
    except Refused as refused:
        if not {str(text) for texts in refused.errors.values() for text in texts} <= doubles:
            raise
        keep_suppressed(other, row, values)
        writes.delete(SYSTEM, other, [row.pk])


def keep_suppressed(other: Entity, row: Any, values: dict[str, Any]) -> None:
    """Of two places on a list of those not to be contacted, one taken off and one not, the latter holds."""
    if other.label != "marketing.targetlistmember" or row.status != "listed" or row.target_list.kind != "suppression":
        return
    same = other.rows(SYSTEM).filter(target_list=row.target_list_id, status="removed", **values)
    writes.update_many(SYSTEM, other, list(same.values_list("pk", flat=True)), {"status": "listed"})
