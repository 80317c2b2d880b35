"""The settings of kinds of records: which there are, their fields, declared and own ones, and the rules of these."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kith.core import access, custom_fields, field_indexes, worked_out, writes
from kith.core.access import SYSTEM, Actor
from kith.core.changes import change_set
from kith.core.entities.field_definition import FieldDefinition
from kith.core.entity import Entity, registry
from kith.core.errors import Missing
from kith.core.jobs_models import OPEN, JobRun
from kith.core.specs import FieldSpec, renamed
from kith.core.stored import building as stored
from kith.core.types import TYPES
from kith.core.ui import editors, filter_words
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.editors import as_ids
from kith.core.ui.respond import toast
from kith.core.ui.settings_page import LISTS, Card, add_cards

ADDRESS = "/settings/objects"
#: Where further kinds of record are made: label and address for those who may.
makers: list[Callable[[Actor], tuple[str, str] | None]] = []
ICONS = {
    "text": "type", "longtext": "text", "richtext": "pen-line", "number": "hash", "percent": "percent", "money": "banknote", "date": "calendar", "moment": "calendar-clock",
    "boolean": "square-check", "choice": "circle-chevron-down", "choices": "list-checks", "words": "list", "tags": "tags", "link": "link", "ref": "link-2", "url": "globe", "mail": "mail",
    "phone": "phone", "country": "flag", "address": "map-pin", "file": "paperclip", "condition": "filter", "translations": "languages", "json": "code",
}  # fmt: skip
KINDS = {str(kind): kind.label for kind in FieldDefinition.Kind} | {
    "tags": gettext_lazy("tags"), "ref": gettext_lazy("link to any record"), "file": gettext_lazy("file"), "condition": gettext_lazy("condition"),
    "translations": gettext_lazy("translations"), "json": gettext_lazy("structured data"),
}  # fmt: skip
#: The state of an index, and of the kept values of a roll-up, in words and with their tone.
INDEXES = {"ready": (gettext_lazy("Indexed"), "ok"), "building": (gettext_lazy("Index is being built"), "warn"), "failed": (gettext_lazy("Index is missing"), "bad")}  # fmt: skip
KEPT = {"ready": (gettext_lazy("Values are kept"), "ok"), "building": (gettext_lazy("Values are being worked out"), "warn"), "failed": (gettext_lazy("Values are not kept"), "bad")}  # fmt: skip
#: Fields that every record has beside its own; they stand in no section.
SHY = frozenset({"created_at", "created_by", "updated_at"})


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the page; a field of one's own has its definition, one that is worked out its formula or roll-up (`worked`)."""

    spec: FieldSpec
    definition: Any = None
    index: str = ""
    worked: Any = None

    @property
    def icon(self) -> str:
        """The sign of its kind."""
        own = registry.for_model(type(self.worked)).icon if self.worked is not None else ""
        return own or ICONS.get(self.spec.type.name, "circle")

    @property
    def state(self) -> tuple[Any, str]:
        """How far its index, or the values that are kept of it, are: words and tone."""
        return (INDEXES if self.worked is None else KEPT)[self.index]

    @property
    def mark(self) -> str:
        """That it is of one's own, and how; empty for a declared one."""
        if self.worked is not None:
            return _("Roll-up") if worked_out.is_rollup(self.worked) else _("Formula")
        return _("Custom") if self.definition is not None else ""

    @property
    def broken(self) -> Any:
        """Why it cannot be worked out; empty where it can."""
        return self.spec.broken if isinstance(self.spec, worked_out.WorkedSpec) else ""

    @property
    def address(self) -> str:
        """The page of a formula or a roll-up."""
        return f"/{registry.for_model(type(self.worked)).slug}/{self.worked.pk}/"

    @property
    def kind(self) -> str:
        """What values it takes, in words: "Choice, 5", "Link to Company"."""
        name = self.spec.type.name
        words = str(capfirst(str(KINDS.get(name, name))))
        target = registry.find(self.spec.target) if name in ("link", "tags") else None
        if name == "link" and target is not None:
            return _("Link to %(what)s") % {"what": target.name}
        return f"{words}, {len(self.spec.choices)}" if name in ("choice", "choices") else words


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; one's own can be put into another order."""

    title: str
    lines: list[Line]
    sorts: bool = False


def administrator(request: HttpRequest, key: Any = None) -> Actor:
    """Whoever asks, if they may change custom fields; for others there is none of this id."""
    actor, noun = actor_of(request), registry.get("core.fielddefinition")
    if key is not None and not access.allowed(actor, noun, "edit"):
        raise Missing(noun.label, str(key))
    access.require(actor, noun, "edit")
    return actor


