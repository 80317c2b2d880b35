"""What was undone is done again: an undo is a change-set like any other (N1)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import files, notify, recreating, standing, undo, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.files_models import Upload
from kith.core.ledger import AuditEvent, Change, ChangeSet, Op
from kith.core.testing import factory

pytestmark = pytest.mark.django_db
SENT = {"content_type": "application/json"}


def companies():
    return registry.get("parties.company")


def row(record):
    return companies().rows(SYSTEM).get(pk=record.pk)


def made_by(record):
    return Change.objects.get(record_id=record.pk, op=Op.CREATE).changeset_id


@pytest.fixture
def ann(people):
    return people.actors.ann


@pytest.fixture
def arbor(people, ann):
    """Ann's company with a second mail address, renamed by her."""
    made = factory.make("parties.company", ann, name="Arbor", legal_name="Bonn", email="a@arbor.example", owner=people.ann.pk)  # fmt: skip
    factory.make("parties.contactpoint", ann, party=made.pk, kind="email", value="b@arbor.example")
    return made


@pytest.fixture
def renamed(ann, arbor):
    with change_set(ann, entity="parties.company") as changes:
        writes.save(ann, arbor, {"legal_name": "Trier"})
    return changes.id


def test_a_change_is_undone_and_done_again_any_number_of_times(ann, arbor, renamed):
    names, keys = [], []
    for turn in (undo.undo, undo.redo, undo.undo, undo.redo):
        plan = turn(ann, renamed)
        names.append(row(arbor).legal_name)
        keys.append(plan.made)
        assert (plan.restored, plan.kept, plan.refused) == (1, [], [])
    assert names == ["Bonn", "Trier", "Bonn", "Trier"]
    stands = standing.of(ChangeSet.objects.filter(pk=renamed))[renamed]
    assert [link.kind for link in stands.links] == ["undo", "redo", "undo", "redo"]
    assert [link.pk for link in stands.links] == keys and stands.holds and not stands.is_undone
    assert standing.first_of(stands.last).pk == renamed
    assert AuditEvent.objects.filter(changeset_id__in=keys).values_list("kind", flat=True).order_by("id")[1] == "redo"


def test_what_is_not_undone_is_not_done_again(ann, arbor, renamed):
    before = ChangeSet.objects.count()
    with pytest.raises(Refused, match="nothing to do again"):
        undo.redo(ann, renamed)
    undo.undo(ann, renamed)
    with pytest.raises(Refused, match="undone already"):
        undo.undo(ann, renamed)
    undo.redo(ann, renamed)
    with pytest.raises(Refused, match="nothing to do again"):
        undo.redo(ann, renamed)
    assert (row(arbor).legal_name, ChangeSet.objects.count()) == ("Trier", before + 2)


def test_the_undo_of_an_undo_is_a_redo(ann, arbor, renamed):
    first = undo.undo(ann, renamed).made
    again = undo.undo(ann, first)
    assert row(arbor).legal_name == "Trier"
    assert ChangeSet.objects.get(pk=again.made).kind == "redo"
    assert ChangeSet.objects.get(pk=again.made).undo_of == first


def test_what_was_edited_since_the_undo_is_kept(people, ann, arbor):
    with change_set(ann, entity="parties.company") as changes:
        writes.save(ann, arbor, {"legal_name": "Trier", "registration_number": "HRB 1"})
    undo.undo(ann, changes.id)
    writes.save(people.actors.eva, row(arbor), {"legal_name": "Mainz"})
    seen = undo.preview_redo(ann, changes.id)
    assert (row(arbor).legal_name, row(arbor).registration_number) == ("Mainz", ""), "a preview changes nothing"
    for plan in (seen, undo.redo(ann, changes.id)):
        assert plan.restored == 1
        assert [(title, str(why)) for _label, title, why in plan.kept] == [("Arbor: legal name", "edited since")]
    assert (row(arbor).legal_name, row(arbor).registration_number) == ("Mainz", "HRB 1")


