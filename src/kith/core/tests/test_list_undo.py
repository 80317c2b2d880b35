"""Undo from a message and from its page; the trash; choosing records; the side panel; the menu."""

import json
import re

import pytest

from kith.core import jobs_bulk, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.jobs.running import Running, _running
from kith.core.jobs_models import JobRun
from kith.core.ledger import AuditEvent, Change, ChangeSet
from kith.core.notify import Notification
from kith.core.testing.people import grant
from kith.core.ui import undo_ui

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def entity():
    return registry.get("parties.company")


def toast(answer):
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def renamed(people, entity, count=3):
    made = writes.create_many(SYSTEM, entity, [{"name": f"Company {n}", "owner": people.ann.pk} for n in range(count)])
    outcome = writes.update_many(people.actors.ann, entity, [record.pk for record in made], {"status": "lost"})
    return made, f"/undo/{outcome.changeset}"


def test_the_page_says_what_undo_would_restore_and_keep_before_it_does(people, entity):
    made, url = renamed(people, entity)
    writes.save(SYSTEM, made[0], {"status": "dormant"})
    html = people.clients.ann.get(url).content.decode()
    assert "2 records would be restored." in html
    assert "edited since" in html
    assert entity.rows(SYSTEM).filter(status="lost").count() == 2
    done = people.clients.ann.post(url, headers=HTMX)
    assert toast(done)["text"] == "2 records restored, 1 kept because it was edited since"
    assert toast(done)["href"] == url
    assert sorted(entity.rows(SYSTEM).values_list("status", flat=True)) == ["active", "active", "dormant"]


def test_undone_twice_is_refused_in_words(people, entity):
    _made, url = renamed(people, entity)
    people.clients.ann.post(url, headers=HTMX)
    again = people.clients.ann.post(url, headers=HTMX)
    assert (again.status_code, toast(again)["text"]) == (422, "This was undone already.")
    assert "This was undone already." in people.clients.ann.get(url).content.decode()


def test_others_changes_are_not_undone_without_the_right(people, entity):
    _made, url = renamed(people, entity)
    assert people.clients.tom.post(url, headers=HTMX).status_code == 403
    assert people.clients.ann.get("/undo/01a20c55-fb95-7d3d-ac67-8b4a387dad17").status_code == 404
    assert entity.rows(SYSTEM).filter(status="lost").count() == 3
    assert not ChangeSet.objects.filter(kind="undo").exists()


def test_a_large_change_is_undone_by_a_job_that_tells_the_person(people, entity, monkeypatch):
    monkeypatch.setattr(undo_ui, "AT_ONCE", 2)
    _made, url = renamed(people, entity)
    assert "undone in the background" in people.clients.ann.get(url).content.decode()
    answer = people.clients.ann.post(url, headers=HTMX)
    run = JobRun.objects.get()
    assert f'hx-get="/bulk/{run.pk}"' in answer.content.decode()
    assert entity.rows(SYSTEM).filter(status="lost").count() == 3
    run.actor = people.ann
    token = _running.set(Running(run))
    try:
        assert jobs_bulk.undo_job(**run.arguments)["done"] == 3
    finally:
        _running.reset(token)
    assert entity.rows(SYSTEM).filter(status="active").count() == 3
    assert Notification.objects.get(user=people.ann, kind="job").title == "3 records restored"


# --- trash ------------------------------------------------------------------------------------------------------------


def trashed(people, entity):
    made = writes.create_many(SYSTEM, entity, [{"name": f"Company {n}", "owner": people.ann.pk} for n in range(2)])
    writes.delete(people.actors.ann, entity, [record.pk for record in made])
    return made


def test_deleted_records_are_listed_with_who_deleted_them_and_come_back(people, entity):
    made = trashed(people, entity)
    html = people.clients.ann.get("/trash").content.decode()
    assert "Company 1" in html
    assert "Ann Own" in html
    assert "Company 1" not in people.clients.max.get("/trash").content.decode()
    people.clients.ann.post("/trash/companies/restore", {"ids": str(made[0].pk)}, headers=HTMX)
    assert [record.pk for record in entity.rows(SYSTEM)] == [made[0].pk]


