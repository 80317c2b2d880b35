"""A browser's share of HTTP: one kept connection to our own server on this machine, cookies, form posts."""

import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"
PATIENCE = 60.0


class Broken(Exception):
    """The server closed the connection or answered nonsense."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and body, with the seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def timing(self, name: str) -> float:
        """A value of Server-Timing: milliseconds, or the number of queries."""
        for part in self.headers.get("server-timing", "").split(","):
            key, _, value = part.strip().partition(";")
            if key == name:
                return float(value.partition("=")[2].strip('"'))
        return float("nan")


@dataclass(slots=True)
class Browser:
    """One connection; cookies and the CSRF token of the last sign-in."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connection: socket.socket | None = None
    rest: bytes = b""

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.send("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> Answer:
        """POST a form."""
        return self.send(
            "POST", path, urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded", **headers}
        )

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """Send one request and read its answer."""
        lines = {
            "Host": f"localhost:{self.port}",
            "Origin": f"http://localhost:{self.port}",
            **self.headers,
            **(headers or {}),
        }
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            lines["Content-Length"] = str(len(body))
        head = (
            f"{method} {path} HTTP/1.1\r\n"
            + "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
            + "\r\n"
        )
        started = time.perf_counter()
        if self.connection is None:
            self.connection = socket.create_connection((LOOPBACK, self.port), timeout=PATIENCE)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(head.encode() + body)
        status, found, content = self.read()
        return Answer(status, found, content, time.perf_counter() - started)

    def read(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one answer; keeps its cookies."""
        raw = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status, found = int(raw[0].split(" ")[1]), {}
        for line in raw[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                key, _, text = value.strip().partition(";")[0].partition("=")
                self.cookies[key] = text
            elif name:
                found[name.lower()] = value.strip()
        if status == 204 or status == 304:
            return status, found, b""
        return (
            status,
            found,
            self.chunks()
            if found.get("transfer-encoding") == "chunked"
            else self.exactly(int(found.get("content-length", "0"))),
        )

    def chunks(self) -> bytes:
        """A body in chunks."""
        parts = []
        while size := int(self.until(b"\r\n").strip() or b"0", 16):
            parts.append(self.exactly(size))
            self.exactly(2)
        self.until(b"\r\n")
        return b"".join(parts)

    def more(self) -> None:
        """Read what has come."""
        if self.connection is None or not (data := self.connection.recv(65536)):
            raise Broken("the server closed the connection")
        self.rest += data

    def until(self, mark: bytes) -> bytes:
        """Everything up to and with the mark."""
        while mark not in self.rest:
            self.more()
        found, _, self.rest = self.rest.partition(mark)
        return found + mark

    def exactly(self, size: int) -> bytes:
        """So many bytes."""
        while len(self.rest) < size:
            self.more()
        found, self.rest = self.rest[:size], self.rest[size:]
        return found

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection, self.rest = None, b""


def token_in(page: bytes) -> str:
    """The CSRF token of a page: of its head, or of its form."""
    for mark in (b'name="csrf-token" content="', b'name="csrfmiddlewaretoken" value="'):
        _before, found, after = page.partition(mark)
        if found:
            return after.partition(b'"')[0].decode()
    return ""


def signed_in(port: int, mail: str, password: str) -> Browser:
    """A browser in which this user is signed in."""
    browser = Browser(port)
    token = token_in(browser.get("/login").body)
    answer = browser.post("/login", {"login": mail, "password": password, "csrfmiddlewaretoken": token})
    if answer.status != 302:
        raise Broken(f"signing in as {mail} was answered with {answer.status}")
    browser.headers["X-CSRFToken"] = token_in(browser.get("/").body)
    return browser


def with_token(port: int, secret: str) -> Browser:
    """A program that uses the API."""
    return Browser(port, headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"})
