"""A card of a board: title, a second line, an amount with marks and faces, what is left, a date. Drawn from the fields that the entity names.

An entity may name a template of its own in `views["card"]`; it gets record, entity, titles, column and href.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from kith.core import askable, layouts, past, titles
from kith.core.axes import Axis, Column
from kith.core.entity import Entity
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui import values
from kith.core.ui.icons import icon

FIGURES = frozenset({"money", "number", "percent"})
MARKS = frozenset({"choice", "choices", "tags"})
TIMES = frozenset({"date", "moment"})


@dataclass(slots=True)
class Deck:
    """How the cards of one board are drawn."""

    axis: Axis
    specs: list[FieldSpec]
    titles: Titles = field(default_factory=dict)
    may_edit: bool = False
    edits_all: bool = False
    selects: bool = True
    #: What the addresses of records end in.
    suffix: str = ""
    #: Said on every card.
    select_words: str = field(default_factory=lambda: _("Select %(what)s"))
    move_words: str = field(default_factory=lambda: _("Move “%(what)s” to…"))
    #: Where the value of each field stands.
    places: list[tuple[FieldSpec, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.places = [(spec, place_of(spec)) for spec in self.specs]

    @property
    def entity(self) -> Entity:
        """What the cards are."""
        return self.axis.entity

    @property
    def head(self) -> FieldSpec:
        """The field that a card is known by."""
        return self.entity.fields[self.entity.title]

    def moves(self, record: Any) -> bool:
        """Whether the reader may move this card."""
        return self.may_edit and (self.edits_all or bool(getattr(record, "may_edit", False)))


def place_of(spec: FieldSpec) -> str:
    """Where the values of a field stand on a card; figures and the rest find their place beside those before them."""
    kind = spec.type.name
    if kind == "link" and spec.target == values.USER:
        return "people"
    return "marks" if kind in MARKS else "times" if kind in TIMES else "figure" if kind in FIGURES else ""


def specs_of(axis: Axis, readable: frozenset[str]) -> list[FieldSpec]:
    """What cards show: the fields of the entity's cards that may be read, without the one that the columns tell."""
    own = axis.look.columns == (axis.look.usual or axis.entity.list_columns)
    chosen = layouts.of(axis.entity, axis.actor).card if own else axis.look.columns
    if axis.look.as_of:
        chosen = askable.told(axis.entity, chosen)
    names = (name for name in chosen if name in readable and name not in (axis.spec.name, axis.entity.title))
    return [axis.entity.fields[name] for name in names if name in axis.entity.fields][:6]


def wanted(deck: Deck, records: Iterable[Any]) -> set[tuple[str, Any]]:
    """Records that cards name."""
    return titles.wanted((deck.head, *deck.specs), records)


def cards(deck: Deck, column: Column, records: Iterable[Any]) -> Markup:
    """All cards of a column."""
    return values.markup("".join(card(deck, column, record) for record in records))


def card(deck: Deck, column: Column, record: Any) -> str:
    """One card."""
    href = f"/{deck.entity.face_of(record).slug}/{record.pk}/{deck.suffix}"
    name = title_of(deck, record)
    template = deck.entity.views.get("card")
    inner = (
        render_to_string(template, {"record": record, "entity": deck.entity, "titles": deck.titles, "column": column, "href": href})
        if template
        else body(deck, column, record, href, name)
    )  # fmt: skip
    moves = deck.moves(record)
    box = (
        f'<input type="checkbox" name="ids" value="{record.pk}" data-one id="sel-{record.pk}" '
        f'aria-label="{escape(deck.select_words % {"what": name})}">'
        if deck.selects
        else ""
    )
    label = escape(deck.move_words % {"what": name})
    menu = (
        f'<button type="button" class="btn icon quiet sm card-menu" data-move-menu id="move-{record.pk}" aria-haspopup="menu" '
        f'aria-label="{label}" title="{label}">{icon("ellipsis", "s")}</button>'
        if moves
        else ""
    )
    stale = " is-stale" if deck.axis.is_stale(record) else ""
    fixed = "" if moves else " data-fixed"
    peek = "" if deck.suffix else f' data-peek="{href}peek"'
    return (
        f'<li class="deal{stale}" id="row-{record.pk}" data-row="{record.pk}" data-href="{href}"{peek} '
        f'data-version="{record.version}" data-name="{escape(name)}"{fixed}>{inner}{box}{menu}</li>'
    )


