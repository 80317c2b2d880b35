"""Jobs as people see them: what runs, how far it is, what failed and why; stop and try again."""

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kith.core import jobs
from kith.core.access import Actor, has_system_right
from kith.core.errors import Missing, Refused
from kith.core.jobs_models import OPEN, JobRun, State
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, is_htmx, target_of, toast

PAGE = 50
TABS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (gettext_lazy("All"), ()),
    "open": (gettext_lazy("Waiting and running"), tuple(OPEN)),
    "failed": (gettext_lazy("Failed"), (State.FAILED, State.CANCELLED)),
    "done": (gettext_lazy("Done"), (State.DONE,)),
}


def mine(actor: Actor) -> QuerySet[JobRun]:
    """The jobs that the actor may see: the own ones, or all."""
    rows = JobRun.objects.select_related("actor")
    return rows if has_system_right(actor, "jobs") else rows.filter(actor=actor.id, actor__isnull=False)


def found(request: HttpRequest, key: uuid.UUID) -> JobRun:
    """One of them; hidden and absent look the same."""
    run = mine(actor_of(request)).filter(pk=key).first()
    if run is None:
        raise Missing("core.job", str(key))
    return run


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list, latest first."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "") if request.GET.get("tab", "") in TABS else ""
    rows = after(mine(actor).order_by("-created_at", "-pk"), request.GET.get("before", ""))
    if TABS[tab][1]:
        rows = rows.filter(state__in=TABS[tab][1])
    shown = list(rows[: PAGE + 1])
    last = shown[PAGE - 1] if len(shown) > PAGE else None
    context = {
        "runs": shown[:PAGE],
        "tab": tab,
        "tabs": TABS,
        "labels": labels(),
        "next": f"{last.created_at.isoformat()},{last.pk}" if last else "",
        "all": has_system_right(actor, "jobs"),
    }
    return render(
        request,
        "kith/jobs_table.html" if is_htmx(request) and target_of(request) == "jobs" else "kith/jobs.html",
        context,
    )


def after(rows: QuerySet[JobRun], place: str) -> QuerySet[JobRun]:
    """The rows after a place; an unreadable place is the beginning."""
    moment, _comma, key = place.rpartition(",")
    try:
        at, ident = parse_datetime(moment), uuid.UUID(key)
    except ValueError:
        return rows
    return rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=ident)) if at and at.tzinfo else rows


def labels() -> dict[str, Any]:
    """Names of jobs for people."""
    return {name: job.label or name for name, job in jobs.declared.items()}


@guarded
@require_safe
def show(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One job; htmx asks for the card again every two seconds until it ends."""
    template = "kith/job_card.html" if is_htmx(request) and target_of(request) == "job" else "kith/job.html"
    return render(request, template, {"run": found(request, key), "labels": labels()})


@guarded
@require_POST
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask a job to stop."""
    run = found(request, key)
    if not jobs.cancel(run):
        raise Refused(_("This job has ended already."))
    return again_shown(request, run, _("The job is asked to stop."))


@guarded
@require_POST
def retry(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Do the work of a failed or stopped job once more."""
    run = found(request, key)
    if run.state not in (State.FAILED, State.CANCELLED):
        raise Refused(_("Only a job that failed or was stopped can be tried again."))
    if run.name not in jobs.declared:
        raise Refused(_("This kind of job no longer exists."))
    return go(request, f"/jobs/{jobs.again(run).pk}")


def again_shown(request: HttpRequest, run: JobRun, text: str) -> HttpResponse:
    """The card anew with a message, or the page."""
    if not is_htmx(request):
        return go(request, f"/jobs/{run.pk}")
    return toast(render(request, "kith/job_card.html", {"run": run, "labels": labels()}), text)
