"""The import wizard: file, columns, duplicates, check, import. What it knows lies in ImportRun; a page may be reloaded at any step."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.core import access, jobs, jobs_import
from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Refused
from kith.core.exchange import runs
from kith.core.exchange.formats.table import Reading
from kith.core.exchange.imports import ImportRow, ImportRun, Step, Work
from kith.core.jobs_models import State
from kith.core.ui import import_pages
from kith.core.ui.base import is_htmx, page
from kith.core.ui.respond import go

PASTED = 5_000_000
STEPS = (Step.COLUMNS, Step.DUPLICATES, Step.CHECK, Step.IMPORT)


@require_http_methods(["GET", "POST"])
@page
def start(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Choose a file, drop it, or paste rows; below, the latest imports of the reader."""
    access.require(actor, entity, "import")
    errors: list[Any] = []
    if request.method == "POST":
        try:
            made = take_file(request, entity, actor)
            if made.layout["rows"] is None:
                work(request, made, Work.READING)
            return HttpResponseRedirect(address(entity, made))
        except Refused as refused:
            errors = [message for messages in refused.errors.values() for message in messages]
    recent = ImportRun.objects.filter(actor_id=actor.id, entity=entity.label).order_by("-at")[:10]
    return render(
        request,
        "kith/import_start.html",
        {"entity": entity, "errors": errors, "recent": recent},
        status=422 if errors else 200,
    )


def take_file(request: HttpRequest, entity: Entity, actor: Actor) -> ImportRun:
    """The run for what was chosen or pasted."""
    given = request.FILES.get("file")
    if given is not None:
        return runs.begin(actor, entity, given.chunks(), given.name or "")
    pasted = request.POST.get("pasted", "")
    if not pasted.strip():
        raise Refused({"file": [_("Choose a file, or paste rows with their header.")]})
    if len(pasted) > PASTED:
        raise Refused({"file": [_("That is too much to paste; save it as a file and choose that.")]})
    return runs.begin(actor, entity, [pasted.encode("utf-8", "replace")], "")


def address(entity: Entity, made: ImportRun, step: str = "") -> str:
    """The page of a run."""
    return f"/{entity.slug}/import/{made.pk}/" + (f"?step={step}" if step else "")


