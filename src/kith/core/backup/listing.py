"""The list of a backup: what is in it, with the checksum of each file, signed by the installation that made it."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from django.utils.crypto import salted_hmac

from kith.core.backup import Failed
from kith.core.backup.crypt import digest

LIST, SEAL = "backup.json", "backup.sum"


def write(folder: Path, about: dict[str, Any], names: list[str]) -> None:
    """List the files of a folder."""
    text = json.dumps({**about, "sha256": {name: digest(folder / name) for name in names}}, indent=1)
    (folder / LIST).write_text(text, encoding="utf-8")
    (folder / SEAL).write_text(f"sha256 {_sum(text)}\nsigned {signature(text)}\n", encoding="ascii")


def read(folder: Path, *, trust: bool = False) -> dict[str, Any]:
    """The list, once every file is as it says; `trust` takes the list of another installation, too."""
    about = read_list(folder, trust=trust)
    for name, known in about["sha256"].items():
        try:
            if digest(folder / name) != known:
                raise Failed(f"{name} in {folder} is damaged: its checksum is another.")
        except OSError as error:
            raise Failed(f"{folder} is no complete backup ({error}).") from error
    return about


def read_list(folder: Path, *, trust: bool = False) -> dict[str, Any]:
    """The list alone."""
    try:
        text, seal = (folder / LIST).read_bytes().decode(), (folder / SEAL).read_bytes().decode("ascii")
        about: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        raise Failed(f"{folder} is no complete backup ({error}).") from error
    whole = f"sha256 {_sum(text)}\nsigned "
    if not seal.startswith(whole) or len(seal) != len(whole) + 65 or not seal.endswith("\n"):
        raise Failed(f"{LIST} in {folder} is damaged: its checksum is another.")
    if not trust and not hmac.compare_digest(seal[len(whole) : -1], signature(text)):
        raise Failed(
            f"{folder} is not signed with this installation's SECRET_KEY. If you know where it comes from, add --trust."
        )
    return about


def signature(text: str) -> str:
    """Who made it."""
    return salted_hmac("kith.backup", text, algorithm="sha256").hexdigest()


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
