"""The demo's own data folder: filled once, and made afresh when another version of the tables had made it.

The content comes from `kith.demo.fill()`, which returns the logins to show; it must do its work in one transaction.
"""

import hashlib
import importlib
import importlib.util
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from kith import env
from kith.core.home import CHECKOUT, data_folder
from kith.core.postgres import Server

LOGINS, MADE_BY = "demo-logins.json", "made-by.json"


class Login(TypedDict):
    """Somebody of the demo company."""

    name: str
    role: str
    email: str
    password: str


def fill() -> None:
    """Fill the database and keep the logins, unless that was done already."""
    place = data_folder() / LOGINS
    if place.exists() or importlib.util.find_spec("kith.demo") is None:
        return
    logins: Sequence[Login] = importlib.import_module("kith.demo").fill()
    draft = place.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(list(logins), ensure_ascii=False))
    draft.replace(place)


def logins(data: Path) -> Sequence[Login]:
    """Who may sign in to the demo."""
    place = data / LOGINS
    known: Sequence[Login] = json.loads(place.read_text()) if place.exists() else ()
    return known


def settle(data: Path, *, fresh: bool = False) -> bool:
    """Keep the demo data of these migrations; put those of others aside. True when the demo begins anew."""
    present = _migrations()
    place = data / MADE_BY
    before = json.loads(place.read_text()) if place.exists() else {}
    fits = all(present.get(name) == digest for name, digest in before.items())
    if data.exists() and (fresh or not fits or not before):
        if Server(data).is_used():
            raise env.BadSetting(f"The demo in {data} is running; stop it first.")
        Server(data).stop()
        old = data.with_name(f"{data.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        data.rename(old)
    anew = not data.exists()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711)
    place.write_text(json.dumps(present))
    return anew


def _migrations() -> dict[str, str]:
    """Every migration with its checksum: an edited one makes other tables under the same name."""
    source = CHECKOUT / "src"
    files = sorted(source.glob("kith/*/migrations/[0-9]*.py"))
    return {str(path.relative_to(source)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
