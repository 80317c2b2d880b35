"""The files of a configuration as one archive, and out of it: equal files make equal archives."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from kith.core.errors import Refused

from .documents import END, Files

#: No configuration has more files, or more text unpacked.
MOST_FILES, MOST_BYTES = 200, 20_000_000
DAY = (1980, 1, 1, 0, 0, 0)


def pack(files: Files) -> bytes:
    """The archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, DAY), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(data: bytes) -> Files:
    """The files of an archive, whatever folder they are in; raises Refused for what is no such archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if info.filename.endswith(END)]
            if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
                raise ValueError
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
                raise too_large()
            return texts(archive, infos)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise Refused(_("This is no archive of a configuration: a ZIP file with YAML files as “kith config export” writes them.")) from None  # fmt: skip


def texts(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Files:
    """The files, of which no more is unpacked than fits, whatever the archive says of their size."""
    found: Files = {}
    left = MOST_BYTES
    for info in infos:
        with archive.open(info) as file:
            data = file.read(left + 1)
        if (left := left - len(data)) < 0:
            raise too_large()
        if (name := PurePosixPath(info.filename).name) in found:
            raise ValueError
        found[name] = data.decode("utf-8-sig")
    if not found:
        raise ValueError
    return found


def too_large() -> Refused:
    """Why an archive is not looked at."""
    words = _("Too large for a configuration: at most %(files)s files with %(size)s MB.")
    return Refused(words % {"files": MOST_FILES, "size": MOST_BYTES // 1_000_000})
