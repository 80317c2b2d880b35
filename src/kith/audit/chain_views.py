"""The chain on the pages of the log: its pill, what verifications found, and the button that asks for one."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kith.core.access import Actor, has_system_right, require_system_right
from kith.core.chain.verdict import runs, verdict
from kith.core.errors import Missing
from kith.core.jobs import defer_once
from kith.core.jobs_models import JobRun
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, is_htmx, target_of, toast

from . import jobs, verification

SHOWN = 30


@guarded
@require_safe
def show(request: HttpRequest, key: uuid.UUID | None = None) -> HttpResponse:
    """One verification, or the latest; for htmx the card of it alone, or the pill."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    if is_htmx(request) and target_of(request) == "chain-pill":
        return render(request, "audit/chain_pill.html", {"chain": verdict()})
    context = {"run": found(key), "title": verification.title, "may_stop": may_stop, "actor": actor}
    if is_htmx(request) and target_of(request) == "chain":
        return render(request, "audit/chain_card.html", context)
    return render(request, "audit/chain.html", context | {"runs": runs()[:SHOWN]})


def found(key: uuid.UUID | None) -> JobRun | None:
    """The verification of an id, or the latest, if there was one."""
    run = runs().filter(pk=key).first() if key else runs().first()
    if key and run is None:
        raise Missing("audit.verification", str(key))
    return run


def may_stop(actor: Actor, run: JobRun) -> bool:
    """Whether the page of jobs shows it to the actor, where it can be stopped."""
    return run.actor_id == actor.id or has_system_right(actor, "jobs")


@guarded
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification; while one waits or runs, that one is shown."""
    actor = actor_of(request)
    require_system_right(actor, "audit")
    run = defer_once(jobs.verify, request.user)
    if not is_htmx(request):
        return go(request, verification.address(run.pk))
    answer = render(request, "audit/chain_pill.html", {"chain": verdict()})
    return toast(answer, _("The chain is being verified."), href=verification.address(run.pk), label=_("Details"))
