"""Stored files: told by content, given out only through their record, never to be run."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kith.core import files, housekeeping, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import BadValue, Refused
from kith.core.file_kinds import INSIDE, PICTURES, PLAIN, STARTS, UNKNOWN, kind_of
from kith.core.files_models import Upload
from kith.core.ledger import Change
from kith.core.testing import factory

from .test_pictures import png

pytestmark = pytest.mark.django_db
PNG = png()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(people):
    return factory.make("parties.company", owner=str(people.ann.pk))


def attachments():
    return registry.get("activities.attachment").rows(SYSTEM)


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"%PDF-1.7", "application/pdf"), (PNG, "image/png"), (b"PK\x03\x04 xl/workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (SVG, "text/plain; charset=utf-8"),
     ("Привет".encode()[:-1], "text/plain; charset=utf-8"), (b"\xff\xfe\x00", "application/octet-stream"), (b"<html>", "text/plain; charset=utf-8")],
)  # fmt: skip
def test_the_kind_is_told_by_the_bytes(start, kind):
    assert kind_of(start) == kind


def test_no_kind_is_one_that_a_browser_runs():
    kinds = {kind for _sign, kind in (*STARTS, *INSIDE)} | {PLAIN, UNKNOWN} | PICTURES
    assert not [kind for kind in kinds if any(word in kind for word in ("html", "svg", "javascript", "+xml", "/xml"))]


def test_a_file_is_stored_whole_under_a_random_key():
    key = files.store([b"one ", b"two"])
    assert files.path_of(key).read_bytes() == b"one two" and files.describe(key) == ("text/plain; charset=utf-8", 7)
    assert len({files.store([b"x"]) for _ in range(3)}) == 3


@pytest.mark.parametrize("chunks", [[], [b"MZ\x90program"], [b"#!/bin/sh\n"]])
def test_nothing_is_left_of_a_refused_file(chunks, tmp_path):
    with pytest.raises(BadValue):
        files.store(chunks)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_refused_while_it_comes(settings, tmp_path):
    settings.MAX_UPLOAD_MB = 1
    with pytest.raises(BadValue, match="at most 1 MB"):
        files.store(b"x" * 400_000 for _ in range(3))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "x" * 40, "0" * 39])
def test_no_text_becomes_a_path(key):
    with pytest.raises(BadValue):
        files.path_of(key)


def test_a_key_alone_is_no_right_to_attach(people, company):
    key = files.store([b"secret"])
    answer = people.clients.ann.post(
        "/attachments/new", {"name": "x", "subject": f"parties.company/{company.pk}", "file": key}
    )
    assert answer.status_code == 422 and not attachments().exists()


def test_notes_take_files_and_give_them_back_as_downloads(people, company):
    upload = SimpleUploadedFile("../../Отчёт <1>.pdf", b"%PDF-1.7 text", content_type="text/html")
    answer = people.clients.ann.post(f"/companies/{company.pk}/notes", {"text": "See the report", "files": [upload]})
    assert answer.status_code == 200
    found = attachments().get()
    assert (found.name, found.content_type, found.size) == ("Отчёт <1>.pdf", "application/pdf", 13)
    download = people.clients.ann.get(f"/attachments/{found.pk}/file/file")
    assert b"".join(download.streaming_content) == b"%PDF-1.7 text"
    headers = download.headers
    assert headers["Content-Disposition"].startswith("attachment") and headers["Content-Type"] == "application/pdf"
    assert (
        headers["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in headers["Content-Security-Policy"]
        and "script-src" not in headers["Content-Security-Policy"]
    )


def test_markup_is_never_shown_as_a_page(people, company):
    people.clients.ann.post(
        f"/companies/{company.pk}/files", {"files": [SimpleUploadedFile("a.svg", SVG, content_type="image/svg+xml")]}
    )
    answer = people.clients.ann.get(f"/attachments/{attachments().get().pk}/file/file?inline=1")
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.headers["Content-Type"].startswith(
        "text/plain"
    )


def test_pictures_may_be_shown_inside_a_page(people):
    person = factory.make("parties.person", owner=str(people.ann.pk), photo=files.ticket(SYSTEM, files.store([PNG])))
    answer = people.clients.ann.get(f"/people/{person.pk}/file/photo?inline=1")
    assert answer.headers["Content-Type"] == "image/png" and not answer.headers.get(
        "Content-Disposition", ""
    ).startswith("attachment")


def test_a_file_follows_the_rights_of_its_record(people, company):
    people.clients.ann.post(f"/companies/{company.pk}/files", {"files": [SimpleUploadedFile("a.txt", b"text")]})
    address = f"/attachments/{attachments().get().pk}/file/file"
    assert [getattr(people.clients, who).get(address).status_code for who in ("ann", "tom", "eva", "max")] == [
        200,
        200,
        200,
        404,
    ]


def test_of_several_files_all_or_none_are_kept(people, company, tmp_path):
    uploads = [SimpleUploadedFile("a.txt", b"text"), SimpleUploadedFile("b.exe", b"MZ program")]
    answer = people.clients.ann.post(f"/companies/{company.pk}/notes", {"text": "both", "files": uploads})
    assert answer.status_code == 422 and not attachments().exists()
    assert not registry.get("activities.note").rows(SYSTEM).exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_upload_answers_a_ticket_that_a_field_takes(people, company):
    sent = people.clients.ann.post("/files", {"file": io.BytesIO(b"text")})
    assert sent.status_code == 201
    made = writes.create(
        people.actors.ann,
        registry.get("activities.attachment"),
        {"name": "a.txt", "subject": f"parties.company/{company.pk}", "file": sent.json()["ticket"]},
    )
    assert files.path_of(made.file).read_bytes() == b"text"


def test_the_bytes_go_with_the_last_erased_record(people, company, django_capture_on_commit_callbacks):
    attachment = writes.create(
        SYSTEM,
        registry.get("activities.attachment"),
        {"name": "a", "subject": f"parties.company/{company.pk}", "file": files.ticket(SYSTEM, files.store([b"x"]))},
    )
    with django_capture_on_commit_callbacks(execute=True):
        writes.purge(SYSTEM, registry.get("activities.attachment"), [attachment])
    assert not files.path_of(attachment.file).exists()


def test_every_surface_links_to_where_the_file_is_given_out(people, company):
    people.clients.ann.post(f"/companies/{company.pk}/files", {"files": [SimpleUploadedFile("a.txt", b"text")]})
    found = attachments().get()
    link = f'href="/attachments/{found.pk}/file/file"'
    for page in ("/attachments/?cols=name,file", f"/attachments/{found.pk}/"):
        shown = people.clients.ann.get(page).content.decode()
        assert link in shown, page
        assert found.file not in shown, page


def ticket_of(client):
    return client.post("/files", {"file": io.BytesIO(b"text")}).json()["ticket"]


def test_nobody_attaches_what_somebody_else_uploaded(people, company):
    toms, before = ticket_of(people.clients.tom), Change.objects.count()
    given = {"name": "mine now", "subject": f"parties.company/{company.pk}", "file": toms}
    refused = "Upload the file first; then give the ticket of that upload."
    with pytest.raises(Refused) as error:
        writes.create(people.actors.ann, registry.get("activities.attachment"), given)
    assert {name: [str(one) for one in found] for name, found in error.value.errors.items()} == {"file": [refused]}
    assert people.clients.ann.post("/attachments/new", given).status_code == 422
    assert not attachments().exists() and Change.objects.count() == before and Upload.objects.count() == 1
    assert writes.create(people.actors.tom, registry.get("activities.attachment"), given).name == "mine now"


def test_uploads_that_no_record_takes_are_erased_after_a_day(people, company, django_capture_on_commit_callbacks):
    taken, left, young = (ticket_of(people.clients.ann) for _ in range(3))
    made = writes.create(
        people.actors.ann,
        registry.get("activities.attachment"),
        {"name": "a.txt", "subject": f"parties.company/{company.pk}", "file": taken},
    )
    keys = [files.claim(people.actors.ann, ticket) for ticket in (left, young)]
    assert set(Upload.objects.values_list("key", flat=True)) == set(keys)
    Upload.objects.filter(key=keys[0]).update(at=timezone.now() - timedelta(hours=25, minutes=1))
    Upload.objects.filter(key=keys[1]).update(at=timezone.now() - timedelta(hours=24, minutes=59))
    with django_capture_on_commit_callbacks(execute=True):
        assert housekeeping.forget_uploads() == {"files": 1}
    assert [files.path_of(key).exists() for key in (made.file, *keys)] == [True, False, True]


def test_a_file_that_some_record_has_is_never_erased_as_unused(people, company):
    made = factory.make("activities.attachment", subject=f"parties.company/{company.pk}")
    Upload.objects.create(key=made.file, at=timezone.now() - timedelta(days=9))
    assert housekeeping.forget_uploads() == {"files": 0}
    assert files.path_of(made.file).exists() and not Upload.objects.exists()


def test_erasing_a_person_erases_every_picture_they_had(people, django_capture_on_commit_callbacks):
    first, second = files.store([PNG]), files.store([PNG])
    person = factory.make("parties.person", photo=files.ticket(SYSTEM, first))
    person = writes.save(SYSTEM, person, {"photo": files.ticket(SYSTEM, second)})
    assert files.path_of(first).exists(), "undo may want it"
    with django_capture_on_commit_callbacks(execute=True):
        writes.purge(SYSTEM, registry.get("parties.person"), [person])
    assert not files.path_of(first).exists() and not files.path_of(second).exists()


def test_a_file_of_two_records_stays_until_both_are_erased(people, company, django_capture_on_commit_callbacks):
    ticket = files.ticket(SYSTEM, files.store([b"x"]))
    one, two = (
        factory.make("activities.attachment", subject=f"parties.company/{company.pk}", file=ticket) for _ in range(2)
    )
    with django_capture_on_commit_callbacks(execute=True):
        writes.purge(SYSTEM, registry.get("activities.attachment"), [one])
    assert files.path_of(one.file).exists()
    with django_capture_on_commit_callbacks(execute=True):
        writes.purge(SYSTEM, registry.get("activities.attachment"), [two])
    assert not files.path_of(one.file).exists()
