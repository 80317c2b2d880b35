"""What the first page is made of: cards, each in its place, and first steps for newcomers; apps add theirs."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from babel.lists import format_list
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kith.core.access import Actor
from kith.core.ui import formats

#: From top to bottom: figures beside the greeting, what cannot wait, the team across the page, three columns, the width again.
PLACES = ("tiles", "note", "top", "left", "main", "side", "wide")


@dataclass(frozen=True, slots=True)
class Card:
    """A block of the first page; without a context (None) it is left out.

    The context may hold `brief`, what it adds to the sentence under the greeting, such as "3 tasks due", and `place`,
    where it stands for this reader.
    """

    name: str
    template: str
    context: Callable[[Actor], dict[str, Any] | None]
    order: int = 100
    place: str = "main"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What somebody new does first: icon, what, why, address."""

    icon: str
    title: str
    why: str
    href: str


cards: list[Card] = []
steps: list[Callable[[Actor], list[FirstStep]]] = []


def add_card(card: Card) -> None:
    """Put a card on the first page."""
    assert card.place in PLACES, card.place
    cards[:] = sorted([*(known for known in cards if known.name != card.name), card], key=lambda known: known.order)


def add_steps(source: Callable[[Actor], list[FirstStep]]) -> None:
    """Offer newcomers further first steps."""
    steps.append(source)


def sentence(said: list[str]) -> str:
    """Several things in one sentence: "2 appointments, 9 tasks due and 1 approval."."""
    return _("%(list)s.") % {"list": capfirst(format_list(said, locale=formats.locale()))} if said else ""


def placed(actor: Actor) -> dict[str, list[tuple[Card, dict[str, Any]]]]:
    """The cards that have something to show, by place."""
    found: dict[str, list[tuple[Card, dict[str, Any]]]] = defaultdict(list)
    for card in cards:
        context = card.context(actor)
        if context is not None:
            found[context.get("place", card.place)].append((card, context))
    return found
