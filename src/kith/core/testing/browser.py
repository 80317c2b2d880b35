"""A real browser for tests: Chromium of this machine, pages answered from memory or by a live server, axe on top."""

import mimetypes
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.test import Client, RequestFactory
from playwright.sync_api import Browser, Page, Route, sync_playwright

ORIGIN = "http://kith.test"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Those of them that depend on how a page is drawn, so on its colours and sizes: most of the time goes there.
DRAWN = ("color-contrast", "target-size")
SIZES = {"desk": (1440, 900), "phone": (390, 844), "touch": (1180, 820)}


@dataclass(slots=True)
class Asked:
    """One request that a page made."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(slots=True)
class Reply:
    """What a stand-in for the server answers."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    type: str = "text/html; charset=utf-8"


type Answer = str | Reply | Callable[[Asked], str | Reply]


class Site:
    """Answers a page's requests from memory, under the real Content-Security-Policy; keeps what was asked."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers, self.asked = answers, list[Asked]()

    def handle(self, route: Route) -> None:
        """Fulfil one request."""
        parts = urlsplit(route.request.url)
        if parts.path.startswith(settings.STATIC_URL):
            return _static(route, parts.path.removeprefix(settings.STATIC_URL))
        asked = Asked(
            route.request.method,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            parse_qs(route.request.post_data or "", keep_blank_values=True),
            route.request.headers,
        )
        self.asked.append(asked)
        answer = self.answers.get(f"{asked.method} {asked.path}", self.answers.get(asked.path, Reply(status=404)))
        reply = answer(asked) if callable(answer) else answer
        reply = Reply(reply) if isinstance(reply, str) else reply
        headers = {"Content-Security-Policy": policy(), "Content-Type": reply.type} | reply.headers
        return route.fulfill(status=reply.status, body=reply.body, headers=headers)

    def calls(self, path: str) -> list[Asked]:
        """Requests to one path, in order."""
        return [asked for asked in self.asked if asked.path == path]


def policy() -> str:
    """The Content-Security-Policy that the settings send."""
    answer = ContentSecurityPolicyMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
    return str(answer.headers["Content-Security-Policy"])  # type: ignore[union-attr]


def _static(route: Route, name: str) -> None:
    path = finders.find(name)
    if not path:
        return route.fulfill(status=404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return route.fulfill(path=str(path), headers={"Content-Type": kind})


def program() -> str | None:
    """The Chromium to drive: KITH_CHROMIUM, else the machine's own, rather the shell without windows: it takes half the time."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("KITH_CHROMIUM") or next(filter(None, map(shutil.which, known)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=options)
        try:
            yield browser
        finally:
            browser.close()


def is_cut_short(error: object) -> bool:
    """Whether the transition between two documents ended early: answers from memory, or a slow machine, do that; it is the browser's own."""
    return any(words in str(error) for words in ("ViewTransition", "Transition was skipped", "Transition was aborted"))


@contextmanager
def page(
    browser: Browser, site: Site | None = None, *, size: str = "desk", scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A fresh page; errors of its scripts and refusals of the policy fail the test."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, base_url=ORIGIN, reduced_motion="reduce",
        has_touch=size == "touch",
    )  # fmt: skip
    shown, troubles = context.new_page(), list[str]()
    shown.on("pageerror", lambda error: troubles.append(str(error)) if not is_cut_short(error) else None)
    shown.on("console", lambda entry: troubles.append(entry.text) if "Content Security Policy" in entry.text else None)
    if site:
        context.route("**/*", site.handle)
    shown.goto = _settled(shown)  # type: ignore[method-assign, assignment]
    try:
        yield shown
        assert not troubles, troubles
    finally:
        context.close()


def sign_in(shown: Page, client: Client, address: str) -> None:
    """Open pages of the server at this address from now on as the user whom a client of the tests is signed in as."""
    name = settings.SESSION_COOKIE_NAME
    shown.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


SETTLED = "(document.documentElement.dataset.arriving ?? '0') === '0' && !document.querySelector('.htmx-request')"


def _settled(shown: Page) -> Callable[..., object]:
    """Opening a page that also waits for its behaviours, which arrive after the load event, and for the parts it asks for by itself."""
    opening = shown.goto

    def goto(url: str, **kind: Any) -> object:
        answer = opening(url, **kind)
        until(shown, SETTLED)
        return answer

    return goto


def until(shown: Page, condition: str, seconds: float = 30) -> None:
    """Wait for a JavaScript condition; Playwright's own waiting uses eval, which the policy forbids."""
    for _try in range(int(seconds * 20)):
        if shown.evaluate(condition):
            return
        shown.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def look(shown: Page, name: str) -> None:
    """Nothing is wrong with a page for those who cannot see, and nothing wider than the screen; a picture into KITH_SHOTS for those who look."""
    if folder := os.environ.get("KITH_SHOTS"):
        shown.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert violations(shown) == [], name
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{name} is wider than the screen"


def violations(shown: Page, within: str = "html", *, only: Iterable[str] = RULES, but: Iterable[str] = ()) -> list[str]:
    """What axe finds on a page, or within a part of it, by some rules only, or but for some: rule and the places."""
    left_out = {rule: {"enabled": False} for rule in but}
    options = {"runOnly": [*only], "resultTypes": ["violations"], "rules": left_out}
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(f"{_axe()};0")
    found: list[dict[str, Any]] = shown.evaluate(FOUND, [within, options])
    return [f"{rule['id']}: {rule['places']}" for rule in found]


#: All that is asked for: the whole answer of axe, with what passed, takes as long to bring here as the search.
FOUND = """
async ([within, options]) => (await axe.run(within, options)).violations
  .map(({ id, nodes }) => ({ id, places: nodes.map(({ target }) => target) }))
"""


@cache
def _axe() -> str:
    return str(Axe().axe_script)
