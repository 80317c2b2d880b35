"""From a web form to a won deal: distributed and claimed, qualified, a refused and a granted move, lost, opened again, won."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.outbox import deliver_waiting
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people
from kith.distribution import book as basins
from kith.processes.book import book
from kith.sales import shipped

pytestmark = pytest.mark.django_db(transaction=True)
#: What people read on the way, by language: thanks, qualify, the stage that refuses, the reason of the loss.
WORDS = {
    "en": ("Thank you", "Qualify", "Offer sent", "Too expensive"),
    "ru": ("Спасибо", "Квалифицировать", "Предложение отправлено", "Слишком дорого"),
    "zh-hans": ("谢谢", "转为商机", "已报价", "价格太高"),
}


def rows(label: str) -> Any:
    return registry.get(label).rows(SYSTEM)


def make(label: str, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), values)


@pytest.fixture
def ground(transactional_db: None) -> Any:
    """A web form; a rule by which Tom gets one request a day and the rest waits in a pool, from which Ann takes."""
    basins.forget()
    people = make_people()
    shipped.install()
    source = make("parties.source", name="Web site")
    form = make("sales.leadform", name="Trial", key="trial", title="Trial unit", source=source.pk, consent_text="You may call me.", consent_version="1", consent_required=True)  # fmt: skip
    pool = make("distribution.pool", name="Free leads", entity="sales.lead")
    make("distribution.poolmember", pool=pool.pk, user=people.ann.pk)
    rule = make("distribution.assignmentrule", name="Web leads", entity="sales.lead", method="capacity", fallback="pool", fallback_pool=pool.pk)  # fmt: skip
    make("distribution.rulemember", rule=rule.pk, user=people.tom.pk, capacity=30)
    yield SimpleNamespace(people=people, pool=pool, form=form, source=source)
    custom_fields.forget()


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the story (KITH_SHOTS names the folder)."""
    if folder := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")


def until(page: Page, condition: str) -> None:
    """As browsing.until, with patience for a busy machine."""
    browsing.until(page, condition, seconds=30)


@pytest.mark.parametrize("language", WORDS)
def test_in_the_browser(ground: Any, new_page: Any, live_server: Any, language: str) -> None:
    thanks, qualify, offer, price = WORDS[language]
    writes.save(SYSTEM, ground.people.ann, {"language": language})
    two_visitors_ask(new_page(), f"{live_server.url}/f/trial?lang={language}", thanks)
    _given, waiting = distributed(ground)
    page = new_page(ground.people.clients.ann)
    page.goto(f"{live_server.url}/pools/{ground.pool.pk}/queue")
    shot(page, f"story-{language}-1-queue")
    ann_takes_the_next(page, ground, waiting)
    deal = ann_qualifies_it(page, ground, qualify, f"story-{language}-2-lead")
    an_offer_needs_an_amount(page, deal, offer, f"story-{language}-3-refused")
    a_loss_needs_a_reason(page, deal, price, f"story-{language}-4-lost")
    it_is_opened_again(page, deal)
    it_is_won(page, deal, f"story-{language}-5-won")


def two_visitors_ask(page: Page, address: str, thanks: str) -> None:
    for name in ("Freja Mortensen", "Lars Moe"):
        ask(page, address, name)
        assert thanks in page.inner_text("main")


def distributed(ground: Any) -> tuple[Any, Any]:
    """The first request went to Tom, the second waits."""
    deliver_waiting()
    first, second = rows("sales.lead").order_by("received_at")
    assert (first.owner_id, second.owner_id) == (ground.people.tom.pk, None)
    return first, second


def ann_takes_the_next(page: Page, ground: Any, lead: Any) -> None:
    page.click("#take-next")
    page.wait_for_url(f"**/leads/{lead.pk}/")
    assert rows("sales.lead").get(pk=lead.pk).owner_id == ground.people.ann.pk


def ann_qualifies_it(page: Page, ground: Any, words: str, picture: str) -> Any:
    """The lead becomes an opportunity, which is returned."""
    until(page, "document.querySelector('#qualify')")
    assert page.inner_text("#qualify") == words
    shot(page, picture)
    page.click("#qualify")
    until(page, "document.querySelector('#modal[open] [name=asked]')")
    assert browsing.violations(page) == []
    submit(page)
    page.wait_for_url("**/opportunities/*/")
    (deal,) = rows("sales.opportunity")
    assert (deal.owner_id, deal.state, deal.source_id) == (ground.people.ann.pk, "open", ground.source.pk)
    return deal


def an_offer_needs_an_amount(page: Page, deal: Any, words: str, picture: str) -> None:
    move(page, "offer")
    assert words in page.inner_text("#modal")
    assert asked(page) == ["amount"]
    shot(page, picture)
    refused(page, deal, "new")  # what is missing is not waived
    page.fill("#f-amount", "12500")
    submit(page)
    reached(page, deal, "offer")


def a_loss_needs_a_reason(page: Page, deal: Any, reason: str, picture: str) -> None:
    move(page, "lost")
    assert asked(page)[0] == "reasons"
    shot(page, picture)
    refused(page, deal, "offer")
    choose(page, reason)
    submit(page)
    reached(page, deal, "lost")
    (outcome,) = rows("sales.closeoutcome")
    assert (outcome.result, outcome.opportunity_id) == ("lost", deal.pk)


