"""What happens before the processes of Kith are started."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kith import env
from kith.core import address
from kith.core.database import embedded
from kith.core.home import CHECKOUT
from kith.core.serving.supervisor import Child, supervise

STAMP = "prepared"


def start(*names: str, prepare: tuple[str, ...] = (), ready: Callable[[], None] | None = None) -> int:
    """Prepare the database and run these processes ("web", "worker") until asked to stop."""
    if "web" in names and not address.is_free():
        raise env.BadSetting(f"KITH_PORT={address.port()}: another program listens there; choose another number.")
    server = embedded()
    if server is None:
        return _prepare(*prepare) or supervise(_children(names), None, ready)
    with server.using():
        code = _prepare_once(server.data / STAMP, "--migrate", *prepare)
        return code or supervise(_children(names), server, ready)


def _children(names: tuple[str, ...]) -> list[Child]:
    return [Child(name, f"kith.core.serving.{name}", {"KITH_PROCESS": name}) for name in names]


def _prepare_once(stamp: Path, *words: str) -> int:
    """Prepare unless the very same program did it for this database, which saves seconds of every start."""
    state = " ".join((_program(), *words))
    if stamp.exists() and stamp.read_text() == state:
        return 0
    code = _prepare(*words)
    if code == 0:
        stamp.write_text(state)
    return code


def _program() -> str:
    """Changes with every file of the program."""
    digest = hashlib.sha256((CHECKOUT / "requirements" / "run.lock").read_bytes())
    source = CHECKOUT / "src" / "kith"
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".pyc", ".mo") and path.is_file():
            stat = path.stat()
            digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _prepare(*words: str) -> int:
    """In a process of its own, so that the supervisor stays small."""
    return subprocess.run([sys.executable, "-m", "kith.cli", "prepare", *words]).returncode
