"""What people do with an object: process and board, rights by role, row and field, files, reports, links, retiring and deleting."""

import copy
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from kith.core import access, guards, undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, imported, rows
from kith.core.ledger import Change, ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import client_of, fresh, grant, make_user
from kith.processes.book import book

from .making import KINDS, kind_of, make_object

pytestmark = pytest.mark.django_db
LABEL = "objects.machine"


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.content[:300])
    return answer.content.decode()


# --- process and board ---------------------------------------------------------------------------------------------


def test_it_has_a_process_of_its_own_and_a_board(people):
    machine = make_object(has_process=True)
    course = book().default(SYSTEM, LABEL)
    assert [stage.key for stage in course.stages] == ["new", "working", "done", "dropped"]
    record = writes.create(people.actors.eva, machine, {"name": "TX"})
    assert (record.stage_id, record.state) == (course.stage("new").pk, "open")
    eva = people.clients.eva
    assert "TX" in page(eva, "/machines/board")
    answer = eva.post(f"/machines/board/{record.pk}/move", {"column": "done", "version": record.version}, headers={"HX-Request": "true"})  # fmt: skip
    assert answer.status_code == 200
    moved = machine.rows(SYSTEM).get()
    assert (moved.stage.key, moved.state, moved.closed_at is not None) == ("done", "won", True)
    assert "Process" in page(eva, f"/machines/{record.pk}/")
    change = ChangeSet.objects.filter(entity=LABEL).order_by("-at").first()
    undo.undo(people.actors.eva, change.pk)
    assert machine.rows(SYSTEM).get().stage.key == "new"


def test_a_process_begins_for_records_that_are_there(people):
    machine = make_object()
    one, two = factory.make(machine, name="one"), factory.make(machine, name="two")
    writes.delete(SYSTEM, machine, [two.pk])
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, kind_of(machine), {"has_process": True})
    assert set(refused.value.errors) == {"has_process"} and registry.get(LABEL).board == ""
    writes.restore(SYSTEM, machine, [two.pk])
    begun = writes.save(people.actors.eva, kind_of(machine), {"has_process": True})
    machine = registry.get(LABEL)
    assert sorted((row.name, row.stage.key, row.state) for row in machine.rows(SYSTEM)) == [
        ("one", "new", "open"),
        ("two", "new", "open"),
    ]
    assert "one" in page(people.clients.eva, "/machines/board")
    course = book().default(SYSTEM, LABEL)
    writes.save(people.actors.eva, machine.rows(SYSTEM).get(pk=one.pk), {"stage": course.stage("working").pk})
    assert "In work" in page(people.clients.eva, f"/machines/{one.pk}/?tab=stages")
    writes.save(people.actors.eva, begun, {"has_process": False})
    assert "stage" not in registry.get(LABEL).declared and page(people.clients.eva, f"/machines/{one.pk}/")
    factory.make(registry.get(LABEL), name="three")
    writes.save(people.actors.eva, kind_of(machine), {"has_process": True})
    assert sorted((row.name, row.stage.key) for row in registry.get(LABEL).rows(SYSTEM)) == [
        ("one", "working"),
        ("three", "new"),
        ("two", "new"),
    ]


