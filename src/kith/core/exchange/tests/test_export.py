"""Export: the rows and fields one may export, in four formats, formulas escaped, logged."""

import io
import json

import openpyxl
import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import AuditEvent
from kith.core.testing import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(people):
    return [
        factory.make(
            "parties.company",
            name="=HYPERLINK(1)",
            owner=str(people.ann.pk),
            credit_limit={"amount": "1250.5", "currency": "EUR"},
        ),
        factory.make("parties.company", name="ООО «Ромашка»", owner=str(people.tom.pk)),
    ]


def file_of(client, query):
    answer = client.get(f"/companies/export?{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_csv_holds_names_of_links_and_escapes_formulas(people, companies):
    text = file_of(people.clients.eva, "format=csv&cols=name,owner,credit_limit&sort=name").decode("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()]
    assert rows[0] == ["id", "Company name", "Owner", "Credit limit", '"Credit limit', ' ISO"']
    assert rows[1][1:] == ["'=HYPERLINK(1)", "Ann Own", "1250.5000", "EUR"]
    assert "ООО «Ромашка»" in text


def test_only_own_rows_and_readable_fields_leave(people, companies):
    data = json.loads(file_of(people.clients.ann, "format=json&fields=all"))
    assert [row["name"] for row in data] == ["=HYPERLINK(1)"]
    person = factory.make("parties.person", owner=str(people.ann.pk))
    (row,) = json.loads(b"".join(people.clients.ann.get("/people/export?format=json&fields=all").streaming_content))
    assert row["id"] == str(person.pk) and "birth_date" not in row


def test_chosen_rows_only(people, companies):
    data = json.loads(file_of(people.clients.eva, f"format=json&ids={companies[1].pk}"))
    assert [row["id"] for row in data] == [str(companies[1].pk)]


def test_a_workbook_has_typed_cells(people, companies):
    sheet = openpyxl.load_workbook(
        io.BytesIO(file_of(people.clients.eva, "format=xlsx&cols=name,credit_limit&sort=name"))
    ).active
    assert [cell.value for cell in sheet[2]][1:3] == ["=HYPERLINK(1)", 1250.5]
    assert sheet[2][1].data_type == "s"


def test_cards_carry_contact_points(people, companies):
    text = file_of(people.clients.eva, f"format=vcf&ids={companies[1].pk}").decode()
    assert "ООО «Ромашка»" in text and "post@halden" in text.replace("\r\n ", "")


def test_an_export_is_logged_with_its_count_and_needs_its_right(people, companies):
    file_of(people.clients.eva, "format=csv")
    event = AuditEvent.objects.get(kind="export", entity="parties.company")
    assert (event.count, event.actor_name, event.detail["format"]) == (2, "Eva All", "csv")
    assert people.clients.max.get("/companies/export?format=csv").status_code == 404
    assert people.clients.eva.get("/companies/export?format=exe").status_code == 422
    assert people.clients.eva.get("/companies/export?ids=x").status_code in (400, 422)


def test_what_was_exported_as_json_can_be_written_back_unchanged(people, companies):
    entity = registry.get("parties.company")
    (row,) = json.loads(file_of(people.clients.eva, f"format=json&fields=all&ids={companies[0].pk}"))
    from kith.core.access import writable

    values = {name: value for name, value in row.items() if name in writable(people.actors.eva, entity)}
    record = entity.rows(SYSTEM).get(pk=companies[0].pk)
    assert writes.save(people.actors.eva, record, values, confirm=("duplicate",)).version == record.version


def test_a_large_export_is_written_by_a_job_and_handed_to_its_owner_only(
    people, companies, monkeypatch, settings, tmp_path
):
    import sys

    from kith.core import jobs_export
    from kith.core.jobs_models import JobRun
    from kith.core.notify import Notification

    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs_export, "LARGE", 1)
    answer = people.clients.eva.get("/companies/export?format=json&cols=name&sort=name")
    run = JobRun.objects.get(name="core.export")
    assert answer.url == f"/jobs/{run.pk}" and people.clients.eva.get(f"/exports/{run.pk}").url == answer.url
    running = sys.modules["kith.core.jobs.running"]
    token = running._running.set(running.Running(run))
    try:
        JobRun.objects.filter(pk=run.pk).update(result=jobs_export.export(**run.arguments), state="done")
    finally:
        running._running.reset(token)
    note = Notification.objects.get(user=people.eva)
    assert note.detail["url"] == f"/exports/{run.pk}"
    data = json.loads(b"".join(people.clients.eva.get(note.detail["url"]).streaming_content))
    assert [row["name"] for row in data] == ["=HYPERLINK(1)", "ООО «Ромашка»"]
    assert AuditEvent.objects.get(kind="export", entity="parties.company").count == 2
    assert people.clients.tom.get(note.detail["url"]).status_code == 404
    assert b"/exports/" in people.clients.eva.get(f"/jobs/{run.pk}").content
