"""What the tour shows: one line for each picture, who looks, how large, light or dark, and how they come there.

Who looks decides the language: Thomas reads English, Anna Russian, Li Jing Chinese.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

type Steps = Callable[[Page], None]
THOMAS, ANNA, LI_JING = (f"{name}@meridian.example" for name in ("thomas.adler", "anna.kovaleva", "li.jing"))
PHONE = (390, 844)


def stay(page: Page) -> None:
    """The address is all."""


def press(*places: str) -> Steps:
    """Press one place after the other."""

    def steps(page: Page) -> None:
        for place in places:
            page.locator(place).first.click()
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1200)

    return steps


def pick(place: str) -> Steps:
    """Choose an entry of a closed menu."""

    def steps(page: Page) -> None:
        page.locator(place).first.evaluate("entry => entry.click()")
        page.wait_for_timeout(1500)

    return steps


def gain(page: Page) -> None:
    """Give a role a right more, and ask who would gain and lose."""
    page.locator("#cell-parties-company-edit").focus()
    page.keyboard.press("5")
    page.wait_for_timeout(500)
    page.click("#preview")
    page.locator(".whatif").first.wait_for()
    page.wait_for_timeout(500)


def type_in(place: str, text: str) -> Steps:
    """Write something and wait for what it brings."""

    def steps(page: Page) -> None:
        page.fill(place, text)
        page.wait_for_timeout(1200)

    return steps


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture; its address may name places of the demo and days in braces."""

    name: str
    at: str
    who: str = THOMAS
    size: tuple[int, int] = (1440, 900)
    dark: bool = False
    steps: Steps = stay


SHOTS = (
    Shot("field", "/settings/objects/companies?show=own", steps=press("#open-x_service_contract")),
    Shot("object", "/instruments/board"),
    Shot(
        "formula",
        "/formula-fields/new?entity=parties.company",
        steps=type_in("#f-formula", "round(annual_revenue / employees_count)"),
    ),
    Shot("layout", "/settings/layouts/companies"),
    Shot("grouped", "/opportunities/?group=stage"),
    Shot("board", "/opportunities/board", who=ANNA, dark=True),
    Shot("duplicates", "/duplicates"),
    Shot("merge", "{pair}"),
    Shot("as-of", "/opportunities/?as_of={then}"),
    Shot("differences", "/opportunities/differences?from={then}", who=ANNA),
    Shot("why", "/opportunities/why?from={then}", who=LI_JING),
    Shot("undo", "/undo/together?since={then}T00:00&until={today}T00:00", who=ANNA),
    Shot("origins", "{company}", steps=pick("[hx-get$='/origins']")),
    Shot("what-if", "{role}permissions", steps=gain),
    Shot("configuration", "/settings/configuration"),
    Shot("personal-data", "/personal-data/", dark=True),
    Shot("record", "{company}", who=ANNA, size=PHONE),
)
