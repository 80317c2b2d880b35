"""Where Kith keeps its data on this machine, and the secret key that lives there."""

import os
import secrets
import sys
from pathlib import Path

from kith import env

CHECKOUT = Path(__file__).resolve().parents[3]


def data_folder() -> Path:
    """The folder of KITH_DATA, or the usual place of this platform."""
    named = env.text(
        "KITH_DATA",
        "",
        "Folder for the embedded database, uploaded files, the secret key and outgoing mail.",
        shown="the data folder of the user; /var/lib/kith for root; ./var without a home",
    )
    return Path(named).expanduser().absolute() if named else _usual_folder()


def _usual_folder() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/kith")
    home = Path(os.environ.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):
        return CHECKOUT / "var"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "kith"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "kith"


def secret_key(data: Path) -> str:
    """The SECRET_KEY of the environment, or one made at the first start and kept in the data folder."""
    given = env.text(
        "SECRET_KEY",
        "",
        "Signs cookies and links; all machines of one installation need the same.",
        secret=True,
        shown="made at the first start, kept in the data folder",
    )
    return given or _kept_key(data / "secret_key")


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # of two first starts at once, one wins and both read its key
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()
