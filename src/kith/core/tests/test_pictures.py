"""Pictures: notes of cameras go, pixels stay, what is broken or too large is refused."""

import struct
import zlib

import pytest

from kith.core import files, pictures
from kith.core.errors import BadValue
from kith.core.pictures import Broken, tidy

PLACE = b"GPS 59.9139 N 10.7522 E, owner Ada"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int = 3, height: int = 2, *notes: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x10\x80\xf0" * 3 for _row in range(2))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(notes) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")  # fmt: skip


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(turned: int = 6, order: str = ">") -> bytes:
    start = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    return b"Exif\0\0" + start + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0) + PLACE


FRAME = segment(0xC0, struct.pack(">BHHB", 8, 40, 60, 1) + b"\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*notes: bytes, frame: bytes = FRAME, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(notes) + frame + SCAN + b"\xff\xd9" + after


def gif(*blocks: bytes, width: int = 5, height: int = 4, after: bytes = b"") -> bytes:
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + b"".join(blocks) + image + b"\x3b" + after  # fmt: skip


def webp(*pieces: tuple[bytes, bytes], after: bytes = b"") -> bytes:
    body = b"WEBP" + b"".join(n + struct.pack("<I", len(c)) + c + b"\0" * (len(c) % 2) for n, c in pieces)
    return b"RIFF" + struct.pack("<I", len(body)) + body + after


LOSSY = (b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 30, 20) + b"data")
HEAD = (b"VP8X", bytes([0b1100, 0, 0, 0]) + (29).to_bytes(3, "little") + (19).to_bytes(3, "little"))


def test_a_png_loses_its_notes_and_what_hides_behind_it() -> None:
    noted = png(3, 2, chunk(b"tEXt", PLACE), chunk(b"eXIf", PLACE), chunk(b"iTXt", PLACE), chunk(b"pHYs", b"123456789"))
    kept = tidy(noted + b"<script>", "image/png")
    assert kept == png(3, 2, chunk(b"pHYs", b"123456789"))


@pytest.mark.parametrize("order", [">", "<"])
def test_a_jpeg_keeps_only_which_way_is_up(order: str) -> None:
    jfif, profile = segment(0xE0, b"JFIF\0" + b"1" * 9), segment(0xE2, b"ICC_PROFILE\0" + b"2" * 9)
    noted = jpeg(
        jfif,
        segment(0xE1, exif(6, order)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
        profile,
        segment(0xE2, b"MPF\0" + PLACE),
        segment(0xED, b"Photoshop 3.0\0" + PLACE),
        segment(0xFE, PLACE),
        after=PLACE,
    )
    kept = tidy(noted, "image/jpeg")
    assert PLACE not in kept and kept == jpeg(pictures.orientation_note(6), jfif, profile)
    assert pictures.orientation(kept[6:]) == 6 and tidy(kept, "image/jpeg") == kept
    assert tidy(jpeg(segment(0xE1, exif(1))), "image/jpeg") == jpeg()


def test_a_gif_keeps_its_loop_and_loses_comments() -> None:
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    timing = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\0"
    comment = b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\0"
    assert tidy(gif(loop, timing, xmp, comment, after=PLACE), "image/gif") == gif(loop, timing)


def test_a_webp_loses_its_notes_and_says_so() -> None:
    kept = tidy(webp(HEAD, LOSSY, (b"EXIF", PLACE), (b"XMP ", PLACE), after=PLACE), "image/webp")
    assert kept == webp((b"VP8X", b"\0" + HEAD[1][1:]), LOSSY)
    lossless = (b"VP8L", b"\x2f" + struct.pack("<I", 29 | 19 << 14) + b"x")
    assert tidy(webp(lossless), "image/webp") == webp(lossless) and pictures.webp(webp(lossless)).width == 30


LARGE = struct.pack(">BHHB", 8, 60000, 60000, 1)
TOO_LARGE = [
    (png(100_000, 100_000), "image/png"), (jpeg(frame=segment(0xC2, LARGE)), "image/jpeg"), (gif(width=65535, height=65535), "image/gif"),
    (webp((b"VP8X", b"\0\0\0\0\xff\xff\xff\xff\xff\xff"), LOSSY), "image/webp"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), TOO_LARGE, ids=lambda given: given if isinstance(given, str) else "")
def test_a_picture_of_too_many_pixels_is_refused(content: bytes, kind: str) -> None:
    with pytest.raises(BadValue, match="too many pixels"):
        tidy(content, kind)


WHOLE = [(png(), "image/png"), (jpeg(segment(0xE1, exif())), "image/jpeg"), (gif(), "image/gif"), (webp(HEAD, LOSSY), "image/webp")]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), WHOLE, ids=lambda given: given if isinstance(given, str) else "")
def test_a_picture_cut_off_anywhere_is_refused_and_never_worse(content: bytes, kind: str) -> None:
    for end in range(13, len(content)):
        with pytest.raises(BadValue):
            tidy(content[:end], kind)
    for at in range(len(content)):  # one byte changed: a picture or a refusal
        try:
            tidy(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :], kind)
        except BadValue:
            pass


@pytest.mark.parametrize(("content", "kind"), [(png()[:8] + chunk(b"tEXt", b"") * 1_000_000, "image/png"), (b"\xff\xd8" + b"\xff" * 4_000_000, "image/jpeg"), (gif()[:19] + b"\x21\xfe" + b"\x01x" * 2_000_000, "image/gif")])  # fmt: skip
def test_countless_pieces_end_early(content: bytes, kind: str) -> None:
    with pytest.raises(Broken):
        tidy(content, kind)


def test_an_upload_is_stored_without_its_notes(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    key = files.store([jpeg(segment(0xE1, exif()), segment(0xFE, PLACE))])
    stored = files.path_of(key).read_bytes()
    assert PLACE not in stored and files.describe(key)[0] == "image/jpeg"
    with pytest.raises(BadValue, match="too many pixels"):
        files.store([png(100_000, 100_000)])
    with pytest.raises(BadValue, match="damaged"):
        files.store([b"\x89PNG\r\n\x1a\n" + b"0" * 40])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [key]  # type: ignore[attr-defined]
