"""The editor of layouts: what a kind of record shows where, drawn by drag or by keys, with a preview; also as another role sees it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kith.core import access, layouts, linked, writes
from kith.core.access import SYSTEM, Actor
from kith.core.entities.layout import AUDIENCES
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing
from kith.core.layout_deltas import Drawn, differences
from kith.core.layouts import FLAT, KEYED, OWN, PANELS, Laid
from kith.core.system_rights import require_system_right
from kith.core.types.picks import as_uuid
from kith.core.ui import layout_preview, layout_words, record_related
from kith.core.ui.base import actor_of, guarded
from kith.core.ui.respond import go
from kith.core.views import saved_views

ADDRESS = "/settings/layouts/"
MOST_CHOICES = 200


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a layout is for; without a key everybody."""

    key: str = ""
    title: str = ""
    id: uuid.UUID | None = None

    @property
    def query(self) -> str:
        """The end of an address that is about it."""
        return f"?{urlencode({'for': self.key})}" if self.key else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of the editor: a field or a related list."""

    name: str
    label: str
    shown: bool
    kind: str = ""
    is_custom: bool = False
    #: Why it has to stay.
    why: str = ""
    #: What it is called otherwise: part, language, text.
    words: tuple[tuple[str, str, str], ...] = ()
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A section of the editor with its lines; `own` ones were added by a layout."""

    key: str
    title: str
    declared: str
    pieces: list[Piece]

    @property
    def own(self) -> bool:
        """Whether a layout added it."""
        return self.key.startswith(OWN)


@dataclass(frozen=True, slots=True)
class Place:
    """A list of fields elsewhere: the lines that it has, and those that it could have."""

    name: str
    title: Any
    help: Any
    pieces: list[Piece]
    rest: list[Piece]


@dataclass
class Editor:
    """One layout while it is edited."""

    entity: Entity
    actor: Actor
    audience: Audience
    laid: Laid
    row: Any = None

    @property
    def address(self) -> str:
        """Where it is edited."""
        return f"{ADDRESS}{self.entity.slug}"

    @property
    def blocks(self) -> list[Block]:
        """The sections; the last one, without a key, holds what no section has."""
        laid, named = self.laid, self.laid.declared
        made = [Block(one.key, str(one.title), str(named[one.key].title) if one.key in named else "", self.lines(one.names, laid.hidden)) for one in laid.placed]  # fmt: skip
        placed = {name for one in laid.placed for name in one.names}
        rest = [name for name in self.entity.fields if name not in placed and name in self.readable]
        return [*made, Block("", _("In no section"), "", self.lines(rest, frozenset(rest)))] if rest else made

    @property
    def readable(self) -> frozenset[str]:
        """Fields that the one who edits may read; the others are neither shown nor moved."""
        return access.readable(self.actor, self.entity)

    def lines(self, names: Iterable[str], hidden: frozenset[str]) -> list[Piece]:
        """Lines of fields."""
        return [self.line(name, name not in hidden) for name in names if name.split(".")[0] in self.readable]

    def line(self, name: str, shown: bool, *, may_go: bool = False) -> Piece:
        """The line of one field."""
        spec = linked.find(self.entity, name)
        assert spec is not None
        why = _("No %(what)s can be created without it.") % {"what": self.entity.name}
        fixed = not may_go and name in layouts.needed(self.entity)
        usual, words = layout_words.label_of(spec), layout_words.of_field(self.laid, name)
        called = layout_words.called(self.laid, name) or usual
        return Piece(name, called, shown or fixed, is_custom=spec.is_bag, why=why if fixed else "", words=words, usual=usual)  # fmt: skip

    @property
    def places(self) -> list[Place]:
        """Columns, figures and cards."""
        words = {
            "columns": (_("List columns"), _("Columns of the plain list. Saved views keep their own.")),
            "strip": (_("Key facts"), _("Figures under the head of a record.")),
            "card": (_("Card"), _("What cards of a board show besides the title.")),
        }
        return [self.place(name, *words[name]) for name in FLAT]

    def place(self, name: str, title: Any, words: Any) -> Place:
        """One of them: its lines in order with the hidden ones where they stood, then all others by name."""
        shown = self.laid.flat(name)
        declared = getattr(self.entity, FLAT[name])
        every = layouts.arranged((*declared, *shown), self.laid.pieces.get(name, {}).get("order", ()))
        head = self.entity.list_columns[0] if name == "columns" else ""
        pieces = [self.flat_line(one, one in shown, head) for one in every if one.split(".")[0] in self.readable]
        more = [one for one in self.entity.fields if one not in every and one in self.readable and one != self.entity.title]  # fmt: skip
        rest = sorted((self.line(one, False, may_go=True) for one in more), key=lambda piece: piece.label.casefold())
        return Place(name, title, words, pieces, rest)

    def flat_line(self, name: str, shown: bool, head: str) -> Piece:
        """A line of one of them; what records are known by stays in the list."""
        piece = self.line(name, shown or name == head, may_go=True)
        why = _("Records are known by it.") if name == head else ""
        return replace(piece, why=why)

    @property
    def keyed(self) -> list[tuple[str, Any, list[Piece]]]:
        """The related lists, the tabs and the blocks beside the fields: place, title, lines."""
        heads = {"related": _("Related lists"), "tabs": _("Tabs"), "sides": _("Blocks beside the fields")}
        return [(place, heads[place], lines) for place in KEYED if (lines := self.lines_of(place))]

    def lines_of(self, place: str) -> list[Piece]:
        """The lines of one of them, the hidden ones where they stood."""
        named = self.lists(place)
        shown = self.laid.keyed(place, named)
        every = layouts.arranged(named, self.laid.pieces.get(place, {}).get("order", ()))
        return [Piece(key, named[key], key in shown) for key in every]

    def lists(self, place: str) -> dict[str, str]:
        """What there is of them, and what it is called."""
        if place in PANELS:
            return {panel.name: str(panel.title) for panel in self.entity.panels if panel.place == PANELS[place]}
        pairs = record_related.offered(self.entity, self.actor)
        return {related.key: str(related.title or capfirst(str(other.plural))) for related, other in pairs}

    @property
    def views(self) -> list[tuple[str, str]]:
        """Views that all of them see: those the list may open with."""
        return [
            (str(view.pk), str(view)) for view in saved_views(self.entity, self.actor)
            if view.is_public or (self.audience.id is not None and self.audience.id in view.shared_with)
        ]  # fmt: skip


