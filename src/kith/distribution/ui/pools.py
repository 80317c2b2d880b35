"""The queue of a pool: what waits, taken by selection or one after the other, given out by those who manage it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from markupsafe import Markup

from kith.core import titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import Entity
from kith.core.errors import BadValue, Missing, Refused
from kith.core.types.picks import as_uuid
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, go, is_htmx, wants_part
from kith.core.ui.values import show
from kith.distribution import claiming, hiding, ownership
from kith.distribution.book import Basin, book
from kith.distribution.entities.work_item import WorkItem

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One record that waits."""

    item: WorkItem
    title: str
    url: str
    cells: list[Markup]
    former: str


def watched(actor: Actor, key: uuid.UUID) -> Basin:
    """A pool whose queue the actor may look at: its members, and those who may assign such records."""
    basin = book().basin(key)
    if not basin.has(actor) and not claiming.distributes(actor, basin):
        raise Missing("distribution.pool", str(key))
    return basin


@require_GET
@guarded
def queue(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The page, or only its list."""
    actor = actor_of(request)
    basin = watched(actor, key)
    text = request.GET.get("from", "0")
    start = min(int(text), 10_000) if text.isascii() and text.isdigit() else 0
    template = "distribution/queue_list.html" if wants_part(request) else "distribution/queue.html"
    return render(request, template, context(actor, basin, start))


def context(actor: Actor, basin: Basin, start: int) -> dict[str, Any]:
    """What the page shows."""
    entity = claiming.entity_of(basin)
    items = list(claiming.queue(basin)[start : start + PAGE + 1])
    total = claiming.queue(basin)[:10_001].count()
    names = hiding.shown(basin, entity, actor)
    return {
        "pool": basin.pool, "entity": entity, "heads": [capfirst(str(entity.fields[name].label)) for name in names if name != entity.title],
        "lines": lines(actor, basin, entity, items[:PAGE], names), "total": total, "start": start,
        "before": f"?from={max(0, start - PAGE)}" if start else "", "after": f"?from={start + PAGE}" if len(items) > PAGE else "",
        "takes": basin.has(actor), "manages": claiming.distributes(actor, basin), "veiled": hiding.is_veiled(basin, actor),
        "limits": limits(actor, basin) if basin.has(actor) else "", "pools": [one.pool for one in book().mine(actor)],
        "page": f"/pools/{basin.pool.pk}/queue",
    }  # fmt: skip


def limits(actor: Actor, basin: Basin) -> str:
    """How many more the reader may take, where the pool sets limits."""
    if basin.pool.daily_limit is None and basin.pool.capacity is None:
        return ""
    try:
        left = claiming.allowance(actor, basin)
    except Refused as full:
        return str(full.errors[""][0])
    return ngettext("You may take %(num)s more.", "You may take %(num)s more.", left) % {"num": left}


def lines(actor: Actor, basin: Basin, entity: Entity, items: list[WorkItem], names: list[str]) -> list[Line]:
    """The rows: fields that the reader may see here, links only where the record may be opened."""
    known = {one.pk: one for one in entity.rows(SYSTEM).filter(pk__in=[item.subject_id for item in items])}
    opened = set(entity.rows(actor).filter(pk__in=list(known)).values_list("pk", flat=True))
    specs = [entity.fields[name] for name in names if name != entity.title]
    found = titles.for_records(actor, specs, list(known.values()))
    former = ownership.people({str(item.previous_owner_id) for item in items if item.previous_owner_id})
    return [
        Line(
            item, str(known[item.subject_id]),
            f"/{entity.slug}/{item.subject_id}/" if item.subject_id in opened else "",
            [show(spec, spec.get(known[item.subject_id]), known[item.subject_id], found, cell=True) for spec in specs],
            former.get(str(item.previous_owner_id), ""),
        )
        for item in items if item.subject_id in known
    ]  # fmt: skip


@require_POST
@guarded
def take(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take what is selected."""
    wanted = editors.as_ids(request.POST)
    if not wanted:
        raise Refused(_("Nothing is selected."))
    return answer(request, key, claiming.claim(actor_of(request), key, wanted))


@require_POST
@guarded
def take_next(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take the first one that is free, and open it."""
    actor = actor_of(request)
    made = claiming.claim_next(actor, key)
    if not made.taken:
        raise Refused(_("Nothing is left that you could take now.") if not made.refused else made.refused[0][1])
    entity = claiming.entity_of(claiming.member_of(actor, key))
    request.session["toast"] = {"text": _("It is yours now."), "undo": f"/undo/{made.changeset}"}
    return go(request, f"/{entity.slug}/{made.taken[0]}/")


@require_POST
@guarded
def give(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask to whom, then give out what is selected."""
    actor = actor_of(request)
    basin = claiming.member_of(actor, key, manages=True) if book().basin(key).has(actor) else watched(actor, key)
    wanted, errors = editors.as_ids(request.POST), []
    if not wanted:
        raise Refused(_("Nothing is selected."))
    if "go" in request.GET:
        try:
            owner = as_uuid(request.POST.get("owner", ""))
            return answer(request, key, claiming.give_out(actor, basin.pool.pk, wanted, owner))
        except BadValue:
            errors = [_("This field is required.")]
    shown = {"pool": basin.pool, "ids": ",".join(map(str, wanted)), "count": len(wanted), "errors": errors}
    return render(request, "distribution/give.html", shown, status=422 if errors else 200)


def answer(request: HttpRequest, key: uuid.UUID, made: claiming.Outcome) -> HttpResponse:
    """What came of it, with the reason for the first that could not be taken."""
    if not made.taken:
        raise Refused(made.refused[0][1])
    text = ngettext("%(num)s record given.", "%(num)s records given.", len(made.taken)) % {"num": len(made.taken)}
    if made.refused:
        text += " " + ngettext("%(num)s not: %(why)s", "%(num)s not: %(why)s", len(made.refused)) % {"num": len(made.refused), "why": made.refused[0][1]}  # fmt: skip
    if not is_htmx(request):
        return go(request, f"/pools/{key}/queue")
    return closing(text, undo=f"/undo/{made.changeset}" if made.changeset else "", **{"refresh-list": {}})