def test_the_guard_stands_on_its_table(people):
    machine = make_object()
    factory.make(machine)
    assert "objects_record" in guards.tables() and guards.missing() == []
    with pytest.raises(DatabaseError, match="unannounced"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE objects_record SET name = 'x'")


# --- rights ------------------------------------------------------------------------------------------------------------


def test_roles_reach_it_by_row_and_by_field(people):
    machine = make_object()
    user = make_user("Ivy", email="ivy@kith.test")
    role = grant(user, (LABEL, "view", "own"), (LABEL, "edit", "own"))
    hers, other = (
        factory.make(machine, name="hers", owner=str(user.pk)),
        factory.make(machine, name="other", day="2026-12-01"),
    )
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": role.pk, "entity": LABEL, "field": "day", "level": "none"})  # fmt: skip
    actor, client = fresh(user), client_of(user)
    assert [row.pk for row in machine.rows(actor)] == [hers.pk]
    assert "day" not in access.readable(actor, machine)
    assert str(hers.pk) in page(client, "/machines/") and str(other.pk) not in page(client, "/machines/")
    assert client.get(f"/machines/{other.pk}/").status_code == 404
    assert (
        client.post("/api/v1/machines", json.dumps({"name": "x"}), content_type="application/json").status_code == 403
    )
    assert "objects.machine" in page(people.clients.eva, f"/roles/{role.pk}/permissions")


def test_who_may_not_change_settings_makes_no_object(people):
    before = registry.get(KINDS).rows(SYSTEM).count()
    for client, status in ((people.clients.tom, 403), (people.clients.max, 403)):
        answer = client.post("/api/v1/custom-objects", json.dumps({"name": "a", "plural": "as"}), content_type="application/json")  # fmt: skip
        assert answer.status_code == status
    assert registry.get(KINDS).rows(SYSTEM).count() == before


# --- files, search, reports ------------------------------------------------------------------------------------------


def test_import_and_export(people):
    make_object()
    factory.make("parties.company", name="Halden Paper")
    text = "Machine,Firm,Service\nTX-1,Halden Paper,2026-12-01\nTX-2,,\n"
    told = imported(
        LABEL, text, columns(Machine="name", Firm="company", Service="day"), strategy="add", actor=people.actors.eva
    )
    assert told.summary.added == 2
    assert rows(LABEL, "name", "company__name") == [("TX-1", "Halden Paper"), ("TX-2", None)]
    made = b"".join(people.clients.eva.get("/machines/export?format=csv&cols=name,company,day&sort=name")).decode(
        "utf-8-sig"
    )
    assert [line.split(",")[1:] for line in made.splitlines()] == [["Name", "Company", "Next service"], ["TX-1", "Halden Paper", "2026-12-01"], ["TX-2", "", ""]]  # fmt: skip
    change = ChangeSet.objects.filter(kind="import").get()
    undo.undo(people.actors.eva, change.pk)
    assert rows(LABEL, "name") == []


def test_reports_count_it_by_link_and_by_the_companys_own_fields(people):
    machine = make_object(has_process=True)
    company = factory.make("parties.company", name="Halden Paper")
    for number in range(3):
        factory.make(machine, name=f"TX-{number}", company=str(company.pk))
    html = page(people.clients.eva, "/machines/report?rows=company&m=count")
    assert "Halden Paper" in html and ">3<" in html
    page(people.clients.eva, "/machines/report?rows=stage&m=count")
    page(people.clients.eva, "/companies/report?rows=machine-company.stage&m=count")
    assert people.clients.max.get("/machines/report").status_code == 404


def test_the_document_of_the_api_tells_it(people):
    make_object()
    paths = people.clients.eva.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/machines" in paths and "/api/v1/machines/{id}" in paths
    assert "/api/v1/machines" not in people.clients.max.get("/api/v1/openapi.json").json()["paths"]


def test_views_are_saved_and_bulk_edits_undone(people):
    machine = make_object()
    keys = [str(factory.make(machine, name=f"TX-{number}").pk) for number in range(3)]
    eva = people.clients.eva
    made = eva.post("/machines/views/new", {"name": "Mine", "query": "f=name:contains:TX"})
    assert made.status_code in (200, 204, 302), made.content[:300]
    assert registry.get("core.view").rows(SYSTEM).filter(entity=LABEL).count() == 1
    assert eva.get("/machines/?f=name:contains:TX&sort=-name").status_code == 200
    assert eva.post("/machines/bulk/delete", {"ids": ",".join(keys)}).status_code in (200, 204)
    assert machine.rows(SYSTEM).count() == 0


# --- links -------------------------------------------------------------------------------------------------------------


def test_links_lead_both_ways_between_objects_and_declared_kinds(people):
    machine = make_object(has_subject=True)
    contract = make_object(
        name="contract", plural="contracts", links=[{"target": LABEL}, {"target": "parties.party", "label": "customer"}]
    )
    machine = registry.get(LABEL)
    company, person = factory.make("parties.company", name="Halden"), factory.make("parties.person")
    lathe = factory.make(
        machine, name="Lathe", company=str(company.pk), subject={"entity": "parties.person", "id": str(person.pk)}
    )
    writes.create(SYSTEM, contract, {"name": "R-1", "machine": lathe.pk, "party": company.pk})
    eva = people.clients.eva
    assert "R-1" in page(eva, f"/machines/{lathe.pk}/?tab=contract-machine")
    assert "R-1" in page(eva, f"/companies/{company.pk}/?tab=contract-party")
    assert "Lathe" in page(eva, f"/companies/{company.pk}/?tab=machine-company")
    assert "Lathe" in page(eva, f"/people/{person.pk}/?tab=machine-subject")
    assert "Lathe" in page(eva, "/contracts/?cols=name,machine,machine.day")
    assert eva.get("/api/v1/contracts?f=machine.company.name:contains:Halden").json()["count"] == 1
    assert eva.get("/api/v1/companies?f=machine-company.name:contains:Lathe").json()["count"] == 1
    assert eva.get("/api/v1/companies?f=machine-company.name:contains:Drill").json()["count"] == 0


def test_what_an_object_links_to_is_not_erased(people):
    machine = make_object()
    company = factory.make("parties.company")
    factory.make(machine, company=str(company.pk))
    writes.delete(SYSTEM, registry.get("parties.company"), [company.pk])
    gone = list(registry.get("parties.company").rows(SYSTEM, trashed=True).filter(pk=company.pk))
    with pytest.raises(Refused):
        writes.purge(people.actors.eva, registry.get("parties.company"), gone)
    assert registry.get("parties.company").rows(SYSTEM, trashed=True).filter(pk=company.pk).exists()


def test_a_link_that_records_hold_stays_and_an_empty_one_goes(people):
    machine = make_object()
    factory.make(machine, company=str(factory.make("parties.company").pk))
    row = kind_of(machine)
    company, person = row.links
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, row, {"links": [person]})
    assert set(refused.value.errors) == {"links"}
    writes.save(SYSTEM, row, {"links": [company, {"target": "parties.person", "name": "owner_there"}]})
    assert [link["slot"] for link in kind_of(machine).links] == [1, 3]
    assert "person" not in registry.get(LABEL).declared


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "companies"}, "slug"),
        ({"slug": "settings"}, "slug"),
        ({"slug": "Über"}, "slug"),
        ({"key": "9lives"}, "key"),
        ({"key": "objectkind"}, "key"),
        ({"slug": "static"}, "slug"),
        ({"slug": "api"}, "slug"),
        ({"icon": "no-such-icon"}, "icon"),
        ({"hue": "mauve"}, "hue"),
        ({"links": [{"target": "parties.nothing"}]}, "links"),
        ({"links": [{"target": "parties.company", "name": "stage"}]}, "links"),
        ({"links": [{"target": "parties.company", "colour": "x"}]}, "links"),
        ({"links": [{"target": "parties.company", "name": "save"}]}, "links"),
        ({"links": [{"target": "parties.company", "name": "is_open"}]}, "links"),
        ({"links": [{"target": "parties.company"}] * 9}, "links"),
        ({"links": "parties.company"}, "links"),
        ({"links": [1]}, "links"),
        ({"links": [{"target": "parties.company", "label": 5}]}, "links"),
        ({"links": [{"target": ["x"], "name": {"a": 1}}]}, "links"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_told_by_name(people, values, field):
    with pytest.raises(Refused) as refused:
        make_object(**values)
    assert field in refused.value.errors
    assert registry.get(KINDS).rows(SYSTEM).count() == 0


# --- renaming, retiring, deleting -----------------------------------------------------------------------------------


def test_it_is_renamed_at_any_time_and_keeps_its_key(people):
    machine = make_object()
    factory.make(machine, name="TX")
    writes.save(people.actors.eva, kind_of(machine), {"name": "tool", "plural": "tools", "slug": "tools"})
    assert "Tools" in page(people.clients.eva, "/tools/")
    assert people.clients.eva.get("/machines/").status_code == 404
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, kind_of(machine), {"key": "tool"})
    assert set(refused.value.errors) == {"key"}
    assert registry.get(LABEL).rows(SYSTEM).get().name == "TX"


