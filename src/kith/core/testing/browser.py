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
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

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
    options = ["--process-per-site", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=options)
        try:
            yield browser
        finally:
            _windows.clear()
            browser.close()


def is_cut_short(error: object) -> bool:
    """Whether the transition between two documents ended early: answers from memory, or a slow machine, do that; it is the browser's own."""
    return any(words in str(error) for words in ("ViewTransition", "Transition was skipped", "Transition was aborted"))


@contextmanager
def page(
    browser: Browser, site: Site | None = None, *, size: str = "desk", scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A fresh page; errors of its scripts and refusals of the policy fail the test."""
    with _window(browser, site, size, scheme) as context:
        troubles = _troubles[context] = list[str]()
        try:
            yield another(context)
            assert not troubles, troubles
        finally:
            del _troubles[context]


#: What the pages of a window complained of.
_troubles: dict[BrowserContext, list[str]] = {}


def another(context: BrowserContext) -> Page:
    """One more page of a window, where whoever is signed in there is so too."""
    shown, troubles = _tab(context), _troubles[context]
    shown.on("pageerror", lambda error: troubles.append(str(error)) if not is_cut_short(error) else None)
    shown.on("console", lambda entry: troubles.append(entry.text) if "Content Security Policy" in entry.text else None)
    shown.goto = _settled(shown)  # type: ignore[method-assign, assignment]
    return shown


#: What makes windows alike: size, theme, and whether stand-ins answer.
type Kind = tuple[str, Literal["light", "dark"], bool]
#: Windows that wait for the next page of their kind: scripts and styles lie in their store, and the process that draws is there.
_windows: list[tuple[Browser, Kind, BrowserContext]] = []
#: So many wait at most.
WAITING = 6
#: Who answers in the windows that no server answers in.
_sites: dict[BrowserContext, Site] = {}


@contextmanager
def _window(
    browser: Browser, site: Site | None, size: str, scheme: Literal["light", "dark"]
) -> Iterator[BrowserContext]:
    """A window of this kind without pages and without memory of those before, but for scripts and styles; none in which a test failed."""
    kind = (size, scheme, site is not None)
    kept = next((one for one in _windows if one[0] is browser and one[1] == kind), None)
    if kept:
        _windows.remove(kept)
    context = kept[2] if kept else _new_window(browser, kind)
    if site:
        _sites[context] = site
    is_clean = False
    try:
        yield context
        is_clean = _cleaned(context)
    finally:
        _sites.pop(context, None)
        if is_clean:
            _windows.append((browser, kind, context))
        if not is_clean or len(_windows) > WAITING:
            (context if not is_clean else _windows.pop(0)[2]).close()


def _new_window(browser: Browser, kind: Kind) -> BrowserContext:
    size, scheme, is_answered = kind
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, base_url=ORIGIN, reduced_motion="reduce",
        has_touch=size == "touch",
    )  # fmt: skip
    if is_answered:
        context.route("**/*", lambda route: _sites[context].handle(route))
    return context


#: Said by a page that stays open, so that the process that draws pages of this server stays too.
ANCHOR = "/static/kith/icon.svg"


def _tab(context: BrowserContext) -> Page:
    """A new tab; opened by the page that stays, it needs no process of its own to begin with."""
    anchor = next((shown for shown in context.pages if shown.url.endswith(ANCHOR)), None)
    if anchor is None:
        return context.new_page()
    with context.expect_page() as opened:
        anchor.evaluate("void open('about:blank')")
    opened.value.evaluate("window.opener = null")
    return opened.value


def _cleaned(context: BrowserContext) -> bool:
    """Close the pages of a window and forget what they left behind; whether that could be done."""
    opened = [shown for shown in context.pages if shown.url.startswith("http")]
    origins = {"{0.scheme}://{0.netloc}".format(urlsplit(shown.url)) for shown in opened}
    if len(origins) != 1:
        return False
    (origin,) = origins
    anchor = next((shown for shown in opened if shown.url == origin + ANCHOR), None)
    if anchor is None:
        anchor = context.new_page()
        anchor.goto(origin + ANCHOR)
    for shown in context.pages:
        if shown is not anchor:
            shown.close()
    anchor.evaluate(
        "localStorage.clear()"
    )  # here after all that pages of this process wrote; told to the browser alone it may come first
    session = context.new_cdp_session(anchor)
    session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
    session.detach()
    context.clear_cookies()
    context.clear_permissions()
    return True


#: All that a page may keep, but for the store of what it fetched.
STORED = "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage"


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
    """What axe finds on a page, or within a part of it, by some rules only, or but for some: rule and the places.

    What surrounds every page is asked about once for each way in which it is made and drawn, not once for each page.
    """
    # Only sound of videos is asked for beforehand: the texts of all style sheets belong to a rule that is not among ours.
    options = {
        "runOnly": [*only], "resultTypes": ["violations"], "rules": {rule: {"enabled": False} for rule in but},
        "preload": {"assets": ["media"]},
    }  # fmt: skip
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(f"{_axe()};0")
    known = known_frames(shown, (*options["runOnly"], "", *sorted(but))) if within == "html" else []
    found: list[dict[str, Any]] = shown.evaluate(FOUND, [within, known, options])
    return [f"{rule['id']}: {rule['places']}" for rule in found]


#: All that is asked for: the whole answer of axe, with what passed, takes as long to bring here as the search.
FOUND = """
async ([within, known, options]) =>
  (await axe.run({ include: [[within]], exclude: known.map((one) => [one]) }, options)).violations
    .map(({ id, nodes }) => ({ id, places: nodes.map(({ target }) => target) }))
"""
#: What stands around the pages of the shell.
FRAMES = ("body > .side", "body > .botnav")
#: How a part of a page is made and drawn: the look of the page, and each element with its classes, names of attributes and states, in its parent.
MADE_OF = """
(roots) => {
  const states = ["type", "role", "aria-current", "aria-selected", "aria-pressed", "aria-expanded", "aria-hidden", "tabindex"];
  const named = (one) => [
    one.localName, ...one.classList, ...one.getAttributeNames().sort(), ...states.map((name) => one.getAttribute(name)),
    one.textContent.trim() ? "text" : "",
  ].join(".");
  const page = document.documentElement;
  const look = [page.lang, page.dataset.theme, page.dataset.density, document.body.dataset.nav, innerWidth, innerHeight,
    matchMedia("(prefers-color-scheme: dark)").matches].join();
  return roots.map((root) => [...document.querySelectorAll(`${root}, ${root} *`)]
    .map((one) => `${look} ${named(one.parentElement)} > ${named(one)}`));
}
"""
#: Ways that were asked about by this process, with the rules asked.
_asked: dict[tuple[str, ...], set[str]] = {}


def known_frames(shown: Page, rules: tuple[str, ...]) -> list[str]:
    """Parts around the page that hold nothing new, for these rules."""
    asked = _asked.setdefault(rules, set())
    known = []
    for root, parts in zip(FRAMES, shown.evaluate(MADE_OF, [*FRAMES]), strict=True):
        if parts and asked.issuperset(parts):
            known.append(root)
        asked.update(parts)
    return known


@cache
def _axe() -> str:
    return str(Axe().axe_script)
