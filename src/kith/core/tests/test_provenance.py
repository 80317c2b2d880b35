"""Where values come from, confirming them, and values that have grown stale (N8)."""

import json

import pytest
from dateutil.relativedelta import relativedelta
from django.test import Client
from django.utils import timezone

from kith.core import confirming, freshness, provenance, settings_store, undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import BadFilter, Test, compile_filter
from kith.core.ledger import AuditEvent, Change, ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import grant, make_people

pytestmark = pytest.mark.django_db
PEOPLE = registry.get("parties.person")


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def person(people):
    return factory.make("parties.person", given_name="Mette", family_name="Lind", phone="+4769184001", email="mette@lind.example", owner=str(people.eva.pk))  # fmt: skip


def aged(record, months):
    """Let everything that is known of a record have happened so many months ago."""
    at = timezone.now() - relativedelta(months=months)
    with maintenance("maintenance"):
        Change.objects.filter(record_id=record.pk).update(at=at)
        type(record)._base_manager.filter(pk=record.pk).update(created_at=at)
    return type(record)._base_manager.get(pk=record.pk)


def sources(person, actor):
    return provenance.of(PEOPLE, type(person)._base_manager.get(pk=person.pk), actor)


def test_every_value_names_who_set_it_and_through_what(people, person):
    writes.save(people.actors.eva, person, {"phone": "+4769184002"})
    found = sources(person, people.actors.eva)
    fresh = type(person)._base_manager.get(pk=person.pk)
    filled = {n for n, s in PEOPLE.fields.items() if s.columns and not s.type.is_empty(s.get(fresh))}
    assert set(found) == filled  # for 100 % of the fields
    assert (found["phone"].by, found["phone"].origin) == ("Eva All", "system")
    assert found["family_name"].by == "Kith"


def test_an_undone_edit_leaves_the_source_of_before(people, person):
    writes.save(people.actors.eva, person, {"family_name": "Lindh"})
    (edit,) = ChangeSet.objects.filter(actor_id=people.eva.pk)
    undo.undo(people.actors.eva, edit.pk)
    found = sources(person, people.actors.eva)
    assert found["family_name"].by == "Kith"
    assert found["family_name"].kind == "edit"


def test_confirming_changes_no_value_and_stands_in_the_history(people, person):
    before = type(person)._base_manager.get(pk=person.pk)
    outcome = confirming.confirm(people.actors.eva, PEOPLE, [person.pk], ["phone", "email", "birth_date"])
    after = type(person)._base_manager.get(pk=person.pk)
    assert (after.version, after.updated_at, after.phone) == (before.version, before.updated_at, before.phone)
    (entry,) = Change.objects.filter(record_id=person.pk, op="confirm")
    assert entry.before == entry.after
    assert set(entry.after) == {"phone", "email"} | ({"birth_date"} if after.birth_date else set())
    assert ChangeSet.objects.get(pk=outcome.changeset).reason == "confirmed"
    assert AuditEvent.objects.filter(kind="confirm", record_id=person.pk).count() == 1
    source = sources(person, people.actors.eva)["phone"]
    assert (source.by, source.confirmed_by, source.confirmed_at == entry.at) == ("Kith", "Eva All", True)


def test_a_confirmation_is_undone_and_given_back(people, person):
    outcome = confirming.confirm(people.actors.eva, PEOPLE, [person.pk], ["phone"])
    plan = undo.undo(people.actors.eva, outcome.changeset)
    assert plan.restored == 1
    assert sources(person, people.actors.eva)["phone"].confirmed_at is None
    (undone,) = ChangeSet.objects.filter(kind="undo")
    assert undo.undo(people.actors.eva, undone.pk).restored == 1
    assert sources(person, people.actors.eva)["phone"].confirmed_by == "Eva All"


def test_a_confirmation_keeps_nobody_from_undoing_the_creation(people):
    made = writes.create(people.actors.eva, PEOPLE, {"family_name": "Passing", "phone": "+4769184009"})
    (created,) = ChangeSet.objects.filter(actor_id=people.eva.pk)
    confirming.confirm(people.actors.eva, PEOPLE, [made.pk], ["phone"])
    assert undo.undo(people.actors.eva, created.pk).kept == []
    assert not PEOPLE.rows(SYSTEM).filter(pk=made.pk).exists()


def test_who_may_not_change_a_record_cannot_confirm_it(people, person):
    outcome = confirming.confirm(people.actors.ann, PEOPLE, [person.pk], ["phone"])
    assert (outcome.records, len(outcome.skipped)) == ([], 1)
    assert not Change.objects.filter(op="confirm").exists()
    with pytest.raises(Refused):
        confirming.confirm(people.actors.eva, PEOPLE, [person.pk], ["owner"])
    with pytest.raises(Refused):
        confirming.confirm(people.actors.eva, PEOPLE, [person.pk], [])
    assert people.clients.ann.post(f"/people/{person.pk}/confirm", {"fields": "phone"}).status_code == 404
    assert not Change.objects.filter(op="confirm").exists()