def test_a_retired_object_leaves_menu_and_search_and_keeps_its_data(people):
    machine = make_object()
    record = factory.make(machine, name="Zyklotron")
    eva = people.clients.eva
    assert 'href="/machines/"' in page(eva, "/companies/") and "Zyklotron" in page(eva, "/palette?q=Zyklotron")
    writes.save(people.actors.eva, kind_of(machine), {"is_active": False})
    assert 'href="/machines/"' not in page(eva, "/companies/")
    assert f"/machines/{record.pk}/" not in page(eva, "/palette?q=Zyklotron")
    assert "Zyklotron" in page(eva, f"/machines/{record.pk}/")


def test_it_is_deleted_only_when_nothing_uses_it_and_comes_back(people):
    machine = make_object(has_process=True)
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": LABEL, "name": "x_hours", "label": "Hours", "kind": "number"})  # fmt: skip
    contract = make_object(name="contract", plural="contracts", links=[{"target": LABEL}])
    record = factory.make(registry.get(LABEL))
    eva, row = people.actors.eva, kind_of(machine)
    with pytest.raises(Refused) as refused:
        writes.delete(eva, registry.get(KINDS), [row.pk])
    assert "1 record" in str(refused.value.errors) and "contract" in str(refused.value.errors)
    assert registry.find(LABEL) is not None and Change.objects.filter(record_id=row.pk, op="delete").count() == 0
    writes.delete(eva, registry.get(LABEL), [record.pk])
    writes.purge(SYSTEM, registry.get(LABEL), list(registry.get(LABEL).rows(SYSTEM, trashed=True)))
    writes.delete(eva, registry.get(KINDS), [kind_of(contract).pk])
    gone = writes.delete(eva, registry.get(KINDS), [row.pk])
    assert registry.find(LABEL) is None and book().default(SYSTEM, LABEL) is None
    assert people.clients.eva.get("/machines/").status_code == 404
    assert people.clients.eva.get("/processes/").status_code == 200
    writes.restore(eva, registry.get(KINDS), [row.pk])
    assert people.clients.eva.get("/machines/").status_code == 200
    assert len(book().published(LABEL)) == 1
    assert "x_hours" in registry.get(LABEL).fields
    undo.undo(eva, ChangeSet.objects.filter(kind="restore").order_by("-at").first().pk)
    assert registry.find(LABEL) is None and not book().published(LABEL)
    undo.undo(eva, gone.changeset)
    assert "x_hours" in registry.get(LABEL).fields and len(book().published(LABEL)) == 1


