"""Looks into the directory of a zip file before anything unpacks it: what is it, and would it burst?"""

import zipfile

from .errors import Unreadable
from .table import Source

MAX_ENTRIES = 5_000
MAX_UNPACKED = 1 << 30
#: Real sheets shrink ten to forty times; bombs a thousand times.
MAX_RATIO = 150
#: Below this size any ratio is harmless.
HARMLESS = 32 << 20


def entries(source: Source) -> dict[str, int]:
    """Names and unpacked sizes of the entries, or Unreadable when the file is broken or would burst."""
    try:
        with source() as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, UnicodeDecodeError, EOFError):
        raise Unreadable("damaged") from None
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if len(infos) > MAX_ENTRIES or unpacked > MAX_UNPACKED or (unpacked > HARMLESS and unpacked > MAX_RATIO * packed):
        raise Unreadable("zip_bomb", megabytes=unpacked >> 20)
    return {info.filename: info.file_size for info in infos}


def kind_of(names: dict[str, int]) -> str | None:
    """Which workbook format a zip file holds, None when it is something else."""
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "ods" if "content.xml" in names and "mimetype" in names else None
