"""Every answer of every address carries the headers of safety: pages, fragments, errors, files, the API, static files."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.middleware.csp import get_nonce
from django.test import Client, override_settings
from django.urls import path
from tests.matrix.addresses import ALL, filled

from kith import urls
from kith.core import gate
from kith.core.testing.people import client_of

pytestmark = pytest.mark.django_db
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}


def is_safe(cookie: Any) -> bool:
    """Whether a cookie is for this host only, for no script and for no other site."""
    return bool(cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"])


def lacks(answer: Any) -> list[str]:
    """What is wrong with the headers of an answer."""
    headers = answer.headers
    wrong = [f"{name}: {headers.get(name)}" for name, value in EXACT.items() if headers.get(name) != value]
    kept = {part.strip() for part in headers.get("Cache-Control", "").split(",")}
    wrong += [] if {"no-store", "private"} <= kept else [f"Cache-Control: {kept}"]
    varies = {part.strip() for part in headers.get("Vary", "").split(",")}
    wrong += [] if {"Cookie", "HX-Request"} <= varies else [f"Vary: {varies}"]
    wrong += [] if headers.get("Permissions-Policy", "").startswith("camera=()") else ["Permissions-Policy"]
    policy = headers.get("Content-Security-Policy", "")
    said = {part.strip() for part in policy.split(";")}
    wrong += [] if said >= DIRECTIVES else [f"Content-Security-Policy: {policy}"]
    wrong += [word for word in ("unsafe-", " *", "http:", "https:") if word in policy]
    wrong += [
        f"cookie {name}"
        for name, cookie in answer.cookies.items()
        if cookie["max-age"] != 0 and not is_safe(cookie)  # 0: it is taken away
    ]
    return wrong


def answers(address: str, user: Any) -> Iterator[tuple[str, Any]]:
    """What the address says to a visitor and to somebody who may do everything."""
    browser = client_of(user)  # anew for each address: some of them sign out
    yield "visitor", Client().get(address)
    yield "GET", browser.get(address)
    yield "POST", browser.post(address)


def test_every_address_has_the_headers(people: Any, make: Any) -> None:
    company = str(make("parties.company", name="Nordlicht").pk)
    statuses, wrong = set[int](), list[Any]()
    for route in ALL:
        for what, answer in answers(filled(route, slug="companies", key=company), people.eva):
            statuses.add(answer.status_code)
            wrong += [(route, what, answer.status_code, lack) for lack in lacks(answer)]
    assert wrong == []
    assert {200, 302, 401, 404, 405} <= statuses, "the walk met too little"


@login_not_required
def breaks(request: Any) -> HttpResponse:
    raise RuntimeError("as told")


@login_not_required
def inline(request: Any) -> HttpResponse:
    return HttpResponse(str(get_nonce(request)))


class Odd:
    """Routes with one that breaks, and one with a script in the page."""

    urlpatterns = [path("breaks", breaks), path("inline", inline), *urls.urlpatterns]
    handler400, handler403, handler404, handler500 = (
        urls.handler400,
        urls.handler403,
        urls.handler404,
        urls.handler500,
    )


@pytest.mark.parametrize(("name", "status"), [("missing", 404), ("host", 400), ("broken", 500), ("busy", 503), ("forged", 403), ("https", 301)])  # fmt: skip
def test_errors_have_them_too(name: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=name == "forged")
    asked = {
        "missing": lambda: client.get("/no/such/page"),
        "host": lambda: client.get("/login", headers={"host": "evil.example"}),
        "broken": lambda: client.get("/breaks"),
        "busy": lambda: client.get("/login"),
        "forged": lambda: client.post("/login", {"login": "a"}),
        "https": lambda: client.get("/login"),
    }[name]
    if name == "busy":
        monkeypatch.setattr(gate.Gate, "enter", mock.Mock(side_effect=gate.Full))
    with override_settings(ROOT_URLCONF=Odd, SECURE_SSL_REDIRECT=name == "https"):
        answer = asked()
    assert (answer.status_code, lacks(answer)) == (status, [])


def test_static_files_have_them_but_may_be_kept() -> None:
    answer = Client().get("/static/kith/kith.css")
    assert answer.status_code == 200
    assert [lack for lack in lacks(answer) if not lack.startswith(("Cache-Control", "Vary"))] == []


def test_a_page_in_a_frame_of_another_site_is_the_only_exception(make: Any) -> None:
    form = make("sales.leadform", name="Contact", key="contact", title="Ask", allowed_hosts=["ally.example"])
    answer = Client().get(f"/f/{form.key}")
    assert answer.status_code == 200
    assert {lack.partition(":")[0] for lack in lacks(answer)} <= {"X-Frame-Options", "Content-Security-Policy", "https"}
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' ally.example https://ally.example" in policy and "unsafe" not in policy


def nonces(answer: Any) -> set[str]:
    """What the policy of an answer lets run in the page itself."""
    return {word.strip(";") for word in answer.headers["Content-Security-Policy"].split() if "nonce-" in word}


def test_a_nonce_is_given_to_whom_needs_it_and_never_twice(people: Any) -> None:
    assert nonces(people.clients.eva.get("/")) == set(), "nothing runs in our own pages themselves"
    with override_settings(ROOT_URLCONF=Odd):
        first, second = (Client().get("/inline") for _time in range(2))
    for answer in (first, second):
        assert nonces(answer) == {f"'nonce-{answer.content.decode()}'"} and lacks(answer) == []
    assert len(first.content) > 20 and first.content != second.content


def test_the_policy_allows_nothing_inline() -> None:
    said = str(settings.SECURE_CSP)
    assert "unsafe" not in said and "http" not in said and "'*'" not in said
