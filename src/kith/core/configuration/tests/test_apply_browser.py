"""A configuration is compared and applied in a real browser, and the way back is one press away."""

from pathlib import Path

import pytest

from kith.core import custom_fields
from kith.core.access import SYSTEM
from kith.core.configuration import applying, archive
from kith.core.configuration.kinds import Scope
from kith.core.entity import registry
from kith.core.jobs_models import JobRun
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .setup import make
from .test_apply_page import work_off

pytestmark = pytest.mark.django_db(transaction=True)


def tags() -> set[str]:
    return {row.name for row in registry.get("core.tag").rows(SYSTEM)}


def test_what_is_shown_is_applied_and_taken_back(visit_as, transactional_db, tmp_path: Path) -> None:
    people = make_people()
    custom_fields.forget()
    make("core.tag", name="Hot", hue="rose")
    files = dict(applying.export(Scope())[0])
    files["tags.yaml"] += "  - name: Cold\n"
    (given := tmp_path / "other.zip").write_bytes(archive.pack(files))
    page = visit_as(people.clients.eva)("/settings/configuration")
    page.set_input_files("#f-file", given)
    page.click("#configuration-compare")
    page.wait_for_selector("#configuration-do")
    assert "Cold" in page.inner_text("#configuration-plan") and tags() == {"Hot"}
    assert browsing.violations(page) == []
    page.click("#configuration-do")
    page.wait_for_selector("#configuration-run")
    work_off(JobRun.objects.get(name="core.configuration"))
    page.wait_for_selector("#configuration-run:has-text('1 added, 0 changed, 0 removed.')")
    assert tags() == {"Hot", "Cold"} and browsing.violations(page) == []
    page.click("#configuration-back")
    page.click("#undo-do")
    page.wait_for_selector("main:has-text('This was undone already.')")
    assert tags() == {"Hot"}
