"""Forms: a new record, an old one, one field on leaving it; as a page or in a dialog, from one template."""

import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, cleaning, conditions, writes
from kith.core.access import Actor
from kith.core.changes import change_set
from kith.core.cleaning import Errors
from kith.core.entity import Entity, Section
from kith.core.errors import Clash, Conflict, Missing, Refused, Warned
from kith.core.specs import FieldSpec, renamed
from kith.core.ui import field_states, looking
from kith.core.ui import form_values as values_of
from kith.core.ui import record_parts as parts
from kith.core.ui.base import page, record_page
from kith.core.ui.editors import narrowed, posted_values
from kith.core.ui.looking import Looker
from kith.core.ui.respond import closing, go, is_htmx, target_of, toast, trigger


@dataclass
class Form:
    """A form on its way through the server: what it shows, what was typed and what is wrong with it."""

    entity: Entity
    actor: Actor
    sections: list[Section]
    values: dict[str, Any]
    record: Any = None
    version: int | None = None
    action: str = ""
    in_dialog: bool = False
    errors: Errors = field(default_factory=dict)
    warnings: tuple[Any, ...] = ()
    clashes: tuple[Clash, ...] = ()
    quick: bool = False
    full: str = ""
    title: str = ""
    looked: dict[str, Any] | None = None

    @property
    def looker(self) -> Looker | None:
        """How to look ahead at what saving would lead to."""
        return looking.of(self.actor, self.entity)

    @property
    def names(self) -> list[str]:
        """All its fields."""
        return values_of.names_in(self.sections)

    def spec(self, name: str) -> FieldSpec:
        """A field as this form offers it."""
        spec = narrowed(self.actor, self.entity, self.entity.fields[name], self.record)
        if spec.type.name != "condition":
            return spec
        return renamed(spec, target=conditions.asked(self.actor, self.entity, spec, self.values, spec.target))

    @cached_property
    def states(self) -> field_states.States:
        """What the rules of its fields come to."""
        return field_states.of_form(self.entity, self.actor, self.record, self.values)

    @property
    def states_text(self) -> str:
        """The same for the script that applies them; empty where there are no rules."""
        return field_states.as_text(self.entity, self.actor, self.states) if self.states else ""

    def wrong_fields(self) -> list[tuple[str, str]]:
        """(label, id) of fields in the form that need a look."""
        return [
            (str(self.entity.fields[name].label).capitalize(), f"f-{name}")
            for name in self.names
            if self.errors.get(name)
        ]

    def other_errors(self) -> list[str]:
        """Errors of the record as a whole, or of fields that are not in this form."""
        fields = self.entity.fields
        here = set(self.names)
        return [
            f"{fields[name].label}: {text}" if name in fields else str(text)
            for name, texts in self.errors.items()
            if name not in here
            for text in texts
        ]


