"""Everything about one person as a ZIP; the register of personal data."""

import io
import json
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from kith.core import files, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing
from kith.core.jobs_models import JobRun
from kith.core.ledger import AuditEvent
from kith.core.testing import factory
from kith.core.testing.people import grant
from kith.privacy import dossier, register, subjects

pytestmark = pytest.mark.django_db
PEOPLE = registry.get("parties.person")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person(people):
    made = factory.make("parties.person", given_name="Ida", family_name="Lind", email="ida@lind.example", phone="+4769184001")  # fmt: skip
    about = {"entity": "parties.person", "id": str(made.pk)}
    writes.create(people.actors.eva, registry.get("activities.note"), {"text": "Prefers mornings", "subject": about})
    ticket = files.ticket(people.actors.eva, files.store([b"%PDF-1.4 offer"]))
    writes.create(people.actors.eva, registry.get("activities.attachment"), {"name": "offer.pdf", "file": ticket, "subject": about})  # fmt: skip
    factory.make("sales.opportunity", name="Pumps", person=made.pk, company=None)
    return writes.save(people.actors.eva, made, {"phone": "+4769184002"})


def opened(stored):
    return zipfile.ZipFile(io.BytesIO(files.path_of(stored["key"]).read_bytes()))


def test_the_file_holds_all_of_it_and_no_names_of_colleagues(people, person):
    made = dossier.write(people.actors.eva, PEOPLE, person.pk)
    with opened(made["stored"]) as found:
        names, data, page = found.namelist(), json.loads(found.read("data.json")), found.read("index.html").decode()
        assert len([name for name in names if name.startswith("files/")]) == 1
    assert set(data["records"]) == {
        "parties.person",
        "parties.contactpoint",
        "activities.note",
        "activities.attachment",
    }
    assert [one["name"] for one in data["linked"]["sales.opportunity"]] == ["Pumps"]
    assert data["records"]["activities.note"][0]["text"] == "Prefers mornings"
    assert {"+4769184001", "+4769184002"} <= {step["after"].get("phone") for step in data["history"]}
    assert "Prefers mornings" in page and "Eva All" not in page and "Eva All" not in json.dumps(data)
    assert made["done"] == 6
    line = AuditEvent.objects.get(kind="export")
    assert (line.record_id, line.count, line.detail["everything"]) == (person.pk, 6, True)


def test_the_data_do_not_say_who_of_our_people_had_to_do_with_it(people, person):
    """Neither who owns a record, made it or has a task with it, nor who did so before."""
    for owner in (people.ann, people.tom):
        person = writes.save(people.actors.eva, person, {"owner": owner.pk})
    about = {"entity": "parties.person", "id": str(person.pk)}
    task = writes.create(people.actors.eva, registry.get("activities.task"), {"name": "Call", "subject": about, "assignee": people.ann.pk})  # fmt: skip
    writes.save(people.actors.eva, task, {"assignee": people.tom.pk})
    with opened(dossier.write(people.actors.eva, PEOPLE, person.pk)["stored"]) as found:
        text = found.read("data.json").decode()
        page = found.read("index.html").decode()
    for user in (people.ann, people.tom, people.eva):
        assert str(user.pk) not in text and str(user) not in text and str(user) not in page
    assert not {"owner", "org_unit", "created_by"} & {name for one in json.loads(text)["history"] for side in ("before", "after") for name in one[side]}  # fmt: skip


def test_the_panel_counts_as_the_file_does_without_loading_the_records(people, person):
    holding = subjects.of(PEOPLE, person)
    expected = [{label: len(rows) for label, rows in kind.items() if rows} for kind in (holding.own, holding.linked)]
    assert expected[1] == {"sales.opportunity": 1} and sum(expected[0].values()) == 4
    assert [dict(found) for found in subjects.counts(PEOPLE, person)] == expected
    form = factory.make("sales.leadform", name="Trial", key="trial", title="Trial", lead_owner=people.eva.pk, confirm_hours=None, redirect_url=None, consent_text="", consent_required=False, allowed_hosts=[])  # fmt: skip
    assert Client().post(f"/f/{form.key}", {"name": "Ida Lind", "email": "ida@lind.example"}).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        own, linked = subjects.counts(PEOPLE, person)
    holding = subjects.of(PEOPLE, person)
    assert (own, linked) == tuple({label: len(rows) for label, rows in kind.items() if rows} for kind in (holding.own, holding.linked))  # fmt: skip
    assert (linked["sales.lead"], own["sales.leadsubmission"]) == (1, 1)
    rest = [query["sql"] for query in asked if not query["sql"].startswith("SELECT COUNT(*)")]
    assert all("core_merged" in sql for sql in rest), rest  # whom a condition follows


