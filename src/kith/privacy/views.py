"""Pages about personal data: the register, and the two acts on one person or company: give out everything, erase."""

import uuid
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.core import access, jobs, ledger, proof
from kith.core.api import reading
from kith.core.api.callers import api
from kith.core.api.problems import BadRequest, as_json
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.exchange.exporting import TYPES
from kith.core.exchange.formats.xlsx_out import write_xlsx
from kith.core.jobs_models import JobRun
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, is_htmx

from . import dossier, erasing, register, subjects
from . import jobs as work


@guarded
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The register."""
    register.require(actor_of(request))
    may = {name for name in ("personal_export", "personal_erase") if access.has_system_right(actor_of(request), name)}
    return render(request, "privacy/register.html", {"kinds": register.read(), "may": may})


@guarded
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The register as an Excel workbook; a line of the log."""
    actor = actor_of(request)
    register.require(actor)
    with TemporaryFile() as file:
        zone = ZoneInfo(timezone.get_current_timezone_name())
        write_xlsx(file, register.columns(), register.table(), sheet=_("Personal data"), zone=zone)
        file.seek(0)
        response = HttpResponse(file.read(), content_type=TYPES["xlsx"])
    ledger.log(actor, "export", entity="privacy.processing", title=_("Personal data"), format="xlsx")
    response.headers["Content-Disposition"] = f'attachment; filename="personal-data-{timezone.localdate()}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def kind_of(slug: str) -> Entity:
    """People or companies; Missing for anything else."""
    entity = registry.by_slug(slug)
    if entity is None or entity.label not in subjects.KINDS:
        raise Missing(slug)
    return entity


@guarded
@require_POST
def export(request: HttpRequest, slug: str, key: uuid.UUID) -> HttpResponse:
    """Ask for the file with everything about one; the job's page shows when it is ready."""
    return go(request, f"/jobs/{ask_export(request, kind_of(slug), key).pk}")


def ask_export(request: HttpRequest, entity: Entity, key: uuid.UUID) -> JobRun:
    """Check the right and defer the job."""
    dossier.require(actor_of(request), entity, key)
    proof.demand()
    return jobs.defer(work.export, user_of(request), party=str(key), entity=entity.label)


@guarded
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, slug: str, key: uuid.UUID) -> HttpResponse:
    """Warn that it is final, ask for the word and the reason, then defer the job."""
    entity = kind_of(slug)
    actor = actor_of(request)
    party = erasing.found(actor, entity, key)
    if request.method == "GET" and not is_htmx(request):  # the dialog opens on the card
        return redirect(f"/{entity.slug}/{key}/?tab=personal-data")
    errors: dict[str, list[Any]] = {}
    try:
        erasing.check(entity, party)
    except Refused as refused:
        errors = refused.errors
    context = {"entity": entity, "party": party, "word": _("erase"), "address": request.path, "errors": errors, "blocked": bool(errors), "reason": request.POST.get("reason", "")}  # fmt: skip
    if request.method == "GET" or errors:
        return render(
            request, "privacy/erase.html", context, status=422 if errors and request.method == "POST" else 200
        )
    if request.POST.get("word", "").strip().casefold() != _("erase").casefold():
        errors["word"] = [_("Type “%(word)s” to confirm.") % {"word": _("erase")}]
    if not request.POST.get("reason", "").strip():
        errors["reason"] = [_("Say why; it is kept. Do not write the name.")]
    if errors:
        return render(request, "privacy/erase.html", context, status=422)
    return go(request, f"/jobs/{ask_erasure(request, entity, key, request.POST['reason']).pk}")


def ask_erasure(request: HttpRequest, entity: Entity, key: uuid.UUID, reason: str) -> JobRun:
    """Check right and state, and defer the job."""
    erasing.check(entity, erasing.found(actor_of(request), entity, key))
    proof.demand()
    return jobs.defer(work.erase, user_of(request), party=str(key), entity=entity.label, reason=reason.strip()[:500])


def user_of(request: HttpRequest) -> Any:
    """The user on whose behalf the job runs."""
    return registry.get("access.user").rows(access.SYSTEM).get(pk=actor_of(request).id)


# --- API ----------------------------------------------------------------------------------------------------------------


@api("GET")
def register_data(request: HttpRequest, actor: access.Actor) -> HttpResponse:
    """GET /api/v1/personal-data: the register."""
    register.require(actor)
    reading.parameters(request)
    return as_json({"results": register.as_data()})


@api("POST")
def export_data(request: HttpRequest, actor: access.Actor, slug: str, key: uuid.UUID) -> HttpResponse:
    """POST /api/v1/people/<id>/personal-data: gather everything; the answer names the job and where the file will be."""
    reading.parameters(request)
    run = ask_export(request, kind_of(slug), key)
    return as_json({"job": str(run.pk), "file": f"/exports/{run.pk}"}, 202)


@api("POST")
def erase_data(request: HttpRequest, actor: access.Actor, slug: str, key: uuid.UUID) -> HttpResponse:
    """POST /api/v1/people/<id>/erase: {"reason": "…"}; final."""
    entity = kind_of(slug)
    erasing.found(actor, entity, key)
    reading.parameters(request)
    data = reading.record(reading.body(request))
    reason = data.get("reason")
    if set(data) != {"reason"} or not isinstance(reason, str) or not reason.strip():
        raise BadRequest(_("Expected “reason”: a text that does not name the person."), "/reason")
    run = ask_erasure(request, entity, key, reason)
    return as_json({"job": str(run.pk)}, 202)
