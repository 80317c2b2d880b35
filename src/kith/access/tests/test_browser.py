"""Sign-in, permissions, profile and log in a real browser: by keyboard, in both themes, on a phone, without axe findings."""

from typing import Any

import pytest

from kith.access import accounts, matrix
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import PASSWORD, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db: None) -> Any:
    people = make_people()
    accounts.set_password(SYSTEM, people.eva, PASSWORD)
    people.clients.eva.force_login(people.eva)
    for number in range(3):
        values = {"name": f"Company {number}", "owner": people.tom.pk}
        writes.create(people.actors.eva, registry.get("parties.company"), values)
    return people


@pytest.fixture
def opened(new_page: Any, people: Any, live_server: Any) -> Any:
    """Opens pages as Eva: opened(address, size=…, scheme=…); `signed=False` as a stranger."""

    def at(address: str, *, signed: bool = True, **kind: Any) -> Any:
        page = new_page(people.clients.eva if signed else None, **kind)
        page.goto(live_server.url + address)
        return page

    return at


def sign_in(page: Any, password: str, prefix: str = "login") -> None:
    page.fill(f"#{prefix}", "EVA@kith.test")
    page.fill(f"#{prefix}-password", password)
    page.keyboard.press("Enter")


def test_one_signs_in_after_a_mistake_and_lands_where_one_wanted(opened: Any, live_server: Any) -> None:
    page = opened("/audit/", signed=False)
    assert page.url.endswith("/login?next=/audit/")
    sign_in(page, "not the password")
    page.wait_for_selector("#login-password-err")
    assert page.inner_text("#login-password-err") == "That e-mail and password do not match."
    sign_in(page, PASSWORD)
    page.wait_for_url(live_server.url + "/audit/")


def test_an_ended_session_is_renewed_over_the_page_and_the_request_repeated(opened: Any) -> None:
    page = opened("/audit/")
    page.context.clear_cookies()
    page.locator("a[id^=open-]").first.click()
    page.wait_for_selector("#signin[open]")
    sign_in(page, "not the password", "again")
    page.wait_for_selector("#signin .err")
    sign_in(page, PASSWORD, "again")
    browsing.until(page, "document.querySelector('#audit-side h2')")
    assert page.locator("#signin[open]").count() == 0


def test_the_matrix_is_changed_by_keyboard_and_saved_at_once(opened: Any, people: Any) -> None:
    role = people.roles.own
    page = opened(f"/roles/{role.pk}/permissions")
    browsing.until(page, "document.querySelector('.matrix .lvl[tabindex=\"0\"]')")
    page.focus("[data-key='*:view']")
    page.keyboard.press("5")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.dataset.key") == "parties.company:create"
    changes = [
        "Every kind of record · View: own → all",
        "Every kind of record · Create: own → —",
        "Companies · Create: — → own",
    ]
    assert page.locator("#pending li").all_inner_texts() == changes
    page.keyboard.press("0")
    page.keyboard.press("Delete")
    assert page.locator("#pending li").count() == 2
    page.click("#save-permissions")
    page.locator("#toasts", has_text="2 permissions changed.").wait_for()
    found = matrix.rules_of(role)
    assert found["*", "view"] == [{"level": "all", "deny": False, "condition": None}]
    assert ("*", "create") not in found and ("parties.company", "create") not in found


def test_rules_of_a_cell_and_their_effect(opened: Any, people: Any) -> None:
    page = opened(f"/roles/{people.roles.own.pk}/permissions")
    browsing.until(page, "document.querySelector('.matrix .lvl[tabindex=\"0\"]')")
    page.focus("[data-key='parties.company:view']")
    page.keyboard.press("r")
    page.wait_for_selector("#modal[open] #f-condition-0")
    page.select_option("#f-level-0", "all")
    page.select_option("#f-condition-0", "name")
    page.select_option("#f-condition-0-op", "is")
    page.locator("#f-condition-0-rest [name='condition-0.value']").fill("Company 1")
    page.click("#f-condition-0-add")
    page.locator("#f-condition-0-editor .marks", has_text="Company 1").wait_for()
    page.click("#modal footer [type=submit]")
    browsing.until(page, "!document.querySelector('#modal[open]')")
    assert page.inner_text("[data-key='parties.company:view']") == "rule"
    page.click("#preview")
    browsing.until(page, "document.querySelector('#effect li')")
    assert "Ann Own\nCompanies · View\ngains 1" in page.inner_text("#effect")
    assert "Company 1" in page.text_content("#effect")
    assert ("parties.company", "view") not in matrix.rules_of(people.roles.own)


PHONE = ["/login", "/profile", "/settings/", "/settings/tokens", "/settings/explain", "/audit/", "/jobs"]
LOOKS = {
    ("phone", "dark"): [*PHONE, "{role}?tab=fields", "{role}", "{user}"],
    ("desk", "light"): ["/audit/", "{role}", "{group}"],
}


@pytest.mark.parametrize("look", LOOKS)
def test_pages_are_accessible_and_fit(opened: Any, people: Any, look: tuple[str, str]) -> None:
    known = {"role": f"/roles/{people.roles.own.pk}/permissions", "user": f"/users/{people.ann.pk}/?tab=rights"}
    known["group"] = f"/groups/{people.north.pk}/?tab=tree"
    found = {}
    for address in LOOKS[look]:
        page = opened(address.format(**known), signed=address != "/login", size=look[0], scheme=look[1])
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        if problems := [*browsing.violations(page), *(["too wide"] if wide else [])]:
            found[address] = problems
        page.close()
    assert found == {}
