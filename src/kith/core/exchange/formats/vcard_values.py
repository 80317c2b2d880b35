"""Values of vCard properties: transfer encodings, charsets, escapes, structured values and dates."""

import base64
import binascii
import quopri
import re
from calendar import monthrange

from .cards import CardDate
from .encoding import text_codec
from .plausible import best_guess

PRINTABLE = re.compile(rb";(?:ENCODING=)?(?:QUOTED-PRINTABLE|Q)(?=[;:])", re.IGNORECASE)
BASE64 = re.compile(rb";(?:ENCODING=)?(?:BASE64|B)(?=[;:])", re.IGNORECASE)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
FULL_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", re.DOTALL)
YEARLESS_DATE = re.compile(r"--(\d{2})-?(\d{2})(?:[T ].*)?", re.DOTALL)
#: The leap year that Apple writes when the year is not known.
NO_YEAR = 1604


def transfer_encoding(line: bytes) -> str:
    """What the head of a property line says about the transfer encoding of its value."""
    head = line[: line.find(b":") + 1]
    if PRINTABLE.search(head):
        return "quoted-printable"
    return "base64" if BASE64.search(head) else ""


def decoded(raw: bytes, encoding: str, charset: str, default: str) -> str:
    """The value as text: the first of its own charset, UTF-8, the file's and the most plausible encoding that fits."""
    if encoding == "quoted-printable":
        raw = quopri.decodestring(raw)
    elif encoding == "base64":
        raw = from_base64(raw) or b""
    for name in (text_codec(charset) or "utf-8", "utf-8", default):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode(best_guess(raw) or default, "replace")


def from_base64(raw: bytes) -> bytes | None:
    """The bytes, None when this is not base64."""
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def split(text: str, separator: str) -> list[str]:
    """The parts between separators that are not escaped; the parts keep their escapes."""
    return re.findall(rf"(?:^|{separator})((?:\\.|[^\\{separator}]|\\$)*)", text, re.DOTALL)


def unescaped(text: str) -> str:
    """Text as people read it."""
    return (
        ESCAPE.sub(lambda match: "\n" if match.group(1) in "nN" else match.group(1), text).replace("\r\n", "\n").strip()
    )


def components(text: str, count: int) -> list[str]:
    """The parts of a structured value such as N or ADR, filled up to `count`."""
    parts = [unescaped(part) for part in split(text, ";")]
    return parts + [""] * (count - len(parts))


def items(text: str) -> list[str]:
    """The filled items of a list such as CATEGORIES."""
    return [item for item in map(unescaped, split(text, ",")) if item]


def card_date(text: str, omitted_year: str = "") -> CardDate | None:
    """A day with or without year, in any of the ways cards write it; None when it is neither."""
    if match := FULL_DATE.fullmatch(text.strip()):
        year, month, day = map(int, match.groups())
        known = None if year == NO_YEAR or str(year) == omitted_year else year
    elif match := YEARLESS_DATE.fullmatch(text.strip()):
        (month, day), known = map(int, match.groups()), None
    else:
        return None
    exists = 1 <= month <= 12 and 1 <= day <= monthrange(known or 2000, month)[1] and known != 0
    return CardDate(month, day, known) if exists else None
