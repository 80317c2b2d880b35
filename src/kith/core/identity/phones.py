"""Phone numbers: one normal form, one way to show it to each reader, and what a search compares.

A phone is stored as one text: E.164, " ext. " and the extension (R20, R21), or as it was typed
when it is no valid number.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    format_number,
    national_significant_number,
    parse,
    region_code_for_number,
)

from .dialling import international, is_plain, is_valid, national
from .problems import Problem

EXTENSION = " ext. "
SHORTEST_QUERY = 3
LONGEST_NUMBER = 60
SHORTEST_PLAIN = 7
#: Countries whose old numbers are written anew (R22).
RENUMBERED = ("+52", "+55")
_TAIL = 4
_TYPED_EXTENSION = re.compile(r"^(.*?\d.*?)[\s,;]*(?:ext\.?|x\.?|#|доб\.?|分机|转)\s*(\d{1,12})$", re.I)
_WRITTEN = re.compile(r"[\d\s().\-/+\[\]~*]+")
_E164 = re.compile(r"\+[1-9][0-9]{5,14}")
_NOT_DIGIT = re.compile(r"\D+")
_NOT_WORD = re.compile(r"[\W_]+")
_BRAZIL_MOBILE = re.compile(r"[1-9]\d[6-9]\d{7}")
_MEXICO_OLD = re.compile(r"\+521(\d{10})")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


class Phone(NamedTuple):
    """A phone as it is stored; `e164` is "" when the text is no valid number."""

    stored: str
    e164: str = ""
    extension: str = ""


@lru_cache(maxsize=10_000)
def normalise(text: str, country: str = "") -> Phone:
    """Return the normal form of a typed phone (R20-R22).

    `country` is the ISO code of the country in which a number without + or 00 is read; without
    it such a number stays as typed. Equal phones in another notation have equal `stored` (R25).
    """
    if len(text) > LONGEST_NUMBER:
        return Phone(text.strip())
    number, extension = text, ""
    if _E164.fullmatch(text):
        if len(text) > SHORTEST_PLAIN and not text.startswith(RENUMBERED) and is_plain(text[1:]):
            return Phone(text, text)
    else:
        plain = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
        number, extension = _without_extension(plain)
    e164 = _e164(number, country.upper())
    if not e164:
        return Phone(text.strip())
    return Phone(e164 + (EXTENSION + extension if extension else ""), e164, extension)


def format_for(stored: str, country: str = "", label: str = "ext.") -> str:
    """Return a stored phone as a reader in `country` writes it.

    National within the reader's country, international elsewhere; as typed when it is no number.
    `label` is the reader's word for the extension.
    """
    e164, extension = _stored_parts(stored)
    number = _parsed(e164, "") if e164 else None
    if number is None:
        return stored
    home = region_code_for_number(number) == country.upper()
    style = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return format_number(number, style) + (f" {label} {extension}" if extension else "")


def country_of(stored: str) -> str:
    """Return the ISO code of the country a stored phone belongs to, "" when unknown."""
    number = _parsed(_stored_parts(stored)[0], "")
    return (number and region_code_for_number(number)) or ""


@lru_cache(maxsize=10_000)
def phone_search_forms(stored: str) -> tuple[str, ...]:
    """Return the digits in which a search looks for a stored phone (R23), none contained twice.

    The international and the national form with trunk prefix, each followed by the extension;
    the digits of a number stored as typed.
    """
    e164, extension = _stored_parts(stored)
    if not e164:
        digits = _digits(stored)
        return (digits,) if digits else ()
    head, tail = e164[:-_TAIL], e164[-_TAIL:]
    forms = (e164[1:] + extension, _national_head(head) + tail + extension)
    return forms[:1] if forms[1] in forms[0] else forms


@lru_cache(maxsize=20_000)
def _national_head(head: str) -> str:
    """Return the national digits of a number without its last digits, which never decide the trunk prefix."""
    try:
        number = international(head + "5" * _TAIL) or parse(head + "5" * _TAIL, None)
    except NumberParseException:
        return head[1:]
    return _digits(national(number))[:-_TAIL]


class PhoneQuery(NamedTuple):
    """What to look for: digits contained in a form, or, with letters, text in the stored text."""

    digits: str = ""
    text: str = ""


def phone_query(term: str) -> PhoneQuery:
    """Return what a typed term looks for among phones (R23).

    Raises Problem("phone_query_short") for fewer than three characters.
    """
    plain = unicodedata.normalize("NFKC", term).strip()
    if len(_NOT_WORD.sub("", plain)) < SHORTEST_QUERY:
        raise Problem("phone_query_short")
    if any(map(str.isalpha, plain)):
        return PhoneQuery(text=plain.casefold())
    digits = _digits(plain)
    return PhoneQuery(digits=digits.removeprefix("00") if "+" not in plain else digits)


def _without_extension(text: str) -> tuple[str, str]:
    match = _TYPED_EXTENSION.match(text)
    return (match[1].strip(" ,;"), match[2]) if match else (text, "")


def _e164(text: str, country: str) -> str:
    """Return E.164 of a number without extension, "" when it is not valid."""
    text = text.replace("(+", "+", 1) if text.startswith("(+") else text
    if not _WRITTEN.fullmatch(text) or "+" in text[1:]:
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    number = _parsed(text, country, valid=False)
    if number is not None and f"+{number.country_code}" in RENUMBERED:
        number = _parsed(_renumbered(text, number), country)
    if number is None or not is_valid(number):
        return ""
    return f"+{number.country_code}{national_significant_number(number)}"


def _renumbered(text: str, number: PhoneNumber) -> str:
    """Apply the renumbering of Brazil (a 9 before mobile numbers) and Mexico (no 1) (R22)."""
    e164 = format_number(number, PhoneNumberFormat.E164)
    national = national_significant_number(number)
    if number.country_code == 55 and _BRAZIL_MOBILE.fullmatch(national):
        return f"+55{national[:2]}9{national[2:]}"
    if number.country_code == 52 and (old := _MEXICO_OLD.fullmatch(e164)):
        return f"+52{old[1]}"
    return text


def _parsed(text: str, country: str, *, valid: bool = True) -> PhoneNumber | None:
    try:
        number = international(text) or parse(text, country or None)
    except NumberParseException:
        return None
    return number if not valid or is_valid(number) else None


def _stored_parts(stored: str) -> tuple[str, str]:
    """Return E.164 and extension of a stored phone, ("", "") when it is stored as typed."""
    e164, _, extension = stored.partition(EXTENSION)
    known = _E164.fullmatch(e164) and (extension.isdecimal() or not extension)
    return (e164, extension) if known else ("", "")


def _digits(text: str) -> str:
    return _NOT_DIGIT.sub("", unicodedata.normalize("NFKC", text))
