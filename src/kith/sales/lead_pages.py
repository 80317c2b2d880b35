"""The form for a new lead: who it is in plain fields, found or made by the same rules as requests from outside (R9, R29)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kith.core import access, cleaning
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.specs import FieldSpec, renamed
from kith.core.staged import GOING
from kith.core.ui import form_values, form_views
from kith.core.ui.base import page
from kith.core.ui.editors import posted_values
from kith.core.ui.respond import closing, go, is_htmx

from . import intake

#: What the form asks about the party, in order, and of the lead itself.
WHO = ("name", "company", "email", "phone", "job_title")
OWN = ("name", "text", "source", "campaign", "amount", "owner")
DOUBLE = "open_lead"


@require_http_methods(["GET", "POST"])
@page
def new(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """A new lead; with a party given, or all fields wanted, the usual form."""
    if request.GET.keys() & {"person", "company", "full"}:
        return form_views.new(request, slug=entity.slug)
    access.require(actor, entity, "create")
    if request.method != "POST":
        owner = {"owner": actor.id} if actor.id else {}
        return draw(request, entity, actor, {}, form_values.presets(entity, actor, request.GET) | owner)
    who = {name: request.POST.get(f"who_{name}", "").strip() for name in WHO}
    own = posted_values(entity, [spec.name for spec in specs(entity, actor)], request.POST)
    try:
        return create(request, entity, actor, who, own)
    except Refused as refused:
        return draw(request, entity, actor, who, own, refused.errors, status=422)


def specs(entity: Entity, actor: Actor) -> list[FieldSpec]:
    """Fields of the lead itself that the form shows; without a subject it is called like its party."""
    allowed = access.writable(actor, entity)
    shown = [entity.fields[name] for name in OWN if name in allowed]
    return [renamed(spec, required=False) if spec.name == "name" else spec for spec in shown]


def create(
    request: HttpRequest, entity: Entity, actor: Actor, who: dict[str, Any], own: dict[str, Any]
) -> HttpResponse:
    """Make the lead, unless the same person has an open one and nobody said "create anyway"."""
    values, errors = cleaning.clean(actor, entity, own, typed=True)
    if errors:
        raise Refused(errors)
    values.setdefault("owner", actor.id)
    doubles = open_leads(actor, who["email"])
    if doubles and DOUBLE not in request.POST.getlist("confirm"):
        return draw(request, entity, actor, who, own, doubles=doubles, status=409)
    with change_set(actor, entity=entity.label) as changes:
        lead = intake.take(actor, who, values, intake.Request(data={name: text for name, text in who.items() if text}))
        changes.confirmed += [DOUBLE] if doubles else []
    text, undo = _("Created: %(what)s") % {"what": lead}, f"/undo/{changes.id}"
    if is_htmx(request) and form_views.in_dialog(request):
        return closing(text, undo=undo, **{"refresh-list": {}, "related-changed": {}})
    request.session["toast"] = {"text": text, "undo": undo}
    return go(request, f"/{entity.slug}/{lead.pk}/")


def open_leads(actor: Actor, mail: str) -> list[Any]:
    """Open leads, which the actor may see, of the person with this e-mail (R29)."""
    if not mail:
        return []
    found = intake.recognise(actor, registry.get("parties.person"), {"email": mail.lower()})
    rows = registry.get("sales.lead").rows(actor).filter(state__in=GOING)
    return list(rows.filter(person=found.key).order_by("-received_at")[:5]) if found else []


def draw(
    request: HttpRequest, entity: Entity, actor: Actor, who: dict[str, Any], own: dict[str, Any], errors: dict[str, list[Any]] | None = None, doubles: Any = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The form as a page or in a dialog."""
    shown, wrong = specs(entity, actor), errors or {}
    names = {spec.name for spec in shown}
    context = {
        "entity": entity, "actor": actor, "who": who, "own": own, "specs": shown, "errors": wrong, "doubles": doubles, "double": DOUBLE, "labels": labels(),
        "titles": form_values.titles_for(entity, actor, [spec.name for spec in shown], own), "rest": [line for name, lines in wrong.items() if name not in names and name not in WHO for line in lines],
    }  # fmt: skip
    template = "sales/lead_dialog.html" if form_views.in_dialog(request) else "sales/lead_page.html"
    return render(request, template, context, status=status)


def labels() -> dict[str, Any]:
    """What the fields about the party are called."""
    return {
        "name": _("name"),
        "company": _("company"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "job_title": _("job title"),
    }
