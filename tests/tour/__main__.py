"""Pictures for docs/tour.md: `./kith demo`, then `python -m tests.tour --password … [--only NAME] [--into docs/tour]`.

They are taken from the demo as a user finds it; nothing is changed in it.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from .shots import SHOTS, Shot


def program() -> str:
    """Chromium of this machine, as the tests find it."""
    import shutil

    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("Chromium is needed: install chromium-headless-shell.")
    return found


def main() -> int:
    """0 when every picture was taken without an error of a script."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    parser.add_argument("--address", default="http://localhost:8000", help="of the demo (default: %(default)s)")
    parser.add_argument("--password", required=True, help="of its people, as it printed it")
    parser.add_argument("--only", default="", help="the picture of this name")
    parser.add_argument("--into", type=Path, default=Path("docs/tour"), help="folder (default: %(default)s)")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program(), args=["--no-sandbox"])
        for shot in SHOTS:
            if options.only in ("", shot.name):
                wrong += take(browser, options, shot)
        browser.close()
    return 1 if wrong else 0


def take(browser: Browser, options: argparse.Namespace, shot: Shot) -> int:
    """One picture; tells and counts what went wrong."""
    with signed_in(browser, options, shot) as (page, errors):
        answer = page.goto(options.address + shot.at.format_map(places(page, options.address)))
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            errors.append(f"{page.url}: {answer.status if answer else 'nothing'}")
        shot.steps(page)
        page.screenshot(path=options.into / f"{shot.name}.png", caret="initial")
    for error in errors:
        print(f"{shot.name}: {error}")
    return len(errors)


@contextmanager
def signed_in(browser: Browser, options: argparse.Namespace, shot: Shot) -> Iterator[tuple[Page, list[str]]]:
    """A page of who looks, and what its scripts complain of."""
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if shot.dark else "light"
    )
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{options.address}/login")
    page.fill("[name=login]", shot.who)
    page.fill("[name=password]", options.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    yield page, errors
    context.close()


class places(dict[str, str]):  # noqa: N801 - reads like a function
    """Places of the demo by name, looked up when a picture asks for them."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__()
        self.page, self.address = page, address

    def __missing__(self, name: str) -> str:
        today = dt.datetime.now().astimezone().date()
        if name in ("then", "today"):
            return str(today if name == "today" else today - dt.timedelta(days=32))
        where, link = {
            "pair": ("/duplicates", "a[href*='/merge?ids=']"),
            "company": ("/opportunities/?sort=-amount", "td a[href^='/companies/']"),
            "role": ("/roles/", "main a[href^='/roles/0']:has-text('Salesperson')"),
        }[name]
        self.page.goto(self.address + where)
        return self.page.locator(link).first.get_attribute("href") or ""


if __name__ == "__main__":
    sys.exit(main())
