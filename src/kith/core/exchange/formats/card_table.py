"""Flattens address cards to table rows: "phone", "phone 2", … as wide as the fullest card of the file."""

from collections import Counter
from collections.abc import Iterable, Iterator

from .cards import Address, BrokenCard, Card, Contact
from .errors import Problem
from .table import Cell, Row

SIMPLE = (
    "kind", "full_name", "family_name", "given_name", "additional_names", "prefix", "suffix", "nickname",
    "phonetic_family_name", "phonetic_given_name", "company", "department", "title", "role",
)  # fmt: skip
LISTS = {"phone": "phones", "email": "emails", "url": "urls", "messenger": "messengers"}
ADDRESS = ("street", "box", "extended", "city", "region", "postcode", "country")
LAST = ("birthday", "anniversary", "notes", "categories", "uid", "revised_at")
#: Present in every table, so that the usual mapping can be shown even when a file lacks a value.
ALWAYS = frozenset({"kind", "full_name", "family_name", "given_name", "company", "title", "phone", "email", "notes"})
#: No person has more phones; a card that says so does not make the table a million columns wide.
MOST = 50


def columns_of(cards: Iterable[Card]) -> tuple[str, ...]:
    """The columns that the cards need, always in the same order; empty when there is no card."""
    most: Counter[str] = Counter()
    used: set[str] = set()
    for card in cards:
        used |= flat(card).keys()
        for name in LISTS:
            most[name] = max(most[name], min(len(getattr(card, LISTS[name])), MOST))
        most["address"] = max(most["address"], min(len(card.addresses), MOST))
    return tuple(name for name in every_column(most) if name in used or name in ALWAYS) if used else ()


def every_column(most: Counter[str]) -> Iterator[str]:
    """All possible columns for so many phones, mails and addresses, in order."""
    yield from SIMPLE
    for name in LISTS:
        for index in range(max(most[name], 1)):
            yield from (numbered(name, index), numbered(name, index) + " label")
    for index in range(most["address"]):
        yield from (numbered(part, index) for part in ADDRESS)
        yield numbered("address", index) + " label"
    yield from LAST


def numbered(name: str, index: int) -> str:
    """ "phone" for the first, "phone 2" for the second."""
    return name if not index else f"{name} {index + 1}"


def flat(card: Card) -> dict[str, Cell]:
    """The filled cells of a card by column."""
    cells: dict[str, Cell] = {name: getattr(card, name) for name in SIMPLE}
    for name, attribute in LISTS.items():
        for index, contact in enumerate(getattr(card, attribute)[:MOST]):
            cells[numbered(name, index)] = contact.value
            cells[numbered(name, index) + " label"] = label_of(contact)
    for index, address in enumerate(card.addresses[:MOST]):
        cells |= {numbered(part, index): getattr(address, part) for part in ADDRESS}
        cells[numbered("address", index) + " label"] = label_of(address)
    for day in ("birthday", "anniversary"):
        cells[day] = str(getattr(card, day) or card.unclear.get(day, ""))
    cells |= {
        "notes": card.notes,
        "categories": ", ".join(card.categories),
        "uid": card.uid,
        "revised_at": card.revised_at,
    }
    return {name: cell for name, cell in cells.items() if cell}


def label_of(entry: Contact | Address) -> str:
    """What kind of phone or address it is: the owner's word, else the kinds."""
    return entry.label or ", ".join(entry.kinds)


def to_row(number: int, card: Card | BrokenCard, columns: tuple[str, ...]) -> Row:
    """The row of a card; a broken card is an empty row with its problem."""
    if isinstance(card, BrokenCard):
        return Row(number, [None] * len(columns), (Problem(card.key, None, card.detail),))
    cells = flat(card)
    problems = tuple(
        Problem("card_date", columns.index(name), text[:200]) for name, text in card.unclear.items() if name in columns
    )
    return Row(number, [cells.get(name) for name in columns], problems)
