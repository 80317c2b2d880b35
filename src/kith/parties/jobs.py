"""What happens to parties on a clock: important dates become tasks, and dates that pass move primaries."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kith.core import external_ids, writes
from kith.core.access import SYSTEM, Actor, actor_of
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.jobs import job
from kith.core.middleware import zone_of

from . import contact_points, doubles, faces, jobs_of_people, matching

CHUNK = 1000
#: Days looked back, so that a worker that stood still catches up.
BACK = 7


@job("parties.remind", periodic="10 3 * * *", retry=3)
def remind() -> Mapping[str, Any]:
    """Make a task for each important date whose time of reminding has come; twice makes no second one."""
    facts = (
        registry.get("parties.personalfact")
        .rows(SYSTEM)
        .filter(date__isnull=False, remind_days__isnull=False, person__deleted_at=None)
    )
    today, made = timezone.localdate(), 0
    for chunk in chunks(facts.select_related("person").order_by("pk").iterator(CHUNK)):
        due = {
            mark(fact, day): (fact, day)
            for fact in chunk
            if (day := occurrence(fact, today)) and day - dt.timedelta(days=fact.remind_days) <= today
        }
        made += create_tasks(due)
    return {"created": made}


def chunks(rows: Any) -> Iterator[list[Any]]:
    """Rows in lists of bounded length."""
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def occurrence(fact: Any, today: dt.date) -> dt.date | None:
    """The next day of an important date from today on: 29 February is 28 February in other years."""
    if not fact.recurring:
        return fact.date if fact.date >= today else None
    day: dt.date = fact.date + relativedelta(years=today.year - fact.date.year)
    return day if day >= today else fact.date + relativedelta(years=today.year - fact.date.year + 1)


def mark(fact: Any, day: dt.date) -> str:
    """The external id of the task of one date, by which it is made once."""
    return f"reminder:{fact.pk}:{day.isoformat()}"


def create_tasks(due: Mapping[str, tuple[Any, dt.date]]) -> int:
    """Create the tasks that are not there yet, trashed ones included; returns how many."""
    tasks = registry.get("activities.task")
    there = external_ids.present(tasks, due)
    rows = [row for key, (fact, day) in due.items() if key not in there and (row := task_values(fact, day, key))]
    if rows:
        writes.create_many(SYSTEM, tasks, rows)
    return len(rows)


def task_values(fact: Any, day: dt.date, key: str) -> dict[str, Any] | None:
    """The task of one date, for whoever may read the fact; its text stays with the fact, which is sensitive."""
    reader = next(
        (
            reader
            for user in (fact.person.owner_id, fact.created_by_id)
            if user and may_read(reader := actor_of(user), fact)
        ),
        None,
    )
    if reader is None:
        return None
    with translation.override(reader.language):
        name = _("Important date: %(person)s") % {"person": fact.person.name}
    due_at = dt.datetime.combine(day, dt.time(9), zone_of(reader.time_zone))
    return {
        "name": name[:300],
        "subject": f"parties.person/{fact.person_id}",
        "assignee": reader.id,
        "due_at": due_at,
        "external_ids": [key],
    }


def may_read(reader: Actor, fact: Any) -> bool:
    """Whether somebody may read a fact."""
    return bool(registry.get("parties.personalfact").rows(reader).filter(pk=fact.pk).exists())


@job("parties.settle", periodic="5 0 * * *", retry=3)
def settle() -> Mapping[str, Any]:
    """Contact points and jobs that began or ended lately hand over or take their place on the card."""
    points, jobs = lately("parties.contactpoint", "party"), lately("parties.employment", "person")
    changed = sum(settle_contacts(chunk) for chunk in chunks(points)) + sum(
        settle_jobs(chunk) for chunk in chunks(jobs)
    )
    return {"changed": changed}


def lately(label: str, link: str) -> Sequence[UUID]:
    """Parties with a part that began or ended during the last days."""
    today = timezone.localdate()
    since, rows = today - dt.timedelta(days=BACK), registry.get(label).rows(SYSTEM)
    return sorted(
        set(
            rows.filter(Q(valid_to__range=(since, today)) | Q(valid_from__range=(since, today))).values_list(
                link, flat=True
            )
        )
    )


def settle_contacts(keys: Collection[UUID]) -> int:
    """Settle the contact points of parties; returns how many cards changed."""
    with change_set(SYSTEM, kind="dates", entity="parties.party"):
        owners = faces.locked(keys)
        changed = faces.copy(owners, contact_points.settle(owners))
        matching.refresh(changed)
    return len(changed)


def settle_jobs(keys: Collection[UUID]) -> int:
    """Settle the jobs of people; returns how many cards changed."""
    with change_set(SYSTEM, kind="dates", entity="parties.person"):
        owners = faces.locked(keys)
        return len(faces.copy(owners, jobs_of_people.settle(owners)))


@job("parties.find_duplicates", periodic="*/10 * * * *", retry=3, lock="parties.duplicates")
def find_duplicates() -> Mapping[str, Any]:
    """Look for duplicates of the parties that changed since the last time, the first time among all."""
    take_time()
    return {"open": doubles.catch_up()}


@job("parties.find_all_duplicates", retry=3, lock="parties.duplicates", label=_lazy("Search for duplicates"))
def find_all_duplicates() -> Mapping[str, Any]:
    """Look for duplicates among all parties."""
    take_time()
    return {"open": doubles.look_through()}


def take_time() -> None:
    """Let statements take longer than any other may: the keys of millions are sorted by one."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
