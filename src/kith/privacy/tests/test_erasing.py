"""Erasing a person: nothing in the whole database names it any more, and the chain of the ledger stays valid (R145)."""

import json

import pytest
from django.db import connection
from django.test import Client

from kith.core import files, ledger, notify, search, undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.backup import erased
from kith.core.chain import sealer, verifying
from kith.core.chain.models import DueErasure, Erasure
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.jobs_models import JobRun
from kith.core.ledger import Change
from kith.core.merging import merge
from kith.core.testing import factory
from kith.core.testing.people import grant, make_people
from kith.privacy import erasing, subjects
from kith.privacy import jobs as work

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = registry.get("parties.person")
NAMES = ("quistgaard", "thorvaldine", "691840", "quist@", "bergen road", "likes rowing")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def person(people):
    """Somebody who is everywhere: form, lead, deal, note, file, task, search, notification, export."""
    form = factory.make("sales.leadform", name="Trial", key="trial", title="Trial", lead_owner=people.eva.pk, confirm_hours=None, redirect_url=None, consent_text="", consent_required=False, allowed_hosts=[])  # fmt: skip
    sent = {"name": "Thorvaldine Quistgaard", "email": "quist@nordhavn.example", "text": "Call Thorvaldine Quistgaard"}
    assert Client().post(f"/f/{form.key}?lang=en", sent).status_code == 200
    found = PEOPLE.rows(SYSTEM).get(email="quist@nordhavn.example")
    found = writes.save(people.actors.eva, found, {"phone": "+4769184077", "middle_name": "Old", "status": "active"})
    found = writes.save(people.actors.eva, found, {"middle_name": None, "birth_date": "1980-05-17", "description": "likes rowing"})  # fmt: skip
    about = {"entity": "parties.person", "id": str(found.pk)}
    factory.make("parties.address", party=found.pk, street="Bergen Road 7")
    factory.make("parties.personalfact", person=found.pk, text="Thorvaldine likes rowing", kind="interest")
    writes.create(people.actors.eva, registry.get("activities.note"), {"text": "Quistgaard called", "subject": about})
    writes.create(people.actors.eva, registry.get("activities.task"), {"name": "Write to Thorvaldine Quistgaard", "subject": about})  # fmt: skip
    ticket = files.ticket(people.actors.eva, files.store([b"%PDF-1.4 Quistgaard"]))
    writes.create(people.actors.eva, registry.get("activities.attachment"), {"name": "Quistgaard.pdf", "file": ticket, "subject": about})  # fmt: skip
    deal = factory.make("sales.opportunity", name="Pump for Thorvaldine Quistgaard", person=found.pk, company=None)
    assert deal.name.startswith("Pump")
    ledger.log(people.actors.eva, "search", title="thorvaldine quistgaard", query="quist@nordhavn.example")
    ledger.log(people.actors.eva, "view", entity="parties.person", record_id=found.pk, title=str(found))
    notify.tell([people.eva.pk], "mention", by=SYSTEM, entity="parties.person", record_id=found.pk, title=str(found))
    notify.follow(people.actors.eva, "parties.person", found.pk)
    key = files.store([b"name,mail\nThorvaldine Quistgaard,quist@nordhavn.example\n"])
    JobRun.objects.create(name="core.export", state="done", arguments={"entity": "parties.person", "query": "q=Quistgaard thorvaldine quistgaard"}, result={"done": 1, "stored": {"key": key, "name": "people.csv", "kind": "csv"}})  # fmt: skip
    sealer.seal()
    return found


