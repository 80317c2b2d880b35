"""The panel in which a custom field is defined or changed, and what is done with it: retired, brought back, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kith.core import access, custom_fields, field_facts, field_usage, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.cleaning import Errors
from kith.core.entities.field_definition import FieldDefinition
from kith.core.entity import Entity, registry
from kith.core.errors import Missing, Refused
from kith.core.ui.base import guarded
from kith.core.ui.objects_page import ADDRESS, ICONS, administrator, entity_of
from kith.core.ui.respond import closing

NOUN = "core.fielddefinition"
#: Other languages than the one that the label itself is written in.
LANGUAGES = [(code, str(name)) for code, name in settings.LANGUAGES if code != "en"]
TEXTS = (
    "label",
    "name",
    "help",
    "kind",
    "target",
    "decimals",
    "minimum",
    "maximum",
    "longest",
    "pattern",
    "initial",
    "search_weight",
)
MARKS = ("is_required", "is_unique", "is_searched", "is_indexed", "is_sensitive", "is_personal")
MANY = 10_000


@dataclass
class Option:
    """One choice as it is typed: its key once it has one, label, colour, labels in other languages."""

    key: str = ""
    label: str = ""
    hue: str = "grey"
    translations: dict[str, str] = field(default_factory=dict)


@dataclass
class Panel:
    """The panel on its way through the server."""

    entity: Entity
    values: dict[str, Any]
    options: list[Option]
    definition: Any = None
    errors: Errors = field(default_factory=dict)

    @property
    def here(self) -> str:
        """Where it is saved."""
        key = "new" if self.definition is None else self.definition.pk
        return f"{ADDRESS}/{self.entity.slug}/field/{key}"

    @property
    def kind(self) -> str:
        """The kind of value that is chosen."""
        return str(self.values.get("kind") or "text")

    @property
    def icon(self) -> str:
        """The sign of its kind."""
        return ICONS.get(self.kind, "circle")

    @property
    def kind_words(self) -> str:
        """What its kind is called."""
        return str(capfirst(str(FieldDefinition.Kind(self.kind).label)))

    def asks(self, what: str) -> bool:
        """Whether this kind of value has such a thing."""
        kinds = {
            "options": {"choice", "choices"},
            "target": {"link"},
            "limits": set(custom_fields.NUMBERS),
            "longest": {"text"},
            "pattern": field_facts.PATTERNED,
            "initial": {str(kind) for kind in FieldDefinition.Kind} - {"link", "richtext", "longtext", "address"},
            "is_unique": field_facts.UNIQUE,
            "is_searched": field_facts.SEARCHED,
            "search_weight": field_facts.SEARCHED,
            "is_indexed": {str(kind) for kind in FieldDefinition.Kind} - {"address"},
        }
        return what not in kinds or self.kind in kinds[what]

    def other_errors(self) -> list[Any]:
        """What no control of the panel stands for."""
        known = {*TEXTS, *MARKS, "options", "translations"}
        return [text for name, texts in self.errors.items() if name not in known for text in texts]


# --- drawing and saving -------------------------------------------------------------------------------------------------


@guarded
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Define a field."""
    actor = administrator(request)
    entity = entity_of(slug, actor)
    if request.method == "GET":
        return drawn(request, actor, Panel(entity, {"kind": "text"}, []))
    return changed(request, actor, Panel(entity, sent(request.POST), options_in(request.POST)))


@guarded
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str, key: Any) -> HttpResponse:
    """Change a field."""
    actor = administrator(request, key)
    entity = entity_of(slug, actor)
    row = definition_of(entity, key)
    if request.method == "GET":
        return drawn(request, actor, Panel(entity, stored(row), options_of(row), row))
    fixed = {name: getattr(row, name) for name in ("kind", "name", "target")}
    return changed(request, actor, Panel(entity, sent(request.POST) | fixed, options_in(request.POST), row))


def definition_of(entity: Entity, key: Any) -> Any:
    """The definition of an address."""
    row = registry.get(NOUN).rows(SYSTEM).filter(entity=entity.label, pk=key).first()
    if row is None:
        raise Missing(NOUN, str(key))
    return row


