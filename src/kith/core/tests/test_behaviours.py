"""The scripts in a real browser, under the real content policy, against a stand-in for the server."""

import json
from contextlib import ExitStack

import pytest

from kith.core.testing.browser import Reply, Site, page, until
from kith.core.tests import shell_pages

DIALOG = '<form hx-post="/save" hx-target="#modal"><header><h2 id="modal-title">Name</h2></header><input id="n" name="name"></form>'
CELL = (
    '<td class="editing" data-column="status"><form data-behaviour="inline" data-cancel="/read" hx-post="/field" '
    'hx-target="closest tr" hx-swap="outerHTML"><input id="c" name="value" value="Customer" aria-label="Status"></form></td>'
)
ROW = '<tr data-row="1" id="row-1"><td data-column="status" data-edit="/edit">{value}</td></tr>'
LOOKUP = (
    '<div class="opt" role="option" data-value="7" data-text="Nordhavn Shipyard"><span>Nordhavn Shipyard</span></div>'
    '<div class="opt" role="option" data-value="8" data-text="Nordfiber"><span>Nordfiber</span></div>'
)
PALETTE = '<div class="opt" id="p1" role="option" aria-selected="false" data-href="/companies/1/"><b>Halden</b></div>'


def site(**answers) -> Site:
    """The component sheet at /companies/ and what a test adds."""
    known = {"/companies/": shell_pages.components(), "/companies/1/": shell_pages.login()}
    return Site(known | {path.replace("__", "/"): answer for path, answer in answers.items()})


@pytest.fixture
def open_page(browser):
    """Opens the component sheet of a site."""
    with ExitStack() as stack:

        def visit(where: Site, html: str = "", **kind):
            if html:
                where.answers["/companies/"] = html
            shown = stack.enter_context(page(browser, where, **kind))
            shown.goto("/companies/")
            shown.wait_for_timeout(150)
            return shown

        yield visit


def toast_text(shown) -> str:
    return shown.locator("#toasts [data-text]").last.inner_text()


def trigger(**events) -> dict[str, str]:
    return {"HX-Trigger": json.dumps(events)}


# ── keyboard ──────────────────────────────────────────────


def test_g_and_a_letter_go_there_also_on_a_russian_layout(open_page) -> None:
    shown = open_page(site(__=shell_pages.login()))
    for key, code in (("п", "KeyG"), ("р", "KeyH")):  # what the physical keys G and H write in Russian
        shown.evaluate(
            f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', code: '{code}', bubbles: true}}))"
        )
    shown.wait_for_url("http://kith.test/")


def test_letters_do_nothing_while_typing_composing_or_switched_off(open_page) -> None:
    shown = open_page(site())
    shown.focus("#f-phone")
    shown.keyboard.press("Shift+Slash")
    shown.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'BracketLeft', isComposing: true, bubbles: true}))"
    )
    assert shown.locator("dialog#keys[open]").count() == 0
    shown.evaluate("document.documentElement.dataset.keys = 'off'; document.activeElement.blur()")
    shown.keyboard.press("[")
    assert shown.get_attribute("body", "data-nav") is None
    shown.evaluate("delete document.documentElement.dataset.keys")
    shown.keyboard.press("[")
    assert shown.get_attribute("body", "data-nav") == "rail"


def test_density_changes_at_once_and_is_stored(open_page) -> None:
    where = site(__profile__taste=Reply(status=204))
    shown = open_page(where)
    shown.keyboard.press("Shift+D")
    assert shown.get_attribute("html", "data-density") == "compact"
    shown.wait_for_timeout(100)
    assert [call.form for call in where.calls("/profile/taste")] == [{"density": ["compact"]}]
    assert "x-csrftoken" in where.calls("/profile/taste")[0].headers


