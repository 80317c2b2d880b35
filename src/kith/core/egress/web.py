"""Requests over HTTP to addresses that people type: pinned, bounded in time and size, never redirected."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .connecting import at_most, connect
from .places import WEB, Denied, host_of

SECONDS = 10.0
MOST_BYTES = 1024 * 1024
PORTS = {"http": 80, "https": 443}


class TooLarge(OSError):
    """The answer is longer than is read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; a redirect is an answer like any other, and leads nowhere."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: what is connected to and what is asked for."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """The parts of an address that may be asked. Raises Denied for other schemes, names inside and control characters."""
    if len(url) > 2000 or not url.isprintable() or " " in url or "\\" in url:
        raise Denied("this is no web address.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Denied("this is no web address.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise Denied("only http:// and https:// addresses are asked.")
    if "@" in parts.netloc:
        raise Denied("an address with a user name in it is not asked.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise Denied("write other letters in the path as %XX.")
    return Target(parts.scheme, host_of(parts.hostname), port or PORTS[parts.scheme], path)


def send(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, seconds: float = SECONDS, most: int = MOST_BYTES
) -> Answer:  # fmt: skip
    """Ask and read the answer. Raises Denied, TooLarge, or another OSError of the network."""
    target = target_of(url)
    line = connect(target.host, target.port, WEB, seconds)
    try:
        with at_most(seconds, line):
            if target.scheme == "https":
                line = ssl.create_default_context().wrap_socket(line, server_hostname=target.host)
            return exchange(line, target, method, body, headers or {}, most)
    except http.client.HTTPException as error:
        raise OSError(f"no answer that can be read: {type(error).__name__}") from error
    finally:
        line.close()


def exchange(
    line: socket.socket, target: Target, method: str, body: bytes, headers: Mapping[str, str], most: int
) -> Answer:  # fmt: skip
    """One request and its answer on an open line."""
    asking = http.client.HTTPConnection(target.host, target.port)
    asking.sock = line
    asking.request(method, target.path, body or None, {"User-Agent": "Kith", "Connection": "close", **headers})
    answer = asking.getresponse()
    read = answer.read(most + 1)
    if len(read) > most:
        raise TooLarge(f"the answer is longer than {most} bytes.")
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)
