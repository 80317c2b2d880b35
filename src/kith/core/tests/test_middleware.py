"""What every answer carries, whatever it answers."""

import json
import logging
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kith.core import context, logs, middleware

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/no/such/page", "/login"])
def test_every_answer_carries_the_safe_headers(client: Client, path: str) -> None:
    response = client.get(path)
    assert {name: response.headers.get(name) for name in SAFE} == SAFE
    assert {"no-store", "private"} <= {part.strip() for part in response.headers["Cache-Control"].split(",")}
    assert {"Cookie", "HX-Request"} <= {part.strip() for part in response.headers["Vary"].split(",")}
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy


@pytest.mark.django_db
def test_an_unknown_host_is_refused_with_the_same_headers(client: Client) -> None:
    for host in ("evil.example", "localhost.evil.example", "sub.localhost"):
        response = client.get("/healthz", headers={"host": host})
        assert (host, response.status_code) == (host, 400)
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_a_request_id_is_returned_and_a_hostile_one_is_replaced(client: Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-1.2_3"}).headers["X-Request-ID"] == "abc-1.2_3"
    for hostile in ("a b", "x" * 65, '{"a":1}'):
        made = client.get("/healthz", headers={"x-request-id": hostile}).headers["X-Request-ID"]
        assert made != hostile and len(made) == 32


def seen_address(forwarded: str, proxies: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", proxies)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": forwarded})
    return middleware.client_ip(request)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("6.6.6.6, 1.2.3.4", 0, "10.0.0.9"),  # nobody of ours wrote it
        ("6.6.6.6, 1.2.3.4", 1, "1.2.3.4"),  # the first is what the client claims
        ("1.2.3.4, 10.0.0.2", 2, "1.2.3.4"),
        ("1.2.3.4", 2, "10.0.0.9"),  # fewer than promised: it did not come through them
        ("nonsense", 1, ""),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_the_address_is_the_one_our_own_proxy_saw(
    forwarded: str, proxies: int, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen_address(forwarded, proxies, monkeypatch) == address


def test_the_door_is_known_inside_the_request() -> None:
    seen: list[context.Here] = []

    def answer(request: Any) -> HttpResponse:
        seen.append(context.current())
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers={"user-agent": "x", "x-request-id": "r1"})
    middleware.request_id(middleware.door(answer))(request)
    assert seen == [context.Here("ui", "r1", "10.0.0.9", "x")]
    assert context.current() != seen[0]


class FakeSession(dict[str, Any]):
    flushed = False

    def flush(self) -> None:
        self.flushed = True


@pytest.mark.parametrize(("age", "flushed"), [(7 * 24 * 3600 - 5, False), (7 * 24 * 3600 + 5, True)])
def test_a_session_ends_seven_days_after_login(age: int, flushed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware.clock, "now", lambda: 10_000_000.0)
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    session = FakeSession(_auth_user_id="1", _since=10_000_000 - age, _seen=10_000_000 - 601)
    request.session = session  # type: ignore[assignment]
    middleware.session_age(lambda _: HttpResponse())(request)
    assert session.flushed is flushed
    assert flushed or session["_seen"] == 10_000_000  # the idle time starts anew


def test_a_session_is_not_written_at_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware.clock, "now", lambda: 10_000_000.0)
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    session = FakeSession(_auth_user_id="1", _since=10_000_000 - 900, _seen=10_000_000 - 599)
    request.session = session  # type: ignore[assignment]
    middleware.session_age(lambda _: HttpResponse())(request)
    assert session["_seen"] == 10_000_000 - 599


def line(message: str, *arguments: object) -> dict[str, Any]:
    record = logging.LogRecord("kith", logging.INFO, "", 0, message, arguments, None)
    parsed: dict[str, Any] = json.loads(logs.JsonLines().format(record))
    return parsed


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("password=hunter2222", "hunter2222"),
        ('{"token": "abcdef123456"}', "abcdef123456"),
        ("Authorization: Bearer eyJhbGciOi", "eyJhbGciOi"),
        ("postgresql://kith:s3cret@host/db", "s3cret"),
        ("used kith_0123456789abcdef0123", "0123456789abcdef0123"),
        ("Cookie: kith_session=abcdefghij", "abcdefghij"),
    ],
)
def test_logs_hold_no_secrets(message: str, secret: str) -> None:
    assert secret not in line("%s happened", message)["message"]
    assert line("%s happened", message)["message"].endswith("happened")


def test_a_log_line_is_json_with_the_request_and_one_line_even_for_a_traceback() -> None:
    logs.request_id.set("r-77")
    try:
        raise ValueError("password=hunter2222")
    except ValueError:
        import sys

        record = logging.LogRecord("kith", logging.ERROR, "", 0, "Ж\nбой", (), sys.exc_info())
    text = logs.JsonLines().format(record)
    parsed = json.loads(text)
    assert "\n" not in text
    assert (parsed["request"], parsed["message"]) == ("r-77", "Ж\nбой")
    assert "ValueError" in parsed["traceback"] and "hunter2222" not in parsed["traceback"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Authorization: Basic YW5uQGV4YW1wbGU6a2l0aF9zZWNyZXQ=", "Authorization: Basic …"),
        ("authorization=Bearer abc.def", "authorization=Bearer …"),
        ("cookie: sessionid=qwe; path=/", "cookie: …; path=/"),
        ("postgresql://kith:s3cret@db/kith", "postgresql://kith:…@db/kith"),
        ("tried kith_0123456789abcdef0123 twice", "tried kith_… twice"),
        ("two people of Basic GmbH", "two people of Basic GmbH"),
    ],
)
def test_no_secret_stands_in_the_log(said, kept):
    assert logs.redact(said) == kept
