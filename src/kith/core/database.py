"""The DATABASES entry from DATABASE_URL, or from the embedded server of the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.db import connections

from kith import env
from kith.core.home import data_folder
from kith.core.postgres import Server, archiving

SECONDS = {"web": 15, "worker": 300, "command": 0}  # 0: a migration may take as long as it needs
REPLICA = "replica"
#: With several servers: how long each is waited for, and how long a silent one is believed.
SEVERAL = {"connect_timeout": "3", "tcp_user_timeout": "10000"}


def database_url() -> str:
    """DATABASE_URL, or empty for the embedded server."""
    return env.text(
        "DATABASE_URL",
        "",
        "An outside PostgreSQL >= 17: postgresql://user:password@host:5432/name?sslmode=verify-full; of several (host1:5432,host2:5432) the one that takes writes.",
        secret=True,
        shown="the embedded server in the data folder",
    )


def embedded() -> Server | None:
    """The embedded server of this installation; None when DATABASE_URL names an outside one. Refuses one that was moved."""
    archives = archiving.wanted()
    if database_url():
        return None
    server = Server(data_folder(), archives=archives)
    server.refuse_moved()
    return server


def address() -> str:
    """The URL of the database, wherever it is."""
    return database_url() or Server(data_folder()).url


def replica_url() -> str:
    """KITH_REPLICA_URL, or empty without a replica to read from."""
    return env.text(
        "KITH_REPLICA_URL",
        "",
        "A streaming replica of DATABASE_URL that pages are read from once it has what their reader wrote.",
        secret=True,
        shown="none: everything is read where it is written",
    )


def databases(process: str, threads: int) -> dict[str, dict[str, Any]]:
    """DATABASES of Django for a process of this kind; only web processes read from a replica."""
    found = {"default": settings(process, threads)}
    if process == "web" and (url := replica_url()):
        found[REPLICA] = entry("KITH_REPLICA_URL", url, process, threads, wanted="prefer-standby")
        found[REPLICA]["OPTIONS"]["options"] += " -c default_transaction_read_only=on"
        found[REPLICA]["OPTIONS"]["pool"]["timeout"] = 1  # without it pages are read where they are written
    return found


def settings(process: str, threads: int) -> dict[str, Any]:
    """The default database of Django for a process of this kind."""
    return entry("DATABASE_URL", address(), process, threads)


def entry(name: str, url: str, process: str, threads: int, wanted: str = "read-write") -> dict[str, Any]:
    """The database of a URL, which the setting `name` gave; `wanted` is the kind of server to use when it names several."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    try:
        hosts, ports = places(parts, query)
    except ValueError:
        hosts, ports = "", "?"
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/") or ports == "?":
        raise env.BadSetting(f"{name}: must look like postgresql://user:password@host:5432/name")
    more = {**SEVERAL, "target_session_attrs": wanted} if "," in hosts else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": hosts,
        "PORT": ports,
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "CONN_HEALTH_CHECKS": True,  # the pool hands out none that a restarted server has forgotten
        "OPTIONS": {**more, **query, **_options(process, threads)},
    }


def places(parts: SplitResult, query: dict[str, str]) -> tuple[str, str]:
    """Hosts and ports as libpq takes them, each separated by commas; those of the query are taken out of it."""
    pairs = [_place(place) for place in parts.netloc.rpartition("@")[2].split(",")]
    hosts, ports = ",".join(host for host, _port in pairs), ",".join(port for _host, port in pairs)
    return query.pop("host", "") or hosts, query.pop("port", "") or (ports if ports.strip(",") else "")


def _place(text: str) -> tuple[str, str]:
    """One host and its port, empty where none is named. Raises ValueError."""
    place = urlsplit(f"//{text}")
    return unquote(place.hostname or ""), str(place.port or "")


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
        # Begins anew after 3 seconds without the database: each try of one attempt comes later than the one before.
        "pool": {"min_size": 1, "max_size": threads + 3, "timeout": 10, "reconnect_timeout": 3},
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
