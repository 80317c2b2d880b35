"""The page of anomalies in a browser: accessible, fits a phone, and its lines open their events there, too."""

from typing import Any

import pytest
from django.utils import timezone

from kith.core.ledger import AuditEvent
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def eva(transactional_db: None) -> Any:
    people = make_people()
    facts = {"kind": "view", "actor_id": people.ann.pk, "actor_name": "Ann Own", "entity": "parties.company"}
    AuditEvent.objects.bulk_create(AuditEvent(at=timezone.now(), **facts) for _number in range(120))
    people.clients.eva.force_login(people.eva)
    return people.clients.eva


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_lines_open_their_events(new_page: Any, eva: Any, live_server: Any, size: str, scheme: str) -> None:
    page = new_page(eva, size=size, scheme=scheme)
    page.goto(f"{live_server.url}/audit/anomalies")
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    page.get_by_role("link", name="120 records").click()
    page.wait_for_selector("#audit-lines tr")
    assert page.locator("#audit-lines tr[data-row]").count() == 50
    assert browsing.violations(page) == []
    page.get_by_role("link", name="Remove this filter").click()
    browsing.until(page, "!location.search.includes('since')")
    page.goto(f"{live_server.url}/audit/anomalies")
    page.select_option("#anomaly-rule", "exports")
    browsing.until(page, "document.querySelector('#anomalies .empty')")
    assert "Nothing conspicuous" in page.inner_text("#anomalies")
