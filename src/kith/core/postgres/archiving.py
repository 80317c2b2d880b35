"""How the embedded server hands on what it has written: finished segments of its log are copied into a folder beside it.

A plain copy by programs that every machine has: it needs none of ours, which PostgreSQL's user may not reach, and goes on while
Kith itself is stopped. What becomes of the copies is told in core/backup/wal.py.
"""

import shlex
from pathlib import Path

from kith import env

SPOOL = "wal-out"


def wanted() -> bool:
    """Whether this installation keeps an archive."""
    return env.flag("KITH_ARCHIVE", False, "Keep all that the embedded database writes in KITH_BACKUPS, so that a restore can go back to any moment.")  # fmt: skip


def command(data: Path) -> str:
    """What the server runs for each finished segment; it may do so once more after a crash."""
    out = shlex.quote(str(data / SPOOL)).replace("%", "%%")
    return f"cmp -s %p {out}/%f || (cp %p {out}/.%f && sync {out}/.%f && mv {out}/.%f {out}/%f)"