def entity_of(slug: str, actor: Actor) -> Entity:
    """The kind of record of an address; it has a bag for fields, and the actor may see such records."""
    entity = next((one for one in registry if one.slug == slug), None)
    if entity is None or not has_page(entity) or not access.allowed(actor, entity, "view"):
        raise Missing("entity", slug)
    return entity


def has_page(entity: Entity) -> bool:
    """Whether fields can be added to this kind of record."""
    return custom_fields.takes_fields(entity) and not entity.access.faces


# --- what is shown ------------------------------------------------------------------------------------------------------


def kinds(actor: Actor) -> list[tuple[str, list[dict[str, Any]]]]:
    """The kinds of records that the reader may see, by group: daily work first, then settings and parts."""
    own = registry.get("core.fielddefinition").rows(SYSTEM).filter(is_retired=False).values_list("entity", flat=True)
    counts = dict[str, int]()
    for label in own:
        counts[label] = counts.get(label, 0) + 1
    groups: dict[str, list[dict[str, Any]]] = {_("Objects"): [], _("Lists and parts"): []}
    for entity in registry:
        if has_page(entity) and access.allowed(actor, entity, "view"):
            title = _("Objects") if entity.menu and entity.menu != "settings" else _("Lists and parts")
            groups[title].append(
                {
                    "entity": entity,
                    "name": str(capfirst(str(entity.name))),
                    "fields": len(fields(entity)),
                    "own": counts.get(entity.label, 0),
                }
            )
    return [(title, sorted(found, key=lambda one: one["name"].casefold())) for title, found in groups.items() if found]


def fields(entity: Entity) -> list[str]:
    """Names of the fields that a form or a record page can show."""
    return [name for section in entity.form_sections for name in section.names if name in entity.fields]


def groups_of(entity: Entity, show: str = "", words: str = "") -> list[Group]:
    """The fields by section, then those of one's own; retired ones apart."""
    states, building = field_indexes.states(), is_building()
    rows = list(registry.get("core.fielddefinition").rows(SYSTEM).filter(entity=entity.label).order_by("position", "label", "pk"))  # fmt: skip
    own = [Line(custom_fields.spec_of(row), row, index_state(states.get(row.pk, ""), building)) for row in rows]
    alive = [line for line in own if not line.definition.is_retired]
    gone = [line for line in own if line.definition.is_retired]
    worked = worked_lines(entity, building=building)
    names = {line.spec.name for line in [*own, *worked]}
    declared = [
        Group(str(section.title), [Line(entity.fields[name]) for name in section.names if name in entity.fields and name not in names and name not in SHY])
        for section in entity.form_sections
    ]  # fmt: skip
    mine = [Group(_("Custom fields"), alive, sorts=not words), Group(_("Formulas and roll-ups"), worked)]
    found = {"own": mine, "retired": [Group(_("Retired fields"), gone)]}.get(show, [*declared, *mine])
    kept = [Group(group.title, [line for line in group.lines if fits(line, words)], group.sorts) for group in found]
    return [group for group in kept if group.lines]


def worked_lines(entity: Entity, *, building: bool) -> list[Line]:
    """Formulas and roll-ups, with how far the values are that are kept of these."""
    rows = [row for row in worked_out.definitions() if row.entity == entity.label]
    states = stored.states() if any(worked_out.is_rollup(row) and row.is_indexed for row in rows) else {}
    specs = {spec.name: spec for spec in worked_out.source(entity.label)}
    return [
        Line(specs[row.name], None, index_state(states.get(row.pk, ""), building), row)
        for row in rows
        if row.name in specs
    ]


def fits(line: Line, words: str) -> bool:
    """Whether a field is one that is looked for."""
    return words.casefold() in f"{line.spec.label} {line.spec.name} {line.kind}".casefold()


def is_building() -> bool:
    """Whether the job of the indexes waits or runs."""
    return JobRun.objects.filter(name="core.index_fields", state__in=OPEN).exists()


def index_state(state: str, building: bool) -> str:
    """ready, building, or failed; nothing for a field without an index."""
    return state if state != "missing" else "building" if building else "failed"


def context(request: HttpRequest, actor: Actor, entity: Entity) -> dict[str, Any]:
    """What the page of one kind of record shows."""
    show, words = request.GET.get("show", ""), request.GET.get("q", "")[:100].strip()
    rows = list(registry.get("core.fielddefinition").rows(SYSTEM).filter(entity=entity.label).values_list("is_retired", flat=True))  # fmt: skip
    found = groups_of(entity, show, words)
    rules = rules_of(actor, entity)
    return {
        "kinds": kinds(actor), "entity": entity, "name": str(capfirst(str(entity.name))), "here": f"{ADDRESS}/{entity.slug}", "show": show if show in ("own", "retired") else "",
        "self_url": request.get_full_path() if request.method == "GET" else f"{ADDRESS}/{entity.slug}", "q": words, "groups": found, "count": len(fields(entity)), "own": rows.count(False) + len(tuple(worked_out.source(entity.label))), "retired": rows.count(True), "rules": rules, "tab": "rules" if request.GET.get("tab") == "rules" else "fields",
        "may_rule": access.allowed(actor, registry.get("core.fieldrule"), "edit"), "makers": makers_of(actor) if show != "retired" else [],
    }  # fmt: skip


