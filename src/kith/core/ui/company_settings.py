"""The page of the company's settings: every declared one with its value, its default and the records that differ."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kith.core import settings_store, titles
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused
from kith.core.settings_store import Setting
from kith.core.specs import FieldSpec
from kith.core.system_rights import require_system_right
from kith.core.types.picks import as_uuid
from kith.core.ui import editors
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import closing, is_htmx, toast
from kith.core.ui.values import show

ADDRESS = "/settings/company"
Errors = dict[str, list[Any]]


@dataclass
class Line:
    """One setting on the page."""

    setting: Setting
    actor: Actor
    typed: Any = None
    errors: list[Any] = field(default_factory=list)

    @property
    def spec(self) -> FieldSpec:
        """The field it is edited by."""
        return self.setting.spec

    @cached_property
    def value(self) -> Any:
        """What is shown in the control: what was typed and refused, else what holds."""
        return settings_store.own(self.setting) if self.typed is None else self.typed

    @property
    def was(self) -> str:
        """What held when the page was shown, as text; only what differs from it is saved."""
        return editors.typed(self.spec, settings_store.own(self.setting))

    @property
    def is_changed(self) -> bool:
        """Whether somebody set another value than the default."""
        return bool(settings_store.own(self.setting) != self.setting.standard)

    @property
    def standard(self) -> Any:
        """The default in words."""
        return show(self.spec, self.setting.standard, cell=True)

    @cached_property
    def exceptions(self) -> list[tuple[titles.Title, dict[str, str], Any]]:
        """Records with a value of their own that the reader may see: title, what to send to end it, the value."""
        found = settings_store.exceptions(self.setting)
        named = titles.load(self.actor, found)
        made = [
            (title, {f"scope.{label}": str(key), "end": "1"}, show(self.spec, found[label, key], cell=True))
            for (label, key), title in named.items()
        ]
        return sorted(made, key=lambda line: line[0].text.casefold())


@guarded
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All settings; POST saves those that were changed on the page."""
    actor = actor_of(request)
    require_system_right(actor, "settings")
    if request.method == "GET":
        return drawn(request, actor)
    given, errors = sent(request.POST)
    if errors:
        return drawn(request, actor, request.POST, errors)
    try:
        changes = settings_store.put_all(actor, given)
    except Refused as error:
        return drawn(request, actor, request.POST, error.errors)
    answer = drawn(request, actor)
    undo = f"/undo/{changes.id}" if changes.counts else ""
    return toast(answer, _("The settings are saved.") if undo else _("Nothing was changed."), undo=undo)


def drawn(
    request: HttpRequest, actor: Actor, posted: QueryDict | None = None, errors: Errors | None = None
) -> HttpResponse:
    """The page, or for htmx only its form; with what was typed where that was refused."""
    errors = errors or {}
    lines = [
        Line(one, actor, editors.posted(one.spec, posted) if posted else None, errors.get(one.name, []))
        for one in settings_store.store
    ]
    groups = {
        str(line.setting.group): [one for one in lines if one.setting.group == line.setting.group] for line in lines
    }
    is_part = request.method == "POST" and is_htmx(request)
    template = "kith/company_settings_form.html" if is_part else "kith/company_settings.html"
    context = {"groups": groups, "actor": actor, "errors": errors, "address": ADDRESS}
    return render(request, template, context, status=422 if errors else 200)


def sent(data: QueryDict) -> tuple[dict[str, Any], Errors]:
    """The settings that differ from what the page showed, as values; a default is taken back. And what cannot be read."""
    given, errors = dict[str, Any](), Errors()
    for setting in settings_store.store:
        raw = editors.posted(setting.spec, data)
        if setting.spec.name not in data or raw == data.get(f"was.{setting.spec.name}", ""):
            continue
        try:
            value = parsed(setting, raw)
        except BadValue as error:
            errors[setting.name] = [error.message]
            continue
        given[setting.name] = None if value == setting.standard else dumped(setting, value)
    return given, errors


def parsed(setting: Setting, raw: Any) -> Any:
    """A value as it was typed; a setting that must have one needs one."""
    spec = setting.spec
    value = spec.type.parse(raw, spec) if isinstance(raw, str) else spec.type.clean(raw, spec)
    if spec.required and spec.type.is_empty(value):
        raise BadValue(_("This field is required."))
    return value


def dumped(setting: Setting, value: Any) -> Any:
    """The value as JSON."""
    return None if value is None else setting.spec.type.dump(value, setting.spec)


# --- records that differ ----------------------------------------------------------------------------------------------


@guarded
@require_http_methods(["GET", "POST"])
def exception(request: HttpRequest, name: str) -> HttpResponse:
    """A value of its own for one record: the dialog; POST saves it, or with `end` takes it back."""
    actor = actor_of(request)
    require_system_right(actor, "settings")
    setting = settings_store.store.declared.get(name)
    if setting is None or not setting.scopes:
        raise Missing("core.setting", name)
    if request.method == "GET":
        return dialog(request, setting)
    try:
        scope = chosen(setting, actor, request.POST)
        raw = editors.posted(setting.spec, request.POST)
        value = None if "end" in request.POST else dumped(setting, parsed(setting, raw))
        changes = settings_store.put(actor, name, value, scope=scope)
    except BadValue as error:
        return dialog(request, setting, {"value": [error.message]})
    except Refused as error:
        return dialog(request, setting, {**error.errors, "value": error.errors.get(name, [])})
    return closing(_("The settings are saved."), undo=f"/undo/{changes.id}", **{"settings-changed": {}})


def dialog(request: HttpRequest, setting: Setting, errors: Errors | None = None) -> HttpResponse:
    """The form of one exception."""
    value = editors.posted(setting.spec, request.POST) if request.method == "POST" else settings_store.own(setting)
    context = {
        "setting": setting, "value": value, "errors": errors or {}, "kinds": list(kinds(setting)), "address": f"{ADDRESS}/{setting.name}",
    }  # fmt: skip
    return render(request, "kith/company_settings_exception.html", context, status=422 if errors else 200)


def kinds(setting: Setting) -> Iterable[tuple[str, str, str]]:
    """The kinds of records that may differ: label, name and where they are looked up."""
    for entity in scopes(setting):
        yield entity.label, str(capfirst(str(entity.name))), f"/{entity.slug}/lookup"


def scopes(setting: Setting) -> list[Entity]:
    """Those of the setting's scopes that exist."""
    return [entity for label in setting.scopes if (entity := registry.find(label))]


def chosen(setting: Setting, actor: Actor, data: QueryDict) -> tuple[str, uuid.UUID]:
    """The record of a form: its id stands under its kind. Refused unless the actor may see it."""
    found = [(entity, raw) for entity in scopes(setting) if (raw := data.get(f"scope.{entity.label}", ""))]
    if len(found) != 1:
        raise Refused({"scope": [_("Choose a record.")]})
    (entity, raw), *_none = found
    try:
        key = as_uuid(raw)
    except BadValue as error:
        raise Refused({"scope": [error.message]}) from None
    if not entity.rows(actor).filter(pk=key).exists():
        raise Refused({"scope": [_("No such record, or you may not see it.")]})
    return entity.label, key
