"""Personal data in a real browser: stale values fade and are confirmed, the register, the acts on a person, the dry run of a rule."""

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def person(people):
    """Somebody whose values are thirteen months old, with a consent, and a rule that is about her."""
    made = factory.make("parties.person", given_name="Mette", family_name="Lind", phone="+4769184001", email="mette@lind.example", owner=str(people.eva.pk))  # fmt: skip
    writes.create(SYSTEM, registry.get("parties.consent"), {"party": made.pk, "purpose": "newsletter", "source": "Fair in Oslo"})  # fmt: skip
    writes.create(people.actors.eva, registry.get("privacy.processing"), {"name": "Customers", "entity": "parties.person", "purpose": "Selling and keeping contact", "basis": "contract", "retention": "Ten years after the last order", "recipients": "Accountant"})  # fmt: skip
    writes.create(people.actors.eva, registry.get("privacy.retentionrule"), {"name": "Silent for long", "entity": "parties.person", "age_field": "created_at", "months": 12, "act": "notify"})  # fmt: skip
    at = timezone.now() - relativedelta(months=13)
    with maintenance("maintenance"):
        Change.objects.filter(record_id=made.pk).update(at=at)
        type(made)._base_manager.filter(pk=made.pk).update(created_at=at)
    return made


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_stale_values_are_seen_and_confirmed(people, person, browser, live_server, size, scheme):
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/people/{person.pk}/")
        page.wait_for_selector("#field-phone .stale")
        browsing.look(page, f"stale-{size}-{scheme}")
        page.click("#record-more")
        page.click("#record-origins")
        page.wait_for_selector("#origins")
        assert page.is_checked("#confirm-phone") and not page.is_checked("#confirm-family_name")
        browsing.look(page, f"origins-{size}-{scheme}")
        page.click("#origins-confirm")
        browsing.until(page, "document.querySelector('#field-phone') && !document.querySelector('#field-phone .stale')")
        assert Change.objects.filter(record_id=person.pk, op="confirm").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_register_tab_and_dry_run_break_no_rule(people, person, browser, live_server, size, scheme):
    rule = registry.get("privacy.retentionrule").rows(SYSTEM).get()
    pages = {"register": "/personal-data/", "tab": f"/people/{person.pk}/?tab=personal-data", "dry-run": f"/retention-rules/{rule.pk}/?tab=dry-run", "freshness": "/settings/freshness", "list": "/people/?f=stale:any:phone", "consents": "/consents/"}  # fmt: skip
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        for name, address in pages.items():
            page.goto(live_server.url + address)
            page.wait_for_selector("main h1, main table, main .card")
            browsing.look(page, f"{name}-{size}-{scheme}")


def test_erasing_asks_for_the_word_and_leads_to_the_job(people, person, browser, live_server):
    writes.save(SYSTEM, person, {"status": "deceased"})
    with browsing.page(browser, size="desk", scheme="light") as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/people/{person.pk}/?tab=personal-data")
        page.click("#forget")
        page.fill("#f-reason", "asked for")
        page.fill("#f-word", "no")
        page.click("#modal button[type=submit]")
        page.wait_for_selector("#f-word-err")
        browsing.look(page, "erase-desk-light")
        page.fill("#f-word", "erase")
        page.click("#modal button[type=submit]")
        page.wait_for_url("**/jobs/*")


def test_the_register_speaks_russian(people, person, browser, live_server):
    writes.save(SYSTEM, people.eva, {"language": "ru"})
    with browsing.page(browser, size="desk", scheme="light") as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/people/{person.pk}/?tab=personal-data")
        page.wait_for_selector("text=Собрать все сведения")
        browsing.look(page, "tab-ru")
