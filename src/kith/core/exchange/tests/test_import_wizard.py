"""The import wizard in the browser's words: file, columns, duplicates, check, import; reload-safe, own, and with rights."""

import io
import re
import sys

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import runs
from kith.core.exchange.imports import ColumnMemory, ImportRow, ImportRun
from kith.core.jobs_models import JobRun
from kith.core.ledger import ChangeSet
from kith.core.testing.content import content_hash
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db
FILE = "Name,Mail,Since,Number\nAcme,post@acme.example,03.04.2020,7\nBad,no mail,05.06.2020,8\nHalden,,07.08.2020,9\n"


@pytest.fixture
def people(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return people


def upload(client, content=FILE, name="firms.csv", slug="companies"):
    data = content.encode() if isinstance(content, str) else content
    answer = client.post(f"/{slug}/import", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.latest("at"), answer.url


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_whole_way_from_a_file_to_records_and_back(people):
    before, client = content_hash(), people.clients.eva
    run, url = upload(client)
    page = text_of(client.get(url))
    assert "firms.csv" in page and "3 rows" in page and "post@acme.example" in page
    assert {given.columns[0]: given.to for given in runs.mapping_of(run).columns} == {"Name": "name", "Mail": "email"}
    part = client.post(f"{url}column/3", {"to": "external_ids"}, headers={"HX-Request": "true"})
    assert "Key for duplicates" in text_of(part) and 'id="column-3"' in text_of(part)
    kept = text_of(client.post(f"{url}column/2", {"to": "+"}, headers={"HX-Request": "true"}))
    assert "New custom field" in kept and "x_since" in kept
    assert client.get(f"{url}column/3/options").status_code == 200
    assert client.post(f"{url}column/3/options", {"prefix": "erp:", "by": ""}).status_code == 302
    assert client.post(f"{url}columns", {"remember": "on"}).url == url
    assert "Add new, update known" in text_of(client.get(url))
    answer = client.post(
        f"{url}duplicates", {"strategy": "add_or_update", "by": "", "missing": "report", "unknown": "add"}
    )
    asked = text_of(client.get(answer.url))
    assert "Please say how" in asked and "03.04.2020" in asked
    assert content_hash() == before
    client.post(f"{url}check", {"dates-2": "dmy"})
    checked = text_of(client.get(url))
    assert "Import 2 rows" in checked and "Not an e-mail address" in checked and 'name="c-3-1"' in checked
    assert content_hash() == before and ImportRow.objects.get().number == 3
    client.post(f"{url}check", {"c-3-1": "info@bad.example"})
    assert "Import 3 rows" in text_of(client.get(url))
    assert client.post(f"{url}start").url == url
    done = text_of(client.get(url))
    assert "Undo this import" in done
    stored = {company.name: company for company in registry.get("parties.company").rows(SYSTEM)}
    assert {name: (company.email, company.external_ids, company.custom) for name, company in stored.items()} == {
        "Acme": ("post@acme.example", ["erp:7"], {"x_since": "2020-04-03"}), "Bad": ("info@bad.example", ["erp:8"], {"x_since": "2020-06-05"}), "Halden": ("", ["erp:9"], {"x_since": "2020-08-07"}),
    }  # fmt: skip
    run.refresh_from_db()
    assert (run.step, ImportRow.objects.count(), ChangeSet.objects.get(pk=run.changeset_id).kind) == (
        "done",
        0,
        "import",
    )
    client.post(f"{url}start")
    assert registry.get("parties.company").rows(SYSTEM).count() == 3
    client.post(f"/undo/{run.changeset_id}")
    assert content_hash() == before
    assert "This import was undone" in text_of(client.get(url))
    assert ColumnMemory.objects.get().actor_id == people.eva.pk


def test_a_remembered_mapping_is_taken_for_the_next_file_alike(people):
    run, url = upload(people.clients.eva, "Firma,X\nAcme,1\n")
    assert runs.mapping_of(run).columns == ()
    people.clients.eva.post(f"{url}column/0", {"to": "name"})
    people.clients.eva.post(f"{url}columns", {"remember": "on"})
    run, _url = upload(people.clients.eva, "firma,X\nHalden,2\n")
    assert [(given.columns, given.to) for given in runs.mapping_of(run).columns] == [(("firma",), "name")]
    run, _url = upload(people.clients.tom, "Firma,X\nHalden,2\n")
    assert runs.mapping_of(run).columns == ()
    people.clients.eva.post(f"{url}columns", {"remember": "on", "share": "on"})
    run, _url = upload(people.clients.tom, "Firma,X\nHalden,2\n")
    assert [given.to for given in runs.mapping_of(run).columns] == ["name"]


def test_values_can_be_resolved_in_a_dialog(people):
    writes.create(SYSTEM, registry.get("parties.industry"), {"name": "Bakery"})
    client = people.clients.eva
    _run, url = upload(client, "Name,Industry,Status\nA,Backwaren,gut\nB,Bakery,active\n")
    page = text_of(client.get(url))
    assert "1 new value" in page and "1 unknown value" in page
    dialog = text_of(client.get(f"{url}column/1/options", headers={"HX-Request": "true"}))
    assert "Backwaren" in dialog and "Bakery</option>" in dialog
    client.post(f"{url}column/1/options", {"old-0": "Backwaren", "new-0": "Bakery"})
    client.post(f"{url}column/2/options", {"old-0": "gut", "new-0": "dormant"})
    client.post(f"{url}columns")
    client.post(f"{url}duplicates", {"strategy": "add"})
    client.post(f"{url}start")
    found = (
        registry.get("parties.company").rows(SYSTEM).order_by("name").values_list("name", "industry__name", "status")
    )
    assert list(found) == [("A", "Bakery", "dormant"), ("B", "Bakery", "active")]
    assert registry.get("parties.industry").rows(SYSTEM).count() == 1


def test_rejected_rows_can_be_downloaded_and_run_again(people):
    client = people.clients.eva
    run, url = upload(client, "Name,Mail\nA,a@example.org\nB,nope\n")
    client.post(f"{url}columns")
    client.post(f"{url}duplicates", {"strategy": "add"})
    client.post(f"{url}start")
    assert "Rejected rows" in text_of(client.get(url))
    file = b"".join(client.get(f"{url}rejected.csv").streaming_content).decode("utf-8-sig")
    assert file.splitlines()[1].startswith("B,nope,3,")
    again = client.post(f"{url}again", {"c-3-1": "b@example.org"}).url.partition("?")[0]
    assert again != url and "Import 1 row" in text_of(client.get(again))
    client.post(f"{again}start")
    assert sorted(registry.get("parties.company").rows(SYSTEM).values_list("name", flat=True)) == ["A", "B"]
    child = ImportRun.objects.latest("at")
    assert (child.parent_id, child.summary["read"], child.summary["added"]) == (run.pk, 1, 1)


def test_a_sheet_and_a_delimiter_can_be_chosen(people):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    book.active.append(["here"])
    sheet = book.create_sheet("Kontakter")
    sheet.append(["Name", "Founded"])
    sheet.append(["Acme", 1999])
    content = io.BytesIO()
    book.save(content)
    client = people.clients.eva
    run, url = upload(client, content.getvalue(), "book.xlsx")
    assert "Kontakter" in text_of(client.get(url))
    client.post(f"{url}file", {"sheet": "Kontakter"})
    run.refresh_from_db()
    assert (run.layout["columns"], run.layout["rows"], len(runs.mapping_of(run).columns)) == (["Name", "Founded"], 1, 2)
    bad = client.post(f"{url}file", {"header_row": "x"})
    assert bad.status_code == 422 and "number of the row" in text_of(bad)
    assert client.post(f"{url}file", {"sheet": "Nowhere"}).status_code == 422


def test_pasted_rows_are_read_like_a_file(people):
    answer = people.clients.eva.post("/companies/import", {"pasted": "Name\tE-mail\nAcme\tpost@acme.example\n"})
    run = ImportRun.objects.get()
    assert answer.status_code == 302 and run.layout["columns"] == ["Name", "E-mail"]
    for nothing in ({}, {"pasted": "  "}):
        refused = people.clients.eva.post("/companies/import", nothing)
        assert refused.status_code == 422 and "Choose a file" in text_of(refused)
    assert (
        people.clients.eva.post("/companies/import", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 x")}).status_code
        == 422
    )


def test_the_chooser_finds_fields_by_any_name(people):
    client = people.clients.eva
    for asked, path in (("отдел", "org_unit"), ("zip", None), ("phone", "phone"), ("kith", "id")):
        found = text_of(client.get(f"/employees/import/fields?q={asked}"))
        assert (f'data-value="{path}"' in found) if path else ("data-value" in found)
    assert 'data-value="address[shipping].city"' in text_of(client.get("/companies/import/fields?q=city shipping"))
    assert 'data-value="+"' not in text_of(people.clients.tom.get("/companies/import/fields?q="))


def test_runs_are_ones_own_and_need_the_right(people):
    _run, url = upload(people.clients.eva)
    assert people.clients.tom.get(url).status_code == 404
    assert people.clients.max.get("/companies/import").status_code == 404
    grant(people.max, ("parties.company", "view", "all"))
    assert people.clients.max.get("/companies/import").status_code == 403
    assert people.clients.max.post("/companies/import", {"pasted": "Name\nA\n"}).status_code == 403
    assert ImportRun.objects.count() == 1


def test_steps_cannot_be_jumped_over(people):
    client = people.clients.eva
    run, url = upload(client)
    assert client.post(f"{url}start").status_code == 422
    assert "Match the columns" in text_of(client.get(f"{url}?step=check"))
    for index in range(4):
        client.post(f"{url}column/{index}", {"to": ""})
    assert client.post(f"{url}columns").status_code == 422
    assert client.post(f"{url}column/0", {"to": "nonsense"}, headers={"HX-Request": "true"}).status_code == 422
    assert client.post(f"{url}column/9", {"to": "name"}).status_code == 404
    assert client.post(f"{url}duplicates", {"by": "fields"}).status_code == 422
    run.refresh_from_db()
    assert (run.step, registry.get("parties.company").rows(SYSTEM).count()) == ("columns", 0)


def test_large_files_are_done_by_jobs_with_progress(people, monkeypatch):
    from kith.core import jobs_import

    monkeypatch.setattr(runs, "AT_ONCE", 2)
    monkeypatch.setattr(runs, "SMALL_FILE", 10)
    client = people.clients.eva
    run, url = upload(client, "Name\nA\nB\nC\n")
    for what, job in (("", jobs_import.read), ("duplicates", jobs_import.check), ("start", jobs_import.carry_out)):
        if what == "duplicates":
            client.post(f"{url}columns")
        if what:
            client.post(f"{url}{what}", {"strategy": "add"})
        run.refresh_from_db()
        assert (run.work != "", run.job.name) == (True, job.name)
        assert "import-progress" in text_of(client.get(url))
        assert client.get(f"{url}progress", headers={"HX-Request": "true"}).status_code == 200
        do(job, run)
    assert "Undo this import" in text_of(client.get(url))
    assert registry.get("parties.company").rows(SYSTEM).count() == 3


def do(job, run):
    """What a worker does."""
    from kith.core.jobs.running import Running, _running

    token = _running.set(Running(run.job))
    try:
        job(run=str(run.pk))
    finally:
        _running.reset(token)
    JobRun.objects.filter(pk=run.job_id).update(state="done")


def test_a_stopped_import_says_so_and_has_written_nothing(people, monkeypatch):
    from kith.core import jobs_import
    from kith.core.jobs import Cancelled

    monkeypatch.setattr(runs, "AT_ONCE", 0)
    client = people.clients.eva
    run, url = upload(client, "Name\nA\n")
    client.post(f"{url}columns")
    before = content_hash()
    client.post(f"{url}duplicates", {"strategy": "add"})
    run.refresh_from_db()
    monkeypatch.setattr(
        sys.modules["kith.core.jobs.running"], "_report", lambda *_facts: True
    )  # somebody asked to stop
    with pytest.raises(Cancelled):
        do(jobs_import.check, run)
    JobRun.objects.filter(pk=run.job_id).update(state="cancelled")
    assert "It was stopped; nothing was written." in text_of(client.get(url))
    assert content_hash() == before


def test_old_files_are_forgotten(people):
    from datetime import timedelta

    from django.utils import timezone

    from kith.core import files, jobs_import

    run, url = upload(people.clients.eva, "Name\nA\n")
    key = run.file_key
    ImportRun.objects.update(at=timezone.now() - timedelta(days=8))
    assert jobs_import.forget() == {"files": 1}
    assert (ImportRun.objects.count(), files.path_of(key).exists()) == (0, False)
    assert people.clients.eva.get(url).status_code == 404