def test_only_with_a_right_of_its_own_and_for_who_sees_the_person(people, person):
    with pytest.raises(Missing):
        dossier.write(people.actors.ann, PEOPLE, person.pk)
    assert people.clients.ann.post(f"/personal-data/people/{person.pk}/export").status_code == 404
    grant(people.ann, ("parties.person", "view", "all"))
    with pytest.raises(Forbidden):
        dossier.write(actor_of(people.ann.pk), PEOPLE, person.pk)
    assert people.clients.ann.post(f"/personal-data/people/{person.pk}/export").status_code == 403
    grant(people.max, ("system", "personal_export", "all"))
    with pytest.raises(Missing):
        dossier.write(actor_of(people.max.pk), PEOPLE, person.pk)
    assert not JobRun.objects.filter(name="privacy.export").exists()
    assert people.clients.eva.post(f"/personal-data/companies/{person.pk}/export").status_code == 404
    assert people.clients.eva.post(f"/personal-data/leads/{person.pk}/export").status_code == 404


def test_who_asked_gets_it_from_the_page_of_the_job(people, person):
    answer = people.clients.eva.post(f"/personal-data/people/{person.pk}/export")
    run = JobRun.objects.get(name="privacy.export")
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{run.pk}")
    JobRun.objects.filter(pk=run.pk).update(state="done", result=dossier.write(people.actors.eva, PEOPLE, person.pk))
    got = people.clients.eva.get(f"/exports/{run.pk}")
    assert (got.status_code, got["Content-Type"]) == (200, "application/zip")
    assert people.clients.ann.get(f"/exports/{run.pk}").status_code == 404
    api = people.clients.eva.post(f"/api/v1/personal-data/people/{person.pk}/export", content_type="application/json")
    assert api.status_code == 202 and api.json()["file"].startswith("/exports/")


def test_the_register_follows_the_declarations(people, person):
    writes.create(people.actors.eva, registry.get("privacy.processing"), {"name": "Customers", "entity": "parties.person", "purpose": "Selling", "basis": "contract", "retention": "Ten years"})  # fmt: skip
    found = {kind.entity.label: kind for kind in register.read()}
    one = found["parties.person"]
    assert {"email", "phone", "birth_date", "photo"} <= {spec.name for spec in one.fields}
    assert {spec.name for spec in one.sensitive} == {"birth_date", "gender", "age"}
    assert "Administrator" in one.readers and one.sensitive_readers == ["Administrator", "Personal data reader"]
    assert (one.count, one.bases()) == (1, ["contract"])
    page = people.clients.eva.get("/personal-data/").content.decode()
    assert "Selling" in page and "Ten years" in page
    book = load_workbook(io.BytesIO(people.clients.eva.get("/personal-data/workbook").content)).active
    rows = [[cell.value for cell in row] for row in book.iter_rows()]
    assert [
        "People",
        "Birth date",
        True,
        1,
        "Selling",
        "contract",
        "Ten years",
        None,
        None,
        "Administrator; Personal data reader",
    ] in rows
    data = people.clients.eva.get("/api/v1/personal-data").json()["results"]
    assert [kind["processings"][0]["purpose"] for kind in data if kind["entity"] == "parties.person"] == ["Selling"]
    for address in ("/personal-data/", "/personal-data/workbook", "/api/v1/personal-data"):
        assert people.clients.ann.get(address).status_code == 403
    with pytest.raises(Forbidden):
        writes.create(people.actors.ann, registry.get("privacy.processing"), {"name": "x", "entity": "parties.person", "purpose": "y"})  # fmt: skip


def test_the_tab_of_a_person_offers_both_acts_to_who_may(people, person):
    page = people.clients.eva.get(f"/people/{person.pk}/?tab=personal-data").content.decode()
    assert 'id="gather"' in page and 'id="forget"' not in page and "still dealt with" in page
    writes.save(SYSTEM, person, {"status": "deceased"})
    page = people.clients.eva.get(f"/people/{person.pk}/?tab=personal-data").content.decode()
    assert 'id="forget"' in page
