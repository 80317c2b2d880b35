"""What would change, in a real browser: looked at, confirmed, saved; and a comparison of configurations; desk and phone, without axe findings."""

import os
from pathlib import Path
from typing import Any

import pytest

from kith.access import accounts
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.configuration import applying, archive
from kith.core.configuration.kinds import Scope
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import PASSWORD, fresh, make_people, role_of

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [("desk", "light"), ("phone", "dark")]


@pytest.fixture
def people(transactional_db: None) -> Any:
    people = make_people()
    accounts.set_password(SYSTEM, people.eva, PASSWORD)
    people.clients.eva.force_login(people.eva)
    for name in ("Lind", "Berg", "Dahl"):
        writes.create(SYSTEM, registry.get("parties.person"), {"family_name": name, "owner": people.tom.pk})
    return people


def shot(page: Any, name: str) -> None:
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if shots := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_grant_is_looked_at_confirmed_and_saved(
    people: Any, new_page: Any, live_server: Any, size: Any, scheme: Any
) -> None:
    role = role_of("Delicate", [("parties.person", "view", "all"), ("parties.person", "sensitive", "all")])
    page = new_page(people.clients.eva, size=size, scheme=scheme)
    page.goto(f"{live_server.url}/role-grants/new?full=1&role={role.pk}&user={people.max.pk}")
    page.click("#form-look")
    page.wait_for_selector("#look .whatif")
    assert page.locator("#look .whatif section h3").all_inner_texts() == ["Max None"]
    page.locator("#look .whatif-part summary").first.click()
    assert page.locator("#look .whatif-part").first.locator("li").count() == 3
    if size == "desk":  # what axe leaves behind on elements may not be carried over by the next swap
        shot(page, f"whatif-form-{size}-{scheme}")
        page.reload()
    assert not fresh(people.max).rules
    page.click("#record-form button[type=submit]:has-text('Create')")
    page.wait_for_selector("#record-form .note.warn:has-text('Would see sensitive fields: Max None')")
    shot(page, f"whatif-confirm-{size}-{scheme}")
    page.click("#record-form button[type=submit]:has-text('Create anyway')")
    page.wait_for_url(f"{live_server.url}/role-grants/*-*/")
    assert {rule.operation for rule in fresh(people.max).rules} == {"view", "sensitive"}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_taking_the_last_access_shows_what_is_lost(
    people: Any, new_page: Any, live_server: Any, size: Any, scheme: Any
) -> None:
    (grant,) = registry.get("access.rolegrant").rows(SYSTEM).filter(user=people.tom.pk)
    page = new_page(people.clients.eva, size=size, scheme=scheme)
    page.goto(f"{live_server.url}/role-grants/{grant.pk}/")
    page.click("#record-more")
    page.click("[role=menuitem]:has-text('Delete'):visible")
    page.wait_for_selector("#modal[open] .whatif")
    assert "Would see nothing any more" in page.inner_text("#modal .whatif")
    shot(page, f"whatif-delete-{size}-{scheme}")
    page.click("#modal button[type=submit]")
    page.wait_for_url(f"{live_server.url}/role-grants/")
    assert not fresh(people.tom).rules


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_an_archive_is_compared(
    people: Any, new_page: Any, live_server: Any, size: Any, scheme: Any, tmp_path: Path
) -> None:
    writes.create(SYSTEM, registry.get("core.tag"), {"name": "Hot", "hue": "rose"})
    files, _left_out = applying.export(Scope())
    files["tags.yaml"] = "kind: core.tag\nrecords:\n  - name: Hot\n    hue: teal\n  - name: Cold\n"
    files["roles.yaml"] = files["roles.yaml"].replace(
        "operation: edit\n        level: own", "operation: edit\n        level: team", 1
    )
    (tmp_path / "other.zip").write_bytes(archive.pack(files))
    page = new_page(people.clients.eva, size=size, scheme=scheme)
    page.goto(f"{live_server.url}/settings/configuration")
    page.set_input_files("#f-file", tmp_path / "other.zip")
    page.check("input[name=prune]")
    page.click("#configuration-compare")
    page.wait_for_selector("#configuration-plan")
    text = page.inner_text("#configuration-plan")
    assert "Cold" in text and "rose → teal" in text and "* / edit / team”" in text
    shot(page, f"configuration-{size}-{scheme}")


def test_the_dialog_looks_ahead_and_keeps_what_was_typed(people: Any, new_page: Any, live_server: Any) -> None:
    role = role_of("Delicate", [("parties.person", "view", "all")])
    page = new_page(people.clients.eva)
    page.goto(f"{live_server.url}/roles/{role.pk}/?tab=rolegrant-role")
    page.locator(f"[hx-get*='/role-grants/new?'][hx-get*='{role.pk}']").first.click()
    page.wait_for_selector("#modal[open] #form-look")
    page.fill("#modal #f-user", "Max")
    page.click("#modal [role=option]:has-text('Max None')")
    page.click("#form-look")
    page.wait_for_selector("#modal #look .whatif section:has-text('Max None')")
    page.click("#modal button[type=submit].primary")
    page.wait_for_selector("#modal:not([open])", state="attached")
    assert fresh(people.max).rules