def tables_naming(word):
    """Every table of the database, with how many rows name it anywhere."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{word}%"])
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


def over(person):
    return writes.save(SYSTEM, person, {"status": "deceased"})


def test_nothing_names_it_any_more_and_the_chain_is_valid(people, person, tmp_path):
    assert all(tables_naming(name) for name in NAMES)
    counts = erasing.erase(people.actors.eva, PEOPLE, over(person).pk, reason="asked for on 1 March")
    assert {name: tables_naming(name) for name in NAMES} == {name: {} for name in NAMES}
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == []
    assert counts["emptied"] == 1 and counts["removed"] >= 7 and counts["blanked"] >= 2 and counts["history"] > 20
    sealer.seal()
    report = verifying.verify()
    assert report.findings == []
    assert 20 < report.erased <= counts["history"]  # what was not sealed before is sealed empty


def test_the_empty_record_keeps_its_place(people, person):
    erasing.erase(people.actors.eva, PEOPLE, over(person).pk, reason="asked for")
    empty = PEOPLE.rows(SYSTEM).get(pk=person.pk)
    assert (str(empty), empty.status, empty.email, empty.birth_date) == ("Erased person", "deceased", "", None)
    (deal,) = registry.get("sales.opportunity").rows(SYSTEM)
    assert (deal.person_id, deal.name) == (person.pk, "Pump for …")
    assert search.best(PEOPLE, SYSTEM, "Quistgaard", 5) == []
    assert people.clients.eva.get(f"/people/{person.pk}/").status_code == 200
    assert people.clients.eva.get(f"/people/{person.pk}/?tab=history").status_code == 200
    assert Erasure.objects.get(record_id=person.pk).reason == "personal data: asked for"


def test_an_active_one_and_one_under_legal_hold_are_refused_and_nothing_changes(people, person):
    before = Change.objects.count()
    with pytest.raises(Refused, match="still dealt with"):
        erasing.erase(people.actors.eva, PEOPLE, person.pk, reason="x")
    held = writes.save(SYSTEM, over(person), {"legal_hold": True})
    with pytest.raises(Refused, match="legal hold"):
        erasing.erase(people.actors.eva, PEOPLE, held.pk, reason="x")
    with pytest.raises(Missing):
        erasing.erase(people.actors.ann, PEOPLE, held.pk, reason="x")
    assert (Change.objects.count(), Erasure.objects.count()) == (before + 2, 0)
    grant(people.ann, ("parties.person", "view", "all"), ("parties.person", "delete", "all"))
    with pytest.raises(Forbidden):
        erasing.erase(actor_of(people.ann.pk), PEOPLE, held.pk, reason="x")
    assert Erasure.objects.count() == 0


def test_a_namesake_and_a_shared_number_are_left_alone(people, person):
    other = factory.make("parties.person", given_name="Thorvaldine", family_name="Quistgaard", phone="+4769184077", email="other@nordhavn.example")  # fmt: skip
    erasing.erase(people.actors.eva, PEOPLE, over(person).pk, reason="asked for")
    kept = PEOPLE.rows(SYSTEM).get(pk=other.pk)
    assert (kept.name, kept.phone) == ("Thorvaldine Quistgaard", "+4769184077")
    assert Change.objects.filter(record_id=other.pk).exclude(after={}).exists()
    (deal,) = registry.get("sales.opportunity").rows(SYSTEM)
    assert deal.name == "Pump for …"  # it links to the erased one


def test_a_restored_backup_erases_it_again(people, person):
    over(person)
    DueErasure.objects.create(entity="parties.person", record_id=person.pk, reason="personal data: asked for")
    assert erased.again() == []
    assert str(PEOPLE.rows(SYSTEM).get(pk=person.pk)) == "Erased person"
    assert tables_naming("quistgaard") == {}


def test_page_and_api_ask_and_a_job_does_it(people, person):
    address = f"/personal-data/people/{person.pk}/erase"
    assert people.clients.ann.post(address, {"word": "erase", "reason": "x"}).status_code == 404
    grant(people.ann, ("parties.person", "view", "all"))
    assert people.clients.ann.post(address, {"word": "erase", "reason": "x"}).status_code == 403
    assert people.clients.eva.post(address, {"word": "erase", "reason": "x"}).status_code == 422
    assert people.clients.eva.get(address)["Location"] == f"/people/{person.pk}/?tab=personal-data"
    over(person)
    assert 'name="word"' in people.clients.eva.get(address, headers={"HX-Request": "true"}).text
    asked = people.clients.eva.post(address, {"word": "no", "reason": ""})
    assert asked.status_code == 422 and "Do not write the name" in asked.content.decode()
    done = people.clients.eva.post(address, {"word": "erase", "reason": "asked for"})
    assert done.status_code == 302 and "/jobs/" in done["Location"]
    run = JobRun.objects.get(name="privacy.erase")
    assert run.arguments == {"party": str(person.pk), "entity": "parties.person", "reason": "asked for"}
    api = people.clients.eva.post(
        f"/api/v1{address}", json.dumps({"reason": "asked for"}), content_type="application/json"
    )
    assert api.status_code == 202
    assert people.clients.eva.post(f"/api/v1{address}", "{}", content_type="application/json").status_code == 400
    assert people.clients.ann.post(f"/api/v1{address}", json.dumps({"reason": "x"}), content_type="application/json").status_code == 403  # fmt: skip
    assert work.erase.name == "privacy.erase" and not Erasure.objects.exists()


def test_what_was_merged_into_it_goes_with_it(people, person):
    """Twice, one into the other; a third one was merged and taken apart again: that one is left alone."""
    other, first, apart = (
        factory.make("parties.person", given_name="Thea", family_name=f"Ødegaard{letter}", email=f"thea.{letter}@fjordby.example", phone="+4769184077")
        for letter in "abc"
    )  # fmt: skip
    for survivor, merged in ((other, first), (person, other), (person, apart)):
        made = merge.merge(SYSTEM, PEOPLE, [survivor.pk, merged.pk], survivor=survivor.pk)
    undo.undo(SYSTEM, made.changeset)
    own, _linked = subjects.counts(PEOPLE, person)
    holding = subjects.of(PEOPLE, PEOPLE.rows(SYSTEM).get(pk=person.pk))
    assert (len(holding.merged), {label: len(rows) for label, rows in holding.own.items() if rows}) == (2, own)
    assert all(tables_naming(word) for word in ("ødegaarda", "ødegaardb", "thea.a@", "thea.b@", "ødegaardc"))
    erasing.erase(people.actors.eva, PEOPLE, over(person).pk, reason="asked for")
    words = (*NAMES, "ødegaarda", "ødegaardb", "thea.a@", "thea.b@")
    words = [word for word in words if word != "691840"]  # one of another
    assert {word: tables_naming(word) for word in words} == {word: {} for word in words}
    assert not PEOPLE.model._base_manager.filter(pk__in=[other.pk, first.pk]).exists()
    assert PEOPLE.rows(SYSTEM).get(pk=apart.pk).email == "thea.c@fjordby.example"
