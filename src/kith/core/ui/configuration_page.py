"""The page of the configuration as files: the archive of this installation, and how another one differs from it."""

import re
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.core import files, jobs, ledger, proof
from kith.core.access import Actor
from kith.core.configuration import applying, archive, carrying
from kith.core.configuration.kinds import Scope
from kith.core.errors import Missing, Refused
from kith.core.jobs_models import JobRun
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, is_htmx, target_of

SEEN, MOST_SEEN = re.compile(f"[0-9a-f]{{{carrying.LENGTH}}}"), 20_000
SHOWN = 500  # differences on one page


def demand(request: HttpRequest) -> Actor:
    """Who asks, if that may be."""
    actor = actor_of(request)
    carrying.require(actor)
    return actor


@guarded
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What it is, and after an upload how the archive differs; nothing is written."""
    actor = demand(request)
    if request.method == "GET":
        return draw(request)
    prune = "prune" in request.POST
    try:
        given = request.FILES.get("file")
        if given is None:
            raise Refused(_("Choose a file."))
        if (given.size or 0) > archive.MOST_BYTES:
            raise archive.too_large()
        data = given.read()
        found = applying.plan(actor, Scope(), archive.unpack(data), prune=prune)
    except Refused as refused:
        errors = [str(words) for messages in refused.errors.values() for words in messages]
        return draw(request, 422, errors=errors, prune=prune)
    more: dict[str, Any] = {}
    if found.differences and not found.problems:
        more = {"ticket": files.ticket(actor, files.store([data])), "seen": carrying.marks(found)}
    return draw(request, plan=found, prune=prune, name=given.name, **more)


@guarded
@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Bring in what was compared, as a job: it goes on only if the comparison would be the same now."""
    actor = demand(request)
    proof.demand()
    seen = request.POST.get("seen", "").split(",")
    if not all(SEEN.fullmatch(one) for one in seen) or len(seen) > MOST_SEEN:
        raise Refused(_("Compare first: what is brought in is what was shown."))
    key = files.claim(actor, request.POST.get("ticket", ""))
    run = jobs.defer(carrying.bring_in, request.user, file=key, prune="prune" in request.POST, seen=seen)
    return go(request, f"/settings/configuration/runs/{run.pk}")


@guarded
@require_safe
def run(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far it is and what came of it; htmx asks again until it ends."""
    demand(request)
    found = JobRun.objects.select_related("actor").filter(pk=key, name=carrying.bring_in.name).first()
    if found is None:
        raise Missing("core.job", str(key))
    part = is_htmx(request) and target_of(request) == "configuration-run"
    return render(
        request, "kith/configuration_run_card.html" if part else "kith/configuration_run.html", {"run": found}
    )


def draw(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The page."""
    return render(
        request,
        "kith/configuration.html",
        {"errors": (), "plan": None, "prune": False, "most": SHOWN, "ticket": "", "seen": ()} | more,
        status=status,
    )


@guarded
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The archive of this installation."""
    actor = demand(request)
    found, _left_out = applying.export(Scope())
    ledger.log(actor, "export", title=_("Configuration as files"), count=len(found))
    response = HttpResponse(archive.pack(found), content_type="application/zip")
    name = f"kith-configuration-{timezone.localdate():%Y-%m-%d}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