def it_is_opened_again(page: Page, deal: Any) -> None:
    move(page, "negotiation")
    page.fill("#f-closes_on", "2026-12-24")
    submit(page)
    reached(page, deal, "negotiation")


def it_is_won(page: Page, deal: Any, picture: str) -> None:
    move(page, "won")
    until(page, "document.querySelector('#modal [name=lesson]')")
    page.fill("#f-lesson", "Send the offer the same day")
    submit(page)
    reached(page, deal, "won")
    shot(page, picture)
    done = rows("sales.opportunity").get(pk=deal.pk)
    assert (done.state, done.actual_amount, done.lesson) == ("won", 12500, "Send the offer the same day")
    assert list(rows("sales.closeoutcome").order_by("created_at").values_list("result", flat=True)) == ["lost", "won"]


def test_over_the_api(ground: Any) -> None:
    program, ann = ground.people.clients.eva, ground.people.clients.ann
    for number, name in enumerate(("Freja Mortensen", "Lars Moe")):
        body = {
            "name": name,
            "email": f"{number}@nordhavn.example",
            "text": "Ten measuring points",
            "source": str(ground.source.pk),
        }
        assert send(program, "post", "leads/intake", body)[0] == 201
    first, second = distributed(ground)

    status, taken = send(ann, "post", f"pools/{ground.pool.pk}/claim", {"next": 1})
    assert status == 200 and rows("sales.lead").get(pk=second.pk).owner_id == ground.people.ann.pk, taken
    assert send(ann, "post", f"pools/{ground.pool.pk}/claim", {"records": [str(first.pk)]})[1]["taken"] == []
    status, lead = send(ann, "post", f"leads/{second.pk}/actions/qualify", {})
    assert (status, lead["state"]) == (200, "won")

    deal = lead["opportunity"]
    address = f"opportunities/{deal}"
    status, refused = send(ann, "patch", address, {"stage": "offer"})
    assert status == 422 and "amount" in str(refused), refused
    assert send(ann, "get", address)[1]["state"] == "open" and kept(deal) == "new"
    assert send(ann, "patch", address, {"stage": "offer", "amount": {"amount": "12500", "currency": "EUR"}})[0] == 200
    status, refused = send(ann, "patch", address, {"stage": "lost"})
    assert status == 422 and "reasons" in str(refused) and kept(deal) == "offer"
    reason = rows("sales.reason").get(result="lost", external_ids=["kith:reason:lost:price"])
    assert send(ann, "patch", address, {"stage": "lost", "reasons": [str(reason.pk)]})[1]["state"] == "lost"
    assert send(ann, "patch", address, {"stage": "negotiation", "closes_on": "2026-12-24"})[1]["state"] == "open"
    status, won = send(ann, "patch", address, {"stage": "won", "lesson": "Send the offer the same day"})
    assert (status, won["state"], won["actual_amount"]["amount"]) == (200, "won", "12500.0000"), won
    stays = send(ann, "get", f"{address}/stages")[1]["results"]
    assert [stay["stage"] for stay in stays] == ["new", "offer", "lost", "negotiation", "won"]
    assert list(rows("sales.closeoutcome").order_by("created_at").values_list("result", flat=True)) == ["lost", "won"]


def send(client: Any, verb: str, address: str, body: Any = None) -> tuple[int, Any]:
    """Status and answer of a request to the API."""
    sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    answer = getattr(client, verb)(f"/api/v1/{address}", **sent)
    return answer.status_code, answer.json()


def kept(key: str) -> str:
    """The stage in which an opportunity is."""
    return stage_of(rows("sales.opportunity").get(pk=key))


def ask(page: Page, address: str, name: str) -> None:
    """Fill in the web form."""
    page.goto(address)
    page.fill("#f-name", name)
    page.fill("#f-email", f"{name.split()[1].lower()}@nordhavn.example")
    page.fill("#f-text", "Ten measuring points")
    page.check("#f-consent")
    page.click("form button[type=submit]")
    until(page, "!document.querySelector('#f-name')")


def move(page: Page, key: str) -> None:
    """Press a stage of the path; its dialog opens."""
    page.click(f"#to-{key}")
    until(page, "document.querySelector('#modal[open] [name=go]')")


def submit(page: Page) -> None:
    """Press the button of the dialog."""
    page.click("#modal footer button[type=submit]")


def refused(page: Page, deal: Any, key: str) -> None:
    """Submitting as it is brings an error, and the record stays in this stage."""
    submit(page)
    until(page, "document.querySelector('#modal [aria-invalid=true], #modal .error-summary, #modal .err')")
    assert stage_of(deal) == key


def asked(page: Page) -> list[str]:
    """The fields that the dialog asks for."""
    found: list[str] = page.locator("#modal input[name=asked]").evaluate_all("all => all.map(one => one.value)")
    return found


def reached(page: Page, deal: Any, key: str) -> None:
    """The record is in this stage, and the page shows it."""
    until(page, f"document.querySelector('[aria-current=step] #to-{key}') && !document.querySelector('#modal[open]')")
    assert stage_of(deal) == key


def stage_of(deal: Any) -> str:
    stage = book().stage(rows("sales.opportunity").get(pk=deal.pk).stage_id)
    assert stage is not None
    return str(stage.key)


def choose(page: Page, words: str) -> None:
    """Choose a reason by its name."""
    page.locator("#modal label", has_text=words).first.click()