def test_erasing_for_good_needs_the_word(people, entity):
    grant(people.ann, ("system", "trash_purge", "all"))
    made = trashed(people, entity)
    data = {"ids": ",".join(str(record.pk) for record in made)}
    asked = people.clients.ann.post("/trash/companies/erase", data, headers=HTMX).content.decode()
    assert "2 records and everything that belongs to them will be erased." in asked
    wrong = people.clients.ann.post("/trash/companies/erase?go=1", data | {"word": "yes"}, headers=HTMX)
    assert (wrong.status_code, entity.rows(SYSTEM, trashed=True).count()) == (422, 2)
    people.clients.ann.post("/trash/companies/erase?go=1", data | {"word": "Erase"}, headers=HTMX)
    assert entity.rows(SYSTEM, trashed=True).count() == 0
    assert Change.objects.filter(op="purge", entity="parties.company").count() == 2


def test_nobody_erases_what_is_not_theirs(people, entity):
    made = trashed(people, entity)
    others = writes.create(SYSTEM, entity, {"name": "Other", "owner": people.eva.pk})
    writes.delete(SYSTEM, entity, [others.pk])
    people.clients.ann.post("/trash/companies/erase?go=1", {"ids": str(others.pk), "word": "erase"}, headers=HTMX)
    assert (
        people.clients.max.post("/trash/companies/restore", {"ids": str(made[0].pk)}, headers=HTMX).status_code == 404
    )
    assert entity.rows(SYSTEM, trashed=True).count() == 3


# --- choosing ---------------------------------------------------------------------------------------------------------


def options(client, url):
    return re.findall(r'data-text="([^"]+)"', client.get(url, headers=HTMX).content.decode())


def test_the_chooser_finds_by_words_and_by_one_letter_and_only_what_may_be_seen(people, entity):
    writes.create_many(
        SYSTEM, entity, [{"name": name, "owner": people.ann.pk} for name in ("Halden Paper", "Baltic Dairy")]
    )
    writes.create(SYSTEM, entity, {"name": "Halden Hidden", "owner": people.eva.pk})
    assert options(people.clients.ann, "/companies/lookup?q=hald") == ["Halden Paper"]
    assert options(people.clients.ann, "/companies/lookup?q=d") == ["Baltic Dairy"]
    assert sorted(options(people.clients.ann, "/companies/lookup?q=")) == ["Baltic Dairy", "Halden Paper"]
    assert options(people.clients.ann, "/lookup?q=halden") == ["Halden Paper"]
    assert people.clients.max.get("/companies/lookup?q=h").status_code == 404


def test_dictionary_rows_that_are_no_longer_offered_are_left_out(people):
    tags = registry.get("core.tag")
    writes.create(SYSTEM, tags, {"name": "Trade fair", "is_active": False})
    assert options(people.clients.ann, "/tags/lookup?q=trade") == []


def test_a_new_one_is_made_from_its_name_where_that_is_enough(people):
    assert options(people.clients.eva, "/tags/lookup?q=Fresh&create=1") == ["Fresh"]
    answer = people.clients.eva.post("/tags/lookup", {"name": "Fresh"}, headers=HTMX)
    assert answer.json()["text"] == "Fresh"
    assert people.clients.eva.post("/tags/lookup", {"name": "Fresh"}, headers=HTMX).status_code == 422
    assert people.clients.eva.post("/people/lookup", {"name": "Ann"}, headers=HTMX).status_code == 403
    assert registry.get("core.tag").rows(SYSTEM).count() == 1


def test_the_side_panel_shows_a_record_and_is_logged(people, entity):
    company = writes.create(SYSTEM, entity, {"name": "Halden Paper", "phone": "030 1234567", "owner": people.ann.pk})
    html = people.clients.ann.get(f"/companies/{company.pk}/peek", headers=HTMX).content.decode()
    assert 'id="drawer-title"' in html
    assert 'href="tel:+49301234567"' in html
    assert AuditEvent.objects.filter(kind="view", record_id=company.pk, actor_id=people.ann.pk).count() == 1
    assert people.clients.tom.get(f"/companies/{company.pk}/peek", headers=HTMX).status_code == 200  # the team's
    assert people.clients.max.get(f"/companies/{company.pk}/peek", headers=HTMX).status_code == 404


def test_the_menu_shows_what_may_be_seen_and_the_settings_to_those_who_may_change_them(people):
    menus = {
        who: set(
            re.findall(
                r'<li[^>]*><a href="/([\w-]+)/"', getattr(people.clients, who).get("/employees/").content.decode()
            )
        )
        for who in ("ann", "eva")
    }
    assert {"companies", "people", "tasks", "employees"} <= menus["ann"]
    assert "roles" not in menus["ann"] or "roles" in menus["eva"]
    assert "industries" in menus["eva"]
