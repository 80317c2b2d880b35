"""axe finds nothing on the component sheet and the sign-in page, wide and narrow, light and dark; nothing overflows."""

import pytest

from kith.core.testing.browser import DRAWN, SIZES, Reply, Site, page, violations
from kith.core.tests import shell_pages

PAGES = {"components": shell_pages.components, "login": shell_pages.login}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, name: str, scheme: str, size: str) -> None:
    with page(browser, Site({"/": PAGES[name]()}), size=size, scheme=scheme) as shown:
        shown.goto("/")
        assert violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_axe_finds_nothing_in_other_languages(browser, language: str) -> None:
    with page(browser, Site({"/": shell_pages.components(language)}), size="phone") as shown:
        shown.goto("/")
        assert violations(shown) == []
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


def test_axe_would_notice(browser) -> None:
    with page(browser, Site({"/": "<html><body><img src=x></body></html>"})) as shown:
        shown.goto("/")
        assert any(found.startswith("image-alt") for found in violations(shown))


def test_axe_would_notice_what_is_drawn_badly(browser) -> None:
    pale = "<html><body><main><p style='color: #eee; background: #fff'>Pale</p></main></body></html>"
    with page(
        browser, Site({"/": Reply(pale, headers={"Content-Security-Policy": "style-src 'unsafe-inline'"})})
    ) as shown:
        shown.goto("/")
        for rules in ({"only": DRAWN}, {}):
            assert any(found.startswith("color-contrast") for found in violations(shown, **rules)), rules
        assert not any(found.startswith(DRAWN) for found in violations(shown, but=DRAWN))


@pytest.mark.parametrize("dialog", ["palette", "keys"])
def test_dialogs_are_accessible_too(browser, dialog: str) -> None:
    with page(browser, Site({"/": shell_pages.components(), "/palette": PALETTE})) as shown:
        shown.goto("/")
        shown.keyboard.press("Control+k" if dialog == "palette" else "Shift+Slash")
        shown.wait_for_selector(f"dialog#{dialog}[open]")
        shown.wait_for_timeout(100)
        assert violations(shown) == []


PALETTE = """<div role="group" aria-labelledby="pg1"><div class="grp" id="pg1">Records</div>
<div class="opt" id="p1" role="option" aria-selected="false" data-href="/companies/1/"><b>Halden Paper AS</b></div></div>"""