def drawn(request: HttpRequest, actor: Actor, panel: Panel, status: int = 200) -> HttpResponse:
    """The panel, or after a step only its form."""
    context = {
        "panel": panel, "actor": actor, "others": LANGUAGES, "kinds": [(str(kind), capfirst(str(kind.label))) for kind in FieldDefinition.Kind],
        "targets": targets(actor), "weights": [(str(one), capfirst(str(one.label))) for one in FieldDefinition.Weight], "hues": [(hue, capfirst(str(words))) for hue, words in hues()],
    }  # fmt: skip
    if panel.definition is not None:
        found = field_usage.uses(panel.entity, panel.definition.name)
        named = field_usage.seen(actor, found)
        hidden = field_usage.unseen(len(found) - len(named), len(named)) if len(found) > len(named) else ""
        context |= {"uses": named, "hidden_uses": hidden, "held": held(panel)}
    part = request.method == "POST"
    return render(request, "kith/object_field_form.html" if part else "kith/object_field.html", context, status=status)


def held(panel: Panel) -> int:
    """How many records hold a value, counted up to a limit."""
    rows = panel.entity.rows(SYSTEM).filter(custom__has_key=panel.definition.name).order_by()
    return int(rows[: MANY + 1].count())


def targets(actor: Actor) -> list[tuple[str, str]]:
    """Kinds of records that can be linked to, by name."""
    found = [(one.label, str(capfirst(str(one.name)))) for one in registry if access.allowed(actor, one, "view")]
    return sorted(found, key=lambda pair: pair[1].casefold())


def hues() -> list[tuple[str, Any]]:
    """The colours of choices."""
    return [
        ("grey", _("grey")), ("rose", _("rose")), ("orange", _("orange")), ("amber", _("amber")), ("lime", _("lime")), ("green", _("green")), ("teal", _("teal")), ("blue", _("blue")),
        ("violet", _("violet")), ("plum", _("plum")),
    ]  # fmt: skip


def changed(request: HttpRequest, actor: Actor, panel: Panel) -> HttpResponse:
    """Save what was sent; another kind or another number of choices only draws the panel anew."""
    if step := request.POST.get("step", ""):
        take(panel.options, step)
        return drawn(request, actor, panel)
    noun = registry.get(NOUN)
    try:
        with change_set(actor, entity=noun.label) as changes:
            row = save(actor, panel)
    except Refused as refused:
        panel.errors = refused.errors
        return drawn(request, actor, panel, 422)
    return closing(
        _("Saved: %(what)s") % {"what": row}, undo=f"/undo/{changes.id}" if changes.counts else "", **{"fields-changed": {}}
    )  # fmt: skip


def save(actor: Actor, panel: Panel) -> Any:
    """Write the definition; a new field stands behind the others."""
    noun = registry.get(NOUN)
    values = as_values(panel)
    if panel.definition is not None:
        own = {name: value for name, value in values.items() if name not in ("entity", "kind", "name", "target")}
        return writes.save(actor, panel.definition, own, typed=True)
    place = noun.rows(SYSTEM).filter(entity=panel.entity.label).count()
    return writes.create(actor, noun, values | {"position": place}, typed=True)


def as_values(panel: Panel) -> dict[str, Any]:
    """What the panel says, as values of a definition; what its kind does not have is empty."""
    given = panel.values
    values: dict[str, Any] = {"entity": panel.entity.label, "translations": given.get("translations", {})}
    groups = {"decimals": "limits", "minimum": "limits", "maximum": "limits"}
    for name in TEXTS:
        values[name] = given.get(name, "") if panel.asks(groups.get(name, name)) else ""
    values["decimals"] = values["decimals"] or "0"
    values["search_weight"] = values["search_weight"] or FieldDefinition.Weight.USUAL
    values |= {name: bool(given.get(name)) and panel.asks(name) for name in MARKS}
    options = panel.options if panel.asks("options") else []
    filled = [one for one in options if one.label.strip() or one.key]
    values["options"] = [one.key or one.label.strip() for one in filled]
    values["looks"] = {one.key or one.label.strip(): look(one) for one in filled}
    return values