def test_the_palette_asks_chooses_and_opens(open_page) -> None:
    where = site(__palette=PALETTE)
    shown = open_page(where)
    shown.keyboard.press("Control+k")
    shown.wait_for_selector("#palette-results [aria-selected=true]")
    shown.keyboard.type("hal")
    shown.wait_for_timeout(300)
    assert where.calls("/palette")[-1].query["q"] == ["hal"]
    assert shown.get_attribute("#palette-q", "aria-activedescendant") == "p1"
    shown.keyboard.press("Enter")
    shown.wait_for_url("**/companies/1/")


# ── dialogs, toasts, errors ───────────────────────────────


def dialog_page() -> str:
    """The sheet with a button that opens a dialog."""
    button = '<button id="opener" hx-get="/form" hx-target="#modal">Open</button>'
    return shell_pages.components().replace('<div class="wrap col g5">', f'<div class="wrap col g5">{button}')


def test_a_dialog_opens_keeps_the_text_on_422_and_gives_the_focus_back(open_page) -> None:
    answers = iter(
        [
            Reply(DIALOG.replace("Name<", "Mend it<"), 422),
            Reply(status=204, headers=trigger(close={}, toast={"text": "Saved"})),
        ]
    )
    shown = open_page(site(__form=DIALOG, __save=lambda asked: next(answers)), dialog_page())
    shown.click("#opener")
    shown.wait_for_selector("dialog#modal[open]")
    shown.fill("#n", "Halden")
    shown.keyboard.press("Control+Enter")
    until(shown, "document.querySelector('#modal-title').textContent === 'Mend it'")
    shown.focus("#n")
    shown.keyboard.press("Control+Enter")
    shown.wait_for_selector("dialog#modal:not([open])", state="attached")
    assert shown.evaluate("document.activeElement.id") == "opener"
    assert toast_text(shown) == "Saved"