def test_a_creation_is_done_again_with_its_parts_under_the_old_id(people, ann, arbor):
    first = made_by(arbor)
    other = Change.objects.filter(entity="parties.contactpoint").order_by("-id")[0].changeset_id
    before = row(arbor)
    points = list(registry.get("parties.contactpoint").rows(SYSTEM).order_by("pk").values_list("pk", "value", "is_primary"))  # fmt: skip
    plan = undo.undo(ann, first, other)
    assert plan.kept == plan.refused == [] and not companies().rows(SYSTEM).exists()
    again = undo.redo(ann, first)
    assert (again.restored, again.kept, again.refused) == (plan.restored, [], [])
    after = row(arbor)
    for name in ("name", "legal_name", "email", "owner_id", "created_at", "created_by_id", "search_text", "sort_key"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.version > before.version
    assert points == list(registry.get("parties.contactpoint").rows(SYSTEM).order_by("pk").values_list("pk", "value", "is_primary"))  # fmt: skip
    assert undo.undo(ann, other).restored == plan.restored, "one chain for what was undone together"
    assert not companies().rows(SYSTEM).exists()


def test_what_was_erased_since_or_links_to_something_erased_does_not_come_back(people, ann):
    top = factory.make("parties.company", ann, name="Top", owner=people.ann.pk)
    below = factory.make("parties.company", ann, name="Below", parent=top.pk, owner=people.ann.pk)
    first, second = made_by(top), made_by(below)
    undo.undo(ann, second)
    undo.undo(ann, first)
    plan = undo.redo(ann, second)
    assert (plan.restored, plan.made) == (0, None)
    assert ("parties.company", "Below", "something it links to was erased meanwhile") in [
        (label, title, str(why)) for label, title, why in plan.refused
    ]
    assert undo.redo(ann, first).refused == []
    assert undo.redo(ann, second).refused == [], "what was refused may be tried again"
    assert row(below).parent_id == top.pk


def test_a_deletion_is_done_again_with_its_parts(people, ann, arbor):
    deleted = writes.delete(ann, companies(), [arbor.pk]).changeset
    plan = undo.undo(ann, deleted)
    assert undo.redo(ann, deleted).restored == plan.restored
    assert not companies().rows(SYSTEM).exists()
    assert companies().rows(SYSTEM, trashed=True).filter(pk=arbor.pk).exists()


def test_an_import_is_done_again_but_for_what_was_edited_since(people, ann):
    old = writes.create_many(ann, companies(), [{"name": f"Old {n}", "legal_name": "Bonn"} for n in range(50)])
    with change_set(ann, kind="import", entity="parties.company") as changes:
        new = writes.create_many(ann, companies(), [{"name": f"New {n}"} for n in range(50)])
        writes.update_many(ann, companies(), [one.pk for one in old], {"legal_name": "Trier"}, kind="import")
    assert undo.undo(ann, changes.id).restored == 100
    for one in old[:3]:
        writes.save(people.actors.eva, row(one), {"legal_name": "Mainz"})
    plan = undo.redo(ann, changes.id)
    assert (plan.restored, len(plan.kept), plan.refused) == (97, 3, [])
    left = companies().rows(SYSTEM)
    assert (left.filter(legal_name="Trier").count(), left.filter(name__startswith="New ").count()) == (47, 50)
    assert set(left.filter(name__startswith="New ").values_list("pk", flat=True)) == {one.pk for one in new}


def test_several_undone_together_are_done_again_together(people, ann, arbor, renamed):
    edit = writes.update_many(ann, companies(), [arbor.pk], {"status": "lost"}).changeset
    together = undo.undo(ann, renamed, edit)
    assert (row(arbor).legal_name, row(arbor).status) == ("Bonn", "active")
    with pytest.raises(Refused, match="one step"):
        undo.undo(ann, together.made, factory_change(ann, arbor))
    plan = undo.redo(ann, edit)
    assert plan.restored == 1 and (row(arbor).legal_name, row(arbor).status) == ("Trier", "lost")
    assert all(one.holds for one in standing.of(ChangeSet.objects.filter(pk__in=[renamed, edit])).values())


def factory_change(actor, record):
    return writes.update_many(actor, companies(), [record.pk], {"registration_number": "HRB 9"}).changeset


def test_only_whoever_undid_it_or_who_may_undo_others_does_it_again(people, ann, arbor, renamed):
    undo.undo(people.actors.eva, renamed)
    for actor in (ann, people.actors.tom):
        with pytest.raises(Forbidden):
            undo.redo(actor, renamed)
    assert row(arbor).legal_name == "Bonn"
    assert undo.redo(people.actors.eva, renamed).restored == 1


def test_whoever_may_no_longer_create_or_fill_a_field_gets_nothing_back(people, ann, arbor, monkeypatch):
    first = made_by(arbor)
    others = list(Change.objects.filter(entity="parties.contactpoint").values_list("changeset_id", flat=True))
    undo.undo(ann, *{first, *others})
    monkeypatch.setattr(recreating, "may_fill", lambda actor, entity, values: entity.label != "parties.company")
    plan = undo.redo(ann, first)
    assert (plan.restored, plan.made) == (0, None)
    assert {str(why) for _label, _title, why in plan.refused} >= {"you may not create it"}
    assert not companies().rows(SYSTEM).exists()


def test_files_of_what_was_undone_wait_for_a_redo(people, ann, arbor):
    key = files.store([b"Hello"])
    note = factory.make("activities.attachment", ann, subject={"entity": "parties.company", "id": str(arbor.pk)}, file=files.ticket(ann, key), name="hello.txt")  # fmt: skip
    first = made_by(note)
    undo.undo(ann, first)
    assert files.path_of(key).exists() and Upload.objects.filter(key=key).exists()
    assert undo.redo(ann, first).restored == 1
    assert not Upload.objects.filter(key=key).exists()
    undo.undo(ann, first)
    files.remove(key)
    plan = undo.redo(ann, first)
    assert [str(why) for _label, _title, why in plan.refused] == ["its file was erased meanwhile"]


def test_the_api_names_it(people, ann, arbor, renamed):
    client = people.clients.ann
    done = client.post(f"/api/v1/undo/{renamed}", **SENT).json()
    assert (done["restored"], done["changeset"]) == (1, str(ChangeSet.objects.get(kind="undo").pk))
    seen = client.post(f"/api/v1/redo/{renamed}?preview=1", **SENT).json()
    assert (seen["restored"], seen["changeset"], row(arbor).legal_name) == (1, None, "Bonn")
    assert client.post(f"/api/v1/redo/{renamed}", **SENT).json()["restored"] == 1
    assert row(arbor).legal_name == "Trier"
    assert client.post(f"/api/v1/redo/{renamed}", **SENT).status_code == 422
    assert client.post("/api/v1/redo/x", **SENT).status_code == 404
    assert people.clients.tom.post(f"/api/v1/redo/{renamed}", **SENT).status_code == 403
    assert row(arbor).legal_name == "Trier"


def test_the_history_shows_one_card_for_the_whole_chain(people, ann, arbor, renamed):
    for turn in (undo.undo, undo.redo, undo.undo):
        turn(ann, renamed)
    text = people.clients.ann.get(f"/companies/{arbor.pk}/?tab=history").content.decode()
    assert text.count('class="card change"') == 3, "created, changed, the last link of the chain"
    assert (text.count("undone by Ann Own"), text.count("done again by Ann Own")) == (2, 1)
    assert f'hx-post="/redo/{renamed}"' in text and f'hx-post="/undo/{renamed}"' not in text
    seen = people.clients.ann.get(f"/undo/{renamed}").content.decode()
    assert "1 record would be done again." in seen and f'action="/redo/{renamed}"' in seen
    assert people.clients.ann.post(f"/redo/{renamed}").status_code == 302
    answer = people.clients.ann.post(f"/undo/{renamed}", headers={"HX-Request": "true"})
    last = ChangeSet.objects.order_by("-at", "-pk")[0]
    assert f'"redo": "/redo/{last.pk}"' in answer.headers["HX-Trigger"]
    assert row(arbor).legal_name == "Bonn"


def test_a_redo_asks_as_much_for_many_records_as_for_few(people, ann):
    """Each of them links to an industry and an owner."""
    industry, counts = factory.make("parties.industry"), []
    for size in (2, 12):
        with change_set(ann, kind="import", entity="parties.company") as changes:
            writes.create_many(ann, companies(), [{"name": f"C{at}", "industry": industry.pk, "owner": people.ann.pk} for at in range(size)])  # fmt: skip
        undo.undo(ann, changes.id)
        with CaptureQueriesContext(connection) as asked:
            assert undo.redo(ann, changes.id).restored == size
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_stars_followers_and_what_people_were_told_outlive_undo_and_redo(people, ann):
    with change_set(ann, entity="parties.company") as changes:
        made = writes.create(ann, companies(), {"name": "Birch"})
    notify.star(people.actors.eva, "parties.company", made.pk, on=True)
    notify.follow(ann, "parties.company", made.pk)
    notify.tell([people.eva.pk], "mention", by=ann, entity="parties.company", record_id=made.pk, title="Birch")
    undo.undo(ann, changes.id)
    undo.redo(ann, changes.id)
    assert notify.marks(people.actors.eva, made.pk) == (True, False, 1)
    assert notify.Notification.objects.filter(record_id=made.pk).count() == 1