def makers_of(actor: Actor) -> list[tuple[str, str, str]]:
    """Where fields that are worked out are made: label, sign and address, for those who may."""
    nouns = [(registry.get(label), words) for label, words in ((worked_out.FORMULA, _("New formula")), (worked_out.ROLLUP, _("New roll-up")))]  # fmt: skip
    return [(words, noun.icon, f"/{noun.slug}/new") for noun, words in nouns if access.allowed(actor, noun, "create")]


def rules_of(actor: Actor, entity: Entity) -> list[dict[str, Any]]:
    """The rules of fields, in words."""
    noun = registry.get("core.fieldrule")
    spec = noun.fields["effect"]
    return [
        {
            "rule": row,
            "field": str(capfirst(str(entity.fields[row.field].label))) if row.field in entity.fields else row.field,
            "effect": spec.type.text(row.effect, spec),
            "condition": condition_words(actor, entity, row.condition),
        }
        for row in noun.rows(SYSTEM).filter(entity=entity.label).order_by("field", "effect", "pk")
    ]


def condition_words(actor: Actor, entity: Entity, condition: Any) -> str:
    """A condition as one would say it."""
    from kith.core import conditions, titles
    from kith.core.filters import BadFilter, from_json, to_json

    try:
        node = from_json(condition)
        found = titles.load(actor, set(conditions.links_in(entity, node)))
        return str(filter_words.in_words(entity, node, found)) if to_json(node) else ""
    except BadFilter as bad:
        return str(bad.message)


@add_cards
def card(actor: Actor) -> Iterable[Card]:
    """The way here from the settings."""
    if access.allowed(actor, registry.get("core.fielddefinition"), "edit"):
        yield Card(LISTS, _("Objects and fields"), _("Fields of your own, and when fields are asked for."), "blocks", ADDRESS)  # fmt: skip


# --- pages --------------------------------------------------------------------------------------------------------------


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All kinds of records with the number of their fields."""
    actor = administrator(request)
    made = [found for maker in makers if (found := maker(actor))]
    return render(request, "kith/objects.html", {"kinds": kinds(actor), "address": ADDRESS, "makers": made})


@guarded
@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """The fields of one kind of record."""
    actor = administrator(request)
    return render(request, "kith/object.html", context(request, actor, entity_of(slug, actor)))


@guarded
@require_POST
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """A new order of one's own fields: all ids, or one of them and by how many places it moves."""
    actor = administrator(request)
    entity = entity_of(slug, actor)
    noun = registry.get("core.fielddefinition")
    rows = list(noun.rows(SYSTEM).filter(entity=entity.label, is_retired=False).order_by("position", "label", "pk"))
    with change_set(actor, entity=noun.label) as changes:
        for place, row in enumerate(arranged(rows, request.POST)):
            if row.position != place:
                writes.save(actor, row, {"position": place})
    response = render(request, "kith/object_fields.html", context(request, actor, entity))
    return toast(response, _("Order saved"), undo=f"/undo/{changes.id}") if changes.counts else response


def arranged(rows: list[Any], data: Any) -> list[Any]:
    """The definitions in their new order; those that the form does not name stay behind the others."""
    by_key = {row.pk: row for row in rows}
    if "field" not in data:
        keys = [key for key in as_ids(data) if key in by_key]
        return [by_key[key] for key in keys] + [row for row in rows if row.pk not in keys]
    moved = by_key.get(as_key(data["field"]))
    if moved is None:
        raise Missing("core.fielddefinition", data["field"])
    at = rows.index(moved)
    to = max(0, min(len(rows) - 1, at + (-1 if data.get("by") == "-1" else 1)))
    rows.insert(to, rows.pop(at))
    return rows


def as_key(text: str) -> UUID | None:
    """The id in a form."""
    try:
        return UUID(text)
    except ValueError:
        return None


def kind_offered(_actor: Actor, entity: Entity, spec: FieldSpec, _record: Any, _many: bool) -> FieldSpec:
    """The kind of record of a field or a rule as a closed list, by name."""
    if entity.label not in ("core.fieldrule", "core.fielddefinition") or spec.name != "entity":
        return spec
    pairs = [(one.label, str(capfirst(str(one.name)))) for one in registry if has_page(one)]
    return renamed(spec, type=TYPES["choice"], choices=tuple(sorted(pairs, key=lambda pair: pair[1].casefold())))


editors.narrowings.append(kind_offered)
