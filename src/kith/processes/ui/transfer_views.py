"""The wizard that moves the records of one edition to another: where to, which stage to which, how many, one undoable step."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kith.core.access import Actor
from kith.core.errors import Refused
from kith.core.jobs import defer
from kith.core.jobs_bulk import result_words
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.list_bulk import progress
from kith.core.ui.respond import closing

from .. import designing, transferring
from ..book import Course
from ..jobs import transfer_job
from ..transferring import Line
from .design_views import RELOAD, course_of


@require_http_methods(["GET", "POST"])
@guarded
def transfer(request: HttpRequest, key: Any) -> HttpResponse:
    """The dialog: target, stages with counts, what will happen; POST with `go` does it."""
    actor = actor_of(request)
    source = course_of(actor, key)
    offered = designing.targets(source)
    if not offered:
        raise Refused(_("There is no published process that these records could move to."))
    target = next((course for course in offered if str(course.process.pk) == request.POST.get("target")), offered[0])
    lines = transferring.plan(actor, source, target, chosen(request, source))
    if request.method == "GET" or "go" not in request.POST:
        return dialog(request, actor, source, target, lines)
    if any(line.target is None for line in lines):
        return dialog(request, actor, source, target, lines, _("Choose a stage for each of them."))
    return perform(request, actor, source, target, {line.stage.pk: line.target for line in lines if line.target})


def chosen(request: HttpRequest, source: Course) -> dict[UUID, UUID]:
    """Which stage goes to which, as chosen in the form."""
    found = {}
    for stage in source.stages:
        try:
            found[stage.pk] = UUID(request.POST.get(f"to-{stage.key}", ""))
        except ValueError:
            continue
    return found


def dialog(
    request: HttpRequest, actor: Actor, source: Course, target: Course, lines: list[Line], error: str = ""
) -> HttpResponse:
    """What would move where."""
    context = {
        "source": source, "target": target, "offered": designing.targets(source), "lines": lines, "error": error, "total": sum(line.mine for line in lines),
        "left": sum(line.count - line.mine for line in lines), "in_background": sum(line.mine for line in lines) > transferring.AT_ONCE, "actor": actor,
    }  # fmt: skip
    return render(request, "processes/transfer.html", context, status=422 if error else 200)


def perform(
    request: HttpRequest, actor: Actor, source: Course, target: Course, mapping: dict[UUID, UUID]
) -> HttpResponse:
    """Now, or as a job when there are many."""
    if len(transferring.keys(actor, source)) > transferring.AT_ONCE:
        pairs = {str(old): str(new) for old, new in mapping.items()}
        return progress(
            request,
            defer(
                transfer_job, request.user, source=str(source.process.pk), target=str(target.process.pk), mapping=pairs
            ),
        )
    result = transferring.run(actor, source.process.pk, target.process.pk, mapping)
    words = result_words(result.done, result.skipped)
    if result.reasons:
        words += ": " + " ".join(result.reasons)
    return closing(words, undo=f"/undo/{result.changeset}" if result.changeset else "", **RELOAD)
