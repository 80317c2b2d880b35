"""The card of the first page with the reader's tasks: late ones and those of today, or of the next seven days."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kith.activities.entities.task import Task
from kith.core import titles
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.titles import HEAVY
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.home_views import Card, add_card

from .timeline import ICONS

MOST = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One task with what it is about."""

    task: Any
    about: str
    href: str
    icon: str
    is_late: bool


def context(actor: Actor, *, week: bool = False) -> dict[str, Any] | None:
    """What the card shows; None for readers that are no users."""
    if actor.id is None:
        return None
    entity = registry.get("activities.task")
    end = timezone.make_aware(
        dt.datetime.combine(timezone.localdate() + dt.timedelta(days=8 if week else 1), dt.time())
    )
    mine = entity.rows(actor).filter(assignee=actor.id, status__in=Task.OPEN)
    due = list(mine.filter(due_at__lt=end).defer(*HEAVY).order_by("due_at", "pk")[: MOST + 1])
    if not week and len(due) < MOST:  # what has no date waits at the end of every day
        due += mine.filter(due_at=None).defer(*HEAVY).order_by("-created_at", "pk")[: MOST + 1 - len(due)]
    found = titles.for_records(actor, [entity.fields["subject"]], due)
    return {"lines": [line(task, found) for task in due[:MOST]], "more": len(due) > MOST, "week": week}


def line(task: Any, found: titles.Titles) -> Line:
    """One line of the card."""
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
    """The card alone, after a task was done or for another period."""
    return render(
        request,
        "activities/home_tasks.html",
        {
            "data": context(actor_of(request), week=request.GET.get("period") == "week")
            or {"lines": [], "more": False, "week": False}
        },
    )


def register() -> None:
    """Put the card on the first page."""
    add_card(Card("tasks", "activities/home_tasks.html", context, order=10))
