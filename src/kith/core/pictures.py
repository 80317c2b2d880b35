"""Pictures as they are kept: how large they are, without what a camera or a phone wrote about place, time and owner.

Pixels are not touched and nothing is decoded: the file is read piece by piece, and only pieces that show something stay.
The one fact that is kept of a JPEG's notes is which way is up. Rewriting the file from its own pieces also drops whatever
somebody hid behind its end.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .errors import BadValue

#: Width times height; a picture of a few kilobytes can claim to be much more and take the memory of whoever opens it.
MOST_PIXELS = 64_000_000
PNG_START, GIF_STARTS = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
#: Pieces of one file; more is no picture but work for whoever reads it.
MOST_PIECES = 400_000
#: What a PNG needs to be shown right; text, time, EXIF and private pieces go.
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"cICP"})  # fmt: skip
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
#: What stays in a JPEG of the notes of programs: size of pixels, colour profiles, Adobe's note on colours.
JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
BROKEN = _("This picture is damaged or no picture; it cannot be shown.")


class Broken(BadValue):
    """The bytes do not hold what they begin as."""

    def __init__(self) -> None:
        super().__init__(BROKEN)


@dataclass(frozen=True, slots=True)
class Picture:
    """What stays of a picture."""

    content: bytes
    width: int
    height: int


def tidy(content: bytes, kind: str) -> bytes:
    """The picture without its notes. Raises BadValue for one that is broken or too large."""
    try:
        made = READERS[kind](content)
    except (struct.error, IndexError, ValueError):
        raise Broken from None
    if not made.width or not made.height:
        raise Broken
    if made.width * made.height > MOST_PIXELS:
        raise BadValue(
            _("The picture has too many pixels: %(width)d × %(height)d; at most %(num)d million fit.")
            % {"width": made.width, "height": made.height, "num": MOST_PIXELS // 1_000_000}
        )
    return made.content


# --- PNG ------------------------------------------------------------------------------------------------------------


def png(content: bytes) -> Picture:
    """Length, name, content and checksum, again and again."""
    at, kept, size = len(PNG_START), [PNG_START], (0, 0)
    for _piece in range(MOST_PIECES):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise Broken
        if name == b"IHDR":
            size = struct.unpack_from(">II", content, at + 8)
        if name in PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return Picture(b"".join(kept), *size)
        at = end
    raise Broken


# --- JPEG -----------------------------------------------------------------------------------------------------------


def jpeg(content: bytes) -> Picture:
    """Marker, length, content; behind each scan its data, up to the next marker."""
    at, kept, size, turned = 2, [content[:2]], (0, 0), 0
    for _piece in range(MOST_PIECES):
        if content[at] != 0xFF:
            raise Broken
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == 0xD9:
            kept.append(content[at : at + 2])
            if turned > 1:
                kept.insert(1, orientation_note(turned))
            return Picture(b"".join(kept), *size)
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise Broken
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            size = (width, height)
        if marker == 0xE1:
            turned = turned or orientation(content[at + 4 : end])
        if marker == 0xDA:
            end = end_of_scan(content, end)
        if shows(marker, content[at + 4 : at + 16]):
            kept.append(content[at:end])
        at = end
    raise Broken


def shows(marker: int, start: bytes) -> bool:
    """Whether a piece of a JPEG is needed to show it: no comment (FE), and of the notes of programs (E0 to EF) those we know."""
    if 0xE0 <= marker <= 0xEF:
        return marker in JPEG_KEPT and start.startswith(JPEG_KEPT[marker])
    return marker != 0xFE


def end_of_scan(content: bytes, at: int) -> int:
    """Where the data of a scan ends: at a marker that is neither a stuffed FF nor a restart."""
    while True:  # bounded: each step goes on in the file
        at = content.index(b"\xff", at)
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        else:
            return at


def orientation(note: bytes) -> int:
    """Which way is up, 1 to 8, by an EXIF note; 0 when it does not say."""
    if not note.startswith(b"Exif\0\0"):
        return 0
    tiff = note[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for index in range(min(count, 200)):
            name, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * index)
            if name == 0x0112:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        pass
    return 0


def orientation_note(turned: int) -> bytes:
    """An EXIF note that says nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, turned, 0, 0)
    note = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note


# --- GIF ------------------------------------------------------------------------------------------------------------


def gif(content: bytes) -> Picture:
    """Header, colours, then blocks; comments and what programs write go, but for the loop of an animation."""
    width, height, packed = struct.unpack_from("<HHB", content, 6)
    at = 13 + colours(packed)
    kept = [content[:at]]
    for _piece in range(MOST_PIECES):
        mark = content[at]
        if mark == 0x3B:
            kept.append(b"\x3b")
            return Picture(b"".join(kept), width, height)
        if mark == 0x21:
            end = end_of_blocks(content, at + 2)
            label, about = content[at + 1], content[at + 3 : at + 14]
            if label == 0xF9 or (label == 0xFF and about in (b"NETSCAPE2.0", b"ANIMEXTS1.0")):
                kept.append(content[at:end])
        elif mark == 0x2C:
            end = end_of_blocks(content, at + 11 + colours(content[at + 9]))
            kept.append(content[at:end])
        else:
            raise Broken
        at = end
    raise Broken


def colours(packed: int) -> int:
    """Bytes of a table of colours, 0 when there is none."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def end_of_blocks(content: bytes, at: int) -> int:
    """Behind the empty block that ends a row of them."""
    for _piece in range(MOST_PIECES):
        if not (size := content[at]):
            return at + 1
        at += size + 1
    raise Broken


# --- WebP -----------------------------------------------------------------------------------------------------------


def webp(content: bytes) -> Picture:
    """A RIFF file; the flags of its head say what the pieces are."""
    pieces = [(name, piece) for name, piece in riff(content) if name in WEBP_KEPT]
    if not pieces:
        raise Broken
    size = webp_size(*pieces[0])
    flagless = [(name, without_notes(piece) if name == b"VP8X" else piece) for name, piece in pieces]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(piece)) + piece + b"\0" * (len(piece) % 2) for name, piece in flagless
    )
    return Picture(b"RIFF" + struct.pack("<I", len(body)) + body, *size)


def riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each piece, as far as the head says."""
    (length,) = struct.unpack_from("<I", content, 4)
    at, end = 12, 8 + length
    if end > len(content):
        raise Broken
    for _piece in range(MOST_PIECES):
        if at + 8 > end:
            return
        name, size = struct.unpack_from("<4sI", content, at)
        if at + 8 + size > end:
            raise Broken
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def without_notes(head: bytes) -> bytes:
    """VP8X without its flags for EXIF (8) and XMP (4)."""
    return bytes([head[0] & ~0b1100]) + head[1:]


def webp_size(name: bytes, piece: bytes) -> tuple[int, int]:
    """Width and height by the first piece."""
    if name == b"VP8X":
        return 1 + int.from_bytes(piece[4:7], "little"), 1 + int.from_bytes(piece[7:10], "little")
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", piece, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", piece, 6)
    return width & 0x3FFF, height & 0x3FFF


READERS = {"image/png": png, "image/jpeg": jpeg, "image/gif": gif, "image/webp": webp}
