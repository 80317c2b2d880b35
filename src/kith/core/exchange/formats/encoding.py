"""Recognises the encoding of a text file from its bytes: byte-order marks, UTF-8 over the whole file, else by plausibility."""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes

from .damage import SHOWN
from .errors import Unreadable
from .plausible import best_guess
from .table import Source

CHUNK = 1 << 20
#: How many bytes of lines with non-ASCII characters decide about an old encoding.
SAMPLE = 128 * 1024
#: What a person may choose from when the recognised encoding is wrong.
CHOICES = (
    "utf-8",
    "utf-16",
    "cp1251",
    "koi8-r",
    "cp866",
    "mac-cyrillic",
    "gb18030",
    "big5",
    "cp1252",
    "cp1250",
    "shift_jis",
    "euc_kr",
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH = re.compile(rb"[\x80-\xff]")
#: What the second opinion may answer; ever more exotic guesses are more often wrong than right.
OTHERS = [
    "cp1250",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "shift_jis",
    "euc_jp",
    "euc_kr",
    "cp949",
    "tis_620",
]

NO_FILE_ENCODINGS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "mbcs", "oem"}
)


def detect_encoding(source: Source) -> str:
    """The encoding of the file as a Python codec name."""
    with source() as file:
        head = file.read(4096)
    return of_bom(head) or of_wide(head) or of_content(source)


def settled_encoding(source: Source, chosen: str | None) -> str:
    """The encoding that a person chose, else the recognised one; a byte-order mark is never taken for text."""
    if not chosen:
        return detect_encoding(source)
    name = known_encoding(chosen)
    with source() as file:
        marked = of_bom(file.read(4))
    return marked if marked and name.startswith("utf") else name


def known_encoding(name: str) -> str:
    """The codec of the encoding that a person chose, or Unreadable."""
    if found := text_codec(name):
        return found
    raise Unreadable("unknown_encoding", encoding=name[:40])


def text_codec(name: str) -> str | None:
    """Python's name for an encoding of text files, None for unknown ones and for the escapes that Python also calls so."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return found.name if found._is_text_encoding and found.name.replace("_", "-") not in NO_FILE_ENCODINGS else None


def of_bom(head: bytes) -> str | None:
    """The encoding that a byte-order mark announces."""
    return next((name for bom, name in BOMS if head.startswith(bom)), None)


def of_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes stand only at every second place, one of them beside a line end, and text comes out."""
    even, odd = head[0::2], head[1::2]
    for name, low, high in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        mostly = high.count(0) + high.count(4) > 0.6 * len(high)
        if 0 not in low and (mostly or (0x0A, 0) in zip(low, high, strict=False)) and is_text(head, name):
            return name
    return None


def is_text(head: bytes, encoding: str) -> bool:
    """Whether the bytes are assigned characters in this encoding."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    odd = sum(1 for sign in text if sign == SHOWN or unicodedata.category(sign) in {"Cn", "Co", "Cs"})
    return odd * 50 <= len(text)


def of_content(source: Source) -> str:
    """UTF-8 when the whole file is (nearly) that, else the most plausible old encoding of its non-ASCII lines."""
    sample = bytearray()
    clean = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    for chunk in chunks(source):
        if is_utf8:
            is_utf8 = decodes(clean, chunk)
        if len(sample) < SAMPLE:
            sample += lines_of_interest(chunk, SAMPLE - len(sample))
        elif not is_utf8:
            break
    return "utf-8" if is_utf8 and decodes(clean, b"", last=True) else of_sample(bytes(sample))


def chunks(source: Source) -> Iterator[bytes]:
    """The file in pieces."""
    with source() as file:
        while chunk := file.read(CHUNK):
            yield chunk


def decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, last: bool = False) -> bool:
    """Whether the piece continues correct text."""
    try:
        decoder.decode(chunk, last)
    except UnicodeDecodeError:
        return False
    return True


def lines_of_interest(chunk: bytes, room: int) -> bytes:
    """Lines of the piece that are not ASCII, at most `room` bytes; whole lines, so no character is cut at its start."""
    if chunk.isascii():
        return b""
    lines = re.split(rb"[\r\n]+", chunk)
    return b"\n".join(line for line in lines[1 if len(lines) > 2 else 0 :] + lines[:1] if not line.isascii())[:room]


def of_sample(sample: bytes) -> str:
    """The most plausible encoding of a sample that is not correct UTF-8."""
    good = UTF8_SEQUENCE.findall(sample)
    stray = len(HIGH.findall(UTF8_SEQUENCE.sub(b"", sample)))
    if len(good) > 10 * stray:
        return "utf-8"
    return best_guess(sample) or second_opinion(sample) or "cp1252"


def second_opinion(sample: bytes) -> str | None:
    """What charset-normalizer says about encodings we have no rules for."""
    match = from_bytes(sample[:16_384], cp_isolation=OTHERS).best()
    return None if match is None else codecs.lookup(match.encoding).name
