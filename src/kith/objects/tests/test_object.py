"""A kind of record that was made a moment ago is on every surface: pages, API, rights, files, search, undo, reports."""

import json

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.checks import findings
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, Change
from kith.core.testing import factory

from .making import make_object

pytestmark = pytest.mark.django_db


def test_it_is_well_declared(people):
    machine = make_object(has_process=True, has_subject=True)
    assert list(findings(machine)) == []
    assert (machine.label, machine.slug) == ("objects.machine", "machines")
    assert [machine.field(name).target for name in ("company", "person")] == ["parties.company", "parties.person"]


def test_it_lives_on_every_surface(people):
    make_object(people.actors.eva)
    eva, ann = people.clients.eva, people.clients.ann
    company = factory.make("parties.company", owner=str(people.eva.pk))
    given = {"name": "TX-400 датчик", "company": str(company.pk), "day": "2026-12-01"}
    made = eva.post("/api/v1/machines", json.dumps(given), content_type="application/json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert (made.json()["company"], made.json()["day"]) == (str(company.pk), "2026-12-01")
    for address in (
        "/machines/",
        f"/machines/{key}/",
        f"/machines/{key}/edit",
        f"/machines/{key}/peek",
        f"/machines/{key}/history",
        "/machines/lookup?q=TX",
        "/machines/?q=datchik",
        "/palette?q=TX-400",
        "/machines/calendar?on=2026-12-01",
        f"/api/v1/machines/{key}",
        f"/companies/{company.pk}/?tab=machine-company",
    ):
        answer = eva.get(address)
        assert (answer.status_code, address) == (200, address)
        assert "TX-400" in answer.content.decode(), address
    for address in ("/machines/new", f"/machines/{key}/timeline", "/machines/export?format=csv", "/reports/machines"):
        assert eva.get(address).status_code in (200, 404), address
    hidden = (f"/machines/{key}/{part}" for part in ("", "edit", "peek", "timeline", "history"))
    for address in (*hidden, f"/api/v1/machines/{key}"):
        assert ann.get(address).status_code == 404, address
    assert "TX-400" not in ann.get("/machines/?q=TX").content.decode()
    assert f"/machines/{key}/" not in ann.get("/palette?q=TX-400").content.decode()
    kinds = set(AuditEvent.objects.filter(entity="objects.machine").values_list("kind", flat=True))
    assert {"create", "view", "list", "export"} <= kinds


def test_it_is_called_in_the_readers_language_and_falls_back(people):
    make_object(translations={"ru": "станок"}, plural_translations={"ru": "станки"})
    for language, word in (("en", "Machines"), ("ru", "Станки"), ("zh-hans", "Machines")):
        writes.save(SYSTEM, people.eva, {"language": language})
        page = people.clients.eva.get("/machines/").content.decode()
        assert f"<title>{word}" in page or word in page, language


def test_its_changes_can_be_undone(people):
    machine = make_object()
    record = writes.create(people.actors.eva, machine, {"name": "TX"})
    writes.save(people.actors.eva, record, {"name": "TX-2"})
    last = Change.objects.filter(record_id=record.pk).order_by("-id").first()
    assert undo.undo(people.actors.eva, last.changeset_id).restored == 1
    assert machine.rows(SYSTEM).get().name == "TX"
    writes.delete(people.actors.eva, machine, [record.pk])
    assert machine.rows(SYSTEM).count() == 0
    writes.restore(people.actors.eva, machine, [record.pk])
    assert machine.rows(SYSTEM).get().name == "TX"


def test_two_objects_share_a_table_and_nothing_else(people):
    machine, contract = make_object(), make_object(name="contract", plural="contracts", links=[])
    factory.make(machine, name="TX")
    paper = factory.make(contract, name="R-1")
    assert [row.name for row in machine.rows(SYSTEM)] == ["TX"]
    assert [row.name for row in contract.rows(people.actors.eva)] == ["R-1"]
    assert people.clients.eva.get(f"/machines/{paper.pk}/").status_code == 404
    assert people.clients.eva.get(f"/api/v1/machines/{paper.pk}").status_code == 404


def test_its_own_fields_are_custom_fields(people):
    machine = make_object()
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "objects.machine", "name": "x_hours", "label": "Hours", "kind": "number"})  # fmt: skip
    eva, machine = people.clients.eva, registry.get("objects.machine")
    made = eva.post("/api/v1/machines", json.dumps({"name": "TX", "x_hours": 12}), content_type="application/json")
    assert made.json()["x_hours"] == 12
    assert eva.get("/api/v1/machines?f=x_hours:gt:11&sort=-x_hours").json()["count"] == 1
    assert eva.get("/api/v1/machines?f=x_hours:gt:12").json()["count"] == 0
    assert "x_hours" in machine.list_columns
    assert "Hours" in eva.get("/machines/").content.decode()


def test_a_page_without_its_slash_leads_to_it_unless_that_tells_of_a_kind(client):
    machine = make_object()
    for address, there in (
        ("/people", "/people/"),
        ("/people?group=status", "/people/?group=status"),
        ("/settings", "/settings/"),
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, there), address
    for address in (f"/{machine.slug}", "/nothing", "/people/nothing", "/api/nothing"):
        assert client.get(address).status_code == 404, address
    assert (
        client.get("/people", headers={"HX-Request": "true"}).status_code == client.post("/people").status_code == 404
    )
