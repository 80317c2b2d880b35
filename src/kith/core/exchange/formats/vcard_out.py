"""Writes address cards as vCard 3.0 or 4.0, folded at 75 octets; what is written reads back the same."""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Literal
from urllib.parse import quote

from .cards import Address, Card, CardDate, Contact, Photo
from .vcard_fields import NO_SERVICE
from .vcard_values import NO_YEAR

type Version = Literal["3.0", "4.0"]
FOLD = 75
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
NOT_A_KIND = re.compile(r"[^a-z0-9-]+")
TEXTS = (
    ("nickname", "NICKNAME"),
    ("title", "TITLE"),
    ("role", "ROLE"),
    ("notes", "NOTE"),
    ("uid", "UID"),
    ("revised_at", "REV"),
)
PHONETIC = (("phonetic_given_name", "X-PHONETIC-FIRST-NAME"), ("phonetic_family_name", "X-PHONETIC-LAST-NAME"))


def vcard_chunks(cards: Iterable[Card], version: Version = "4.0") -> Iterator[bytes]:
    """The file, card by card."""
    for card in cards:
        yield b"".join(folded(line) for line in Writer(version).lines(card))


class Writer:
    """Writes the lines of one card; counts the groups that carry labels."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.is_new = version == "4.0"
        self.groups = 0

    def lines(self, card: Card) -> Iterator[str]:
        """All lines of the card, not folded."""
        yield from ("BEGIN:VCARD", f"VERSION:{self.version}")
        if card.kind == "organization":
            yield "KIND:org" if self.is_new else "X-ABShowAs:COMPANY"
        yield f"FN:{text(card.full_name or card.company)}"
        yield f"N:{structured(card.family_name, card.given_name, card.additional_names, card.prefix, card.suffix)}"
        if card.company or card.department:
            yield f"ORG:{structured(card.company, card.department) if card.department else text(card.company)}"
        yield from (
            f"{name}:{text(getattr(card, attribute))}"
            for attribute, name in TEXTS + PHONETIC
            if getattr(card, attribute)
        )
        yield from self.contacts(card)
        yield from self.days(card)
        if card.categories:
            yield f"CATEGORIES:{','.join(map(text, card.categories))}"
        if card.photo:
            yield self.photo(card.photo)
        yield "END:VCARD"

    def contacts(self, card: Card) -> Iterator[str]:
        """Phones, mails, web addresses, messengers and postal addresses."""
        for phone in card.phones:
            yield from self.labelled("TEL", phone, phone.kinds, text(phone.value))
        for email in card.emails:
            yield from self.labelled("EMAIL", email, email.kinds, text(email.value))
        for url in card.urls:
            yield from self.labelled("URL", url, url.kinds, clean(url.value).replace("\\", "\\\\").replace("\n", "\\n"))
        for messenger in card.messengers:
            service, *kinds = messenger.kinds or (NO_SERVICE,)
            yield from self.labelled("IMPP", messenger, tuple(kinds), f"{kind_word(service)}:{quote(messenger.value)}")
        for place in card.addresses:
            parts = (place.box, place.extended, place.street, place.city, place.region, place.postcode, place.country)
            yield from self.labelled("ADR", place, place.kinds, structured(*parts))

    def labelled(self, name: str, entry: Contact | Address, kinds: tuple[str, ...], value: str) -> Iterator[str]:
        """The property with its kinds; a label of the owner's own goes into a group, as address books do it."""
        words = [word for word in map(kind_word, kinds) if word]
        if entry.is_preferred and not self.is_new:
            words.append("pref")
        head = (
            name
            + (f";TYPE={','.join(words)}" if words else "")
            + (";PREF=1" if entry.is_preferred and self.is_new else "")
        )
        if not entry.label:
            yield f"{head}:{value}"
            return
        self.groups += 1
        yield f"item{self.groups}.{head}:{value}"
        yield f"item{self.groups}.X-ABLabel:{text(entry.label)}"

    def days(self, card: Card) -> Iterator[str]:
        """Birthday and anniversary."""
        if card.birthday:
            yield "BDAY" + self.day(card.birthday)
        if card.anniversary:
            yield ("ANNIVERSARY" if self.is_new else "X-ANNIVERSARY") + self.day(card.anniversary)

    def day(self, day: CardDate) -> str:
        """A day; 3.0 has no way to leave out the year, so address books write a stand-in and say so."""
        if self.is_new:
            return f":{'--' if day.year is None else f'{day.year:04}'}{day.month:02}{day.day:02}"
        if day.year is None:
            return f";X-APPLE-OMIT-YEAR={NO_YEAR}:{NO_YEAR}-{day.month:02}-{day.day:02}"
        return f":{day}"

    def photo(self, photo: Photo) -> str:
        """A picture inside the card."""
        content = base64.b64encode(photo.content).decode()
        if self.is_new:
            return f"PHOTO:data:{photo.media_type};base64,{content}"
        return f"PHOTO;ENCODING=b;TYPE={photo.media_type.removeprefix('image/').upper()}:{content}"


def kind_word(kind: str) -> str:
    """A kind as it may stand in TYPE."""
    return NOT_A_KIND.sub("-", kind.lower()).strip("-")


def clean(value: str) -> str:
    """Text without control characters, its lines ending alike."""
    return CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def text(value: str) -> str:
    """A text value with its escapes."""
    escaped = clean(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def structured(*parts: str) -> str:
    """A structured value such as a name or an address."""
    return ";".join(map(text, parts))


def folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never cut inside a character."""
    raw = line.encode()
    pieces: list[bytes] = []
    while len(raw) > FOLD - bool(pieces):
        cut = FOLD - bool(pieces)
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(raw[:cut])
        raw = raw[cut:]
    return b"\r\n ".join([*pieces, raw]) + b"\r\n"
