"""axe finds nothing on the component sheet and the sign-in page, wide and narrow, light and dark; nothing overflows."""

import pytest

from kith.core.testing import browser as browsing
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


FRAMED = """<!doctype html><html lang="en"><head><title>{title}</title></head><body class="app">
<aside class="side" aria-label="Navigation"><nav aria-label="Mine"><a href="/">{link}</a>{more}</nav></aside>
<main><h1>Page</h1><p>{text}</p></main></body></html>"""


def framed(title="Page", link="Companies", more="", text="Text"):
    return FRAMED.format(title=title, link=link, more=more, text=text)


def test_what_surrounds_a_page_is_asked_about_again_where_it_is_made_in_a_new_way(browser, monkeypatch) -> None:
    monkeypatch.setattr(browsing, "_asked", {})
    pages = {
        "/": framed(),
        "/same": framed(text="Other"),
        "/untitled": framed(title=""),
        "/picture": framed(text="<img src='/x.png'>"),
        "/silent": framed(link=""),
        "/frame": framed(more="<img src='/x.png'>"),
    }
    found = {}
    with page(browser, Site(pages)) as shown:
        for address in pages:
            shown.goto(address)
            found[address] = violations(shown)
    assert found["/"] == found["/same"] == []
    rules = {address: {one.partition(":")[0] for one in each} for address, each in found.items()}
    assert "document-title" in rules["/untitled"] and "image-alt" in rules["/picture"]
    assert "link-name" in rules["/silent"] and "image-alt" in rules["/frame"]


def test_what_surrounds_a_page_is_asked_about_in_each_theme(browser, monkeypatch) -> None:
    monkeypatch.setattr(browsing, "_asked", {})
    shown_to = []
    for scheme in ("light", "light", "dark"):
        with page(browser, Site({"/": framed()}), scheme=scheme) as shown:
            shown.goto("/")
            shown_to.append(browsing.known_frames(shown, ("rule",)))
    assert shown_to == [[], ["body > .side"], []]


LEAVE = "localStorage.setItem('kith:x', '1'); sessionStorage.setItem('x', '1'); document.cookie = 'x=1'; window.hit = 1"
LEFT = "[localStorage.length, sessionStorage.length, document.cookie, 'hit' in window, window.opener]"


def test_a_window_that_is_used_again_remembers_nothing(browser) -> None:
    seen = []
    for _again in range(3):
        with page(browser, Site({"/": framed()})) as shown:
            shown.goto("/")
            seen.append((shown.context, shown.evaluate(LEFT)))
            shown.evaluate(LEAVE)
            assert shown.evaluate(LEFT)[:4] == [1, 1, "x=1", True]
    assert seen[1][0] is seen[2][0]
    assert [left for _window, left in seen] == [[0, 0, "", False, None]] * 3


def test_a_window_in_which_a_test_failed_is_not_used_again(browser) -> None:
    with pytest.raises(ZeroDivisionError), page(browser, Site({"/": framed()})) as shown:
        shown.goto("/")
        raise ZeroDivisionError
    with page(browser, Site({"/": framed()})) as other:
        assert other.context is not shown.context


def test_what_a_script_breaks_fails_the_test_in_a_used_window_too(browser) -> None:
    for _again in range(2):
        with page(browser, Site({"/": framed()})) as shown:
            shown.goto("/")
        with pytest.raises(AssertionError), page(browser, Site({"/": framed()})) as shown:
            shown.goto("/")
            shown.evaluate("setTimeout(() => { throw new Error('broken') })")
            shown.wait_for_timeout(200)


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
