"""Pages of sales in a real browser: the public form without script and session, the blocks of an opportunity and a lead; axe finds nothing."""

from types import SimpleNamespace

import pytest
from django.conf import settings

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people
from kith.processes.book import book
from kith.sales import intake, scoring, shipped

pytestmark = pytest.mark.django_db(transaction=True)


def make(label, actor=SYSTEM, **values):
    return writes.create(actor, registry.get(label), values)


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


@pytest.fixture
def scene(transactional_db):
    """An opportunity with everything around it, a late lead, and a form; Eva looks at them."""
    people = make_people()
    shipped.install()
    halden = make("parties.company", name="Halden Paper AS", owner=people.ann.pk)
    source = make("parties.source", name="Trade fair")
    deals = [
        make("sales.opportunity", name=f"Old {n}", company=halden.pk, source=source.pk, amount=euros("9000"))
        for n in range(3)
    ]
    stages = {stage.key: stage.pk for stage in book().courses[deals[0].process_id].stages}
    reason = registry.get("sales.reason").rows(SYSTEM).filter(result="lost", needs_text=False).first()
    rival = make(
        "sales.competitor",
        name="Valtek Instruments",
        strategy="Local service within a day; offer the trial early.",
        strengths="Price",
        weaknesses="14 weeks lead time",
        opportunities="Their service partner left",
        threats="New owner with money",
    )
    for deal in deals:
        make("sales.opportunitycompetitor", opportunity=deal.pk, competitor=rival.pk)
    for deal in deals[:2]:
        writes.save(SYSTEM, deal, {"stage": stages["won"]})
    writes.save(SYSTEM, deals[2], {"stage": stages["lost"], "reasons": [reason.pk], "competitor": rival.pk})
    gauge = make("catalogue.product", name="TX-400 moisture gauge", price=euros("16400"))
    frame = make("catalogue.product", name="Scanner frame PM", price=euros("31700"))
    make(
        "sales.competitorproduct",
        competitor=rival.pk,
        name="V-90",
        our_product=gauge.pk,
        price=euros("14900"),
        pros="6 % cheaper",
        cons="No local service",
        answer="Count the hours of standstill in a year.",
    )
    deal = make(
        "sales.opportunity",
        name="Moisture line, PM4",
        company=halden.pk,
        owner=people.ann.pk,
        source=source.pk,
        closes_on="2027-01-31",
        budget=euros("140000"),
        need="Cut sheet breaks on PM4 by a third",
        priority="high",
    )
    make("sales.opportunityline", opportunity=deal.pk, product=gauge.pk, quantity="6", position=1)
    make("sales.opportunityline", opportunity=deal.pk, product=frame.pk, quantity="1", discount="5", position=2)
    make(
        "sales.opportunitycompetitor",
        opportunity=deal.pk,
        competitor=rival.pk,
        threat="high",
        note="6 % cheaper. No local service.",
    )
    for given, family, title, role, attitude, influence in (
        ("Ingrid", "Halvorsen", "Purchasing director", "decision_maker", "sceptical", 5),
        ("Per", "Lunde", "Maintenance manager", "champion", "supports", 3),
        ("Olav", "Tveit", "Process engineer", "user", "opposes", 2),
    ):
        person = make("parties.person", given_name=given, family_name=family, owner=people.ann.pk)
        make("parties.employment", person=person.pk, company=halden.pk, title=title)
        make(
            "sales.opportunityrole",
            opportunity=deal.pk,
            person=person.pk,
            role=role,
            attitude=attitude,
            influence=influence,
        )
    scoring.renew("sales.opportunity")
    form = make(
        "sales.leadform", name="Trial unit", key="trial", title="Ask for a trial unit", intro="Free for 30 days. We answer within one working day.", source=source.pk, lead_owner=people.ann.pk,
        products=[gauge.pk, frame.pk], consent_text="You may contact me about this request. I can withdraw at any time.", consent_version="2026-1", consent_required=True,
        privacy_url="https://www.meridian.example/privacy", allowed_hosts=["www.meridian.example"],
    )  # fmt: skip
    make("sales.leadformfield", form=form.pk, kind="interest", position=3)
    who = {
        "name": "Freja Mortensen",
        "company": "Nordhavn Shipyard",
        "email": "freja@nordhavn.example",
        "phone": "+4533123456",
    }
    lead = intake.take(
        SYSTEM,
        who,
        {
            "owner": people.ann.pk,
            "source": source.pk,
            "text": "Thickness, ten points",
            "received_at": "2026-01-05T08:00:00+00:00",
        },
        intake.Request(form=form.pk, data=who),
    )
    return SimpleNamespace(people=people, deal=deal, lead=lead, form=form, rival=rival, halden=halden)


@pytest.fixture
def opened(new_page, scene, live_server):
    """Opens pages as Eva, or as a visitor: opened(address, size, scheme, visitor)."""

    def at(address, size="desk", scheme="light", *, visitor=False):
        page = new_page(None if visitor else scene.people.clients.eva, size=size, scheme=scheme)
        page.goto(live_server.url + address)
        return page

    return at


def test_pages_of_sales_are_clean(opened, scene):
    for address in (
        f"/opportunities/{scene.deal.pk}/",
        f"/opportunities/{scene.deal.pk}/?tab=battle-cards",
        f"/opportunities/{scene.deal.pk}/?tab=opportunityline-opportunity",
        f"/leads/{scene.lead.pk}/",
        "/leads/new",
        f"/competitors/{scene.rival.pk}/",
        f"/lead-forms/{scene.form.pk}/",
    ):
        assert browsing.violations(opened(address)) == [], address
    assert browsing.violations(opened(f"/opportunities/{scene.deal.pk}/", "phone", "dark")) == []


@pytest.mark.parametrize("language", ["en", "ru", "zh-hans"])
def test_a_visitor_sends_a_request(opened, scene, language):
    page = opened(f"/f/trial?lang={language}", "phone", "dark", visitor=True)
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("#f-name", "Kim Lee")
    page.fill("#f-email", "kim@nordhavn")
    page.check("#f-consent")
    page.click("button[type=submit]")
    page.wait_for_selector("#f-email[aria-invalid=true]")
    assert browsing.violations(page) == [] and page.input_value("#f-name") == "Kim Lee"
    page.fill("#f-email", "kim@nordhavn.example")
    page.click("button[type=submit]")
    page.wait_for_selector("[role=status].prewrap")
    assert registry.get("sales.lead").rows(SYSTEM).filter(person__email="kim@nordhavn.example").count() == 1
    assert page.context.cookies() == [] or {one["name"] for one in page.context.cookies()} <= {
        settings.LANGUAGE_COOKIE_NAME
    }


def test_a_line_is_edited_in_place(opened, scene):
    page = opened(f"/opportunities/{scene.deal.pk}/?tab=opportunityline-opportunity")
    quantity = page.locator("tr[id^=line-] input[name=quantity]").first
    quantity.fill("3")
    quantity.press("Tab")
    browsing.until(
        page, "document.querySelector('#strip').textContent.includes('79,315')", seconds=20
    )  # 3 x 16,400 + 31,700 less 5 %
    assert "49,200" in page.locator("tr[id^=line-] [data-total]").first.inner_text()
