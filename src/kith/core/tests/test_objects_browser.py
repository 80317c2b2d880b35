"""A field is defined, ordered, ruled and used in a real browser, by mouse and keyboard, on desk and phone; no rule of axe is broken."""

import os

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/settings/objects/companies"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def fields(people):
    """Fields of several kinds, and a rule."""
    made = {
        "x_risk": {"label": "Risk", "kind": "choice", "options": ["None", "Budget", "Competitor"], "is_required": False, "translations": {"ru": "Риск", "zh-hans": "风险"}, "looks": {"None": {"hue": "grey", "ru": "Нет", "zh-hans": "无"}, "Budget": {"hue": "amber", "ru": "Бюджет", "zh-hans": "预算"}, "Competitor": {"hue": "rose", "ru": "Конкурент", "zh-hans": "竞争对手"}}},
        "x_week": {"label": "Shutdown week", "kind": "number", "is_indexed": True}, "x_rival": {"label": "Main competitor", "kind": "link", "target": "parties.company"},
        "x_account": {"label": "Account number", "kind": "text", "is_unique": True, "pattern": "[A-Z]{2}-[0-9]{4}"},
    }  # fmt: skip
    for place, (name, values) in enumerate(made.items()):
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.company", "name": name, "position": place, **values})  # fmt: skip
    rule = {"entity": "parties.company", "field": "x_rival", "condition": {"field": "x_risk", "op": "any", "value": ["Competitor"]}}  # fmt: skip
    for effect in ("shown", "required"):
        writes.create(SYSTEM, registry.get("core.fieldrule"), rule | {"effect": effect})


def picture(page, name):
    if shots := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", caret="initial")


def names():
    rows = registry.get("core.fielddefinition").rows(SYSTEM).order_by("position", "label")
    return list(rows.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [("desk", "light", "en"), ("phone", "dark", "en"), ("desk", "light", "ru"), ("desk", "dark", "zh-hans")],
)
def test_the_pages_break_no_rule(people, fields, browser, live_server, size, scheme, language):
    writes.save(SYSTEM, people.eva, {"language": language})
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        for address, name in (("/settings/objects", "kinds"), (HERE, "fields"), (f"{HERE}?tab=rules", "rules")):
            page.goto(live_server.url + address)
            assert browsing.violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            if name == "fields":
                page.locator("#field-x_account").scroll_into_view_if_needed()
            picture(page, f"objects-{name}-{size}-{language}")
        page.goto(live_server.url + HERE)
        page.click("#open-x_risk")
        page.wait_for_selector("#object-field")
        assert browsing.violations(page, "#drawer") == []
        picture(page, f"objects-panel-{size}-{language}")


def test_a_field_is_defined_and_typed_into(people, browser, live_server):
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(live_server.url + HERE)
        page.click("text=New field")
        page.fill("#of-label", "Risk")
        page.select_option("#of-kind", "choice")
        page.wait_for_selector("#of-add")
        for number, word in enumerate(("None", "Budget")):
            page.click("#of-add")
            page.wait_for_selector(f"#of-option-{number}")
            page.fill(f"#of-option-{number}", word)
        assert page.input_value("#of-label") == "Risk"
        page.check("#of-is_required")
        page.click("#of-save")
        page.wait_for_selector("#field-x_risk .badge:has-text('Required')")
        assert names() == ["x_risk"]
        page.goto(f"{live_server.url}/companies/new?full=1")
        assert page.locator("#f-x_risk option").all_inner_texts() == ["—", "None", "Budget"]


def test_order_by_mouse_and_by_keyboard(people, fields, browser, live_server):
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}{HERE}?show=own")
        page.focus("#down-x_risk")
        page.keyboard.press("Enter")
        browsing.until(page, "document.querySelector('[data-line]').id === 'field-x_week'")
        assert names() == ["x_week", "x_risk", "x_rival", "x_account"]
        page.wait_for_selector(".object-lines[data-behaviour]")
        browsing.until(page, "document.documentElement.dataset.arriving === '0'")
        page.locator("#field-x_account .grip").drag_to(page.locator("#field-x_week .grip"))
        browsing.until(page, "document.querySelector('[data-line]').id === 'field-x_account' && !document.querySelector('[aria-busy]')")  # fmt: skip
        assert names() == ["x_account", "x_week", "x_risk", "x_rival"]
        assert page.locator("#object-fields").count() == 1


def test_a_form_follows_its_rules_at_once_and_the_server_agrees(people, fields, browser, live_server):
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/companies/new?full=1")
        browsing.until(page, "document.documentElement.dataset.arriving === '0'")
        assert not page.locator("#row-x_rival").is_visible()
        page.fill("#f-name", "Halden Paper")
        page.select_option("#f-x_risk", "Competitor")
        page.wait_for_selector("#row-x_rival .req")
        assert page.locator("#row-x_rival").is_visible()
        picture(page, "objects-form-shown")
        page.click("#record-form .form-end .btn.primary")
        page.wait_for_selector("#row-x_rival .err")
        assert not registry.get("parties.company").rows(SYSTEM).exists()
        assert page.locator("#row-x_rival").is_visible()
        browsing.until(page, "document.documentElement.dataset.arriving === '0'")
        page.select_option("#f-x_risk", "Budget")
        browsing.until(page, "document.querySelector('#row-x_rival').hidden")
        page.click("#record-form .form-end .btn.primary")
        page.wait_for_url("**/companies/*-*/")
        (record,) = registry.get("parties.company").rows(SYSTEM)
        assert record.custom == {"x_risk": "Budget"}
        assert page.locator("[data-field=x_rival]").count() == 0
        picture(page, "objects-record")


def test_a_rule_is_made_from_the_line_of_a_field_and_taken_away(people, fields, browser, live_server):
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(live_server.url + HERE)
        page.click("#rule-website")
        page.wait_for_selector("#modal #f-field")
        assert page.input_value("#modal #f-field") == "website"
        page.select_option("#modal #f-effect", "required")
        page.select_option("#modal #f-condition", "x_risk")
        page.wait_for_selector("#modal #f-condition-value, #modal [name='condition.value']")
        page.select_option("#modal [name='condition.op']", "any")
        page.wait_for_selector("#modal [name='condition.value'][value=Budget], #modal option[value=Budget]")
        control = page.locator("#modal [name='condition.value']").first
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option("Budget")
        else:
            page.check("#modal [name='condition.value'][value=Budget]")
        assert browsing.violations(page, "#modal") == []
        picture(page, "objects-rule-dialog")
        page.click("#modal .btn.primary[type=submit]")
        browsing.until(page, "!document.querySelector('#modal[open]')")
        rules = registry.get("core.fieldrule").rows(SYSTEM)
        assert rules.get(field="website").condition == {"field": "x_risk", "op": "any", "value": ["Budget"]}
        page.goto(f"{live_server.url}{HERE}?tab=rules")
        page.wait_for_selector("li:has-text('Website')")
        page.locator("li:has-text('Website') button[id^=drop-rule]").click()
        browsing.until(page, "![...document.querySelectorAll('.object-lines li')].some((one) => one.textContent.includes('Website'))")  # fmt: skip
        assert not rules.filter(field="website").exists()
