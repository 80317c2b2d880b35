"""The DATABASES entry from DATABASE_URL, or from the embedded server of the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connections

from kith import env
from kith.core.home import data_folder
from kith.core.postgres import Server, archiving

#: Says to which server the data of the embedded one went, so that nobody goes on with the old copy by mistake.
MOVED = "moved"
SECONDS = {"web": 15, "worker": 300, "command": 0}  # 0: a migration may take as long as it needs


def database_url() -> str:
    """DATABASE_URL, or empty for the embedded server."""
    return env.text(
        "DATABASE_URL",
        "",
        "An outside PostgreSQL >= 16: postgresql://user:password@host:5432/name?sslmode=verify-full",
        secret=True,
        shown="the embedded server in the data folder",
    )


def embedded() -> Server | None:
    """The embedded server of this installation; None when DATABASE_URL names an outside one. Refuses one that was moved."""
    archives = archiving.wanted()
    if database_url():
        return None
    mark = data_folder() / MOVED
    if mark.exists():
        raise env.BadSetting(
            f"The database was moved to {mark.read_text().strip()}; set DATABASE_URL to it. To go on with the copy left here, remove {mark}."
        )
    return Server(data_folder(), archives=archives)


def address() -> str:
    """The URL of the database, wherever it is."""
    return database_url() or Server(data_folder()).url


def settings(process: str, threads: int) -> dict[str, Any]:
    """The default database of Django for a process of this kind."""
    parts = urlsplit(address())
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise env.BadSetting("DATABASE_URL: must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "CONN_HEALTH_CHECKS": True,  # the pool hands out none that a restarted server has forgotten
        "OPTIONS": {**query, **_options(process, threads)},
    }


def _options(process: str, threads: int) -> dict[str, Any]:
    limits = {
        "statement_timeout": f"{SECONDS[process]}s",
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
    }
    return {
        "application_name": f"kith {process}",
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "server_side_binding": False,
        "pool": {"min_size": 1, "max_size": threads + 3, "timeout": 10},
    }


@contextmanager
def running() -> Iterator[None]:
    """The embedded database, kept running inside the block; an outside one is somebody else's."""
    server = embedded()
    if server is None:
        yield
        return
    with server.using():
        yield


def close() -> None:
    """Close every connection of this process, before it leaves."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