def look(one: Option) -> dict[str, str]:
    """Colour and labels of a choice, without what says nothing."""
    label = {} if one.label.strip() in ("", one.key or one.label.strip()) else {"label": one.label.strip()}
    told = {code: text.strip() for code, text in one.translations.items() if text.strip()}
    return {"hue": one.hue, **label, **told}


# --- from a form, and from a definition ---------------------------------------------------------------------------------


def sent(data: QueryDict) -> dict[str, Any]:
    """What the form sent besides the choices."""
    values: dict[str, Any] = {name: data.get(name, "") for name in TEXTS}
    values |= {name: data.get(name) == "true" for name in MARKS}
    values["translations"] = {code: text for code, _n in LANGUAGES if (text := data.get(f"label.{code}", "").strip())}
    return values


def options_in(data: QueryDict) -> list[Option]:
    """The choices of a form, line by line."""
    keys, labels, colours = (data.getlist(name) for name in ("option", "option.label", "option.hue"))
    words = {code: data.getlist(f"option.{code}") for code, _name in LANGUAGES}
    return [
        Option(at(keys, place), label, at(colours, place) or "grey", {code: at(texts, place) for code, texts in words.items()})
        for place, label in enumerate(labels)
    ]  # fmt: skip


def at(found: list[str], place: int) -> str:
    """One of several values of the same name."""
    return found[place] if place < len(found) else ""


def take(options: list[Option], step: str) -> None:
    """Add, drop or move a choice: "add", "drop-2", "up-2", "down-0"; anything else changes nothing."""
    verb, _dash, number = step.partition("-")
    if verb == "add":
        hue = [name for name, _words in hues()][len(options) % 10]
        options.append(Option(hue=hue))
    if not number.isascii() or not number.isdigit() or int(number) >= len(options):
        return
    place = int(number)
    one = options.pop(place)
    if verb in ("up", "down"):
        options.insert(max(0, place + (-1 if verb == "up" else 1)), one)
    elif verb != "drop":
        options.insert(place, one)


def stored(row: Any) -> dict[str, Any]:
    """A definition as the panel shows it."""
    values: dict[str, Any] = {name: getattr(row, name) for name in (*TEXTS, *MARKS, "translations")}
    for name in ("minimum", "maximum"):
        values[name] = "" if values[name] is None else format(custom_fields.plain(values[name]), "f")
    values["longest"] = values["longest"] or ""
    return values


def options_of(row: Any) -> list[Option]:
    """The choices of a definition."""
    found = []
    for key in row.options:
        told: Mapping[str, str] = custom_fields.look_of(row, key)
        words = {code: told.get(code, "") for code, _name in LANGUAGES}
        found.append(Option(key, told.get("label") or key, told.get("hue") or "grey", words))
    return found


# --- retired, brought back, deleted -------------------------------------------------------------------------------------


@guarded
@require_POST
def act(request: HttpRequest, slug: str, key: Any, what: str) -> HttpResponse:
    """Retire a field, bring it back, or delete it."""
    actor = administrator(request, key)
    entity = entity_of(slug, actor)
    row, noun = definition_of(entity, key), registry.get(NOUN)
    words = {"retire": _("Retired: %(what)s"), "return": _("Back again: %(what)s"), "delete": _("Deleted: %(what)s")}
    if what not in words:
        raise Missing(NOUN, what)
    try:
        with change_set(actor, entity=noun.label) as changes:
            if what == "delete":
                writes.delete(actor, noun, [row.pk])
            else:
                writes.save(actor, row, {"is_retired": what == "retire"})
    except Refused as refused:
        panel = Panel(entity, stored(row), options_of(row), row, refused.errors)
        return drawn(request, actor, panel, 422)
    return closing(words[what] % {"what": row}, undo=f"/undo/{changes.id}" if changes.counts else "", **{"fields-changed": {}})  # fmt: skip
