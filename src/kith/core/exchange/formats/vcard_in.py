"""Reads vCard 2.1, 3.0 and 4.0 as phones and mail programs write them; a broken card is reported, the others go on."""

import codecs
from collections.abc import Iterator
from functools import partial

from .card_table import columns_of, to_row
from .cards import BrokenCard, Card
from .encoding import chunks, settled_encoding
from .errors import Unreadable
from .table import Layout, Reading, Row, Source, Table, signature_of
from .vcard_fields import complete, label_groups, take
from .vcard_lines import Property, logical_lines, parsed

#: More properties than any address book writes.
MAX_PROPERTIES = 5_000


class Assembly:
    """The card that is being read, line by line."""

    def __init__(self) -> None:
        self.properties: list[Property] = []
        self.depth = 1

    def take(self, found: Property) -> None:
        """Note a property; those of a card within the card (2.1 agents) are left out."""
        if found.name == "BEGIN":
            self.depth += 1
        elif found.name == "END":
            self.depth -= 1
        elif self.depth == 1:
            self.properties.append(found)

    def expects_card(self) -> bool:
        """Whether a card may begin inside this one: behind an agent, or inside that."""
        return self.depth > 1 or bool(self.properties and self.properties[-1].name == "AGENT")

    def card(self, encoding: str) -> Card | BrokenCard:
        """The card, or what is wrong with it."""
        if len(self.properties) > MAX_PROPERTIES:
            return BrokenCard("card_too_large")
        label_groups(self.properties, encoding)
        card = Card()
        for found in self.properties:
            take(card, found, encoding)
        complete(card)
        if card.kind == "group":
            return BrokenCard("card_group", card.full_name)
        return BrokenCard("card_empty") if card.is_empty() else card


def read_cards(source: Source, encoding: str) -> Iterator[Card | BrokenCard]:
    """All cards of the file in their order."""
    current: Assembly | None = None
    for line in logical_lines(narrow_chunks(source, encoding)):
        found = parsed(line)
        begins = found.name == "BEGIN" and found.raw.strip().upper() == b"VCARD"
        if begins and (current is None or not current.expects_card()):
            if current:
                yield BrokenCard("card_unclosed")
            current = Assembly()
        elif current:
            if len(current.properties) <= MAX_PROPERTIES or found.name in {"BEGIN", "END"}:
                current.take(found)
            if current.depth == 0:
                yield current.card(encoding)
                current = None
    if current:
        yield BrokenCard("card_unclosed")


def narrow_chunks(source: Source, encoding: str) -> Iterator[bytes]:
    """The file in pieces, UTF-16 and UTF-32 turned into UTF-8, so that lines can be told apart as bytes."""
    if not encoding.startswith(("utf-16", "utf-32", "utf-8-sig")):
        yield from chunks(source)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks(source):
        yield decoder.decode(chunk).encode("utf-8", "replace")


def open_vcards(source: Source, reading: Reading) -> Table:
    """The cards of the file as a table: as many phone, mail and address columns as the fullest card needs."""
    encoding = settled_encoding(source, reading.encoding)
    columns = columns_of(card for card in read_cards(source, encoding) if isinstance(card, Card))
    if not columns and not next(read_cards(source, encoding), None):
        raise Unreadable("empty")
    layout = Layout(
        kind="vcard", headers=columns, signature=signature_of(["vcard"]), reading=Reading(encoding=encoding)
    )
    return Table(layout, partial(rows, source, encoding, columns))


def rows(source: Source, encoding: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """One row for each card; its number is the card's place in the file."""
    for number, card in enumerate(read_cards(source, encoding), start=1):
        yield to_row(number, card, columns)
