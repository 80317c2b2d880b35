"""The way out: closed addresses stay closed under every spelling, a name is looked up once, answers are bounded."""

import ipaddress
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail as django_mail

from kith import env
from kith.core.egress import connecting, mail, places, web
from kith.core.egress.places import MAIL, WEB, Denied

#: Spellings that a resolver or a browser somewhere reads as an address of this machine or network.
DISGUISED = (
    "0177.0.0.1", "0x7f.1", "0x7f000001", "2130706433", "127.1", "127.0.1", "0", "017700000001", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "127.0.0.1.%31",
    "127.0.0.0x1", "0x7f.0x0.0x0.0x1", "[::ffff:127.0.0.1%25lo]", "fe80::1%eth0", "exa mple.org", "a_b.example", "-a.example", "a..example", "", ".", "x" * 64 + ".org",
    "host\n.org", "host\0.org", "ex/ample.org", "user@example.org", "℀.example",
)  # fmt: skip
#: Addresses that nobody may reach by typing them.
CLOSED = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip
OPEN = ("1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2400:cb00::1")  # fmt: skip


@pytest.mark.parametrize("text", DISGUISED)
def test_what_only_looks_like_a_name_is_refused_before_it_is_looked_up(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: pytest.fail("looked up"))
    with pytest.raises(Denied):
        connecting.connect(text, 80, WEB, 1)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.ORG.", "example.org"),
        ("почта.рф", "xn--80a1acny.xn--p1ai"),
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("1.1.1.1", "1.1.1.1"),
        ("[2606:4700:0:0::1111]", "2606:4700::1111"),
        ("3com.example", "3com.example"),
    ],
)
def test_names_of_hosts_are_taken(text: str, host: str) -> None:
    assert places.host_of(text) == host


@pytest.mark.parametrize("text", CLOSED)
def test_closed_addresses(text: str) -> None:
    for purpose in (WEB, MAIL):
        with pytest.raises(Denied, match=purpose.setting):
            places.check(ipaddress.ip_address(text), min(purpose.ports), purpose)


@pytest.mark.parametrize("text", OPEN)
def test_open_addresses_on_open_ports(text: str) -> None:
    places.check(ipaddress.ip_address(text), 443, WEB)
    places.check(ipaddress.ip_address(text), 587, MAIL)
    for port, purpose in ((22, WEB), (25, WEB), (6379, WEB), (5432, MAIL), (443, MAIL)):
        with pytest.raises(Denied, match=f"port {port}"):
            places.check(ipaddress.ip_address(text), port, purpose)


def test_the_usual_check_would_have_let_these_pass() -> None:
    """Why there is a table of our own."""
    passed = {text for text in CLOSED if ipaddress.ip_address(text).is_global}
    assert {"224.0.0.1", "64:ff9b::7f00:1", "::127.0.0.1"} <= passed


def test_only_the_operator_opens_private_addresses_and_for_one_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_MAIL_PRIVATE", "192.168.1.5, fd00::/8")
    places.own_networks.cache_clear()
    try:
        places.check(ipaddress.ip_address("192.168.1.5"), 2525, MAIL)
        places.check(ipaddress.ip_address("fd00::25"), 25, MAIL)
        for address, purpose in (("192.168.1.6", MAIL), ("192.168.1.5", WEB), ("127.0.0.1", MAIL)):
            with pytest.raises(Denied):
                places.check(ipaddress.ip_address(address), min(purpose.ports), purpose)
        monkeypatch.setenv("EGRESS_MAIL_PRIVATE", "my server")
        places.own_networks.cache_clear()
        with pytest.raises(env.BadSetting, match="EGRESS_MAIL_PRIVATE"):
            places.own_networks()
    finally:
        monkeypatch.undo()
        places.own_networks.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org", "http:example.org", "//example.org", "http://user:secret@example.org/", "http://exa mple.org/",
        "http://example.org/\r\nX: y", "http://example.org:99999/", "http://[::1", "http://example.org\\@127.0.0.1/", "http://example.org/ü", "http://" + "a" * 2000, "", "http://",
        "http://example.org:80:80/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(Denied):
        web.target_of(url)


def test_the_parts_of_an_address() -> None:
    assert web.target_of("https://Example.org?a=1#x") == web.Target("https", "example.org", 443, "/?a=1")
    assert web.target_of("http://example.org:8080/a%20b") == web.Target("http", "example.org", 8080, "/a%20b")


