"""What each vCard property means for a Card, with the extensions of Apple, Google, Android, Outlook, Evolution and QQ."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from .cards import Address, Card, Contact, Photo
from .vcard_lines import Property
from .vcard_values import card_date, components, decoded, from_base64, items, unescaped

#: Words that say nothing about a contact: every phone has a voice, every mail is internet mail.
SILENT = frozenset({"pref", "voice", "internet", "x400", "msg", "dom", "intl", "postal", "parcel"})
CHINESE = re.compile(r"[\u3400-\u9fff·]+")
APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")
#: The scheme of a messenger handle of which only the handle is known.
NO_SERVICE = "x-unknown"
APPLE_KINDS = {"mobile": "cell", "homepage": "home"}
SERVICES = {
    "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype", "X-JABBER": "xmpp", "X-ICQ": "icq", "X-QQ": "qq", "X-AIM": "aim", "X-MSN": "msn",
    "X-YAHOO": "yahoo", "X-GTALK": "gtalk", "X-GOOGLE-TALK": "gtalk", "X-WECHAT": "wechat", "X-TELEGRAM": "telegram", "X-WHATSAPP": "whatsapp",
}  # fmt: skip
ANNIVERSARIES = (
    "ANNIVERSARY",
    "X-ANNIVERSARY",
    "X-EVOLUTION-ANNIVERSARY",
    "X-WAB-WEDDING_ANNIVERSARY",
    "X-MS-ANNIVERSARY",
)
SIMPLE = {
    "FN": "full_name", "TITLE": "title", "ROLE": "role", "UID": "uid", "REV": "revised_at",
    "X-PHONETIC-FIRST-NAME": "phonetic_given_name", "X-PHONETIC-LAST-NAME": "phonetic_family_name",
}  # fmt: skip

type Take = Callable[[Card, Property, str], None]


def take(card: Card, found: Property, encoding: str) -> None:
    """Put what the property says into the card."""
    if found.name == "PHOTO":
        card.photo = card.photo or photo(found)
        return
    handler = HANDLERS.get(found.name)
    text = (
        decoded(found.raw, found.encoding, found.parameters.get("CHARSET", ""), encoding)
        if handler or found.name in SIMPLE
        else ""
    )
    if found.name in SIMPLE:
        attribute = SIMPLE[found.name]
        setattr(card, attribute, getattr(card, attribute) or unescaped(text))
    elif handler and text.strip():
        handler(card, found, text)


def complete(card: Card) -> None:
    """Fill what follows from the rest: the name as shown, the name of a company."""
    if not card.full_name and CHINESE.fullmatch(card.family_name + card.given_name):
        card.full_name = card.family_name + card.given_name
    if not card.full_name:
        names = (card.prefix, card.given_name, card.additional_names, card.family_name, card.suffix)
        card.full_name = " ".join(part for part in names if part)
    if card.kind == "organization" and not card.company:
        card.company = card.full_name
    card.full_name = card.full_name or card.company


def label_groups(properties: list[Property], encoding: str) -> None:
    """Give properties the label of their group, as Apple writes it: item1.TEL beside item1.X-ABLabel."""
    labels = {
        each.group: unescaped(decoded(each.raw, each.encoding, "", encoding))
        for each in properties
        if each.name == "X-ABLABEL" and each.group
    }
    for each in properties:
        if label := labels.get(each.group, ""):
            builtin = APPLE_LABEL.fullmatch(label)
            word = builtin.group(1).lower() if builtin else label.lower()
            if each.name == "X-ABDATE" and word in {"anniversary", "годовщина", "纪念日"}:
                each.name = "ANNIVERSARY"
            elif builtin:
                each.kinds.append(APPLE_KINDS.get(word, word))
            else:
                each.parameters["X-ABLABEL"] = label


def contact(found: Property, value: str, kinds: tuple[str, ...] = ()) -> Contact:
    """The value with what the parameters say about it."""
    return Contact(value, kinds + kinds_of(found), found.parameters.get("X-ABLABEL", ""), is_preferred(found))


def kinds_of(found: Property) -> tuple[str, ...]:
    """The telling words of TYPE, each once."""
    return tuple(dict.fromkeys(kind.removeprefix("x-") for kind in found.kinds if kind not in SILENT))


def is_preferred(found: Property) -> bool:
    """Whether the owner prefers this one: bare PREF, TYPE=pref, or PREF=1 of vCard 4.0."""
    return "pref" in found.kinds or found.parameters.get("PREF") == "1"


def name(card: Card, _found: Property, text: str) -> None:
    """N: family; given; additional; prefixes; suffixes."""
    text = re.sub(r"(?<!\\),", " ", text)
    card.family_name, card.given_name, card.additional_names, card.prefix, card.suffix = components(text, 5)[:5]


def organization(card: Card, _found: Property, text: str) -> None:
    """ORG: company; department; its parts."""
    company, *units = components(text, 1)
    if not card.company:
        card.company, card.department = company, ", ".join(unit for unit in units if unit)


def phone(card: Card, found: Property, text: str) -> None:
    """TEL as text or as a tel: address with an extension."""
    value = unescaped(text)
    if value.lower().startswith("tel:"):
        number, *parts = unquote(value[4:]).split(";")
        extension = next((part[4:] for part in parts if part.lower().startswith("ext=")), "")
        value = f"{number} ext. {extension}" if extension else number
    if value:
        card.phones.append(contact(found, value))


def mail(card: Card, found: Property, text: str) -> None:
    """EMAIL."""
    value = unescaped(text)
    card.emails.append(contact(found, value[7:] if value.lower().startswith("mailto:") else value))


def web_address(card: Card, found: Property, text: str) -> None:
    """URL; colons are escaped by some."""
    card.urls.append(contact(found, unescaped(text)))


def address(card: Card, found: Property, text: str) -> None:
    """ADR: box; extended; street; city; region; postcode; country."""
    box, extended, street, city, region, postcode, country = components(text, 7)[:7]
    label, preferred = found.parameters.get("X-ABLABEL", ""), is_preferred(found)
    parsed = Address(street, box, extended, city, region, postcode, country, kinds_of(found), label, preferred)
    if not parsed.is_empty():
        card.addresses.append(parsed)


def messenger(card: Card, found: Property, text: str) -> None:
    """IMPP as scheme:handle, and the older X- properties of single services."""
    value = unescaped(text)
    service = SERVICES.get(found.name, "")
    if not service:
        scheme, colon, handle = value.partition(":")
        service = found.parameters.get("X-SERVICE-TYPE", "").lower() or (scheme.lower() if colon else "")
        value = unquote(handle) if colon and handle else value
        service = "" if service == NO_SERVICE else service
    card.messengers.append(contact(found, value, (service,) if service else ()))


def social(card: Card, found: Property, text: str) -> None:
    """X-SOCIALPROFILE: a web address, or Apple's way to write a mere user name."""
    value = unescaped(text)
    if value.lower().startswith(("http:", "https:")):
        card.urls.append(contact(found, value))
    else:
        card.messengers.append(contact(found, found.parameters.get("X-USER") or value.removeprefix("x-apple:")))