# --- pages -------------------------------------------------------------------------------------------------------------


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All kinds of record, with whom each has layouts for."""
    actor = actor_of(request)
    require_system_right(actor, "settings")
    named = {audience.id: audience for audience in audiences(actor)} | {None: everybody()}
    stored = stored_by_kind()
    kinds = sorted((entity for entity in registry if entity.slug and entity.label != "core.layout" and access.opens(actor, entity)), key=lambda one: (not one.menu or one.menu == "settings", str(one.plural).casefold()))  # fmt: skip
    lines = [(entity, [named[key] for key in stored.get(entity.label, ()) if key in named]) for entity in kinds]
    daily = [line for line in lines if line[0].menu and line[0].menu != "settings"]
    groups = [("", daily), (_("Parts, lists and settings"), [line for line in lines if line not in daily])]
    return render(request, "kith/layouts.html", {"groups": groups, "address": ADDRESS})


@guarded
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor; POST saves what was drawn."""
    editor = editor_of(request, slug)
    if request.method == "POST":
        return save(request, editor)
    context = page_context(editor) | layout_preview.context(editor.entity, editor.actor, editor.laid)
    return render(request, "kith/layout.html", context)


def page_context(editor: Editor) -> dict[str, Any]:
    """What the editor needs."""
    stored = stored_by_kind().get(editor.entity.label, {})
    choices = {
        str(capfirst(str(registry.get(label).plural))): [
            (one.key, one.title + (" •" if one.id in stored else "")) for one in audiences(editor.actor) if one.key.startswith(label)
        ]
        for label in AUDIENCES if registry.find(label)
    }  # fmt: skip
    roles = [(str(one.id), one.title) for one in audiences(editor.actor) if one.key.startswith("access.role")]
    return {
        "editor": editor,
        "entity": editor.entity,
        "choices": choices,
        "roles": roles,
        "own": OWN,
        "parts": layout_words.parts(),
    }


def save(request: HttpRequest, editor: Editor) -> HttpResponse:
    """Keep what was drawn."""
    pieces = differences(editor.entity, drawn(request.POST, editor))
    values = {"pieces": pieces, "view": request.POST.get("view") or None}
    if editor.row is None:
        subject = editor.audience.key or None
        writes.create(editor.actor, kind(), {"entity": editor.entity.label, "subject": subject, **values}, typed=True)
    else:
        version = request.POST.get("version", "")
        writes.save(editor.actor, editor.row, values, typed=True, version=int(version) if version.isdecimal() and len(version) < 10 else None)  # fmt: skip
    request.session["toast"] = {"text": _("The layout is saved."), "undo": ""}
    return go(request, editor.address + editor.audience.query)


@guarded
@require_POST
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """How a record would look with what is drawn, to the reader or to one with another role."""
    editor = editor_of(request, slug)
    laid = Laid(editor.entity, differences(editor.entity, drawn(request.POST, editor)))
    role = next((one.id for one in audiences(editor.actor) if str(one.id) == request.POST.get("as")), None)
    context = layout_preview.context(editor.entity, editor.actor, laid, role)
    return render(request, "kith/layout_preview.html", context | {"entity": editor.entity})


