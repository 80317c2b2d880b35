"""The plan of the day on the first page: appointments of today, tasks that are late or due today or in the next seven days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kith.activities.entities.task import Task
from kith.core import access, prepared, titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.home_blocks import Card, add_card

from .timeline import ICONS

MOST = 12
#: Kinds that take place at their time; all others are due by theirs.
APPOINTMENTS = (Task.Kind.MEETING, Task.Kind.VISIT)
COLUMNS = ("name", "kind", "due_at", "subject_entity", "subject_id")
KINDS = {str(kind): kind for kind in Task.Kind}


@dataclass(frozen=True, slots=True)
class Line:
    """One task with what it is about."""

    task: Any
    about: str
    href: str
    icon: str
    is_late: bool

    @property
    def hue(self) -> str:
        """The colour of its kind."""
        return KINDS[self.task.kind].hue


def days(count: int) -> tuple[dt.datetime, dt.datetime]:
    """The beginning of today and the end of so many days, in the reader's time zone."""
    today = timezone.localdate()
    first, last = (dt.datetime.combine(day, dt.time()) for day in (today, today + dt.timedelta(days=count)))
    return timezone.make_aware(first), timezone.make_aware(last)


def mine(actor: Actor) -> "QuerySet[Any]":
    """What the reader has to do."""
    return registry.get("activities.task").rows(actor).filter(assignee=actor.id, status__in=Task.OPEN).only(*COLUMNS)


def appointments(first: dt.datetime, last: dt.datetime) -> Q:
    """Appointments of today: they stand in the agenda, not among the tasks."""
    return Q(kind__in=[str(kind) for kind in APPOINTMENTS], due_at__gte=first, due_at__lt=last)


def due_until(actor: Actor, end: dt.datetime, *, week: bool) -> list[Any]:
    """The reader's tasks that are due before a moment, the first ones; what has no date waits at the end of every day."""

    def tasks(end: dt.datetime, first: dt.datetime, last: dt.datetime) -> "QuerySet[Any]":
        when = Q(due_at__lt=end) if week else Q(due_at__lt=end) | Q(due_at=None)
        found = mine(actor).filter(when & ~appointments(first, last))
        return found.order_by(F("due_at").asc(nulls_last=True), "-created_at", "pk")[: MOST + 1]

    return prepared.run(actor, ("tasks due", week), tasks, end, *days(1))


def context(actor: Actor, *, week: bool = False) -> dict[str, Any] | None:
    """What the card of tasks shows; None for readers that are no users."""
    if actor.id is None:
        return None
    due = due_until(actor, days(8 if week else 1)[1], week=week)
    dated = sum(task.due_at is not None for task in due)
    makes = access.allowed(actor, registry.get("activities.task"), "create")
    if not due and not makes and not week:
        return None
    told = ngettext("%(num)s task due", "%(num)s tasks due", dated) % {"num": dated if dated <= MOST else f"{MOST}+"}
    return {
        "lines": lines(actor, due[:MOST]), "more": len(due) > MOST, "week": week, "makes": makes, "brief": told if dated else "",
    }  # fmt: skip


def agenda(actor: Actor) -> dict[str, Any] | None:
    """What the card of appointments shows; None when there are none today."""

    def tasks(first: dt.datetime, last: dt.datetime) -> "QuerySet[Any]":
        return mine(actor).filter(appointments(first, last)).order_by("due_at", "pk")[:MOST]

    found = prepared.run(actor, "appointments", tasks, *days(1)) if actor.id else []
    if not found:
        return None
    told = ngettext("%(num)s appointment", "%(num)s appointments", len(found)) % {"num": len(found)}
    return {"lines": lines(actor, found), "brief": told}


def lines(actor: Actor, tasks: list[Any]) -> list[Line]:
    """Tasks as the cards show them."""
    found = titles.for_records(actor, [registry.get("activities.task").fields["subject"]], tasks)
    return [line(task, found) for task in tasks]


def line(task: Any, found: titles.Titles) -> Line:
    """One line of a card."""
    subject = found.get((task.subject_entity, task.subject_id))
    late = task.due_at is not None and task.due_at < timezone.now()
    return Line(
        task,
        subject.text if subject else "",
        subject.url if subject else f"/tasks/{task.pk}/",
        ICONS.get(task.kind, "square-check"),
        late,
    )


@require_safe
@guarded
def card(request: HttpRequest) -> HttpResponse:
    """The tasks alone, after one was done or for another period."""
    nothing = {"lines": [], "more": False, "week": False, "makes": False}
    found = context(actor_of(request), week=request.GET.get("period") == "week") or nothing
    return render(request, "activities/home_tasks.html", {"data": found})


@require_safe
@guarded
def agenda_card(request: HttpRequest) -> HttpResponse:
    """The appointments alone, after one was done."""
    return render(request, "activities/home_agenda.html", {"data": agenda(actor_of(request)) or {"lines": []}})


def register() -> None:
    """Put both on the first page."""
    add_card(Card("agenda", "activities/home_agenda.html", agenda, order=1, place="left"))
    add_card(Card("tasks", "activities/home_tasks.html", context, order=10))
