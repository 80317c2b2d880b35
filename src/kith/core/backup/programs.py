"""PostgreSQL's programs, told where the database is without a password among their words."""

import os
import subprocess
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kith.core.backup import Failed
from kith.core.postgres import Server, find


def apart(url: str, database: str = "") -> tuple[str, str]:
    """An address, perhaps of another database of the same server, and its password: all users of a machine see the words of a command."""
    parts = urlsplit(url)
    query: dict[str, Any] = dict(parse_qsl(parts.query))
    password = query.pop("password", "") or unquote(parts.password or "")
    name = database or unquote(parts.path.strip("/"))
    user = f"{parts.username}@" if parts.username else ""
    place = parts.netloc.rpartition("@")[2]  # as it stands: there may be several hosts
    if "," in place or "," in query.get("host", ""):
        query.setdefault("target_session_attrs", "read-write")  # as database.entry: a standby takes no restore
    return f"postgresql://{user}{place}/{quote(name)}?{urlencode(query, safe='/', quote_via=quote)}", password


def run(program: str, *words: str, password: str = "", feed: Iterable[bytes] = (), out: IO[bytes] | None = None) -> str:
    """Run it to its end and return what it says; Failed with its own words. `feed` is its input, `out` takes its output."""
    process = subprocess.Popen(
        [find().program(program), *words],
        env={**os.environ, "PGPASSWORD": password},
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        if process.stdin:
            _feed(process.stdin, feed)
        said, wrong = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        raise Failed(f"{program}: {wrong.decode(errors='replace').strip()[-500:]}")
    return (said or b"").decode(errors="replace")


def _feed(entry: IO[bytes], feed: Iterable[bytes]) -> None:
    try:
        for piece in feed:
            entry.write(piece)
        entry.flush()
    except BrokenPipeError:
        pass  # it ended early, and says why


def drain(program: str, *words: str, password: str, into: Any) -> None:
    """Run it and write its output somewhere, piece by piece."""
    process = subprocess.Popen(
        [find().program(program), *words],
        env={**os.environ, "PGPASSWORD": password},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout and process.stderr
    try:
        while piece := process.stdout.read(1 << 20):
            into.write(piece)
        wrong = process.stderr.read()
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
    if process.returncode:
        raise Failed(f"{program}: {wrong.decode(errors='replace').strip()[-500:]}")


def as_superuser(server: Server, database: str = "postgres") -> str:
    """The address of an embedded server for its superuser, who can be reached by its socket alone."""
    return f"postgresql://postgres@/{database}?host={quote(str(server.socket), safe='/')}"
