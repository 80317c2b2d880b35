"""A configuration brought in from the page: what was shown and nothing else, with proof of identity, as one change with a way back."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kith.core import custom_fields, proof, undo, writes
from kith.core import files as stored
from kith.core.access import SYSTEM
from kith.core.configuration import applying, archive
from kith.core.configuration.kinds import Scope
from kith.core.entity import registry
from kith.core.errors import KithError
from kith.core.jobs import declared
from kith.core.jobs.running import Running, _as, _finish
from kith.core.jobs_models import JobRun
from kith.core.ledger import ChangeSet

from .setup import build, make

pytestmark = pytest.mark.django_db
WHERE, APPLY = "/settings/configuration", "/settings/configuration/apply"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def forgotten(people: Any) -> Iterator[None]:
    """No custom field of a test that was rolled back is remembered."""
    custom_fields.forget()
    yield
    custom_fields.forget()


@pytest.fixture
def other(people: Any) -> bytes:
    """An archive in which a tag has another colour, one more is new, and an industry is not there."""
    build()
    files = dict(applying.export(Scope())[0])
    files["tags.yaml"] = files["tags.yaml"].replace("hue: rose", "hue: teal") + "  - name: Cold\n"
    make("parties.industry", name="Unused")
    return archive.pack(files)


def compare(client: Any, data: bytes, **more: str) -> dict[str, str]:
    """Compare, and what the form of the button then holds."""
    text = client.post(WHERE, {"file": SimpleUploadedFile("other.zip", data), **more}).text
    form = text[text.index('id="configuration-apply"') :] if "configuration-apply" in text else ""
    return dict(re.findall(r'name="(ticket|seen|prune)" value="([^"]*)"', form))


def work_off(run: JobRun) -> None:
    """What the worker does."""
    with _as(Running(run), str(run.pk)), suppress(KithError):
        _finish(run, declared[run.name], run.arguments, 0)
    run.refresh_from_db()


def tags() -> dict[str, str]:
    return {row.name: row.hue for row in registry.get("core.tag").rows(SYSTEM)}


def test_what_was_shown_is_brought_in_by_a_job_and_taken_back_as_one(people: Any, other: bytes) -> None:
    eva, before = people.clients.eva, applying.export(Scope())[0]
    shown = compare(eva, other, prune="on")
    assert set(shown) == {"ticket", "seen", "prune"} and len(shown["seen"].split(",")) == 3
    answer = eva.post(APPLY, shown)
    run = JobRun.objects.get(name="core.configuration")
    address = f"{WHERE}/runs/{run.pk}"
    assert (answer.status_code, answer.url) == (302, address) and tags() == {"Hot": "rose"}
    assert 'hx-trigger="every 2s"' in eva.get(address).text
    work_off(run)
    assert (run.state, run.result["counts"]) == ("done", {"add": 1, "change": 1, "remove": 1}) and tags() == {
        "Hot": "teal",
        "Cold": "grey",
    }
    assert run.done == 0 or run.done == run.total  # told aside, which this test's transaction does not see
    page = eva.get(address).text
    assert "1 added, 1 changed, 1 removed." in page and f"/undo/{run.result['changeset']}" in page
    assert ChangeSet.objects.get(pk=run.result["changeset"]).kind == "configuration"
    undo.undo(people.actors.eva, ChangeSet.objects.get(pk=run.result["changeset"]).pk)
    assert applying.export(Scope())[0] == before


def test_it_is_refused_with_reasons_when_something_changed_since(people: Any, other: bytes) -> None:
    eva = people.clients.eva
    shown = compare(eva, other)
    hot = registry.get("core.tag").rows(SYSTEM).get(name="Hot")
    writes.save(SYSTEM, hot, {"hue": "blue"})
    eva.post(APPLY, shown)
    run = JobRun.objects.get(name="core.configuration")
    work_off(run)
    assert run.state == "failed" and tags() == {"Hot": "blue"}
    assert (
        "has changed since it was compared" in run.message
        and "tag “Hot”" in run.message
        and "1 difference that was shown" in run.message
    )
    page = eva.get(f"{WHERE}/runs/{run.pk}").text
    assert "Compare again" in page and "tag “Hot”" in page
    assert not ChangeSet.objects.filter(kind="configuration").exists()


def test_it_is_refused_when_it_cannot_be_written_any_more(people: Any, other: bytes) -> None:
    eva = people.clients.eva
    shown = compare(eva, other, prune="on")
    used = registry.get("parties.industry").rows(SYSTEM).get(name="Unused")
    make("parties.company", name="Uses it", industry=used)
    eva.post(APPLY, shown)
    run = JobRun.objects.get(name="core.configuration")
    work_off(run)
    assert run.state == "failed" and "is still used by" in run.message and tags() == {"Hot": "rose"}


def test_it_asks_who_one_is(people: Any, other: bytes) -> None:
    eva = people.clients.eva
    shown = compare(eva, other)
    session = eva.session
    session[proof.PROVED] = 0
    session.save()
    answer = eva.post(APPLY, shown, headers=HTMX)
    assert (answer.status_code, answer.headers["Kith-Ask"]) == (401, "proof")
    assert not JobRun.objects.filter(name="core.configuration").exists() and tags() == {"Hot": "rose"}


def test_only_who_may_edit_all_of_it(people: Any, other: bytes) -> None:
    shown = compare(people.clients.eva, other)
    for who in ("ann", "tom", "max"):
        assert getattr(people.clients, who).post(APPLY, shown).status_code == 403
    people.clients.eva.post(APPLY, shown)
    run = JobRun.objects.get(name="core.configuration")
    for who in ("ann", "tom", "max"):
        assert getattr(people.clients, who).get(f"{WHERE}/runs/{run.pk}").status_code == 403
    assert people.clients.eva.get(f"{WHERE}/runs/01a20c55-fb95-7d3d-ac67-8b4a387dad17").status_code == 404
    assert tags() == {"Hot": "rose"}


@pytest.mark.parametrize("bad", [{"ticket": ""}, {"ticket": "forged"}, {"seen": ""}, {"seen": "x"}, {"seen": "0" * 17}])
def test_forged_forms_are_refused(people: Any, other: bytes, bad: dict[str, str]) -> None:
    shown = compare(people.clients.eva, other)
    assert people.clients.eva.post(APPLY, shown | bad).status_code in (400, 422)
    assert not JobRun.objects.filter(name="core.configuration").exists()


def test_an_archive_that_is_gone_is_told(people: Any, other: bytes) -> None:
    eva = people.clients.eva
    eva.post(APPLY, compare(eva, other))
    run = JobRun.objects.get(name="core.configuration")
    stored.remove(run.arguments["file"])
    work_off(run)
    assert run.state == "failed" and "no longer there" in run.message and tags() == {"Hot": "rose"}


def test_what_has_problems_or_differs_in_nothing_has_no_button(people: Any) -> None:
    build()
    same = archive.pack(applying.export(Scope())[0])
    assert compare(people.clients.eva, same) == {}
    wrong = archive.pack({"tags.yaml": "kind: core.tag\nrecords:\n  - name: A\n    tags: [B]\n"})
    assert compare(people.clients.eva, wrong) == {}
