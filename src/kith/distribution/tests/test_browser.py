"""Pools, rehearsal, owners and hand-over in a real browser: by pressing their buttons, on a phone, in the dark, without axe findings."""

from types import SimpleNamespace
from typing import Any

import pytest

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people, make_user
from kith.distribution import book, claiming, leases, running

from .help import entity, fresh, lead, pool, rule, waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground(transactional_db: None) -> Any:
    """Eva, who manages a pool with four leads, and a rule by quota; Vera worked on one of hers."""
    book.forget()
    people = make_people()
    vera, igor = make_user("Vera Petrova"), make_user("Igor Lang")
    eva = actor_of(people.eva.pk)
    companies = [factory.make("parties.company", name=name) for name in ("Nordhavn Marine AS", "Kiel Optik GmbH", "ООО «Волга-Прибор»", "上海明远仪器有限公司")]  # fmt: skip
    leads = [lead(name=f"Request about sensors, {company}", company=company.pk) for company in companies]
    made = pool((people.eva, "manages"), name="Free leads", daily_limit=20)
    waits(made, *leads[:3], reason="No answer for three weeks")
    by_quota = rule((vera, {"capacity": 100}), (igor, {"capacity": 50}), name="Web leads", method="capacity")
    running.run(entity(), [by_quota])
    claiming.give_back(eva, entity(), [leads[3].pk], made.pk, "Budget was cut")
    mine = lead(name="Request about pumps", company=companies[0].pk, owner=vera.pk)
    leases.take(actor_of(vera.pk), entity(), mine)
    yield SimpleNamespace(people=people, vera=vera, pool=made, rule=by_quota, leads=leads, mine=mine)
    custom_fields.forget()


@pytest.fixture
def opened(visit_as: Any, ground: Any) -> Any:
    """Opens pages as Eva."""
    return lambda address, **kind: visit_as(ground.people.clients.eva, **kind)(address)


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_every_page_in_both_themes_and_sizes(opened: Any, ground: Any, size: str, scheme: str) -> None:
    kind = {"size": size, "scheme": scheme}
    addresses = {
        "queue": f"/pools/{ground.pool.pk}/queue", "owners": f"/leads/{ground.leads[3].pk}/?tab=ownership", "rule": f"/assignment-rules/{ground.rule.pk}/",
        "work": f"/leads/{ground.mine.pk}/", "holdings": f"/users/{ground.vera.pk}/?tab=holdings", "handover": f"/handover?user={ground.vera.pk}",
    }  # fmt: skip
    for name, address in addresses.items():
        browsing.look(opened(address, **kind), f"{name}-{size}-{scheme}")
    page = opened(f"/assignment-rules/{ground.rule.pk}/?tab=rehearsal", **kind)
    page.click("#rehearse")
    page.wait_for_selector("#rehearsed table")
    browsing.look(page, f"rehearsal-{size}-{scheme}")


def test_taking_the_next_opens_it_and_a_selection_is_taken(opened: Any, ground: Any) -> None:
    """The first of the queue is about the customer that Vera is working on, so the next one is the second."""
    page = opened(f"/pools/{ground.pool.pk}/queue")
    page.click("#take-next")
    page.wait_for_url("**/leads/*/")
    assert fresh(ground.leads[1]).owner_id == ground.people.eva.pk
    page = opened(f"/pools/{ground.pool.pk}/queue")
    page.check(f"#row-{ground.leads[2].pk} [data-one]")
    page.click("[data-bulk$='/take']")
    browsing.until(page, f"!document.getElementById('row-{ground.leads[2].pk}')")
    assert fresh(ground.leads[2]).owner_id == ground.people.eva.pk
    page.click(f"#take-{ground.leads[3].pk}")
    browsing.until(page, f"!document.getElementById('row-{ground.leads[3].pk}')")
    assert fresh(ground.leads[3]).owner_id == ground.people.eva.pk
    page.click(f"#take-{ground.leads[0].pk}")
    page.wait_for_selector(".toast.bad")
    assert "Vera Petrova is working on this customer" in page.inner_text(".toast.bad")
    assert fresh(ground.leads[0]).owner_id is None


def test_a_record_says_who_works_on_it_and_frees_it_with_a_reason(opened: Any, ground: Any) -> None:
    page = opened(f"/leads/{ground.mine.pk}/")
    page.wait_for_selector("#work-end")
    assert "Vera Petrova" in page.inner_text("#work")
    page.click("#work-end")
    page.fill("#modal [name=reason]", "Vera is ill")
    page.click("#modal button[type=submit]")
    page.wait_for_selector("#work-begin")
    page.click("#work-begin")
    page.wait_for_selector("#work-stop")
    assert leases.current(ground.mine.pk).lease_owner_id == ground.people.eva.pk


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_in_other_languages(opened: Any, ground: Any, language: str) -> None:
    writes.save(SYSTEM, ground.people.eva, {"language": language})
    words = {"ru": "Передача дел", "zh-hans": "工作移交"}[language]
    page = opened(f"/handover?user={ground.vera.pk}")
    assert page.inner_text("h1") == words
    page.select_option("#to-leads", index=1)
    page.click("#handover-look")
    page.wait_for_selector("h1")
    browsing.look(page, f"handover-{language}")
    browsing.look(opened(f"/pools/{ground.pool.pk}/queue"), f"queue-{language}")
    page = opened(f"/assignment-rules/{ground.rule.pk}/?tab=rehearsal")
    page.click("#rehearse")
    page.wait_for_selector("#rehearsed table")
    browsing.look(page, f"rehearsal-{language}")