def test_z_undoes_the_latest_act(open_page) -> None:
    where = site(
        __form=Reply(status=204, headers=trigger(toast={"text": "3 deleted", "undo": "/undo/9"})),
        __undo__9=Reply(status=204),
    )
    shown = open_page(where, dialog_page())
    shown.click("#opener")
    shown.wait_for_selector("#toasts [data-undo]:not([hidden])")
    shown.keyboard.press("z")
    until(shown, "[...document.querySelectorAll('#toasts [data-text]')].some((t) => t.textContent === 'Undone')")
    assert [call.method for call in where.calls("/undo/9")] == ["POST"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_answer_changes_nothing_and_tells(open_page, status: int) -> None:
    shown = open_page(site(__form=Reply("<p>trace</p>", status)), dialog_page())
    shown.click("#opener")
    shown.wait_for_selector("#toasts .bad")
    assert shown.locator("#modal").inner_html() == ""
    assert shown.locator("#toasts [data-retry]:not([hidden])").count() == (1 if status == 500 else 0)


def test_retry_sends_the_same_again(open_page) -> None:
    answers = iter([Reply(status=500), Reply(DIALOG)])
    shown = open_page(site(__form=lambda asked: next(answers)), dialog_page())
    shown.click("#opener")
    shown.click("#toasts [data-retry]")
    shown.wait_for_selector("dialog#modal[open]")


def test_an_ended_session_signs_in_over_the_page_and_goes_on(open_page) -> None:
    answers = iter([Reply(status=401), Reply(DIALOG)])
    signed_in = Reply(status=204, headers=trigger(**{"signed-in": {"token": "fresh"}}))
    where = site(__form=lambda asked: next(answers), __login=shell_pages.render("kith/login_dialog.html"))
    where.answers["POST /login"] = signed_in
    shown = open_page(where, dialog_page())
    shown.click("#opener")
    shown.wait_for_selector("dialog#signin[open]")
    shown.fill("#again", "nadia")
    shown.fill("#again-password", "secret")
    shown.click("#signin button[type=submit]")
    shown.wait_for_selector("dialog#modal[open]")
    assert shown.get_attribute('meta[name="csrf-token"]', "content") == "fresh"
    assert where.calls("/login")[-1].form["login"] == ["nadia"]


# ── lists ─────────────────────────────────────────────────


def test_j_and_x_walk_and_select_and_the_bar_acts(open_page) -> None:
    where = site(__bulk__delete=Reply(status=204, headers=trigger(toast={"text": "2 deleted", "undo": "/undo/1"})))
    shown = open_page(where)
    for key in ("j", "x", "j", "x"):
        shown.keyboard.press(key)
    assert shown.get_attribute("tr.is-cursor", "id") == "row-2"
    assert shown.inner_text(".bulk [data-count]") == "2 selected"
    shown.click('[data-bulk="/bulk/delete"]')
    shown.wait_for_selector("#toasts .toast")
    assert where.calls("/bulk/delete")[0].form["ids"] == ["1,2"]


def test_control_a_takes_the_page_and_then_all_that_match(open_page) -> None:
    where = site(__bulk__delete=Reply(status=204))
    shown = open_page(where)
    shown.keyboard.press("Control+a")
    assert shown.inner_text(".bulk [data-count]") == "3 selected"
    shown.keyboard.press("Control+a")
    assert shown.inner_text(".bulk [data-count]") == "48 selected"
    shown.click('[data-bulk="/bulk/delete"]')
    shown.wait_for_timeout(100)
    assert where.calls("/bulk/delete")[0].form == {"every": ["1"], "query": [""]}
    shown.keyboard.press("Escape")
    assert shown.locator(".bulk").is_hidden()


def test_space_peeks_and_j_goes_on_beside(open_page) -> None:
    panel = '<div class="content"><header><h2 id="drawer-title">Row {n}</h2></header></div>'
    shown = open_page(site(__peek__1=panel.format(n=1), __peek__2=panel.format(n=2)))
    shown.keyboard.press("j")
    shown.keyboard.press("Space")
    shown.wait_for_selector("dialog#drawer[open]")
    shown.keyboard.press("j")
    until(shown, "document.querySelector('#drawer-title').textContent === 'Row 2'")
    shown.keyboard.press("Space")
    shown.wait_for_selector("dialog#drawer:not([open])", state="attached")


def test_a_cell_is_edited_in_place_and_tab_saves(open_page) -> None:
    where = site(__edit=CELL, __field=lambda asked: ROW.format(value=asked.form["value"][0]))
    shown = open_page(where)
    shown.click("#row-1 td[data-column=status]")
    until(shown, "document.activeElement.id === 'c'")
    shown.keyboard.type("Partner")
    shown.keyboard.press("Enter")
    until(shown, "document.querySelector('#row-1').textContent.includes('Partner')")
    assert where.calls("/field")[0].form["value"] == ["Partner"]
    until(shown, "document.activeElement.dataset.column === 'status'")


def test_escape_leaves_the_value_as_it_was(open_page) -> None:
    where = site(__edit=CELL, __read='<td data-column="status" data-edit="/edit">Customer</td>')
    shown = open_page(where)
    shown.click("#row-1 td[data-column=status]")
    until(shown, "document.activeElement.id === 'c'")
    shown.keyboard.type("Nonsense")
    shown.keyboard.press("Escape")
    until(shown, "!document.querySelector('.editing')")
    assert where.calls("/field") == []


def test_a_filter_is_added_and_removed_through_the_address(open_page) -> None:
    editor = '<form data-filter-editor><input type="hidden" name="field" value="city"><select name="op"><option value="is">is</option></select><input name="value" id="v"></form>'
    bar = '<div class="tools" data-behaviour="filters"><button type="button" class="fchip add" id="add" data-edit="/filter">Filter</button></div><div id="filter-pop" class="pop" popover></div>'
    html = shell_pages.components().replace('<div class="wrap col g5">', f'<div class="wrap col g5">{bar}', 1)
    where = site(__filter=editor)
    shown = open_page(where, html)
    where.answers["/companies/"] = lambda asked: '<div id="list" data-behaviour="table">fresh</div>'
    shown.click("#add")
    shown.wait_for_selector("#v")
    shown.fill("#v", "Oslo, NO")
    shown.keyboard.press("Enter")
    until(shown, "document.querySelector('#list').textContent === 'fresh'")
    assert where.calls("/companies/")[-1].query["f"] == ["city:is:Oslo\\, NO"]
    assert "f=city" in shown.url


def test_a_column_is_widened_and_moved_by_key(open_page) -> None:
    html = shell_pages.components().replace(
        '<div id="list" class="list"', '<div id="list" class="list" data-draft="/draft"'
    )
    where = site(__draft=Reply(status=204))
    shown = open_page(where, html)
    grip = shown.locator("th[data-column=status] .grip")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    shown.mouse.move(box["x"] + 2, box["y"] + 5)
    shown.mouse.down()
    shown.mouse.move(box["x"] + 62, box["y"] + 5)
    shown.mouse.up()
    shown.focus("#sort-status")
    shown.keyboard.press("Alt+ArrowRight")
    until(shown, "new URLSearchParams(location.search).get('cols') === 'name,revenue,status,owner'")
    assert [asked.form["width"][0].split(":")[0] for asked in where.calls("/draft")] == ["status"]
    assert where.calls("/companies/")[-1].query["cols"] == ["name,revenue,status,owner"]


# ── controls ──────────────────────────────────────────────


def test_the_chooser_looks_up_chooses_and_clears(open_page) -> None:
    where = site(__lookup=LOOKUP)
    shown = open_page(where)
    shown.fill("#f-party", "nord")
    shown.wait_for_selector("#f-party-list:popover-open")
    assert where.calls("/lookup")[-1].query["q"] == ["nord"]
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Enter")
    assert shown.input_value("#f-party") == "Nordfiber"
    assert shown.locator("[data-name=party] input[name=party]").input_value() == "8"
    shown.click("[data-name=party] [data-clear]")
    assert shown.locator("[data-name=party] input[name=party]").input_value() == ""


def test_a_chooser_hears_what_was_typed_before_it_could_answer(browser) -> None:
    where, held = site(__lookup=LOOKUP), []
    with page(browser, where) as shown:
        shown.route("**/combobox*.js", lambda route: held.append(route))
        type(shown).goto(shown, "/companies/", wait_until="domcontentloaded")  # does not wait for what a page asks for
        shown.fill("#f-party", "nord")
        until(shown, "Number(document.documentElement.dataset.arriving) > 0")
        assert held and not where.calls("/lookup")
        for route in held:
            route.fallback()
        shown.wait_for_selector("#f-party-list:popover-open")
        assert where.calls("/lookup")[-1].query["q"] == ["nord"]
        shown.keyboard.press("Enter")
        assert shown.input_value("#f-party") == "Nordhavn Shipyard"


def test_the_chooser_of_several_adds_and_removes(open_page) -> None:
    shown = open_page(site(__lookup=LOOKUP))
    values = "[...document.querySelectorAll('[name=groups]')].map((one) => one.value)"
    shown.fill("#f-groups", "nord")
    shown.wait_for_selector("#f-groups-list:popover-open")
    shown.keyboard.press("Enter")
    assert shown.evaluate(values) == ["1", "2", "7"]
    shown.keyboard.press("Backspace")
    assert shown.evaluate(values) == ["1", "2"]


def test_a_menu_walks_by_arrows_and_closes_on_escape(open_page) -> None:
    shown = open_page(site())
    shown.focus("[popovertarget=demo-menu]")
    shown.keyboard.press("ArrowDown")
    until(shown, "document.activeElement.textContent.trim() === 'Edit'")
    shown.keyboard.press("ArrowDown")
    until(shown, "document.activeElement.textContent.trim() === 'Delete'")
    shown.keyboard.press("Escape")
    until(shown, "document.activeElement.getAttribute('popovertarget') === 'demo-menu'")
