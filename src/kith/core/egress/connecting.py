"""Connections that go where the check looked: a name is resolved once, and the socket opens to an address that was checked."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .places import Denied, Purpose, check, host_of

#: Addresses of one name that are tried.
MOST_TRIED = 4


class Slow(TimeoutError):
    """The time that a whole exchange may take is over."""


def connect(host: str, port: int, purpose: Purpose, seconds: float) -> socket.socket:
    """A connection within so many seconds. Raises Denied when any address of the host is closed to this purpose, OSError when none answers."""
    places, deadline = resolve(host_of(host), port, purpose), time.monotonic() + seconds
    error: OSError = Denied(f"{host} has no address.")
    for family, place in places[:MOST_TRIED]:
        made = socket.socket(family, socket.SOCK_STREAM)
        made.settimeout(max(0.01, deadline - time.monotonic()))
        try:
            made.connect(place)
        except OSError as failure:
            made.close()
            error = failure
            continue
        made.settimeout(seconds)
        return made
    raise error


def resolve(host: str, port: int, purpose: Purpose) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """All addresses of a host, each checked: one that is closed closes the host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    places = [(family, (str(place[0]), port)) for family, _type, _proto, _name, place in found]
    for _family, (address, _port) in places:
        check(ipaddress.ip_address(address), port, purpose)
    return list(dict.fromkeys(places))


@contextmanager
def at_most(seconds: float, connection: socket.socket) -> Iterator[None]:
    """End a connection when its whole time is over, however slowly and steadily the other side speaks."""
    over, handle = threading.Event(), connection.dup()  # of our own: TLS takes the other one over

    def end() -> None:
        over.set()
        with suppress(OSError):  # it may have ended by itself
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if over.is_set():
            raise Slow(f"no whole answer within {seconds:g} s") from error
        raise
    finally:
        timer.cancel()
        handle.close()
    if over.is_set():
        raise Slow(f"no whole answer within {seconds:g} s")
