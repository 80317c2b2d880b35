"""The import wizard in a real browser, at a desk and on a phone: choose, match, check, correct, import, undo; axe finds nothing."""

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange.imports import ImportRun
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
FILE = b"Company,Mail,Industry,Founded\nAcme,post@acme.example,Bakery,03.04.2020\nBad,no mail,Mining,05.06.2020\nHalden,,,\n"


@pytest.fixture
def opened(new_page, transactional_db, live_server, settings, tmp_path):
    """Opens pages as Eva."""
    settings.MEDIA_ROOT = tmp_path
    people = make_people()

    def at(**kind):
        page = new_page(people.clients.eva, **kind)
        page.goto(live_server.url + "/companies/import")
        return page

    return at


def choose(page, row, text):
    """Let a column go to the first field that the chooser finds."""
    box = page.locator(f"#to-{row}")
    box.click()
    box.fill(text)
    page.wait_for_selector(f"#to-{row}-list [role=option]:not([aria-disabled])")
    browsing.until(
        page, f"document.querySelector('#to-{row}-list [role=option]').textContent.toLowerCase().includes('{text}')"
    )
    with page.expect_response(lambda answer: f"/column/{row}" in answer.url):
        box.press("Enter")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_file_is_imported_and_undone(opened, size):
    page = opened(size=size)
    assert browsing.violations(page) == []
    page.set_input_files("#f-file", {"name": "firms.csv", "mimeType": "text/csv", "buffer": FILE})
    page.wait_for_url("**/import/*-*/")
    page.wait_for_load_state("networkidle")
    assert page.input_value("#to-0") == "Company name"
    assert browsing.violations(page) == []
    choose(page, 3, "keep as a custom")
    browsing.until(page, "document.querySelector('#column-3').textContent.includes('New custom field')")
    assert "matched" in page.inner_text("#tally")
    if size == "phone":
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("text=Next: duplicates")
    page.wait_for_selector("text=Add new, update known")
    assert browsing.violations(page) == []
    page.click("text=Next: check")
    page.wait_for_selector("text=Please say how")
    assert browsing.violations(page) == []
    page.check("input[name='dates-3'][value=dmy]")
    page.click("text=Go on")
    page.wait_for_selector("text=Import 2 rows")
    assert browsing.violations(page) == []
    page.reload()
    page.fill("[name='c-3-1']", "info@bad.example")
    page.click("text=Save corrections and check again")
    page.wait_for_selector("text=Import 3 rows")
    page.click("text=Import 3 rows")
    page.wait_for_selector("text=Undo this import")
    assert browsing.violations(page) == []
    companies = registry.get("parties.company").rows(SYSTEM)
    assert sorted(companies.values_list("name", "industry__name"), key=str) == [
        ("Acme", "Bakery"),
        ("Bad", "Mining"),
        ("Halden", None),
    ]
    page.click("text=Undo this import")
    page.wait_for_selector("text=This import was undone")
    assert (companies.all().count(), ImportRun.objects.get().step) == (0, "done")


def test_the_dialog_of_a_column(opened):
    page = opened(size="desk")
    page.set_input_files("#f-file", {"name": "firms.csv", "mimeType": "text/csv", "buffer": FILE})
    page.wait_for_url("**/import/*-*/")
    page.wait_for_load_state("networkidle")
    page.click("#options-2")
    page.wait_for_selector("#modal[open] :text('Values of the file')")
    assert browsing.violations(page) == []
    page.select_option("#f-unknown", "reject")
    page.click("#modal button[type=submit]")
    page.wait_for_selector("#modal", state="hidden")
    assert [
        given.get("unknown") for given in ImportRun.objects.get().mapping["columns"] if given["column"] == "Industry"
    ] == ["reject"]