def draw(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    """The form as a page or as what goes into the dialog."""
    found = values_of.titles_for(form.entity, form.actor, form.names, form.values)
    context = {
        "form": form,
        "entity": form.entity,
        "record": form.record,
        "actor": form.actor,
        "titles": found,
        "has_files": any(form.entity.fields[name].type.name == "file" for name in form.names),
        **(form.looked or {}),
    }
    return render(request, "kith/form_dialog.html" if form.in_dialog else "kith/form_page.html", context, status=status)


def in_dialog(request: HttpRequest) -> bool:
    """Whether the answer goes into the dialog over the page."""
    return is_htmx(request) and target_of(request) == "modal"


# --- new ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@page
def new(request: HttpRequest, entity: Entity, actor: Actor) -> HttpResponse:
    """Create a record."""
    access.require(actor, entity, "create")
    given = values_of.presets(entity, actor, request.GET)
    quick = (bool(entity.quick) or in_dialog(request)) and request.GET.get("full") != "1"
    shown = values_of.sections(entity, actor, quick=quick, first=given)
    query = request.GET.urlencode()
    form = Form(
        entity, actor, shown, values_of.defaults(entity, actor, values_of.names_in(shown)) | given, action=f"/{entity.slug}/new" + (f"?{query}" if query else ""), in_dialog=in_dialog(request),
        quick=quick, full=f"/{entity.slug}/new?{urlencode([*request.GET.items(), ('full', '1')])}" if quick else "", title=_("New: %(what)s") % {"what": entity.name},
    )  # fmt: skip
    return create(request, form) if request.method == "POST" else draw(request, form)


def create(request: HttpRequest, form: Form) -> HttpResponse:
    """Create from what was sent, or show the form again with what is wrong."""
    form.values, form.errors = values_of.sent(form.entity, form.names, request, form.actor)
    if form.errors:
        return draw(request, form, 422)
    try:
        if "look" in request.POST and (looker := form.looker):
            given, codes = form.values, request.POST.getlist("confirm")
            form.looked = looker.look(
                form.actor, lambda: writes.create(form.actor, form.entity, given, typed=True, confirm=codes)
            )
            return draw(request, form)
        with change_set(form.actor, entity=form.entity.label, whole=True) as changes:
            record = writes.create(
                form.actor, form.entity, form.values, typed=True, confirm=request.POST.getlist("confirm")
            )
    except (Refused, Warned) as error:
        return again(request, form, error)
    text = _("Created: %(what)s") % {"what": record}
    if "again" in request.POST:
        return fresh(request, form, text, f"/undo/{changes.id}")
    return saved(request, form, record, text, f"/undo/{changes.id}")


def again(request: HttpRequest, form: Form, error: Refused | Warned | Conflict) -> HttpResponse:
    """The form with what was typed and why it could not be saved."""
    if isinstance(error, Refused):
        form.errors = error.errors
        return draw(request, form, 422)
    if isinstance(error, Warned):
        form.warnings = error.warnings
    else:
        form.clashes, form.version = error.clashes, error.version
    return draw(request, form, 409)


def fresh(request: HttpRequest, form: Form, text: str, undo: str) -> HttpResponse:
    """An empty form after "save and new"."""
    if not form.in_dialog:
        request.session["toast"] = {"text": text, "undo": undo}
        return go(request, form.action)
    given = values_of.presets(form.entity, form.actor, request.GET)
    form.values = values_of.defaults(form.entity, form.actor, form.names) | given
    return trigger(toast(draw(request, form), text, undo=undo), **{"refresh-list": {}, "related-changed": {}})


def saved(request: HttpRequest, form: Form, record: Any, text: str, undo: str) -> HttpResponse:
    """After saving: close the dialog and tell the page, or go to the record."""
    if form.in_dialog:
        return closing(text, undo=undo, **{"refresh-list": {}, "related-changed": {}, "record-reload": {}})
    request.session["toast"] = {"text": text, "undo": undo}
    return go(request, parts.address(form.entity.face_of(record), record))


# --- edit ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@record_page("edit")
def edit(request: HttpRequest, entity: Entity, actor: Actor, record: Any) -> HttpResponse:
    """Change a record: all sections or, with `section`, one of them."""
    only = request.GET.get("section", "")
    number = int(only) if only.isascii() and only.isdigit() and len(only) < 4 else None
    shown = values_of.sections(entity, actor, only=number)
    if not shown:
        raise Missing(entity.label, only)
    form = Form(
        entity, actor, shown, {name: entity.fields[name].get(record) for name in values_of.names_in(shown)}, record, record.version, action=parts.address(entity, record, "edit") + (f"?section={number}" if number is not None else ""),
        in_dialog=in_dialog(request), title=_("Edit: %(what)s") % {"what": record},
    )  # fmt: skip
    return change(request, form) if request.method == "POST" else draw(request, form)


def change(request: HttpRequest, form: Form) -> HttpResponse:
    """Save what was sent, or show the form again with what is wrong or what somebody else changed meanwhile."""
    version = request.POST.get("version", "")
    form.version = (
        int(version) if version.isascii() and version.isdigit() and len(version) < 10 else form.record.version
    )
    form.values, form.errors = values_of.sent(form.entity, form.names, request, form.actor)
    if form.errors:
        return draw(request, form, 422)
    typed = values_of.touched(form.actor, form.entity, form.record, form.values, form.version)
    try:
        if "look" in request.POST and (looker := form.looker):
            codes = request.POST.getlist("confirm")
            form.looked = looker.look(
                form.actor, lambda: writes.save(form.actor, form.record, typed, typed=True, confirm=codes)
            )
            return draw(request, form)
        with change_set(form.actor, entity=form.entity.label, whole=True) as changes:
            record = writes.save(
                form.actor,
                form.record,
                typed,
                typed=True,
                version=form.version,
                confirm=request.POST.getlist("confirm"),
            )
    except (Refused, Warned, Conflict) as error:
        return again(request, form, error)
    if not changes.counts:
        return saved(request, form, record, _("Nothing was changed."), "")
    return saved(request, form, record, _("Saved: %(what)s") % {"what": record}, f"/undo/{changes.id}")


# --- one field ----------------------------------------------------------------------------------------------------------


@require_POST
@page
def validate(request: HttpRequest, entity: Entity, actor: Actor, name: str) -> HttpResponse:
    """One field of a form as it is left: the same field with what is wrong with it, or with whom it may repeat."""
    if name not in access.writable(actor, entity):
        raise Missing(entity.label, name)
    spec = entity.fields[name]
    values = posted_values(entity, [name], request.POST)
    cleaned, errors = cleaning.clean(actor, entity, values, typed=True)
    if spec.required and name in cleaned and spec.type.is_empty(cleaned[name]):
        errors[name] = [cleaning.REQUIRED]
    warnings = entity.warn(actor, entity.model(**entity.face), cleaned) if not errors and is_new(request) else []
    context = {
        "spec": spec,
        "value": values.get(name),
        "errors": errors.get(name, ()),
        "warnings": warnings,
        "actor": actor,
        "entity": entity,
        "key": request.GET.get("key", ""),
    }
    return render(request, "kith/form_field.html", context)


def is_new(request: HttpRequest) -> bool:
    """Whether the form is one of a new record."""
    try:
        return not uuid.UUID(request.GET.get("key", ""))
    except ValueError:
        return True
