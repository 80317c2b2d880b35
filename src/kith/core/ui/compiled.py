"""Compiled templates are kept beside compiled modules: compiling 300 of them anew takes each process some seconds, a first page half a second."""

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Kept(FileSystemBytecodeCache):
    """Templates in a folder of the user's own; one that cannot be written to is no reason to fail."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, or go on without."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept(made_by: Path) -> Kept | None:
    """The place of templates compiled as `made_by` says; None where Python keeps its modules in no place of their own (`./kith` names one)."""
    if not sys.pycache_prefix or sys.dont_write_bytecode:
        return None
    how = hashlib.sha256(made_by.read_bytes() + jinja2.__version__.encode()).hexdigest()[:16]
    folder = Path(sys.pycache_prefix) / "templates" / how
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Kept(str(folder))
    return None
