"""The record page in a real browser: editing in place, writing, ticking, moving in the chart, the palette, errors of forms."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def company(people):
    return factory.make(
        "parties.company", name="Halden Paper AS", status="active", payment_terms="Net 30", owner=str(people.eva.pk)
    )


@pytest.fixture
def opened(new_page, people, live_server):
    """Opens pages as Eva: opened(size)(address)."""

    def at(size="desk"):
        page = new_page(people.clients.eva, size=size)

        def go(address):
            page.goto(live_server.url + address)
            return page

        return go

    return at


@pytest.fixture
def shown(opened, company):
    page = opened()(f"/companies/{company.pk}/")
    browsing.until(page, "document.querySelectorAll('[id^=rel-] .sec-h .cnt').length > 3")
    return page


def now(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


def test_a_value_is_edited_where_it_is_read_and_the_strip_follows(shown, company):
    shown.locator("#field-status [data-edit-field]").click()
    browsing.until(shown, "document.activeElement?.name === 'status'")
    shown.locator("#field-status select").select_option("lost")
    browsing.until(shown, "document.querySelector('#strip .badge.bad') !== null")
    assert now(company).status == "lost"


def test_a_note_is_written_and_stands_in_the_timeline(shown):
    shown.locator("#note-text").fill("Budget approved")
    shown.keyboard.press("Control+Enter")
    browsing.until(shown, "document.querySelector('.tl .noted')?.textContent.includes('Budget approved')")
    assert shown.locator("#note-text").input_value() == ""
    browsing.until(shown, "document.querySelector('#toasts .toast') !== null")


def test_a_task_is_planned_and_ticked(shown, company):
    shown.locator("#compose-task").click()
    shown.locator("#task-name").fill("Call them")
    shown.keyboard.press("Control+Enter")
    browsing.until(shown, "document.querySelector('.tl input[id^=tick-]') !== null")
    shown.locator(".tl input[id^=tick-]").click()
    browsing.until(
        shown,
        "document.querySelector('.tl input[id^=tick-]')?.checked === true && document.querySelector('.tl .ico.ok') !== null",
    )
    assert registry.get("activities.task").rows(SYSTEM).get().status == "done"


def test_people_are_moved_in_the_chart_by_key_and_circles_are_refused(shown, company):
    jobs = []
    for given in ("Ingrid", "Per"):
        person = factory.make("parties.person", given_name=given, family_name="Lunde", owner=str(company.owner_id))
        jobs.append(
            writes.create(
                SYSTEM, registry.get("parties.employment"), {"person": str(person.pk), "company": str(company.pk)}
            )
        )
    shown.goto(shown.url.split("?")[0] + "?tab=org-chart")
    browsing.until(shown, f"document.getElementById('node-{jobs[1].pk}') !== null")
    shown.locator(f"#node-{jobs[1].pk}").focus()
    shown.wait_for_timeout(300)
    shown.keyboard.press("Alt+ArrowRight")
    shown.locator("#toasts", has_text="Moved: Per Lunde").wait_for()
    assert now(jobs[1]).reports_to_id == jobs[0].pk
    token = shown.evaluate("document.querySelector('meta[name=csrf-token]').content")
    values = {"id": str(jobs[0].pk), "parent": str(jobs[1].pk)}
    refused = shown.request.post(
        shown.url.split("/companies")[0] + "/employments/tree/move", form=values, headers={"X-CSRFToken": token}
    )
    assert refused.status == 422 and "circle" in refused.text()
    assert now(jobs[0]).reports_to_id is None


def test_the_palette_finds_across_scripts_and_opens(shown, people):
    person = factory.make("parties.person", given_name="Иван", family_name="Иванов", owner=str(people.eva.pk))
    shown.keyboard.press("Control+k")
    shown.keyboard.type("ivanov")
    browsing.until(
        shown,
        "document.querySelector('#palette-results [role=option][aria-selected=true]')?.textContent.includes('Иванов')",
    )
    shown.keyboard.press("Enter")
    shown.wait_for_url(f"**/people/{person.pk}/")


def test_an_error_of_a_dialog_takes_the_focus_and_keeps_what_was_typed(shown):
    shown.locator("#add-contactpoint-party").click()
    browsing.until(shown, "document.querySelector('#modal[open] #f-value') !== null")
    shown.locator("#f-value").fill("no mail")
    shown.locator("#modal button[type=submit].primary").click()
    browsing.until(shown, "document.activeElement?.classList.contains('summary-err')")
    assert shown.locator("#f-value").input_value() == "no mail"
    shown.locator("#f-value").fill("post@haldenpaper.no")
    shown.locator("#modal button[type=submit].primary").click()
    browsing.until(
        shown,
        "!document.querySelector('#modal[open]') && document.querySelector('#rel-contactpoint-party').textContent.includes('post@haldenpaper.no')",
    )


PARTS = ("", "?tab=history", "?tab=org-chart", "?tab=relationship", "?tab=files", "?tab=contactpoint-party", "edit")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_nobody_is_shut_out(opened, company, size):
    go = opened(size)
    for part in PARTS:
        page = go(f"/companies/{company.pk}/{part}")
        page.wait_for_timeout(300)
        assert (part, browsing.violations(page)) == (part, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), part
    for address in ("/", "/search?q=halden", "/companies/new", "/territories/tree"):
        page = go(address)
        assert (address, browsing.violations(page)) == (address, [])