def stale_now(actor, op="any", fields=("phone",)):
    asked = compile_filter(PEOPLE, Test("stale", op, list(fields) if fields else None), actor)
    return set(PEOPLE.rows(actor).filter(asked).values_list("pk", flat=True))


def test_values_grow_stale_and_are_fresh_again_once_confirmed(people, person):
    young = factory.make("parties.person", family_name="Young", phone="+4769184003")
    assert stale_now(people.actors.eva) == set()
    person = aged(person, 13)
    assert stale_now(people.actors.eva) == {person.pk}
    assert freshness.stale(PEOPLE, [person, young], ["phone", "email"]) == {person.pk: {"phone", "email"}}
    assert stale_now(people.actors.eva, "empty", None) == {young.pk}
    assert stale_now(people.actors.eva, "filled", None) == {person.pk}
    outcome = confirming.confirm(people.actors.eva, PEOPLE, [person.pk], ["phone"])
    assert stale_now(people.actors.eva) == set()
    assert stale_now(people.actors.eva, fields=("phone", "email")) == {person.pk}
    assert freshness.stale(PEOPLE, [person], ["phone", "email"]) == {person.pk: {"email"}}
    undo.undo(people.actors.eva, outcome.changeset)
    assert stale_now(people.actors.eva) == {person.pk}


def test_the_company_says_how_long_values_stay_fresh(people, person):
    person = aged(person, 13)
    settings_store.put(people.actors.eva, "fresh.parties.person.phone", 18)
    assert stale_now(people.actors.eva) == set()
    settings_store.put(people.actors.eva, "fresh.parties.person.email", 0)
    assert freshness.stale(PEOPLE, [person], ["phone", "email"]) == {}


def test_stale_values_of_fields_that_may_not_be_read_are_not_asked_for(people, person):
    reader = people.max
    grant(reader, ("parties.person", "view", "all"))
    assert stale_now(actor_of(reader.pk)) == set()
    with pytest.raises(BadFilter):
        compile_filter(PEOPLE, Test("stale", "any", ["birth_date"]), people.actors.eva)


def test_list_and_record_fade_stale_values_and_say_so(people, person):
    aged(person, 13)
    page = people.clients.eva.get(f"/people/{person.pk}/").content.decode()
    assert "Phone was not confirmed for more than 12 months." in page
    assert '<span class="stale"' in page
    listed = people.clients.eva.get("/people/?f=stale:any:phone").content.decode()
    assert listed.count("Phone was not confirmed for more than 12 months.") == 2  # shown and told
    assert "Lind" in listed


def test_where_from_is_a_dialog_that_confirms(people, person):
    page = people.clients.eva.get(f"/people/{person.pk}/origins").content.decode()
    assert 'id="confirm-phone"' in page and 'id="origin-phone"' in page
    assert people.clients.eva.post(f"/people/{person.pk}/confirm", {"fields": ["phone", "email"]}).status_code == 204
    assert Change.objects.filter(op="confirm").count() == 1
    field = people.clients.eva.get(f"/people/{person.pk}/history/phone").content.decode()
    assert 'id="field-confirm"' in field
    assert people.clients.eva.post(f"/people/{person.pk}/confirm", {"fields": ["nonsense"]}).status_code == 422
    timeline = people.clients.eva.get(f"/people/{person.pk}/").content.decode()
    assert "confirmed:" in timeline