def test_an_object_that_fields_of_others_lead_to_is_not_deleted(people):
    row = kind_of(make_object())
    link = writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "parties.person", "name": "x_lathe", "label": "Lathe", "kind": "link", "target": LABEL})  # fmt: skip
    rolled = writes.create(SYSTEM, registry.get("core.rollupfield"), {"entity": "parties.company", "name": "x_count", "label": "Machines", "source": LABEL, "link": "company", "how": "count"})  # fmt: skip
    with pytest.raises(Refused) as refused:
        writes.delete(people.actors.eva, registry.get(KINDS), [row.pk])
    assert "Lathe, Machines" in str(refused.value.errors[""][0]) and registry.find(LABEL) is not None
    writes.delete(SYSTEM, registry.get("core.fielddefinition"), [link.pk])
    writes.delete(SYSTEM, registry.get("core.rollupfield"), [rolled.pk])
    writes.delete(people.actors.eva, registry.get(KINDS), [row.pk])
    assert registry.find(LABEL) is None


def test_what_something_asks_for_is_not_taken_away_from_an_object(people):
    machine = make_object(has_process=True)
    row = kind_of(machine)
    view = {"entity": LABEL, "name": "By day", "sort": ["day"], "filter": {"field": "stage", "op": "filled"}}
    view = writes.create(SYSTEM, registry.get("core.view"), view)
    rolled = writes.create(SYSTEM, registry.get("core.rollupfield"), {"entity": "parties.company", "name": "x_count", "label": "Machines", "source": LABEL, "link": "company", "how": "count"})  # fmt: skip
    for values, field, words in (
        ({"has_process": False}, "has_process", "View “By day”"), ({"day_name": ""}, "day_name", "View “By day”"),
        ({"links": row.links[1:]}, "links", "Roll-up field “Machines”"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            writes.save(SYSTEM, kind_of(machine), values)
        assert words in str(refused.value.errors[field][0])
    assert {"stage", "day", "company"} <= registry.get(LABEL).fields.keys()
    writes.delete(SYSTEM, registry.get("core.view"), [view.pk])
    writes.delete(SYSTEM, registry.get("core.rollupfield"), [rolled.pk])
    writes.save(SYSTEM, kind_of(machine), {"has_process": False, "day_name": "", "links": row.links[1:]})
    assert not {"stage", "day", "company"} & registry.get(LABEL).fields.keys()


def test_what_an_object_is_about_is_not_erased(people):
    visit = make_object(name="visit", plural="visits", links=[], has_subject=True)
    lead = factory.make("sales.lead")
    record = factory.make(visit, subject={"entity": "sales.lead", "id": str(lead.pk)})
    writes.delete(SYSTEM, registry.get("sales.lead"), [lead.pk])
    gone = list(registry.get("sales.lead").rows(SYSTEM, trashed=True).filter(pk=lead.pk))
    with pytest.raises(Refused):
        writes.purge(people.actors.eva, registry.get("sales.lead"), gone)
    writes.save(SYSTEM, record, {"subject": None})
    writes.purge(people.actors.eva, registry.get("sales.lead"), gone)


def test_the_pages_that_the_editor_leads_to_answer(people):
    make_object(has_process=True)
    page(people.clients.eva, "/custom-fields/?f=entity:is:objects.machine")
    assert "Machines" in page(people.clients.eva, "/processes/?f=entity:any:objects.machine")
    assert "Machine" in page(people.clients.eva, f"/custom-objects/{kind_of(registry.get(LABEL)).pk}/?tab=history")


def test_a_link_is_called_as_what_it_leads_to(people):
    make_object()
    contract = make_object(name="contract", plural="contracts", links=[{"target": LABEL}])
    assert str(contract.field("machine").label) == "machine"
    with translation.override("ru"):
        assert str(contract.field("machine").label) == "станок"


def test_a_link_that_has_to_be_filled_in_leaves_older_records_in_every_list(people):
    machine = make_object()
    company = factory.make("parties.company")
    old, new = factory.make(machine, name="old"), factory.make(machine, name="new", company=str(company.pk))
    links = [{**link, "required": True} for link in kind_of(machine).links[:1]]
    writes.save(SYSTEM, kind_of(machine), {"links": [*links, *kind_of(machine).links[1:]]})
    html = page(people.clients.eva, "/machines/?sort=company&cols=name,company,company.name")
    assert str(old.pk) in html and str(new.pk) in html
    assert people.clients.eva.get("/api/v1/machines?sort=company").json()["count"] == 2
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, registry.get(LABEL), {"name": "newer"})
    assert set(refused.value.errors) == {"company"}


def test_who_knows_an_older_version_writes_nothing(people):
    old = make_object()
    record = factory.make(old, name="TX")
    writes.save(SYSTEM, kind_of(old), {"has_process": True})
    for write in (
        lambda: writes.create(SYSTEM, old, {"name": "new"}),
        lambda: writes.update_many(SYSTEM, old, [record.pk], {"name": "other"}),
        lambda: writes.delete(SYSTEM, old, [record.pk]),
    ):
        with pytest.raises(Refused, match="just changed"):
            write()
    assert [(row.name, row.stage.key) for row in registry.get(LABEL).rows(SYSTEM)] == [("TX", "new")]


def test_a_record_can_be_copied(people):
    record = factory.make(make_object(has_process=True), name="TX")
    assert copy.copy(record) == record and copy.deepcopy(record).name == "TX"