def title_of(deck: Deck, record: Any) -> str:
    """What the record is called."""
    if hasattr(record, "translations"):
        return str(record)
    return titles.text(deck.head, deck.head.get(record), deck.titles) or _("Untitled")


def body(deck: Deck, column: Column, record: Any, href: str, name: str) -> str:
    """The inside of a card that has no template of its own."""
    parts = sorted_out(deck, column, record)
    second = f'<span class="co">{parts["second"][0]}</span>' if parts["second"] else ""
    figure = f"<b>{parts['figure'][0]}</b>" if parts["figure"] else ""
    first = line(figure or row(parts["marks"]), [*(parts["marks"] if figure else ()), *parts["people"]])
    warned = [f'<span class="warn-t">{escape(text)}</span>' for text in deck.axis.warnings(record, column)]
    told = " · ".join([*warned, *parts["rest"]])
    last = line(f"<span>{told}</span>" if told else "", parts["times"])
    return f'<a class="nm" href="{href}" draggable="false">{escape(name)}</a>{second}{first}{last}'


def line(start: str, end: list[str]) -> str:
    """A line with an element at its start and more at its end; nothing when both are empty."""
    if not start and not end:
        return ""
    closing = f'<span class="end row gap1">{"".join(end)}</span>' if end else ""
    return f'<span class="ft">{start}{closing}</span>'


def row(pieces: list[str]) -> str:
    """Marks beside each other."""
    return f'<span class="row g1">{"".join(pieces)}</span>' if pieces else ""


def sorted_out(deck: Deck, column: Column, record: Any) -> dict[str, list[str]]:
    """The values of a card as HTML by their place; empty ones take none."""
    parts: dict[str, list[str]] = {name: [] for name in ("second", "figure", "marks", "people", "times", "rest")}
    for spec, place in deck.places:
        value = spec.get(record)
        if spec.type.is_empty(value) or value is False or deck.axis.is_told(record, spec):
            continue
        if place == "people":
            parts[place].append(face(deck, spec, value))
        elif place == "marks":
            parts[place].append(values.SHOW[spec.type.name](spec, value, deck.titles, True))
        elif place == "times":
            parts[place].append(when(deck, spec, column, value))
        elif place == "figure" and not parts[place]:
            parts[place].append(plain(deck, spec, value))
        elif not parts["second"] and place != "figure":
            parts["second"].append(plain(deck, spec, value))
        else:
            parts["rest"].append(plain(deck, spec, value))
    return parts


def plain(deck: Deck, spec: FieldSpec, value: Any) -> str:
    """A value as text: a card is one link already."""
    if spec.type.name in FIGURES:
        return values.SHOW.get(spec.type.name, values.text)(spec, value, deck.titles, True)
    return str(escape(titles.text(spec, value, deck.titles) or _("hidden")))


def face(deck: Deck, spec: FieldSpec, value: Any) -> str:
    """The picture of a person, with the name for those who listen or point at it."""
    return values.linked(deck.titles.get((spec.target, value)), cell=True)


def when(deck: Deck, spec: FieldSpec, column: Column, value: Any) -> str:
    """How far away a date is; red when it is past and the record still open."""
    late = spec.name == deck.entity.calendar and column.is_open and is_past(value)
    return f'<span class="{"bad-t" if late else ""}">{deck.axis.since(spec, value) or values.when(value)}</span>'


def is_past(value: dt.date) -> bool:
    """Whether a date or moment lies behind."""
    return value < past.now() if isinstance(value, dt.datetime) else value < past.today()
