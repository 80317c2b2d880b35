"""Opens pages in Chromium and notes what the browser complains of: breaches of the policy, errors of scripts, of the server."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page
from tests.matrix.addresses import ALL, PARAMETER, filled

from kith.core.entity import Entity, registry
from kith.core.testing import browser as browsing

#: Told by the page itself, in words that are the same in every version of Chromium.
LISTEN = """
addEventListener('securitypolicyviolation', event =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`))
"""
#: Answers that are no page on purpose.
QUIET = ("Failed to load resource",)
SIGNED_OUT = {"logout", "login/passkey"}


class Watch:
    """A page of the browser whose complaints are kept, each with the address that it was on."""

    def __init__(self, shown: Page) -> None:
        self.shown, self.at, self.found = shown, "", list[str]()
        shown.add_init_script(LISTEN)
        shown.on("console", self.heard)
        shown.on(
            "pageerror", lambda error: self.note(f"script: {error}") if "ViewTransition" not in str(error) else None
        )
        shown.on(
            "response", lambda answer: self.note(f"{answer.status} {answer.url}") if answer.status >= 500 else None
        )

    def heard(self, entry: Any) -> None:
        """An error in the console."""
        if entry.type == "error" and not entry.text.startswith(QUIET):
            self.note(entry.text)

    def note(self, what: str) -> None:
        """Keep a complaint."""
        self.found.append(f"{self.at}: {what[:300]}")

    def visit(self, root: str, addresses: Iterable[str]) -> list[str]:
        """Open pages one after the other; what was found on them."""
        for address in addresses:
            self.at = address
            self.shown.goto(root + address, wait_until="load")
            browsing.until(self.shown, browsing.SETTLED)
        return self.found


@contextmanager
def watching(browser: Browser, client: Client | None = None, root: str = "") -> Iterator[Watch]:
    """A page that is watched, signed in as the user of a client."""
    context = browser.new_context(reduced_motion="reduce")
    try:
        shown = context.new_page()
        if client:
            browsing.sign_in(shown, client, root)
        yield Watch(shown)
    finally:
        context.close()


def every_address(records: dict[str, Any]) -> list[str]:
    """Every address that there is, for each kind of record where it is for any kind."""
    found: list[str] = []
    for route in ALL:
        if route.startswith("api/") or route in SIGNED_OUT:
            continue
        names = {name for _kind, name in PARAMETER.findall(route)}
        kinds = list(registry) if "slug" in names else [of_route(route)]
        found += [address_of(route, kind, records) for kind in kinds]
    return list(dict.fromkeys(found))


def of_route(route: str) -> Entity | None:
    """The kind of record that an address is about by its first word."""
    return registry.by_slug(route.split("/")[0])


def address_of(route: str, kind: Entity | None, records: dict[str, Any]) -> str:
    """An address with a record of its kind, where there is one."""
    record = records.get(kind.label) if kind else None
    given = {"slug": kind.slug} if kind else {}
    return filled(route, **given, **({"key": str(record.pk)} if record else {}))


def pages(client: Client, addresses: Iterable[str]) -> list[str]:
    """Those that answer with HTML to reading: only these can be opened in a browser."""
    found = []
    for address in addresses:
        answer = client.get(address)
        if answer.status_code < 400 and answer.headers.get("Content-Type", "").startswith("text/html"):
            found.append(address)
    return found
