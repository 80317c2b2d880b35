"""Layouts: which pieces of a kind of record are shown where, and in which order, as differences from its declaration.

A layout (`core.layout`) is one kind of record's, for everybody, a group or a role. For a reader exactly one holds, the
most specific (`Actor.audiences` has the order): that of the closest group (one's own before those around it), else that
of the closest role (given in person before given through groups, then through the department), else that for everybody,
else the declaration. Layouts do not add up: each says all that differs from the declaration.

What is kept are differences only, so a field, a section or a related list that an upgrade or an administrator adds is
shown at once, behind the one that is declared before it; and what a layout names and is gone is passed over. A layout
gives no right: what it shows, the rights on fields still hide. It cannot hide what a new record needs.

    {"sections": {"order": [key], "titles": {key: {language: text}}},
     "fields": {"hidden": [name], "moved": {name: key of a section}, "order": {key of a section: [name]}},
     "columns" | "strip" | "card": {"hidden": [name], "added": [name], "order": [name]},
     "related" | "tabs" | "sides": {"hidden": [key], "order": [key]},
     "words": {"labels" | "helps": {name: {language: text}}}}

Words hold on pages and in exported files (`core.wording`); the API calls fields by their keys.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.utils import translation
from django.utils.text import slugify

from . import custom_fields, linked
from .access import SYSTEM
from .entity import Entity, registry, word_sources
from .entity_parts import Panel, Section

if TYPE_CHECKING:
    from .access import Actor

#: Places that show some of the fields, each with what the declaration puts there.
FLAT = {"columns": "list_columns", "strip": "strip", "card": "card_fields"}
#: Places with a list of what apps bring: related lists, tabs and blocks beside the fields (panels).
PANELS = {"tabs": "tab", "sides": "side"}
KEYED = ("related", *PANELS)
PLACES = ("sections", "fields", *FLAT, *KEYED, "words")
#: Keys of sections that a layout adds begin so.
OWN = "x-"

type Pieces = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored layout: its differences and the view that opens first."""

    pieces: Pieces
    view: uuid.UUID | None = None


NONE = Kept({})


@dataclass(frozen=True, slots=True)
class Placed:
    """A section as it is laid out, with all of its fields; `title` is its own one where it has one."""

    key: str
    title: Any
    names: tuple[str, ...]
    open: bool = True


