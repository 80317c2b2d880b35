"""Files from a second host: by a link for a minute and one file; the second host answers nothing else, the first no link."""

from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from kith import env
from kith.core import address, file_links, files, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import AuditEvent

from .test_pictures import png

pytestmark = pytest.mark.django_db
SECOND = {"host": "files.kith.test"}
HTML = b"<script>alert(document.domain)</script>"


@pytest.fixture
def second(settings: Any, tmp_path: Any) -> str:
    settings.MEDIA_ROOT = tmp_path
    settings.FILES_URL = "https://files.kith.test"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "files.kith.test"]
    return "https://files.kith.test"


def attached(people: Any, make: Any, content: bytes) -> Any:
    company = make("parties.company", name="Nordlicht", owner=str(people.ann.pk))
    ticket = files.ticket(SYSTEM, files.store([content]))
    return make("activities.attachment", name="page.html", subject={"entity": "parties.company", "id": str(company.pk)}, file=ticket)  # fmt: skip


def path_of(link: str) -> str:
    return link.removeprefix("https://files.kith.test")


def test_the_page_leads_to_the_second_host_and_still_logs(second: str, people: Any, make: Any) -> None:
    record = attached(people, make, HTML)
    logged = AuditEvent.objects.filter(kind="export").count()
    answer = people.clients.ann.get(f"/attachments/{record.pk}/file/file")
    assert answer.status_code == 302 and answer.headers["Location"].startswith(f"{second}/file/")
    assert AuditEvent.objects.filter(kind="export").count() == logged + 1
    there = Client().get(path_of(answer.headers["Location"]), headers=SECOND)
    assert (there.status_code, b"".join(there.streaming_content)) == (200, HTML)
    headers = there.headers
    assert headers["Content-Disposition"].startswith("attachment") and headers["Content-Type"] == "text/plain; charset=utf-8"  # fmt: skip
    assert headers["Content-Security-Policy"] == file_links.POLICY and headers["X-Content-Type-Options"] == "nosniff"
    assert not there.cookies and "Set-Cookie" not in headers


def test_only_pictures_are_shown_in_a_page(second: str) -> None:
    shown = Client().get(path_of(file_links.link(files.store([png()]), "x", inline=True)), headers=SECOND)
    saved = Client().get(path_of(file_links.link(files.store([HTML]), "x", inline=True)), headers=SECOND)
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_link_is_for_a_minute_one_file_and_this_purpose(second: str) -> None:
    key = files.store([HTML])
    with time_machine.travel("2026-03-02T10:00:00+00:00", tick=False) as clock:
        link = path_of(file_links.link(key, "x", inline=False))
        assert Client().get(link, headers=SECOND).status_code == 200
        clock.shift(file_links.AGE + 1)
        assert Client().get(link, headers=SECOND).status_code == 404
    forged = [
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        "/file/" + signing.dumps([key, "x", False], salt="kith.files"),
        "/file/" + signing.dumps([key, "x", False]),
        "/file/" + signing.dumps(["../../etc/passwd", "x", False], salt=file_links.SALT),
        "/file/" + signing.dumps(["0" * 40, "x", False], salt=file_links.SALT),
        "/file/" + signing.dumps([key], salt=file_links.SALT),
        "/file/",
    ]
    assert [Client().get(address, headers=SECOND).status_code for address in forged] == [404] * len(forged)
    assert Client().post(path_of(file_links.link(key, "x", inline=False)), headers=SECOND).status_code == 404


def test_the_second_host_answers_nothing_else_and_the_first_no_link(second: str, people: Any) -> None:
    for path in ("/", "/login", "/companies/", "/api/v1/companies", "/static/kith/kith.css", "/healthz"):
        answer = people.clients.eva.get(path, headers=SECOND)
        assert (path, answer.status_code, answer.content) == (path, 404, b"")
    link = path_of(file_links.link(files.store([HTML]), "x", inline=False))
    assert people.clients.eva.get(link).status_code == 404


def test_without_the_setting_the_file_comes_at_once(settings: Any, tmp_path: Any, people: Any, make: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    record = attached(people, make, HTML)
    answer = people.clients.ann.get(f"/attachments/{record.pk}/file/file")
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == file_links.POLICY
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert people.clients.max.get(f"/attachments/{record.pk}/file/file").status_code == 404
    writes.delete(SYSTEM, registry.get("activities.attachment"), [record.pk])


@pytest.mark.parametrize("url", ["files.example.org", "ftp://files.example.org", "http://localhost:9000"])
def test_the_second_host_is_another_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", url)
    with pytest.raises(env.BadSetting, match="FILES_URL"):
        address.files_url()
