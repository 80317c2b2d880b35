"""The chain in a browser: the button, its pill that follows, and the page of what was found; accessible, on a phone and in the dark."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kith.core.chain import anchors, verdict
from kith.core.jobs.worker import work
from kith.core.jobs_models import JobRun, State
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .test_chain import sealed, tampered, verified

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def eva(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(anchors, "data_folder", lambda: tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    people = make_people()
    people.clients.eva.force_login(people.eva)
    sealed()
    return people.clients.eva


def aside(do: Callable[..., Any], **how: Any) -> None:
    """Do something in a thread of its own: a worker has an event loop, and so has the browser in this one."""

    def done() -> None:
        try:
            do(**how)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(done).result()


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_the_pill_follows_a_verification(new_page: Any, eva: Any, live_server: Any, size: str, scheme: str) -> None:
    page = new_page(eva, size=size, scheme=scheme)

    def fine() -> None:
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")

    page.goto(f"{live_server.url}/audit/chain")
    fine()
    page.goto(f"{live_server.url}/audit/")
    assert page.inner_text("#chain-state") == "Not verified yet"
    page.click("#verify-chain")
    browsing.until(page, "document.querySelector('#chain-state').dataset.state == 'running'")
    page.wait_for_selector("#toasts .toast")
    fine()
    aside(work, until_empty=True)
    assert JobRun.objects.get(name=verdict.JOB).state == State.DONE
    browsing.until(page, "document.querySelector('#chain-state').dataset.state == 'intact'")
    fine()
    wanted = tampered()
    aside(verified)
    page.goto(f"{live_server.url}/audit/")
    page.click("#chain-state")
    page.wait_for_selector("#findings li")
    assert page.inner_text("#findings li").endswith(wanted)
    fine()
