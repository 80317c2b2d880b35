"""Everything a board shows, gathered in at most eight queries: look, cards, totals, titles, tabs, chips."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from markupsafe import Markup

from kith.core import access, axes, boards, conditions, rates, titles
from kith.core.access import Actor
from kith.core.axes import Axis, Column
from kith.core.boards import Lane, Total
from kith.core.listing import Page
from kith.core.money import Money
from kith.core.ui import cards, filter_words, formats, list_page, list_rows
from kith.core.ui.cards import Deck
from kith.core.ui.list_page import ListPage, menu_items
from kith.core.views import BOARD, Look

#: Sums in so many currencies are written out.
CURRENCIES = 2


@dataclass
class BoardPage(ListPage):
    """A board as it is shown to one actor."""

    deck: Deck = field(kw_only=True)
    lanes: list[Lane] = field(default_factory=list)
    template = "kith/board.html"

    @property
    def axis(self) -> Axis:
        """What its columns stand for."""
        return self.deck.axis

    @property
    def axis_label(self) -> str:
        """The field of the columns."""
        return capfirst(str(self.axis.spec.label))

    @cached_property
    def drawn(self) -> list[dict[str, Any]]:
        """The columns for the template."""
        return [column_of(self.deck, self.look, lane) for lane in self.lanes]

    @property
    def awaits_sums(self) -> bool:
        """Whether columns are so long that they are counted and added up after the page is shown."""
        return any(not lane.total.exact for lane in self.lanes)

    @property
    def sums(self) -> list[tuple[str, Markup]]:
        """Sums over all columns: total and weighted."""
        if self.awaits_sums or boards.measure_of(self.entity, self.actor) is None:
            return []
        return over_all([lane.total for lane in self.lanes], weighs=self.axis.weight is not None)

    @property
    def axis_menu(self) -> Markup:
        """Fields that the columns can stand for, as menu items."""
        choices = [
            (capfirst(str(spec.label)), spec.name, self.href(group=spec.name))
            for spec in axes.possible(self.entity, self.actor)
        ]
        return menu_items(sorted(choices, key=lambda item: item[0].casefold()), self.look.axis)

    @property
    def variant_menu(self) -> Markup:
        """What the reader chooses among before there are columns, as menu items."""
        choices = [(label, key, self.href(group=f"{self.look.axis}:{key}")) for key, label in self.axis.variants]
        return menu_items(choices, self.look.option)

    @property
    def variant_label(self) -> str:
        """What was chosen of them."""
        variants = self.axis.variants
        return dict(variants).get(self.look.option, variants[0][1] if variants else "")


def column_of(deck: Deck, look: Look, lane: Lane) -> dict[str, Any]:
    """What the template needs of one column."""
    plain, weighted = told(lane.total)
    return {
        "at": lane.at, "column": lane.column, "total": lane.total, "cards": cards.cards(deck, lane.column, lane.records),
        "more": more_address(look, lane), "left": lane.total.count - len(lane.records), "sum": plain,
        "weighted": weighted, "new": new_address(deck, lane.column), "noun": deck.entity.name,
        "is_unread": lane.is_unread,
    }  # fmt: skip


def more_address(look: Look, lane: Lane) -> str:
    """Where the next cards of a column are; empty when these are all."""
    if not (lane.after or lane.is_unread):
        return ""
    return (
        f"{look.path}/more?{urlencode({'column': lane.column.key, 'after': lane.after})}&{filter_words.explicit(look)}"
    )


def new_address(deck: Deck, column: Column) -> str:
    """The form of a new record in this column; empty where none can be made."""
    if (
        deck.suffix
        or not column.presets
        or not access.allowed(deck.axis.actor, deck.entity, "create")
        or not column.may_drop
    ):
        return ""
    if not set(column.presets) <= access.writable(deck.axis.actor, deck.entity):
        return ""
    return f"/{deck.entity.slug}/new?{urlencode(column.presets)}"


def sums_of(sums: dict[str, Any]) -> Markup:
    """Sums by currency, the greatest first; further ones are only counted."""
    found = sorted(sums.items(), key=lambda item: -abs(item[1]))
    shown = Markup(" + ").join(
        formats.money(Money(amount, currency), short=True) for currency, amount in found[:CURRENCIES]
    )
    rest = found[CURRENCIES:]
    if not rest:
        return shown
    words = ", ".join(formats.money(Money(amount, currency)).striptags() for currency, amount in rest)
    return shown + Markup(' <abbr title="{}">+{}</abbr>').format(words, len(rest))


def told(total: Total) -> tuple[Markup, Markup]:
    """The sum and the weighted sum: of several currencies one number in the base currency, with its parts on demand."""
    pairs = ((total.sums, total.base), (total.weighted, total.base_weighted))
    first, second = (sums_of(sums) if len(sums) < 2 or total.lacking else converted(sums, base) for sums, base in pairs)
    return first, second


def converted(sums: dict[str, Any], base: dict[str, Any]) -> Markup:
    """One number for amounts in several currencies; its parts are told on demand."""
    whole = Money(sum(base.values(), Decimal(0)), rates.base())
    parts = ", ".join(formats.money(Money(amount, currency)).striptags() for currency, amount in sorted(sums.items()))
    return Markup('<abbr title="{}">≈ {}</abbr>').format(
        _("Converted by the rates of each day: %(parts)s") % {"parts": parts}, formats.money(whole, short=True)
    )


def over_all(totals: Iterable[Total], *, weighs: bool) -> list[tuple[str, Markup]]:
    """What all columns add up to, in words and sums."""
    whole = Total()
    for part in totals:
        whole.lacking |= part.lacking
        for name in ("sums", "weighted", "base", "base_weighted"):
            mine = getattr(whole, name)
            for currency, amount in getattr(part, name).items():
                mine[currency] = mine.get(currency, 0) + amount
    total, weighted = told(whole)
    words = [(_("Total"), total)] if whole.sums else []
    return [*words, (_("Weighted"), weighted)] if weighs and whole.weighted else words


def deck_of(axis: Axis) -> Deck:
    """How the cards of an axis are drawn for its actor."""
    edits = list_rows.edits(axis.entity, axis.actor)
    specs = cards.specs_of(axis, access.readable(axis.actor, axis.entity))
    if axis.look.as_of:
        return Deck(axis, specs, selects=False, suffix=list_rows.suffix(axis.look))
    return Deck(axis, specs, may_edit=axis.may_move, edits_all=edits == list_rows.ALL)


def gather(request: HttpRequest, look: Look, saved: list[Any], actor: Actor) -> BoardPage:
    """The board that a request asks for."""
    axis = axes.axis_of(look, actor)
    deck = deck_of(axis)
    lanes = boards.lanes(axis, extra=list_rows.marks_of(look, actor), shown=[deck.head, *deck.specs])
    records = [record for lane in lanes for record in lane.records]
    found = titles.load(actor, cards.wanted(deck, records) | set(conditions.links_in(look.entity, look.filter)))
    deck.titles = found
    count = sum(lane.total.count for lane in lanes)
    page = Page(records, count=count, exact=all(lane.total.exact for lane in lanes))
    made = BoardPage(look.entity, actor, look, saved, page, list_rows.sheet(look, actor), found, deck=deck, lanes=lanes)
    if not count:
        made.hidden = list_page.hidden(look, actor)
    list_page.log(actor, made)
    return made


def head(axis: Axis, column: Column, total: Total) -> dict[str, Any]:
    """What the template needs of a column's heading alone."""
    return column_of(deck_of(axis), axis.look, Lane(column, axis.columns.index(column), total=total))


def look_of(request: HttpRequest, entity: Any, actor: Actor) -> tuple[Look, list[Any]]:
    """The look of a board's address."""
    return list_page.look_of(request, entity, actor, shape=BOARD)
