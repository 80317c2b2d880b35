"""The queue of possible duplicates, the decision "not a duplicate", and the block on the page of a record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kith.core import access
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing
from kith.core.jobs import defer_once
from kith.core.types.picks import as_uuid
from kith.core.ui.base import actor_of, guarded, record_page
from kith.core.ui.record_rights import may
from kith.core.ui.respond import closing, wants_part
from kith.core.ui.settings_page import LISTS, Card
from kith.core.ui.shell import MenuGroup, MenuItem
from kith.parties import double_queue, duplicates, jobs
from kith.parties.doubles import LABELS
from kith.parties.entities.duplicate_pair import DuplicatePair, DuplicateScan

State = DuplicatePair.State
#: The block on a record's page names as many.
NAMED = 5


def kinds(actor: Actor) -> list[Entity]:
    """Kinds of party whose duplicates the actor may decide about."""
    return [entity for label in LABELS.values() if double_queue.may_decide(actor, entity := registry.get(label))]


@require_GET
@guarded
def queue(request: HttpRequest) -> HttpResponse:
    """The page, or only its list."""
    actor = actor_of(request)
    mine = kinds(actor)
    entity = next((one for one in mine if one.slug == request.GET.get("kind", one.slug)), None)
    if entity is None:
        raise Missing("parties.duplicatepair")
    state = request.GET.get("state", State.OPEN)
    if state not in State.values:
        raise BadValue(_("Unknown state; there are: %(valid)s.") % {"valid": ", ".join(State.values)})
    context = {
        "entity": entity, "kinds": [(one, capfirst(str(one.plural))) for one in mine], "state": state,
        "told": [name for name in ("email", "phone", "city") if name in access.readable(actor, entity)],
        "states": [(value, capfirst(str(label))) for value, label in State.choices],
        "page": double_queue.page(actor, entity, state, request.GET.get("after", "")),
        "scan": DuplicateScan.objects.filter(pk=1).first(), "may_merge": access.allowed(actor, entity, "delete"),
    }  # fmt: skip
    part = wants_part(request)
    return render(request, "parties/duplicates_list.html" if part else "parties/duplicates.html", context)


@require_POST
@guarded
def look(request: HttpRequest) -> HttpResponse:
    """Look through all parties anew, in the background."""
    actor = actor_of(request)
    if not kinds(actor):
        raise Missing("parties.duplicatepair")
    defer_once(jobs.find_all_duplicates, request.user)
    return closing(_("All people and companies are being looked through; new pairs appear here."))


@require_POST
@guarded
def decide(request: HttpRequest) -> HttpResponse:
    """Two records are different, or may be the same after all."""
    actor = actor_of(request)
    entity = next((one for one in kinds(actor) if one.slug == request.POST.get("kind")), None)
    if entity is None:
        raise Missing("parties.duplicatepair")
    try:
        one, other = as_uuid(request.POST.get("one")), as_uuid(request.POST.get("other"))
    except BadValue:
        raise Missing(entity.label) from None
    state = request.POST.get("state", "")
    double_queue.decide(actor, entity, one, other, state)
    said = {State.DIFFERENT: _("Noted: not a duplicate."), State.OPEN: _("The pair is back in the queue.")}
    events: dict[str, Any] = {"refresh-list": {}, "duplicates-changed": {}}
    return closing(said[State(state)], **events)


@require_GET
@record_page()
def beside(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """The block on the page of a record: who it might be, too, and why."""
    if entity.label not in LABELS.values():
        raise Missing(entity.label, "duplicates")
    found = duplicates.find(entity, actor, {}, record=record)
    other = double_queue.different_from(record.pk, [match.record.pk for match in found.matches])
    matches = [match for match in found.matches if match.record.pk not in other]
    rights = may(actor, entity, record, ("edit", "delete"))
    context = {
        "matches": matches[:NAMED], "more": matches[NAMED:], "hidden": found.hidden, "entity": entity, "record": record,
        "decides": "edit" in rights, "merges": "edit" in rights and access.allowed(actor, entity, "delete"),
    }  # fmt: skip
    return render(request, "parties/duplicates_beside.html", context)


def menu(request: HttpRequest) -> list[MenuGroup]:
    """One line among the settings."""
    if not request.user.is_authenticated or not kinds(actor_of(request)):
        return []
    line = MenuItem("duplicates", gettext_lazy("Duplicates"), "copy", "/duplicates")
    return [MenuGroup(gettext_lazy("Settings"), (line,), order=90)]


def cards(actor: Actor) -> list[Card]:
    """The same in the settings."""
    text = gettext_lazy("People and companies that may be recorded twice.")
    return [Card(LISTS, gettext_lazy("Duplicates"), text, "copy", "/duplicates")] if kinds(actor) else []
