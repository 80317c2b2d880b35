"""The editor of layouts in a real browser: lines by mouse, by keys and by button, the preview at once, nothing in anybody's way."""

from functools import partial

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/settings/layouts/companies"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def company(people):
    values = {"name": "Halden Paper AS", "owner": people.ann.pk, "website": "halden.example", "employees_count": 240}
    return writes.create(SYSTEM, registry.get("parties.company"), values)


@pytest.fixture
def opened(visit_as, people):
    return partial(visit_as, people.clients.eva)


def middle(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, source, target):
    page.locator(target).scroll_into_view_if_needed()
    page.locator(source).scroll_into_view_if_needed()
    page.mouse.move(*middle(page, source))
    page.mouse.down()
    x, y = middle(page, target)
    page.mouse.move(x, y - 10, steps=5)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def names(page, zone):
    return page.locator(f"{zone} > li").evaluate_all("all => all.map(one => one.id.replace(/^lay-fields-/, ''))")


def kept():
    return [row.pieces for row in registry.get("core.layout").rows(SYSTEM)]


def preview(page, condition):
    browsing.until(page, f"(text => {condition})(document.getElementById('layout-preview').innerText)")


def test_a_line_is_dragged_moved_by_keys_and_hidden_and_the_preview_follows(opened, company):
    page = opened()(PAGE)
    zone = "#lay-section-basics [data-zone]" if page.locator("#lay-section-basics").count() else ".lay-section >> nth=0 >> [data-zone]"  # fmt: skip
    before = names(page, zone)
    drag(page, f"#lay-fields-{before[2]} .handle", f"#lay-fields-{before[0]} .handle")
    assert set(names(page, zone)[:2]) == {before[0], before[2]}
    page.focus("#lay-fields-website [data-up]")
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("document.activeElement.closest('li').id") == "lay-fields-website"
    every = names(page, ".lay-section [data-zone]")
    page.click("#lay-fields-website [data-down]")
    at = every.index("website")
    assert names(page, ".lay-section [data-zone]")[at : at + 2] == [every[at + 1], "website"]
    preview(page, "text.includes('halden.example')")
    page.uncheck("#lay-fields-website input[type=checkbox]")
    page.uncheck("#lay-strip-updated_at input[type=checkbox]")
    preview(page, "!text.includes('halden.example')")
    order = names(page, zone)
    page.click("#layout-save")
    page.wait_for_selector(".toast:has-text('The layout is saved.')")
    assert names(page, zone) == order
    assert kept()[0]["fields"]["hidden"] == ["website"]
    assert kept()[0]["strip"] == {"hidden": ["updated_at"]}


def test_a_new_section_takes_a_field_past_the_end_of_the_one_before(opened, company):
    page = opened()(PAGE)
    page.click("#layout-add")
    page.keyboard.type("On the web")
    key = page.evaluate("document.activeElement.name").removeprefix("title.")
    sections = page.locator(".lay-section:not([data-fixed])")
    last = sections.nth(sections.count() - 2).locator("[data-piece]").last
    name = last.get_attribute("id").removeprefix("lay-fields-")
    last.locator("[data-down]").focus()
    page.keyboard.press("Alt+ArrowDown")
    assert names(page, f"[data-zone='{key}']") == [name]
    page.focus(f"#lay-title-{key}")
    page.keyboard.press("Alt+ArrowUp")
    page.click("#layout-save")
    page.wait_for_selector(".toast:has-text('The layout is saved.')")
    assert kept()[0]["sections"]["titles"] == {key: {"en": "On the web"}}
    assert kept()[0]["fields"]["moved"] == {name: key}
    page.click("#layout-reset")
    page.wait_for_selector(".toast:has-text('The layout is taken back.')")
    assert kept() == []


@pytest.mark.parametrize(("size", "scheme", "language"), [("desk", "light", "en"), ("phone", "dark", "en"), ("desk", "light", "zh-hans")])  # fmt: skip
def test_it_is_seen_well(opened, people, company, size, scheme, language):
    writes.save(SYSTEM, people.eva, {"language": language})
    values = {"entity": "parties.company", "subject": f"access.role/{people.roles.own.pk}", "pieces": {"fields": {"hidden": ["website"]}}}  # fmt: skip
    writes.create(SYSTEM, registry.get("core.layout"), values)
    page = opened(size=size, scheme=scheme)(f"{PAGE}?for=access.role/{people.roles.own.pk}")
    browsing.look(page, f"layout-{size}-{scheme}-{language}")
    page.goto(page.url.split("/settings/")[0] + "/settings/layouts/")
    browsing.look(page, f"layouts-{size}-{scheme}-{language}")