# --- a real listener ------------------------------------------------------------------------------------------------


class Listener:
    """A server on this machine that counts who comes, and says what it is told to."""

    def __init__(self, say: Callable[[socket.socket], None]) -> None:
        self.socket, self.say, self.came = socket.create_server(("127.0.0.1", 0)), say, 0
        self.port: int = self.socket.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _from = self.socket.accept()
            except OSError:
                return
            self.came += 1
            with line:
                try:
                    self.heard += line.recv(65536)
                    self.say(line)
                except OSError:
                    pass


@contextmanager
def listening(say: Callable[[socket.socket], None]) -> Iterator[Listener]:
    listener = Listener(say)
    try:
        yield listener
    finally:
        listener.socket.close()


def saying(*pieces: bytes) -> Callable[[socket.socket], None]:
    return lambda line: [line.sendall(piece) for piece in pieces] and None


HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Some: Thing\r\n\r\nhello"


class Resolver:
    """Answers lookups from a list, the last answer for ever; counts how often a name was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked, self.real = list(answers), 0, socket.getaddrinfo

    def __call__(self, host: str, port: int, *given: Any, **more: Any) -> Any:
        if host != "rebind.example":
            return self.real(host, port, *given, **more)
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator opened this machine."""
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    monkeypatch.setattr(places, "own_networks", lambda: {WEB.setting: loopback, MAIL.setting: loopback})


def test_a_listener_on_this_machine_is_not_reached_unless_the_operator_opens_it(request: Any) -> None:
    with listening(saying(HELLO)) as listener:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
            with pytest.raises(Denied):
                web.send("GET", f"http://{host}:{listener.port}/")
        assert listener.came == 0
        request.getfixturevalue("opened")
        answer = web.send("POST", f"http://127.0.0.1:{listener.port}/x?y=1", body=b"{}", headers={"X-Kith": "1"})
        assert (answer.status, answer.body, answer.headers["x-some"], listener.came) == (200, b"hello", "Thing", 1)
        assert listener.heard.startswith(b"POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:") and b"X-Kith: 1" in listener.heard