def birthday(card: Card, found: Property, text: str) -> None:
    """BDAY."""
    card.birthday = card.birthday or card_date(text, found.parameters.get("X-APPLE-OMIT-YEAR", ""))
    if not card.birthday:
        card.unclear["birthday"] = text.strip()


def anniversary(card: Card, found: Property, text: str) -> None:
    """ANNIVERSARY and its predecessors."""
    card.anniversary = card.anniversary or card_date(text, found.parameters.get("X-APPLE-OMIT-YEAR", ""))
    if not card.anniversary:
        card.unclear["anniversary"] = text.strip()


def note(card: Card, _found: Property, text: str) -> None:
    """NOTE, of which there may be several."""
    card.notes = "\n".join(part for part in (card.notes, unescaped(text)) if part)


def categories(card: Card, _found: Property, text: str) -> None:
    """CATEGORIES."""
    card.categories += [item for item in items(text) if item not in card.categories]


def nickname(card: Card, _found: Property, text: str) -> None:
    """NICKNAME, a list."""
    card.nickname = card.nickname or ", ".join(items(text))


def kind(card: Card, _found: Property, text: str) -> None:
    """KIND and Apple's two ways to say the same."""
    word = text.strip().lower()
    card.kind = {
        "org": "organization",
        "organization": "organization",
        "company": "organization",
        "group": "group",
    }.get(word, card.kind)


def android(card: Card, found: Property, text: str) -> None:
    """X-ANDROID-CUSTOM: nick names, and events of type 3 (birthday) and 1 (anniversary)."""
    what, value, number, *_rest = components(text, 3)
    if what.endswith("/nickname"):
        card.nickname = card.nickname or value
    elif what.endswith("/contact_event") and number in {"1", "3"}:
        (birthday if number == "3" else anniversary)(card, found, value)


def photo(found: Property) -> Photo | None:
    """PHOTO inside the card, as base64 or as a data: address; None when it is elsewhere or broken."""
    media = next((each for each in found.kinds if each not in SILENT), "jpeg").removeprefix("image/")
    raw = found.raw
    if raw[:5].lower() == b"data:":
        head, _comma, raw = raw.partition(b",")
        media = head[5:].partition(b";")[0].decode("ascii", "replace").lower().removeprefix("image/") or media
    elif found.encoding != "base64":
        return None
    content = from_base64(raw.replace(b"\\", b""))
    return Photo(content, f"image/{media}") if content else None


HANDLERS: dict[str, Take] = {
    "N": name, "ORG": organization, "TEL": phone, "EMAIL": mail, "URL": web_address, "ADR": address, "IMPP": messenger,
    "X-SOCIALPROFILE": social, "BDAY": birthday, "NOTE": note, "CATEGORIES": categories, "NICKNAME": nickname,
    "KIND": kind, "X-ADDRESSBOOKSERVER-KIND": kind, "X-ABSHOWAS": kind, "X-ANDROID-CUSTOM": android,
    **dict.fromkeys(SERVICES, messenger), **dict.fromkeys(ANNIVERSARIES, anniversary),
}  # fmt: skip
