"""What calamine does not tell about cells of an XLSX sheet: shown as percent, an error, or a number too long for a float.

Streams over the sheet's XML beside the rows, in their order, so that memory stays constant.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import IO, NamedTuple

from .table import Source

CHUNK = 1 << 20
PERCENT, ERROR, DIGITS = "percent", "error", "digits"
START = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"'
VALUE = rb"(?:<f[^>]{0,200}/>|<f[^>]{0,200}>[^<]{0,9000}</f>)?<v>"
ERRORS = re.compile(START + rb'[^>]{0,200}?\bt="e"[^>]{0,200}>' + VALUE + rb"([^<]{1,20})</v>")
LONG = re.compile(START + rb"[^>]{0,200}>" + VALUE + rb"(-?[0-9]{16,40})</v>")
LONG_HINT = re.compile(rb"<v>-?[0-9]{16}")
SHEET = re.compile(rb"<sheet\s[^>]*?r:id=\"([^\"]+)\"")
TARGET = re.compile(rb"<Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb'\b(Id|Target|numFmtId|formatCode)="([^"]*)"')


class Mark(NamedTuple):
    """One cell, counted from 0, and what is special about it."""

    row: int
    column: int
    kind: str
    text: str


def marks(source: Source, position: int) -> Iterator[Mark]:
    """The special cells of the sheet at this position of the workbook, in the order of the file."""
    with source() as file, zipfile.ZipFile(file) as archive:
        path = sheet_path(archive, position)
        if path not in archive.namelist():
            return
        patterns = {ERROR: ERRORS, DIGITS: LONG}
        if styles := percent_styles(archive):
            patterns[PERCENT] = percent_pattern(styles)
        with archive.open(path) as sheet:
            for piece in pieces(sheet):
                yield from found(piece, patterns)


def pieces(sheet: IO[bytes]) -> Iterator[bytes]:
    """The XML in parts that end where a cell begins."""
    tail = b""
    while chunk := sheet.read(CHUNK):
        piece = tail + chunk
        cut = piece.rfind(b"<c ")
        cut = cut if cut > 0 else len(piece)
        yield piece[:cut]
        tail = piece[cut:]
    yield tail


def found(piece: bytes, patterns: dict[str, re.Pattern[bytes]]) -> list[Mark]:
    """The special cells in one part."""
    marks = []
    for kind, pattern in patterns.items():
        if (kind == ERROR and b't="e"' not in piece) or (kind == DIGITS and not LONG_HINT.search(piece)):
            continue
        for letters, row, text in pattern.findall(piece):
            marks.append(Mark(int(row) - 1, column_of(letters), kind, text.decode("ascii", "replace")))
    return sorted(marks)


def column_of(letters: bytes) -> int:
    """The position of a column: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def sheet_path(archive: zipfile.ZipFile, position: int) -> str:
    """Where in the archive the sheet at this position lies; empty when it cannot be told."""
    try:
        ids = SHEET.findall(archive.read("xl/workbook.xml"))
        relations = [dict(ATTRIBUTE.findall(tag)) for tag in TARGET.findall(archive.read("xl/_rels/workbook.xml.rels"))]
    except KeyError:
        return ""
    wanted = ids[position] if position < len(ids) else b""
    target = next((each.get(b"Target", b"") for each in relations if each.get(b"Id") == wanted), b"").decode(
        "utf-8", "replace"
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def percent_styles(archive: zipfile.ZipFile) -> list[int]:
    """The numbers of the cell styles that show a percentage."""
    try:
        styles = archive.read("xl/styles.xml")
    except KeyError:
        return []
    formats = {b"9", b"10"}
    for tag in re.findall(rb"<numFmt\s[^>]*>", styles):
        facts = dict(ATTRIBUTE.findall(tag))
        if b"%" in re.sub(rb"&quot;.*?&quot;|\\.", b"", facts.get(b"formatCode", b"")):
            formats.add(facts.get(b"numFmtId", b""))
    block = re.search(rb"<cellXfs[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
    tags = re.findall(rb"<xf\s[^>]*>", block.group(1)) if block else []
    return [index for index, tag in enumerate(tags) if dict(ATTRIBUTE.findall(tag)).get(b"numFmtId") in formats]


def percent_pattern(styles: list[int]) -> re.Pattern[bytes]:
    """Finds numbers in cells of these styles."""
    numbers = b"|".join(str(style).encode() for style in styles)
    return re.compile(
        START
        + rb'[^>]{0,200}?\bs="(?:'
        + numbers
        + rb')"(?![^>]{0,200}\bt="(?:s|e|b|str|inlineStr)")[^>]{0,200}>'
        + VALUE
        + rb"(-?[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,3})?)</v>"
    )
