"""No page breaks the policy of its own content: seen in Chromium, as somebody who may do everything and as somebody who may do little.

The suite opens one page of each kind of template. `python -m tests.websec.crawl` opens every page of every kind of record.
"""

import os
from typing import Any

import pytest
from django.test import Client

from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import client_of, make_people

from .crawling import every_address, pages, watching

pytestmark = pytest.mark.django_db(transaction=True)
LONG = os.environ.get("KITH_LONG") == "1"
#: One page for each kind of template; `{company}`, `{opportunity}`, `{process}` and `{role}` are records.
REPRESENTATIVE = (
    "/", "/search?q=nord", "/companies/", "/opportunities/board", "/companies/{company}/", "/companies/{company}/edit", "/companies/new",
    "/companies/import", "/companies/report", "/tasks/calendar", "/processes/{process}/", "/roles/{role}/", "/territories/tree", "/trash", "/jobs", "/profile", "/settings/",
    "/settings/company", "/settings/rules", "/audit/", "/sales/funnel", "/sales/pipeline", "/handover", "/no/such/page",
)  # fmt: skip
#: Each breaks the policy in one way.
WRONG = {
    "handler": "<p id=here onclick='window.hit = 1'>x</p>",
    "style": "<p id=here style='color: red'>x</p>",
    "script": "<p id=here>x</p><script>window.hit = 1</script>",
    "elsewhere": "<p id=here>x</p><img src='https://elsewhere.example/pixel.png'>",
    "frame": "<p id=here>x</p><iframe src='https://elsewhere.example/'></iframe>",
}


@pytest.fixture
def house(transactional_db: None) -> Any:
    people = make_people()
    needed = [entity for entity in registry if not entity.access.faces and entity.label != "activities.attachment"]
    if not LONG:
        needed = [registry.get(label) for label in ("parties.company", "sales.opportunity", "access.role")]
    records = {entity.label: factory.make(entity) for entity in needed}
    records |= {face: records[entity.access.faces[0]] for entity in registry if entity.access.faces for face in [entity.label] if entity.access.faces[0] in records}  # fmt: skip
    records.setdefault("processes.process", registry.get("processes.process").model._base_manager.first())
    return people, records


def short(records: dict[str, Any]) -> list[str]:
    keys = {label.split(".")[1]: str(record.pk) for label, record in records.items()}
    return [address.format(**keys) for address in REPRESENTATIVE]


def test_no_page_breaks_the_policy(browser: Any, live_server: Any, house: Any) -> None:
    people, records = house
    opened = {}
    for name in ("eva", "ann") if LONG else ("eva",):
        user, client = getattr(people, name), client_of(getattr(people, name))
        addresses = pages(client, every_address(records)) if LONG else short(records)
        with watching(browser, client_of(user), live_server.url) as watch:
            assert watch.visit(live_server.url, addresses) == []
        opened[name] = len(addresses)
    with watching(browser) as watch:
        assert watch.visit(live_server.url, ["/login", "/password/reset", "/f/none"]) == []
    print(f"opened without a complaint: {opened}")
    assert opened["eva"] >= (300 if LONG else 20)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_page_that_breaks_it_is_seen(browser: Any, wrong: str) -> None:
    page = f"<!doctype html><title>x</title><body>{WRONG[wrong]}</body>"
    with watching(browser) as watch:
        watch.shown.context.route("**/*", browsing.Site({"/wrong": page}).handle)
        watch.shown.goto(f"{browsing.ORIGIN}/wrong")
        watch.shown.click("#here")
        watch.shown.wait_for_timeout(50)
        assert any("policy: " in line for line in watch.found), watch.found
        assert watch.shown.evaluate("window.hit === undefined")


def test_the_policy_of_the_control_is_the_one_that_is_sent() -> None:
    sent = Client().get("/login").headers["Content-Security-Policy"]
    without = " ".join(word for word in sent.split() if not word.startswith("'nonce-"))
    assert without.replace(" ;", ";") == browsing.policy().replace(" ;", ";")
