"""What happens before the processes of Kith are started."""

import os
import subprocess
import sys
from collections.abc import Callable

from kith import env
from kith.core import address
from kith.core.database import embedded
from kith.core.serving.supervisor import Child, supervise


def start(*names: str, prepare: tuple[str, ...] = (), ready: Callable[[], None] | None = None) -> int:
    """Prepare the database and run these processes ("web", "worker") until asked to stop."""
    if "web" in names and not address.is_free():
        raise env.BadSetting(f"KITH_PORT={address.port()}: another program listens there; choose another number.")
    server = embedded()
    if server is None:
        return _prepare(*prepare) or supervise(_children(names), None, ready)
    with server.using():
        return _prepare("--migrate", *prepare) or supervise(_children(names), server, ready)


def _children(names: tuple[str, ...]) -> list[Child]:
    return [Child(name, f"kith.core.serving.{name}", {"KITH_PROCESS": name}) for name in names]


def _prepare(*words: str) -> int:
    """In a process of its own, so that the supervisor stays small."""
    return subprocess.run([sys.executable, "-m", "kith.cli", "prepare", *words], env={**os.environ}).returncode