@dataclass(frozen=True)
class Laid:
    """How a kind of record is laid out."""

    entity: Entity
    pieces: Pieces = field(default_factory=dict)
    view: uuid.UUID | None = None

    # --- fields in sections ---------------------------------------------------------------------------------------

    @cached_property
    def declared(self) -> dict[str, Section]:
        """The declared sections by their keys."""
        return {key_of(section): section for section in self.entity.form_sections}

    @cached_property
    def home(self) -> dict[str, str]:
        """The section that the declaration puts each field into."""
        return {name: key for key, section in self.declared.items() for name in section.names}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Fields that are not shown; never what a new record needs."""
        return frozenset(self.pieces.get("fields", {}).get("hidden", ())) - needed(self.entity)

    @cached_property
    def placed(self) -> list[Placed]:
        """All sections in order, each with all of its fields, the hidden ones too."""
        sections, fields = self.pieces.get("sections", {}), self.pieces.get("fields", {})
        titles, orders = sections.get("titles", {}), fields.get("order", {})
        keys = arranged((*self.declared, *(key for key in titles if key.startswith(OWN))), sections.get("order", ()))
        moved = {name: key for name, key in fields.get("moved", {}).items() if key in keys}
        where = self.home | {name: key for name, key in moved.items() if name in self.entity.fields}
        return [
            Placed(key, self.title(key, titles.get(key, {})), arranged([name for name, at in where.items() if at == key], orders.get(key, ())), self.is_open(key))
            for key in keys
        ]  # fmt: skip

    def title(self, key: str, given: Mapping[str, str]) -> Any:
        """The title of a section in the reader's language: the layout's, else the declared one, else that of another language."""
        if own := given.get(translation.get_language() or ""):
            return own
        return self.declared[key].title if key in self.declared else next(iter(given.values()), key)

    def is_open(self, key: str) -> bool:
        """Whether a section is open at first."""
        return self.declared[key].open if key in self.declared else True

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections that are shown, with the fields that are shown."""
        if not self.pieces.get("sections") and not self.pieces.get("fields"):
            return self.entity.form_sections
        shown = [
            Section(one.title, *(name for name in one.names if name not in self.hidden), open=one.open)
            for one in self.placed
        ]
        return tuple(section for section in shown if section.names)

    # --- other places ---------------------------------------------------------------------------------------------

    def flat(self, place: str) -> tuple[str, ...]:
        """What a place that shows some of the fields shows."""
        declared: tuple[str, ...] = getattr(self.entity, FLAT[place])
        given = self.pieces.get(place)
        if not given:
            return declared
        added = (name for name in given.get("added", ()) if linked.find(self.entity, name) is not None)
        hidden = set(given.get("hidden", ()))
        every = arranged((*declared, *added), given.get("order", ()))
        return tuple(name for name in every if name not in hidden)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the plain list; what records are known by stays."""
        return self.flat("columns") or self.entity.list_columns[:1]

    @cached_property
    def strip(self) -> tuple[str, ...]:
        """The figures under the head of a record."""
        return self.flat("strip")

    @cached_property
    def card(self) -> tuple[str, ...]:
        """What a card shows besides the title."""
        return self.flat("card")

    def keyed(self, place: str, keys: Iterable[str]) -> tuple[str, ...]:
        """Which of the related lists, tabs or blocks are shown, in order."""
        given = self.pieces.get(place, {})
        hidden = given.get("hidden", ())
        return tuple(key for key in arranged(keys, given.get("order", ())) if key not in hidden)

    def panels(self, place: str) -> tuple[Panel, ...]:
        """The panels of "tabs" or "sides" that are shown, in order."""
        named = {panel.name: panel for panel in self.entity.panels if panel.place == PANELS[place]}
        return tuple(named[name] for name in self.keyed(place, named))


def of(entity: Entity, actor: "Actor") -> Laid:
    """The layout that holds for an actor; Kith itself sees what is declared."""
    if actor.is_system:
        return Laid(entity)
    kept = holding(entity.label, actor.audiences)
    key = ("layout", entity.label)
    found: tuple[Any, Any, Laid] | None = actor.memo.get(key)
    if found is None or found[0] is not kept or found[1] is not entity.fields:
        found = actor.memo[key] = (kept, entity.fields, Laid(entity, kept.pieces, kept.view))
    return found[2]


def holding(label: str, audiences: Sequence[uuid.UUID]) -> Kept:
    """The most specific stored layout of a kind of record."""
    stored = custom_fields.remembered("layouts", load).get(label)
    if not stored:
        return NONE
    return next((stored[audience] for audience in (*audiences, None) if audience in stored), NONE)


def load() -> dict[str, dict[uuid.UUID | None, Kept]]:
    """All stored layouts by kind of record and audience."""
    found: dict[str, dict[uuid.UUID | None, Kept]] = {}
    for row in registry.get("core.layout").rows(SYSTEM):
        found.setdefault(row.entity, {})[row.subject_id] = Kept(row.pieces, row.view_id)
    return found


def worded(label: str) -> frozenset[str]:
    """The fields of a kind of record that some layout calls otherwise; none of layouts themselves, which are read for it."""
    return (
        frozenset()
        if label == "core.layout"
        else custom_fields.remembered("worded", load_worded).get(label, frozenset())
    )


def load_worded() -> dict[str, frozenset[str]]:
    """Those fields of every kind of record; none while there is no table of layouts, or no database at all."""
    try:
        if not custom_fields.has_table("core_layout"):
            return {}
        stored = custom_fields.remembered("layouts", load)
    except (DatabaseError, RuntimeError):
        return {}
    words = {
        label: [kept.pieces.get("words", {}) for kept in by_audience.values()] for label, by_audience in stored.items()
    }
    return {
        label: names
        for label, given in words.items()
        if (names := frozenset(name for one in given for part in one.values() for name in part))
    }


def arranged(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Names in an order; each that the order does not know follows the one that stands before it now."""
    here = list(dict.fromkeys(names))
    made, known = [name for name in dict.fromkeys(order) if name in here], set(order)
    for at, name in enumerate(here):
        if name not in known:
            made.insert(made.index(here[at - 1]) + 1 if at else 0, name)
    return tuple(made)


def key_of(section: Section) -> str:
    """A name of a section that stays when its translations change: its English title."""
    with translation.override("en"):
        return slugify(str(section.title), allow_unicode=True)


def needed(entity: Entity) -> frozenset[str]:
    """Fields without which no record can be made: a form has to ask for them."""
    return frozenset(
        name for name, spec in entity.fields.items()
        if spec.required and spec.editable and spec.columns and spec.default is None
    )  # fmt: skip


def announce() -> None:
    """A layout was written: every process reads them anew."""
    custom_fields.announce()


word_sources.append(worded)
