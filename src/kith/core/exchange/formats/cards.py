"""Card: one person or company of an address book, in a neutral form that every vCard version maps to."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Contact:
    """A phone, mail, web address or messenger: `kinds` such as work, home, cell, fax; `label` is the owner's own word."""

    value: str
    kinds: tuple[str, ...] = ()
    label: str = ""
    is_preferred: bool = False


@dataclass(slots=True)
class Address:
    """A postal address in its parts."""

    street: str = ""
    box: str = ""
    extended: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    kinds: tuple[str, ...] = ()
    label: str = ""
    is_preferred: bool = False

    def is_empty(self) -> bool:
        """Whether no part is known."""
        return not any((self.street, self.box, self.extended, self.city, self.region, self.postcode, self.country))


@dataclass(frozen=True, slots=True)
class CardDate:
    """A day of a card; people often give it without the year."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        return (
            f"--{self.month:02}-{self.day:02}" if self.year is None else f"{self.year:04}-{self.month:02}-{self.day:02}"
        )

    def as_date(self) -> date | None:
        """The calendar date, None without a year."""
        return None if self.year is None else date(self.year, self.month, self.day)


@dataclass(slots=True)
class Photo:
    """A picture inside a card."""

    content: bytes
    media_type: str = "image/jpeg"


@dataclass(slots=True)
class Card:
    """Everything an import can use of one card; empty text means "not given"."""

    kind: str = "person"
    full_name: str = ""
    family_name: str = ""
    given_name: str = ""
    additional_names: str = ""
    prefix: str = ""
    suffix: str = ""
    nickname: str = ""
    phonetic_family_name: str = ""
    phonetic_given_name: str = ""
    company: str = ""
    department: str = ""
    title: str = ""
    role: str = ""
    phones: list[Contact] = field(default_factory=list)
    emails: list[Contact] = field(default_factory=list)
    urls: list[Contact] = field(default_factory=list)
    messengers: list[Contact] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    birthday: CardDate | None = None
    anniversary: CardDate | None = None
    notes: str = ""
    categories: list[str] = field(default_factory=list)
    uid: str = ""
    revised_at: str = ""
    photo: Photo | None = None
    #: What stood in a field but could not be understood: field name and text.
    unclear: dict[str, str] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether nothing tells who this is."""
        names = (self.full_name, self.family_name, self.given_name, self.nickname, self.company)
        return not any(names) and not (self.phones or self.emails)


@dataclass(frozen=True, slots=True)
class BrokenCard:
    """A card that cannot be taken; the others of its file go on."""

    key: str
    detail: str = ""