@guarded
@require_POST
def reset(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a layout away: what holds for these people otherwise holds again."""
    editor = editor_of(request, slug)
    if editor.row is None:
        raise Missing("core.layout", slug)
    outcome = writes.delete(editor.actor, kind(), [editor.row.pk])
    request.session["toast"] = {"text": _("The layout is taken back."), "undo": f"/undo/{outcome.changeset}"}
    return go(request, editor.address + editor.audience.query)


# --- reading -----------------------------------------------------------------------------------------------------------


def kind() -> Entity:
    """The entity of layouts."""
    return registry.get("core.layout")


def everybody() -> Audience:
    """The audience of a layout for all."""
    return Audience(title=_("Everybody"))


def audiences(actor: Actor) -> list[Audience]:
    """Groups and roles that the reader may see."""
    found = []
    for label in AUDIENCES:
        if (entity := registry.find(label)) is not None:
            rows = entity.rows(actor).order_by("name", "pk")[:MOST_CHOICES]
            found += [Audience(f"{label}/{row.pk}", str(row), row.pk) for row in rows]
    return found


def stored_by_kind() -> dict[str, dict[uuid.UUID | None, Any]]:
    """The rows of layouts by kind of record and audience."""
    found: dict[str, dict[uuid.UUID | None, Any]] = {}
    for row in kind().rows(SYSTEM):
        found.setdefault(row.entity, {})[row.subject_id] = row
    return found


def editor_of(request: HttpRequest, slug: str) -> Editor:
    """The layout that an address asks for, beginning with what holds for those people now."""
    actor = actor_of(request)
    require_system_right(actor, "settings")
    entity = registry.by_slug(slug)
    if entity is None or entity.label == "core.layout" or not access.opens(actor, entity):
        raise Missing(slug)
    audience = audience_of(actor, request.GET.get("for", ""))
    row = stored_by_kind().get(entity.label, {}).get(audience.id)
    kept = layouts.holding(entity.label, [audience.id] if audience.id else [])
    return Editor(entity, actor, audience, Laid(entity, kept.pieces, kept.view), row)


def audience_of(actor: Actor, raw: str) -> Audience:
    """The group or role that an address names; Missing when there is none or it may not be seen."""
    if not raw:
        return everybody()
    label, _slash, key = raw.partition("/")
    try:
        row = registry.get(label).rows(actor).filter(pk=as_uuid(key)).first() if label in AUDIENCES else None
    except (BadValue, LookupError):
        row = None
    if row is None:
        raise Missing("core.layout", raw)
    return Audience(raw, str(row), row.pk)


def drawn(data: QueryDict, editor: Editor) -> Drawn:
    """What was drawn, from the lines of the form in their order.

    Fields that the one who edits may not read are not on the page; they stay where they are.
    """
    made = Drawn(titles=titles(data, editor), shown=set(data.getlist("shown")) | layouts.needed(editor.entity))
    current: list[str] = []
    for line in data.getlist("line"):
        what, _colon, name = line.partition(":")
        if what == "s":
            current = []
            if name:
                made.sections.append((name, current))
        else:
            current.append(name)
    unseen(made, editor)
    for place in FLAT:
        kept = [name for name in editor.laid.flat(place) if name.split(".")[0] not in editor.readable]
        made.flat[place] = ([*data.getlist(place), *kept], {*data.getlist(f"{place}.shown"), *kept})
    for place in KEYED:
        named = list(editor.lists(place))
        gone = [key for key in editor.laid.pieces.get(place, {}).get("hidden", ()) if key not in named]
        lines = layouts.arranged(named, [key for key in data.getlist(place) if key in named])
        made.keyed[place] = ([*named, *gone], [*lines, *gone], set(data.getlist(f"{place}.shown")))
    made.words = layout_words.drawn(data, editor.laid, editor.readable)
    return made


def unseen(made: Drawn, editor: Editor) -> None:
    """Put the fields that are not on the page where they were, and leave out sections that nobody drew."""
    there = {name for _key, names in made.sections for name in names}
    by_key = dict(made.sections)
    for one in editor.laid.placed:
        missing = [name for name in one.names if name not in there and name not in editor.readable]
        if one.key not in by_key:
            made.sections.append((one.key, by_key.setdefault(one.key, [])))
        by_key[one.key].extend(missing)
        made.shown.update(name for name in missing if name not in editor.laid.hidden)


def titles(data: QueryDict, editor: Editor) -> dict[str, dict[str, str]]:
    """The titles of sections, changed in the language of whoever edits; what the declaration says anyway is not kept."""
    language = get_language() or "en"
    known: dict[str, dict[str, str]] = editor.laid.pieces.get("sections", {}).get("titles", {})
    made = {key: dict(texts) for key, texts in known.items()}
    for name, text in data.items():
        if not name.startswith("title."):
            continue
        key, words = name.removeprefix("title."), " ".join(str(text).split())
        usual = str(editor.laid.declared[key].title) if key in editor.laid.declared else ""
        texts = made.setdefault(key, {})
        if words and words != usual:
            texts[language] = words
        else:
            texts.pop(language, None)
        if not texts and key.startswith(OWN):
            texts[language] = _("Section")
    return {key: texts for key, texts in made.items() if texts}
