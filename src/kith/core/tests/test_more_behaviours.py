"""Scripts of records, notes, trees and files in a real browser, against a stand-in for the server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from kith.core.testing.browser import Reply, Site, page, until
from kith.core.tests import shell_pages

TREE = """<ul class="tree" data-behaviour="tree" data-move="/move">
<li data-id="a" aria-label="A"><div class="node-line" tabindex="0" id="na"><span class="handle">⠿</span>A</div><ul></ul></li>
<li data-id="b" aria-label="B"><div class="node-line" tabindex="0" id="nb"><span class="handle">⠿</span>B</div><ul></ul></li><li class="tree-top">Top</li></ul>"""
NOTE = """<form class="composer" data-behaviour="composer" data-draft="note:companies:1" data-mentions="/colleagues" hx-post="/notes" hx-swap="none">
<textarea id="t" name="text" aria-label="Note"></textarea><span data-files></span><input type="file" name="file" multiple hidden>
<div class="menu mention-list" popover="manual" data-mention-list role="listbox" aria-label="Colleagues"></div><button>Save</button></form>"""
COLLEAGUES = (
    '<div class="opt" role="option" aria-selected="false" data-value="5" data-text="Marco Ferri">Marco Ferri</div>'
)
RECORD = """<section id="rec-top" data-behaviour="record"><ol class="stages">
<li class="done"><button type="button" hx-post="/stage/new">New</button></li><li aria-current="step"><button type="button" hx-post="/stage/offer">Offer</button></li>
<li><button type="button" hx-post="/stage/won" hx-swap="none">Won</button></li></ol>
<dl class="fields"><div data-field="city"><dt>City</dt><dd>Oslo<button type="button" class="edit" data-edit-field hx-get="/city" hx-target="closest div" hx-swap="outerHTML">Edit</button></dd></div></dl></section>"""
CITY = '<div data-field="city" id="field-city"><dt>City</dt><dd><form data-behaviour="inline" data-cancel="/read" hx-post="/city" hx-target="closest div" hx-swap="outerHTML"><input id="v" name="value" value="Oslo" aria-label="City"></form></dd></div>'


def visit(browser: Browser, where: Site, piece: str, check: Callable[[Page], None]) -> None:
    """Open the component sheet with `piece` on top."""
    where.answers["/"] = shell_pages.components().replace(
        '<div class="wrap col g5">', f'<div class="wrap col g5">{piece}', 1
    )
    with page(browser, where) as shown:
        shown.goto("/")
        shown.wait_for_timeout(250)
        check(shown)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_branch_moves_by_key_and_returns_when_refused(browser: Browser, allowed: bool) -> None:
    where = Site({"/move": Reply(status=204) if allowed else Reply("B cannot be below A.", 422)})

    def check(shown: Page) -> None:
        shown.focus("#nb")
        shown.keyboard.press("Alt+ArrowRight")
        shown.wait_for_timeout(200)
        assert where.calls("/move")[0].form == {"id": ["b"], "parent": ["a"]}
        assert (shown.locator("li[data-id=a] > ul > li").count() == 1) is allowed
        assert shown.locator("#toasts .bad [data-text]").all_inner_texts() == (
            [] if allowed else ["B cannot be below A."]
        )

    visit(browser, where, TREE, check)


def carry(shown: Page, line: str, place: str) -> None:
    """Drag one thing onto another by mouse."""
    shown.hover(line)
    shown.mouse.down()
    start = shown.locator(line).bounding_box()
    assert start
    shown.mouse.move(start["x"] + 20, start["y"] + 20, steps=3)
    end = shown.locator(place).bounding_box()
    assert end
    shown.mouse.move(end["x"] + 30, end["y"] + end["height"] / 2, steps=5)
    shown.mouse.up()


def test_a_branch_moves_by_mouse_onto_another_and_back_to_the_top(browser: Browser) -> None:
    where = Site(
        {"/move": Reply(status=204, headers={"HX-Trigger": '{"toast": {"text": "Moved: B", "undo": "/undo/7"}}'})}
    )

    def check(shown: Page) -> None:
        carry(shown, "li[data-id=b] .handle", "#na")
        until(shown, "document.querySelector('li[data-id=a] > ul > li')?.dataset.id === 'b'")
        until(shown, "document.querySelector('#toasts [data-undo]')?.getAttribute('hx-post') === '/undo/7'")
        assert shown.get_attribute("li[data-id=a]", "aria-expanded") == "true"
        carry(shown, "li[data-id=a] > .node-line > .handle", "#nb")  # nothing goes below itself
        carry(shown, "li[data-id=b] .handle", ".tree-top")
        until(shown, "document.querySelector('.tree > li:nth-child(2)')?.dataset.id === 'b'")
        shown.wait_for_timeout(100)
        assert [call.form for call in where.calls("/move")] == [
            {"id": ["b"], "parent": ["a"]},
            {"id": ["b"], "parent": [""]},
        ]

    visit(browser, where, TREE, check)


def test_a_draft_survives_a_reload_and_goes_when_sent(browser: Browser) -> None:
    where = Site({"/notes": Reply(status=204)})

    def check(shown: Page) -> None:
        shown.fill("#t", "Budget is approved")
        shown.wait_for_timeout(400)
        shown.reload()
        until(shown, "document.querySelector('#t').value === 'Budget is approved'")
        shown.focus("#t")
        shown.keyboard.press("Control+Enter")
        until(shown, "document.querySelector('#t').value === ''")
        assert where.calls("/notes")[0].form["text"] == ["Budget is approved"]
        assert shown.evaluate("localStorage.getItem('kith:draft:note:companies:1')") is None

    visit(browser, where, NOTE, check)


def test_a_draft_stays_when_the_server_refuses(browser: Browser) -> None:
    where = Site({"/notes": Reply(status=500)})

    def check(shown: Page) -> None:
        shown.fill("#t", "Budget is approved")
        shown.keyboard.press("Control+Enter")
        shown.wait_for_selector("#toasts .bad")
        assert shown.input_value("#t") == "Budget is approved"

    visit(browser, where, NOTE, check)


def test_a_colleague_is_mentioned(browser: Browser) -> None:
    where = Site({"/colleagues": COLLEAGUES})

    def check(shown: Page) -> None:
        shown.focus("#t")
        shown.keyboard.type("Ask @mar")
        shown.wait_for_selector("[data-mention-list]:popover-open")
        assert where.calls("/colleagues")[-1].query == {"q": ["mar"]}
        shown.keyboard.press("Enter")
        assert shown.input_value("#t") == "Ask @Marco Ferri "
        assert shown.locator("input[name=mention]").input_value() == "5"

    visit(browser, where, NOTE, check)


def test_f2_edits_the_first_field_and_shift_arrow_moves_the_stage(browser: Browser) -> None:
    where = Site({"/city": CITY, "/stage/won": Reply(status=204)})

    def check(shown: Page) -> None:
        shown.keyboard.press("Shift+ArrowRight")
        shown.wait_for_timeout(100)
        assert [call.method for call in where.calls("/stage/won")] == ["POST"]
        shown.evaluate("document.activeElement.blur()")
        shown.keyboard.press("F2")
        shown.wait_for_selector("#v:focus")

    visit(browser, where, RECORD, check)


def test_a_chosen_file_is_named(browser: Browser) -> None:
    place = '<form><div class="drop" data-behaviour="upload"><input type="file" id="file" aria-label="File"><span data-file-name></span></div></form>'

    def check(shown: Page) -> None:
        shown.set_input_files("#file", {"name": "people.csv", "mimeType": "text/csv", "buffer": b"a,b"})
        assert shown.inner_text("[data-file-name]") == "people.csv"

    visit(browser, Site({}), place, check)
