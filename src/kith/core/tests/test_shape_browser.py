"""Shaping Kith in a real browser: a field called otherwise for everybody, an address typed and shown, a period moved in the calendar."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .test_layout_browser import drag, kept

pytestmark = pytest.mark.django_db(transaction=True)
COMPANY = "parties.company"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    return partial(visit_as, people.clients.eva)


def define(label, kind, **more):
    values = {"entity": COMPANY, "label": label, "kind": kind, **more}
    return writes.create(SYSTEM, registry.get("core.fielddefinition"), values)


def company(people, **values):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": "Halden Paper AS", "owner": people.eva.pk, **values})


def test_a_field_is_called_otherwise_in_two_languages_by_keys_alone(opened, people):
    record = company(people, website="halden.example")
    page = opened()("/settings/layouts/companies")
    page.focus("#lay-fields-website [data-words]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "labels-website-en"
    page.keyboard.type("Home on the web")
    page.keyboard.press("Tab")
    page.keyboard.type("Дом в сети")
    assert page.inner_text("#lay-fields-website [data-called]") == "Home on the web"
    browsing.until(page, "document.getElementById('layout-preview').innerText.includes('Home on the web')")
    assert browsing.violations(page, ".layout-page") == []
    page.click("#layout-save")
    page.wait_for_selector(".toast:has-text('The layout is saved.')")
    assert kept() == [{"words": {"labels": {"website": {"en": "Home on the web", "ru": "Дом в сети"}}}}]
    page.goto(page.url.split("/settings/")[0] + f"/companies/{record.pk}/")
    assert "Home on the web" in page.inner_text("#tabpanel")


@pytest.mark.parametrize(("size", "scheme", "language"), [("desk", "light", "en"), ("phone", "dark", "ru")])
def test_an_address_is_typed_in_its_parts_and_stands_as_on_a_letter(opened, people, size, scheme, language):
    writes.save(SYSTEM, people.eva, {"language": language})
    define("Delivery", "address", translations={"ru": "Доставка"})
    record = company(people)
    page = opened(size=size, scheme=scheme)(f"/companies/{record.pk}/")
    page.click("#field-x_delivery [hx-get*='edit=1']")
    page.fill("#e-x_delivery", "Storgata 1")
    page.fill("#e-x_delivery-postal_code", "0155")
    page.fill("#e-x_delivery-city", "Oslo")
    page.select_option("#e-x_delivery-country", "NO")
    browsing.look(page, f"address-edit-{size}-{scheme}-{language}")
    page.click("#field-x_delivery button[type=submit]")
    page.wait_for_selector("#field-x_delivery address.postal")
    assert page.inner_text("#field-x_delivery address").splitlines()[:2] == ["Storgata 1", "0155 Oslo"]
    browsing.look(page, f"address-{size}-{scheme}-{language}")


def test_a_period_is_dragged_as_a_whole_and_keeps_its_length(opened, people):
    define("Audit from", "date")
    define("Audit until", "date")
    monday = timezone.localdate().replace(day=10)
    monday -= dt.timedelta(days=monday.weekday())
    values = {"x_audit_from": monday.isoformat(), "x_audit_until": (monday + dt.timedelta(days=2)).isoformat()}
    record = company(people, **values)
    page = opened()("/companies/calendar?group=x_audit_from")
    page.click("[popovertarget='end-menu']")
    page.click("#end-menu a:has-text('Audit until')")
    page.wait_for_selector(f"#evt-{record.pk}-{monday + dt.timedelta(days=1)}")
    browsing.look(page, "calendar-period-desk-light-en")
    second, target = monday + dt.timedelta(days=1), monday + dt.timedelta(days=4)
    drag(page, f"#evt-{record.pk}-{second}", f"[data-day='{target}']")
    page.wait_for_selector(".toast:has-text('Moved to')")
    bag = registry.get(COMPANY).rows(SYSTEM).get(pk=record.pk).custom
    assert bag == {
        name: (dt.date.fromisoformat(day) + dt.timedelta(days=3)).isoformat() for name, day in values.items()
    }
