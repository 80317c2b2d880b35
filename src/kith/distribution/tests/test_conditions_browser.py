"""A condition built in a real browser by the keyboard alone: in a new rule, on its page, in the list; in both themes and sizes."""

from collections.abc import Iterator
from typing import Any

import pytest

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .help import fresh, rule

pytestmark = pytest.mark.django_db(transaction=True)
WEB = {"field": "channel", "op": "any", "value": ["web"]}
GERMAN = {"field": "company.country", "op": "any", "value": ["DE"]}


@pytest.fixture
def people(transactional_db: None) -> Iterator[Any]:
    yield make_people()
    custom_fields.forget()


@pytest.fixture
def opened(visit_as: Any, people: Any) -> Any:
    """Opens pages as Eva."""
    return lambda address, **kind: visit_as(people.clients.eva, **kind)(address)


def at(page: Any, element: str, key: str = "Tab") -> None:
    """Tab until an element has the focus."""
    for _step in range(40):
        if page.evaluate("document.activeElement?.id") == element:
            return
        page.keyboard.press(key)
    raise AssertionError(
        f"{element} cannot be reached, the focus is on {page.evaluate('document.activeElement?.outerHTML')}"
    )


def choose(page: Any, element: str, label: str, then: str) -> None:
    """Choose an option by typing it, until `then` is on the page."""
    at(page, element)
    for _attempt in range(5):
        page.keyboard.type(label)
        if page.evaluate("document.activeElement.selectedOptions[0].text") == label:
            break
        page.wait_for_timeout(1_200)  # on a busy machine the browser took it for several words
    browsing.until(page, f"!document.querySelector('.condition [aria-busy=true]') && ({then})")


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_a_condition_is_built_by_keyboard(opened: Any, people: Any, size: str, scheme: str) -> None:
    made = rule(condition=WEB)
    page = opened(f"/assignment-rules/{made.pk}/", size=size, scheme=scheme)
    browsing.look(page, f"rule-told-{size}-{scheme}")
    page.locator("#field-condition [data-edit-field]").focus()
    page.keyboard.press("Enter")
    browsing.until(page, "document.activeElement?.closest('#e-condition-editor')")
    choose(page, "e-condition", "Country (company)", "document.querySelector('#e-condition-value')")
    at(page, "e-condition-value")
    page.keyboard.type("Germany")
    browsing.look(page, f"rule-asking-{size}-{scheme}")
    at(page, "e-condition-add")
    page.keyboard.press("Enter")
    browsing.until(page, "document.querySelectorAll('#e-condition-editor .marks li').length === 2")
    browsing.until(page, "document.activeElement?.id === 'e-condition'")
    browsing.look(page, f"rule-built-{size}-{scheme}")
    assert fresh(made).condition == WEB  # nothing is saved before it is asked for
    for _step in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.type") == "submit":
            break
    page.keyboard.press("Enter")
    browsing.until(page, "document.querySelector('#field-condition:not(.is-editing)')")
    assert fresh(made).condition == {"all": [WEB, GERMAN]}
    assert "Company › Country is any of Germany" in page.inner_text("#field-condition")


def test_escape_leaves_everything_as_it_was(opened: Any, people: Any) -> None:
    made = rule(condition=WEB)
    page = opened(f"/assignment-rules/{made.pk}/")
    page.locator("#field-condition [data-edit-field]").focus()
    page.keyboard.press("Enter")
    browsing.until(page, "document.activeElement?.closest('#e-condition-editor')")
    at(page, "e-condition-drop-1", "Shift+Tab")
    page.keyboard.press("Enter")
    browsing.until(
        page, "!document.querySelector('#e-condition-editor .marks') && document.activeElement?.id === 'e-condition'"
    )
    page.keyboard.press("Escape")
    browsing.until(page, "document.querySelector('#field-condition:not(.is-editing)')")
    assert fresh(made).condition == WEB


@pytest.mark.parametrize(("size", "scheme"), [("desk", "dark"), ("phone", "light")])
def test_the_form_of_a_new_rule_follows_its_kind_of_record(opened: Any, people: Any, size: str, scheme: str) -> None:
    page = opened("/assignment-rules/new?full=1", size=size, scheme=scheme)
    assert "Say first on which records" in page.inner_text("#f-condition-editor")
    page.fill("#f-name", "Web leads")
    with page.expect_response("**/condition/**"):
        page.select_option("#f-entity", "sales.lead")
    browsing.until(page, "document.querySelector('#f-condition-editor select')")
    choose(page, "f-condition", "Channel", "document.querySelector('#f-condition-op')")
    page.check("#f-condition-editor [value=web]")
    page.locator("#f-condition-editor").scroll_into_view_if_needed()
    browsing.look(page, f"rule-new-{size}-{scheme}")
    page.locator("form button[type=submit].primary").first.click()
    page.wait_for_url("**/assignment-rules/*-*/")
    made = registry.get("distribution.assignmentrule").rows(SYSTEM).get(name="Web leads")
    assert made.condition == WEB  # what was being typed is taken along


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_in_other_languages(opened: Any, people: Any, language: str) -> None:
    writes.save(SYSTEM, people.eva, {"language": language})
    made = rule((people.ann, {"condition": GERMAN}), condition={"any": [WEB, GERMAN]})
    page = opened("/assignment-rules/")
    words = {"ru": "Компания › Страна", "zh-hans": "公司 › 国家"}[language]
    assert words in page.inner_text(f"#row-{made.pk}")
    browsing.look(page, f"rules-{language}")
    page = opened(f"/assignment-rules/{made.pk}/edit")
    assert words in page.inner_text("#f-condition-editor")
    browsing.look(page, f"rule-edit-{language}")
