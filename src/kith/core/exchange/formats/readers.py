"""Chooses the reader of a file by its content, never by its name, and opens it in this process."""

import re
from typing import BinaryIO

from . import zips
from .csv_in import open_csv
from .encoding import of_bom, of_wide
from .errors import Unreadable
from .json_in import open_json
from .table import Reading, Source, Table
from .vcard_in import open_vcards
from .xlsx_in import open_workbook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The name of the stream in which Office keeps an encrypted document, as it stands in the directory of an OLE file.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook\0", "Book\0"))
CARD = re.compile(rb"\s*BEGIN\s*:\s*VCARD", re.IGNORECASE)
WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|\?xml|meta|style)", re.IGNORECASE)
JSON = re.compile(rb"\s*(?:\[\s*\[|\{\s*\")")
RECORDS = re.compile(rb"\s*\[\s*\{")
CONTROL = bytes(set(range(32)) - {0x00, 0x09, 0x0A, 0x0C, 0x0D, 0x1B, 0x1F})
#: So many control characters are damage, whatever their share.
FEW = 16
KNOWN_BINARIES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"MZ\x90",
    b"{\\rtf",
    b"SQLite format 3",
)


def open_here(source: Source, reading: Reading) -> Table:
    """The table in the file, read in this process: for the child, and for files that we wrote ourselves."""
    kind = recognise(source)
    if kind == "csv":
        return open_csv(source, reading)
    if kind == "vcard":
        return open_vcards(source, reading)
    if kind == "json":
        return open_json(source, reading)
    return open_workbook(source, reading, kind)


def recognise(source: Source) -> str:
    """The format of the file: csv, json, vcard, xlsx, xlsb, xls or ods; Unreadable with the remedy for anything else."""
    with source() as file:
        head = file.read(8192)
        if head.startswith(OLE):
            return of_ole(file, head)
    if not head.strip(b" \t\r\n\0"):
        raise Unreadable("empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return of_zip(source)
    return of_text(head)


def of_ole(file: BinaryIO, head: bytes) -> str:
    """An old Office file: an xls workbook, or an encrypted document, or something else."""
    content = head + file.read(64 << 20)
    if ENCRYPTED in content:
        raise Unreadable("password")
    if any(name in content for name in WORKBOOK_STREAMS):
        return "xls"
    raise Unreadable("not_a_table")


def of_zip(source: Source) -> str:
    """A zip file: a workbook of some kind, or something else."""
    kind = zips.kind_of(zips.entries(source))
    if kind is None:
        raise Unreadable("zip_without_table")
    return kind


def of_text(head: bytes) -> str:
    """Text: address cards or a delimited table; web pages, JSON and binaries are refused."""
    narrow = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        narrow = head[2:].replace(b"\0", b"")
    if CARD.match(narrow) or CARD.match(narrow.replace(b"\0", b"")):
        return "vcard"
    if WEB_PAGE.match(narrow):
        raise Unreadable("web_page")
    if RECORDS.match(narrow):
        return "json"
    if JSON.match(narrow):
        raise Unreadable("json_file")
    if head.startswith(KNOWN_BINARIES) or not (of_bom(head) or of_wide(head) or is_mostly_text(narrow)):
        raise Unreadable("not_a_table")
    return "csv"


def is_mostly_text(head: bytes) -> bool:
    """Whether control characters are rare; a few damaged cells do not make a binary file."""
    odd = len(head) - len(head.translate(None, CONTROL))
    return odd <= FEW or odd * 20 <= len(head)