@require_GET
@page
def show(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """The run at its step; earlier steps may be looked at and changed again until it is imported."""
    made = runs.find(actor, entity, key)
    settle(made)
    step = request.GET.get("step", "")
    if made.step == Step.DONE or step not in STEPS or STEPS.index(Step(step)) > STEPS.index(Step(made.step)):
        step = made.step
    return shown(request, entity, actor, made, step)


def shown(
    request: HttpRequest,
    entity: Entity,
    actor: Actor,
    made: ImportRun,
    step: str,
    *,
    errors: dict[str, list[Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    """One step of a run as a page."""
    return render(
        request, "kith/import_page.html", import_pages.context(entity, actor, made, step, errors or {}), status=status
    )


def settle(made: ImportRun) -> None:
    """Forget the work of a job that has ended, whatever became of it; say why it came to nothing."""
    if not made.work or (made.job and made.job.is_open):
        return
    made.work = ""
    if made.job and made.job.state == State.FAILED:
        made.message = made.job.message or _("It failed.")
    elif made.job and made.job.state == State.CANCELLED:
        made.message = _("It was stopped; nothing was written.")
    made.save(update_fields=["work", "message"])


# --- acts -------------------------------------------------------------------------------------------------------------

type Act = Callable[[HttpRequest, Entity, Actor, ImportRun], HttpResponse]


@require_POST
@page
def act(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID, what: str) -> HttpResponse:
    """Do what a button says; a refusal shows the step again with the reasons."""
    made = runs.find(actor, entity, key)
    settle(made)
    if made.work or (made.step == Step.DONE and what != "again"):
        return HttpResponseRedirect(address(entity, made))
    step = {"file": Step.COLUMNS, "columns": Step.COLUMNS, "duplicates": Step.DUPLICATES}.get(what, made.step)
    try:
        return ACTS[what](request, entity, actor, made)
    except Refused as refused:
        made.refresh_from_db()
        return shown(request, entity, actor, made, step, errors=refused.errors, status=422)


def read_again(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """Read the file in another way: sheet, encoding, delimiter, row of the header."""
    row = request.POST.get("header_row", "").strip()
    if row and not row.isdecimal():
        raise Refused({"header_row": [_("Write the number of the row, for example 1; 0 when there is no header.")]})
    delimiter = {"tab": "\t"}.get(request.POST.get("delimiter", ""), request.POST.get("delimiter", ""))
    reading = Reading(
        encoding=request.POST.get("encoding") or None,
        delimiter=delimiter or None,
        sheet=request.POST.get("sheet") or None,
        header_row=int(row[:7]) if row else None,
    )
    runs.look_at(made, actor, reading)
    made.summary = {}
    made.save()
    if made.layout["rows"] is None:
        work(request, made, Work.READING)
    return HttpResponseRedirect(address(entity, made))


def columns_done(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """On to the duplicates; the mapping, then also the rules, are kept for the next file if wanted."""
    if not runs.mapping_of(made).columns:
        raise Refused({"": [_("No column goes anywhere; match at least one.")]})
    is_shared = bool(request.POST.get("share")) and access.has_system_right(actor, "settings")
    made.layout["remember"] = "" if not request.POST.get("remember") else "all" if is_shared else "own"
    made.save(update_fields=["layout"])
    remember(made, actor)
    return advance(entity, made, Step.DUPLICATES)


def remember(made: ImportRun, actor: Actor) -> None:
    """Keep the mapping with its rules for the next file, as was asked for with the columns."""
    if wanted := made.layout.get("remember"):
        runs.remember(made, actor, is_shared=wanted == "all")


def advance(entity: Entity, made: ImportRun, step: Step) -> HttpResponse:
    """Go on to a step."""
    made.step = step
    made.save(update_fields=["step"])
    return HttpResponseRedirect(address(entity, made))


def duplicates_done(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """Keep the rules, then rehearse."""
    given = request.POST
    fields = [name for name in given.getlist("match") if name in entity.fields]
    ways = (
        ()
        if given.get("by") != "fields"
        else ((tuple(fields),) if given.get("together") else tuple((name,) for name in fields))
    )
    if given.get("by") == "fields" and not fields:
        raise Refused({"match": [_("Choose at least one field to match by.")]})
    wanted = {name: given[name] for name, valid in RULES.items() if given.get(name) in valid}
    runs.set_mapping(made, match=ways, skip_equal=bool(given.get("skip_equal")), **wanted)
    remember(made, actor)
    made.step = Step.CHECK
    made.save(update_fields=["step"])
    return check(request, entity, actor, made)


RULES = {
    "strategy": ("add", "update", "add_or_update", "replace"),
    "missing": ("report", "create", "reject", "empty"),
    "unknown": ("add", "empty", "reject"),
}


def check(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """Rehearse, unless a question is still open."""
    import_pages.take_answers(made, request.POST)
    import_pages.take_corrections(made, request.POST)
    if not runs.questions(made):
        if (made.layout["rows"] or 0) <= runs.AT_ONCE:
            runs.rehearse(made, actor)
        else:
            work(request, made, Work.CHECKING)
    return HttpResponseRedirect(address(entity, made, Step.CHECK))


def carry_out(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """Import now, or by a job."""
    if not made.summary:
        raise Refused({"": [_("Check the file once more before it is imported.")]})
    if (made.layout["rows"] or 0) <= runs.AT_ONCE:
        runs.carry_out(made, actor)
    else:
        made.step = Step.IMPORT
        made.save(update_fields=["step"])
        work(request, made, Work.IMPORTING)
    return HttpResponseRedirect(address(entity, made))


def again(request: HttpRequest, entity: Entity, actor: Actor, made: ImportRun) -> HttpResponse:
    """Take the rejected rows of a finished import, as they were corrected, and check them."""
    import_pages.take_corrections(made, request.POST)
    child = runs.again(made)
    return check(request, entity, actor, child)


def work(request: HttpRequest, made: ImportRun, what: Work) -> None:
    """Let a job do it."""
    job = {Work.READING: jobs_import.read, Work.CHECKING: jobs_import.check, Work.IMPORTING: jobs_import.carry_out}[
        what
    ]
    made.job = jobs.defer(job, request.user, run=str(made.pk))
    made.work, made.message = what, ""
    made.save(update_fields=["job", "work", "message"])


ACTS: dict[str, Act] = {
    "file": read_again,
    "columns": columns_done,
    "duplicates": duplicates_done,
    "check": check,
    "start": carry_out,
    "again": again,
}


@require_GET
@page
def progress(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """How far the job is; when it has ended, the page again."""
    made = runs.find(actor, entity, key)
    job = made.job
    if not made.work or job is None or not job.is_open:
        return go(request, address(entity, made))
    seconds = max(0.1, (timezone.now() - job.started_at).total_seconds()) if job.started_at else None
    rate = job.done / seconds if seconds and job.done else None
    left = (job.total - job.done) / rate if rate and job.total else None
    context = {"entity": entity, "run": made, "job": job, "rate": rate, "left": left}
    return (
        render(request, "kith/import_progress.html", context)
        if is_htmx(request)
        else HttpResponseRedirect(address(entity, made))
    )


@require_GET
@page
def rejected(request: HttpRequest, entity: Entity, actor: Actor, key: uuid.UUID) -> HttpResponse:
    """The rejected rows as CSV, with their reasons."""
    made = runs.find(actor, entity, key)
    rows = ImportRow.objects.filter(run=made).exclude(errors={}).iterator(chunk_size=2_000)
    return import_pages.csv_answer(made, rows)
