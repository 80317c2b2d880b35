"""E-mail addresses: normal form, several in one text, and the key that finds duplicates."""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from .problems import Problem
from .public_domains import PUBLIC_MAIL_DOMAINS

_ANGLES = re.compile(r"<([^<>]*)>")
_SEPARATORS = ",;/\n\r"
_UNUSABLE = re.compile('[\\s"<>(),;:\\\\\x00-\x1f\x7f\ud800-\udfff]')
_LONGEST = 320


class Mail(NamedTuple):
    """A normalised address and the display name that was written with it, "" without one."""

    address: str
    name: str = ""


def normal_form(text: str) -> str:
    """Return the address in its normal form (R18): lower case, domain in Unicode, no display name.

    Raises Problem("bad_email") for a text without exactly one "@" and both parts.
    """
    return parse_mail(text).address


@lru_cache(maxsize=10_000)
def parse_mail(text: str) -> Mail:
    """Return one address with its display name; raises as normal_form does."""
    angles = _ANGLES.findall(text)
    address = angles[-1] if angles else text
    name = text.rpartition("<")[0] if angles else ""
    plain = "".join(address.replace("＠", "@").split()).strip("<>")
    local, at, domain = plain.partition("@")
    domain = _unicode_domain(domain.replace("。", ".").strip("."))
    local = unicodedata.normalize("NFC", local.lower())
    usable = local and at and domain and "@" not in domain and len(plain) <= _LONGEST
    if not usable or _UNUSABLE.search(local + domain) or ".." in domain:
        raise Problem("bad_email", value=text.strip())
    return Mail(f"{local}@{domain}", _display_name(name))


def split_addresses(text: str, *, strict: bool = False) -> tuple[Mail, ...]:
    """Return the addresses in a text with separators , ; / space and line break (R19).

    Each address comes once, in order. What is no address is left out, or with `strict` raises
    Problem("bad_email").
    """
    found: dict[str, Mail] = {}
    for piece in _pieces(text):
        try:
            mail = parse_mail(piece)
        except Problem:
            if strict:
                raise
            continue
        found.setdefault(mail.address, mail)
    return tuple(found.values())


def domain_of(address: str) -> str:
    """Return the domain of an address in normal form."""
    return address.rpartition("@")[2]


def is_public(domain: str, public: Collection[str] = PUBLIC_MAIL_DOMAINS) -> bool:
    """Does anybody get an address at this domain? `public` is the list the installation keeps."""
    return domain in public


def mail_key(address: str, public: Collection[str] = PUBLIC_MAIL_DOMAINS) -> str:
    """Return the match key of a normalised address (R26).

    The whole address at a public provider, the exact domain otherwise.
    """
    domain = domain_of(address)
    return address if is_public(domain, public) else domain


def _unicode_domain(domain: str) -> str:
    labels = (_unicode_label(label) for label in domain.lower().split("."))
    return unicodedata.normalize("NFC", ".".join(labels).lower())


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _display_name(text: str) -> str:
    return text.strip().strip('"').replace('\\"', '"').strip()


def _pieces(text: str) -> list[str]:
    """Cut a text into pieces of one address each.

    1. Separators outside quotes and angle brackets end a piece, and so does ">".
    2. A piece with angle brackets is display name and address; any other falls apart at spaces.
    """
    pieces: list[str] = []
    start, quoted, angled = 0, False, False
    for index, mark in enumerate(text):
        if mark == '"' and not angled and text[index - 1 : index] != "\\":
            quoted = not quoted
        elif not quoted and mark == "<":
            angled = True
        elif not quoted and angled and mark == ">":
            angled = False
            pieces.append(text[start : index + 1])
            start = index + 1
        elif not quoted and not angled and mark in _SEPARATORS:
            pieces.extend(text[start:index].split())
            start = index + 1
    pieces.extend(text[start:].split())
    return pieces
