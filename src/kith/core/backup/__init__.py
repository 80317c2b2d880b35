"""Backups: made while Kith is in use, encrypted, thinned out, tried in a scratch place, brought back to any moment.

- `full.py`: PostgreSQL's dump and the attached files, of any server; `restoring.py` brings one back.
- `base.py`, `wal.py`: the embedded server's own pages and everything written since; `moments.py` goes back to a moment.
- `trial.py`: restores into a scratch place and looks whether it is what was backed up.
- `moving.py`: the embedded database goes to an outside server; `attached.py`: the files that rows name; `programs.py`: PostgreSQL's own.
- `erased.py`: who was erased since a backup was made is erased again when it is brought back.
- `crypt.py`, `listing.py`, `fingerprints.py`, `keeping.py`, `sizes.py`: encryption, signed lists, checksums of tables, what is kept, room.

docs/decisions/016-backups.md has the reasons.
"""

from collections.abc import Callable

#: Is told, line by line, what was done or proved.
type Tell = Callable[[str], None]


class Failed(Exception):
    """The backup or restore did not happen, with the reason for people."""
