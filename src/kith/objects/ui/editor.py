"""The page on which an administrator makes a kind of record, and changes one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Missing, Refused
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go, is_htmx

from .. import naming, usage
from ..entities.object_kind import ObjectKind
from ..nouns import KINDS
from ..plans import APP
from . import forms
from .forms import Form

NEW = "/settings/objects/new"


@require_http_methods(["GET", "POST"])
@guarded
def new(request: HttpRequest) -> HttpResponse:
    """Make an object."""
    actor, entity = actor_of(request), registry.get(KINDS)
    access.require(actor, entity, "create")
    if request.method == "GET":
        return go(request, NEW) if is_htmx(request) else draw(request, actor, forms.stored())
    form = forms.typed(request.POST)
    try:
        with change_set(actor, entity=entity.label) as changes:
            row = writes.create(actor, entity, form.values())
    except Refused as refused:
        form.errors = refused.errors
        return draw(request, actor, form, 422)
    request.session["toast"] = {"text": _("Created: %(what)s") % {"what": row}, "undo": f"/undo/{changes.id}"}
    return go(request, address(row))


@require_http_methods(["GET", "POST"])
@guarded
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change an object."""
    actor, entity = actor_of(request), registry.get(KINDS)
    found = entity.rows(actor).filter(key=key.removeprefix(f"{APP}.")).first()
    if found is None:
        raise Missing(KINDS, key)
    row = access.fetch(entity, actor, found.pk, "edit")
    if request.method == "GET":
        return draw(request, actor, forms.stored(row))
    form = forms.typed(request.POST, row)
    version = str(forms.number(request.POST.get("version", "")))
    try:
        with change_set(actor, entity=entity.label) as changes:
            writes.save(actor, row, form.values(), version=int(version) if version.isdigit() else row.version)
    except Refused as refused:
        form.errors = refused.errors
        return draw(request, actor, form, 422)
    if changes.counts:
        request.session["toast"] = {"text": _("Saved: %(what)s") % {"what": row}, "undo": f"/undo/{changes.id}"}
    return go(request, address(row))


@require_POST
@guarded
def links(request: HttpRequest) -> HttpResponse:
    """The links of the form with one more, or without one; nothing is stored."""
    access.require(actor_of(request), registry.get(KINDS), "edit")
    form = forms.typed(request.POST)
    gone = request.POST.get("remove", "")
    if gone.isascii() and gone.isdigit() and len(gone) < 3 and int(gone) < len(form.links):
        del form.links[int(gone)]
    elif not gone and form.can_add:
        form.links.append(forms.blank())
    return render(request, "objects/links.html", shared(form))


def address(row: Any) -> str:
    """The page of an object's editor."""
    return f"/settings/objects/{row.key}/edit"


def shared(form: Form) -> dict[str, Any]:
    """What the links need."""
    return {"form": form, "languages": forms.LANGUAGES, "base": forms.BASE, "targets": forms.target_choices()}


def draw(request: HttpRequest, actor: Actor, form: Form, status: int = 200) -> HttpResponse:
    """The page."""
    kinds, row = registry.get(KINDS), form.row
    context = shared(form) | {
        "objects": list(kinds.rows(actor).order_by("menu_order", "name", "pk")), "hues": naming.HUES, "places": [(str(key), label) for key, label in ObjectKind.Place.choices],
        "row": row, "action": address(row) if row else NEW, "may_delete": bool(row) and kinds.rows(actor, "delete").filter(pk=row.pk).exists(),
        "reasons": usage.reasons(row, kinds.rows(SYSTEM)) if row else [], "own_fields": forms.own_fields(row.key) if row else 0,
        "entity": registry.find(f"{APP}.{row.key}") if row else None, "title": capfirst(str(row)) if row else _("New object"),
    }  # fmt: skip
    return render(request, "objects/editor.html", context, status=status)
