"""What a file is, by its first bytes: the name and the type that a browser claims are data, never trusted."""

from codecs import getincrementaldecoder

from .types.base import UNSAFE

PLAIN = "text/plain; charset=utf-8"
UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-program"
DANGEROUS = frozenset({PROGRAM})
#: Kinds that a browser may show inside a page; never SVG or HTML, which run scripts.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"), (b"{\\rtf", "application/rtf"), (b"OggS", "audio/ogg"), (b"ID3", "audio/mpeg"), (b"fLaC", "audio/flac"),
    (b"BM", "image/bmp"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"), (b"\x1f\x8b", "application/gzip"),
    (b"MZ", PROGRAM), (b"\x7fELF", PROGRAM), (b"#!", PROGRAM), (b"\xca\xfe\xba\xbe", PROGRAM), (b"\xcf\xfa\xed\xfe", PROGRAM),
)  # fmt: skip
#: Members that tell the kind of a zip container.
INSIDE: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"), (b"opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
)  # fmt: skip


def kind_of(start: bytes) -> str:
    """The content type of a file that begins with these bytes; unknown ones are octets, markup is plain text."""
    for sign, kind in STARTS:
        if start.startswith(sign):
            return kind
    if start.startswith(b"PK\x03\x04"):
        return next((kind for sign, kind in INSIDE if sign in start), "application/zip")
    if start[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(start[8:12], UNKNOWN)
    if start[4:8] == b"ftyp":
        return "image/heic" if start[8:12] in (b"heic", b"heix", b"mif1") else "video/mp4"
    return PLAIN if is_text(start) else UNKNOWN


def is_text(start: bytes) -> bool:
    """Whether the bytes are text in UTF-8; a character cut off at the end does not count against it."""
    try:
        return not UNSAFE.search(getincrementaldecoder("utf-8")().decode(start))
    except UnicodeDecodeError:
        return False