def test_a_name_that_changes_its_address_between_check_and_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rebinding of DNS: looked up once, so that only the checked address is tried; the usual way reaches the listener."""
    with listening(saying(HELLO)) as listener:
        ports = frozenset({listener.port})
        tried: list[Any] = []

        class Watched(socket.socket):
            def connect(self, place: Any) -> None:
                tried.append(place)
                raise ConnectionRefusedError

        resolver = Resolver(["93.184.215.14"], ["127.0.0.1"])
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", Watched)
            with pytest.raises(ConnectionRefusedError):
                connecting.connect("rebind.example", listener.port, replace(WEB, ports=ports), 1)
        assert tried == [("93.184.215.14", listener.port)] and resolver.asked == 1 and listener.came == 0

        naive = Resolver(["93.184.215.14"], ["127.0.0.1"])
        monkeypatch.setattr(socket, "getaddrinfo", naive)
        first = socket.getaddrinfo("rebind.example", listener.port)[0][4][0]
        places.check(ipaddress.ip_address(first), 443, WEB)
        with urllib.request.urlopen(f"http://rebind.example:{listener.port}/") as answer:
            assert answer.read() == b"hello"
        assert listener.came == 1, "the drill would see it"


@pytest.mark.parametrize("addresses", [["93.184.215.14", "127.0.0.1"], ["10.1.2.3", "93.184.215.14"], ["169.254.169.254"]])  # fmt: skip
def test_one_closed_address_closes_the_name(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(addresses))
    monkeypatch.setattr(socket.socket, "connect", lambda *_given: pytest.fail("connected"))
    with pytest.raises(Denied):
        connecting.connect("rebind.example", 80, WEB, 1)


def test_a_redirect_leads_nowhere(opened: None) -> None:
    with listening(saying(HELLO)) as secret:
        away = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{secret.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(saying(away)) as listener:
            answer = web.send("GET", f"http://127.0.0.1:{listener.port}/")
        assert (answer.status, secret.came) == (302, 0)


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("start", [ENDLESS + b"x" * 5000, CHUNKED + b"1000\r\n" + b"x" * 4096 + b"\r\n" + b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n"])  # fmt: skip
def test_a_long_answer_is_not_read(opened: None, start: bytes) -> None:
    with listening(saying(start)) as listener, pytest.raises(web.TooLarge):
        web.send("GET", f"http://127.0.0.1:{listener.port}/", most=4000)


def dripping(start: bytes) -> Callable[[socket.socket], None]:
    def say(line: socket.socket) -> None:
        line.sendall(start)
        while True:
            line.sendall(b"x")
            threading.Event().wait(0.02)

    return say


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", ENDLESS, b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"])  # fmt: skip
def test_an_answer_that_comes_in_drops_ends_with_its_time(opened: None, start: bytes) -> None:
    with listening(dripping(start)) as listener, pytest.raises(connecting.Slow):
        web.send("GET", f"http://127.0.0.1:{listener.port}/", seconds=0.3)


@pytest.mark.parametrize("start", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", b""])
def test_nonsense_is_an_error_of_the_network(opened: None, start: bytes) -> None:
    with listening(saying(start) if start else (lambda line: None)) as listener, pytest.raises(OSError):
        web.send("GET", f"http://127.0.0.1:{listener.port}/")


def test_https_asks_for_a_certificate_of_that_name(opened: None) -> None:
    with listening(saying(b"no TLS at all")) as listener, pytest.raises(ssl.SSLError):
        web.send("GET", f"https://127.0.0.1:{listener.port}/")


# --- mail -----------------------------------------------------------------------------------------------------------


def serve_mail(taken: list[bytes]) -> Listener:
    """A mail server on this machine that keeps what it is given."""
    listener = Listener.__new__(Listener)
    listener.socket, listener.came = socket.create_server(("127.0.0.1", 0)), 0
    listener.port = listener.socket.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                line, _from = listener.socket.accept()
            except OSError:
                return
            listener.came += 1
            with line, line.makefile("rwb", buffering=0) as talk:
                talk.write(b"220 here\r\n")
                inside, text = False, b""
                for said in talk:
                    if inside:
                        text += said
                        if said == b".\r\n":
                            inside = False
                            taken.append(text)
                            talk.write(b"250 taken\r\n")
                        continue
                    inside = said.upper().startswith(b"DATA")
                    talk.write(
                        b"354 go on\r\n"
                        if inside
                        else b"221 bye\r\n"
                        if said.upper().startswith(b"QUIT")
                        else b"250 ok\r\n"
                    )

    threading.Thread(target=serve, daemon=True).start()
    return listener


def backend(port: int, **more: Any) -> mail.Backend:
    return mail.Backend(alias="default", host="127.0.0.1", port=port, timeout=5, **more)


def test_mail_reaches_a_private_server_only_when_the_operator_opened_it(request: Any) -> None:
    taken: list[bytes] = []
    listener = serve_mail(taken)
    try:
        message = django_mail.EmailMessage("Subject", "Text", "kith@example.org", ["ada@example.org"])
        for kind in ({}, {"use_ssl": True}, {"use_tls": True}):
            with pytest.raises(Denied, match="EGRESS_MAIL_PRIVATE"):
                backend(listener.port, **kind).send_messages([message])
        assert (listener.came, taken) == (0, [])
        request.getfixturevalue("opened")
        assert backend(listener.port).send_messages([message]) == 1
        assert listener.came == 1 and b"Subject: Subject" in taken[0]
    finally:
        listener.socket.close()


def test_the_settings_name_our_backend(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from kith.core.mail import mailer

    monkeypatch.setenv("EMAIL_URL", "smtps://u:p@mail.example")
    assert mailer(tmp_path)["BACKEND"] == "kith.core.egress.mail.Backend"
    smtps = mail.Backend(alias="default", **mailer(tmp_path)["OPTIONS"])
    assert smtps.connection_class is mail.Smtps and smtps.ssl_context.check_hostname


def test_the_doctor_tells_of_a_mail_server_that_is_closed(settings: Any) -> None:
    from kith.core.commands import doctor

    settings.MAILERS = {"default": {"BACKEND": "x", "OPTIONS": {"host": "127.0.0.1", "port": 25}}}
    assert "EGRESS_MAIL_PRIVATE" in doctor._closed_mail()
    settings.MAILERS = {"default": {"BACKEND": "x", "OPTIONS": {"host": "1.1.1.1", "port": 587}}}
    assert doctor._closed_mail() == ""
    settings.MAILERS = {"default": {"BACKEND": "x", "OPTIONS": {"file_path": "x"}}}
    assert doctor._closed_mail() == ""