def test_many_are_confirmed_at_once(people, person):
    other = aged(factory.make("parties.person", family_name="Other", phone="+4769184005"), 14)
    aged(person, 14)
    body = {"ids": f"{person.pk},{other.pk}", "fields": ["phone"]}
    answer = people.clients.eva.post("/people/bulk/confirm?go=1", body, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert stale_now(people.actors.eva) == set()
    assert ChangeSet.objects.filter(kind="bulk", actor_id=people.eva.pk).count() == 1
    asked = people.clients.eva.post("/people/bulk/confirm", {"ids": str(person.pk)}).content.decode()
    assert 'value="phone"' in asked


def test_the_api_tells_sources_and_confirms(people, person):
    aged(person, 13)
    found = people.clients.eva.get(f"/api/v1/people/{person.pk}?provenance=1").json()["provenance"]
    assert found["phone"]["by"] == "Kith"
    assert found["phone"]["stale"] is True
    assert found["phone"]["confirmed_at"] is None
    done = people.clients.eva.post(f"/api/v1/people/{person.pk}/confirm", json.dumps({"fields": ["phone"]}), content_type="application/json")  # fmt: skip
    assert (done.status_code, done.json()["confirmed"]) == (200, 1)
    found = people.clients.eva.get(f"/api/v1/people/{person.pk}?provenance=1&fields=phone").json()["provenance"]
    assert (found["phone"]["stale"], found["phone"]["confirmed_by"]) == (False, "Eva All")
    assert people.clients.eva.get(f"/api/v1/people/{person.pk}?provenance=2").status_code == 400


def test_the_page_of_stale_values_counts_and_leads_to_them(people, person):
    aged(person, 13)
    page = people.clients.eva.get("/settings/freshness").content.decode()
    assert 'href="/people/?f=stale:any:phone&amp;sort=created_at">1</a>' in page
    assert "/settings/freshness" in people.clients.eva.get("/settings/").content.decode()
    assert (
        "/people/" not in people.clients.max.get("/settings/freshness").content.decode().partition('id="freshness"')[2]
    )


def test_a_value_of_a_web_form_names_the_form(people):
    factory.make("sales.leadform", name="Trial of pumps", key="trial", title="Trial", lead_owner=people.eva.pk, confirm_hours=None, redirect_url=None, consent_text="", consent_required=False, allowed_hosts=[])  # fmt: skip
    sent = {"name": "Freja Mortensen", "email": "freja@nordhavn.example", "text": "Ten points"}
    assert Client().post("/f/trial?lang=en", sent).status_code == 200
    made = PEOPLE.rows(SYSTEM).get(email="freja@nordhavn.example")
    assert provenance.of(PEOPLE, made, people.actors.eva)["email"].reason == "Trial of pumps"
    assert "(Trial of pumps)" in people.clients.eva.get(f"/people/{made.pk}/origins").content.decode()


def test_an_imported_value_names_file_and_row(people):
    made = writes.create_many(people.actors.eva, PEOPLE, [{"family_name": "Imported", "phone": "+4769184011"}], sources=[{"file": "people.xlsx", "row": 17}])  # fmt: skip
    source = provenance.of(PEOPLE, made[0], people.actors.eva)["phone"]
    assert (source.by, source.file, source.row) == ("Eva All", "people.xlsx", 17)
    assert "people.xlsx, row 17" in people.clients.eva.get(f"/people/{made[0].pk}/origins").content.decode()


def test_what_several_change_sets_set_and_an_undo_of_all_took_back_is_no_source(people, person):
    """Two edits are undone together, done again together and undone once more: each time the source is who set the value that stands."""
    for name in ("Lindh", "Linde"):
        current = type(person)._base_manager.get(pk=person.pk)
        writes.save(people.actors.eva, current, {"family_name": name})
    edits = list(ChangeSet.objects.filter(actor_id=people.eva.pk).order_by("at", "pk"))
    for turn, name, by in ((undo.undo, "Lind", "Kith"), (undo.redo, "Linde", "Eva All"), (undo.undo, "Lind", "Kith")):
        turn(people.actors.eva, *(edit.pk for edit in edits))
        found = sources(person, people.actors.eva)["family_name"]
        assert type(person)._base_manager.get(pk=person.pk).family_name == name
        assert (found.by, found.kind) == (by, "edit")
        assert by == "Kith" or found.changeset == edits[1].pk


def test_an_edit_that_was_taken_back_makes_nothing_fresh(people, person):
    record = aged(person, 40)
    assert freshness.stale(PEOPLE, [record], ["phone"]) == {record.pk: frozenset(["phone"])}
    writes.save(people.actors.eva, record, {"phone": "+4769184099"})
    (edit,) = ChangeSet.objects.filter(actor_id=people.eva.pk)
    asked = compile_filter(PEOPLE, Test("stale", "any", ["phone"]), people.actors.eva)

    def is_stale():
        current = type(person)._base_manager.get(pk=person.pk)
        found = freshness.stale(PEOPLE, [current], ["phone"]) == {person.pk: frozenset(["phone"])}
        assert PEOPLE.rows(SYSTEM).filter(asked, pk=person.pk).exists() is found
        return found

    assert not is_stale()
    undo.undo(people.actors.eva, edit.pk)
    assert is_stale(), "nobody said that the old number still holds"
    undo.redo(people.actors.eva, edit.pk)
    assert not is_stale()


def test_a_confirmation_of_a_value_that_was_taken_back_is_none_of_the_one_that_stands(people, person):
    writes.save(people.actors.eva, person, {"phone": "+4769184099"})
    (edit,) = ChangeSet.objects.filter(actor_id=people.eva.pk)
    confirming.confirm(people.actors.eva, PEOPLE, [person.pk], ["phone", "email"])
    undo.undo(people.actors.eva, edit.pk)
    found = sources(person, people.actors.eva)
    assert (found["phone"].by, found["phone"].confirmed_at) == ("Kith", None)
    assert (found["email"].by, found["email"].confirmed_by) == ("Kith", "Eva All")
