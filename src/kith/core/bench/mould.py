"""Rows multiplied: the text that the write path sends to COPY, cut where copies differ, and filled in anew for each copy.

A batch is written once, by the same code as every write. Its copies hold what that code would have written for other numbers:
other ids, e-mail addresses, names with numbers, phones with their search words, another moment. What differs can be told by its looks:

- an id that was made for the batch or one before it: two of its digits are others (`VARIES`);
- a number of nine digits that ends in 00, the number of a record in the batch: it ends in the number of the copy;
- a phone of the batch and its search words: the phone of the other number;
- the moment of the change-set.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from kith.core import courier
from kith.core.identity.lexemes import phone_lexemes

from . import names

#: The first number of the records of each kind; the last two digits count the copies.
COMPANIES, PEOPLE, FURTHER = 100_000_000, 200_000_000, 300_000_000
MOST_COPIES = 100
#: Where in the last group of an id the two digits lie that differ.
VARIES = slice(4, 6)
FINDS = re.compile(
    rb"(?P<id>[0-9a-f]{8}(?P<dash>-?)[0-9a-f]{4}(?P=dash)7[0-9a-f]{3}(?P=dash)[89ab][0-9a-f]{3}(?P=dash))(?P<tail>[0-9a-f]{12})"
    rb"|(?P<words>t~\d{2,4}(?: t~\d{2,4})*)|(?P<phone>\+\d{7,15})|(?P<number>(?<!\d)[1-3]\d{6}00(?!\d))"
)
NUMBER, MOMENT = b"#", b"@"


class Sent(NamedTuple):
    """Rows as they went to the database: table, columns, text."""

    table: str
    columns: str
    text: bytes


class Recorder(courier.Courier):
    """Brings rows at once and keeps their text."""

    def __init__(self) -> None:
        self.kept: list[Sent] = []

    def send(self, query: str, pieces: list[bytes]) -> None:
        """Bring rows and keep them."""
        from django.db import connection

        connection.ensure_connection()
        courier.copy(connection.connection, query, pieces)
        table, _, columns = query.removeprefix('COPY "').removesuffix(") FROM STDIN").partition('" (')
        self.kept.append(Sent(table, columns, b"".join(pieces)))


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """The text of all rows that the block sends by COPY."""
    recorder = Recorder()
    token = courier._running.set(recorder)
    try:
        yield recorder.kept
    finally:
        courier._running.reset(token)


@dataclass(slots=True)
class Known:
    """What copies differ in, of all batches so far."""

    ids: set[bytes] = field(default_factory=set)
    phones: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    words: dict[bytes, bytes] = field(default_factory=dict)

    def phone(self, country: str, number: int) -> str:
        """The phone of the record with this number, remembered."""
        phone = names.phone(country, number)
        self.phones[phone.encode()] = country, number
        self.words[search_words(phone)] = phone.encode()
        return phone

    def learn(self, sent: Iterable[Sent]) -> int:
        """Remember the ids of new rows; how many there are."""
        tables = [table.text.split(b"\n") for table in sent if table.columns.startswith('"id"')]
        found = [line[:32] for lines in tables for line in lines if line]
        self.ids.update(found)
        return len(found)

    def has(self, found: re.Match[bytes]) -> bool:
        """Whether an id is one of a copied record."""
        return (found["id"] + found["tail"]).replace(b"-", b"") in self.ids


def search_words(phone: str) -> bytes:
    """The search words of a phone as they follow each other in a search text."""
    return " ".join(phone_lexemes(phone)).encode()


@dataclass(slots=True)
class Mould:
    """The rows of a batch, cut: what stays and what differs take turns."""

    parts: list[tuple[str, str, list[bytes]]]
    moment: bytes

    def copies(self, known: Known, number: int, moment: bytes) -> Iterator[Sent]:
        """The rows of one copy."""
        fill = Fill(known, number)
        fill[MOMENT] = moment
        for table, columns, pieces in self.parts:
            filled = pieces.copy()
            filled[1::2] = map(fill.__getitem__, pieces[1::2])
            yield Sent(table, columns, b"".join(filled))


class Fill(dict[bytes, bytes]):
    """What stands in a copy in the place of each sign; made when it is first asked for."""

    def __init__(self, known: Known, number: int) -> None:
        super().__init__({NUMBER: b"%02d" % number})
        self.known, self.number = known, number

    def __missing__(self, sign: bytes) -> bytes:
        if len(sign) == 2:
            found = b"%02x" % ((int(sign, 16) + self.number) % 256)
        elif sign.startswith(b"+"):
            found = self.phone(sign).encode()
        else:
            found = search_words(self.phone(self.known.words[sign]))
        self[sign] = found
        return found

    def phone(self, sign: bytes) -> str:
        """The phone of the copy."""
        country, number = self.known.phones[sign]
        return names.phone(country, number + self.number)


def made(sent: Iterable[Sent], known: Known, moment: bytes) -> Mould:
    """Cut the rows of a batch."""
    return Mould([(table, columns, list(cut(text, known, moment))) for table, columns, text in sent], moment)


def cut(text: bytes, known: Known, moment: bytes) -> Iterator[bytes]:
    """Text that stays and signs of what differs, in turn."""
    stretches = text.split(moment)
    for place, stretch in enumerate(stretches):
        if place:
            yield MOMENT
        yield from cut_between(stretch, known)


def cut_between(text: bytes, known: Known) -> Iterator[bytes]:
    """The same for text without the moment."""
    begin = 0
    for found in FINDS.finditer(text):
        if place := sign_of(found, known):
            start, sign, end = place
            yield text[begin:start]
            yield sign
            begin = end
    yield text[begin:]


def sign_of(found: re.Match[bytes], known: Known) -> tuple[int, bytes, int] | None:
    """Where in what was found copies differ, and the sign of it; None where it is the same in all."""
    if found["tail"]:
        start = found.start("tail") + VARIES.start
        return (start, found["tail"][VARIES], start + 2) if known.has(found) else None
    if found["number"]:
        return found.end() - 2, NUMBER, found.end()
    whole = found[0]
    return (found.start(), whole, found.end()) if whole in known.words or whole in known.phones else None
