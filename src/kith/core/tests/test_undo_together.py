"""Several changes undone together: a bulk edit, an import, somebody's last hour (N1)."""

import datetime as dt
import os
import uuid

import pytest
import time_machine

from kith.core import undo, writes
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.testing import factory

pytestmark = pytest.mark.django_db
LONG = os.environ.get("KITH_LONG") == "1"
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def companies():
    return registry.get("parties.company")


def row(record):
    return companies().rows(registry_system()).get(pk=record.pk)


def registry_system():
    from kith.core.access import SYSTEM

    return SYSTEM


def at(minutes):
    return time_machine.travel(NOON + dt.timedelta(minutes=minutes), tick=False)


@pytest.fixture
def hour(people):
    """Ann's hour: two edits of one field one after the other, a bulk edit, a new company, a deletion; Eva edits one of it since."""
    ann, eva = people.actors.ann, people.actors.eva
    with at(-120):
        made = {
            name: factory.make("parties.company", ann, name=name, legal_name="Bonn", owner=people.ann.pk)
            for name in ("one", "two", "three", "gone")
        }
    with at(-40):
        writes.save(ann, made["one"], {"legal_name": "Köln"})
    with at(-30):
        writes.save(ann, row(made["one"]), {"legal_name": "Aachen", "registration_number": "HRB 1"})
    with at(-20):
        writes.update_many(ann, companies(), [made["two"].pk, made["three"].pk], {"legal_name": "Trier"})
        made["new"] = factory.make("parties.company", ann, name="new", owner=people.ann.pk)
        writes.delete(ann, companies(), [made["gone"].pk])
    with at(-10):
        writes.save(eva, row(made["three"]), {"legal_name": "Mainz"})
    with time_machine.travel(NOON, tick=False):
        yield made


def ann_window(people, actor=None):
    return undo.window(actor or people.actors.ann, people.ann.pk, NOON - dt.timedelta(hours=1), NOON)


def test_the_last_hour_of_somebody_is_undone_in_one_step(people, hour):
    ann = people.actors.ann
    keys = [found.pk for found in ann_window(people)]
    assert len(keys) == 5
    before = ChangeSet.objects.count()
    plan = undo.preview(ann, *keys)
    assert (plan.by_entity["parties.company"], len(plan.kept), len(plan.refused)) == (4, 1, 0)
    assert plan.restored == 10, "with the addresses and contact points of the new and the deleted one"
    assert row(hour["one"]).legal_name == "Aachen" and ChangeSet.objects.count() == before, "a preview changes nothing"
    plan = undo.undo(ann, *keys)
    assert plan.by_entity["parties.company"] == 4
    assert [(title.split(":")[0], str(reason)) for _label, title, reason in plan.kept] == [("three", "edited since")]
    assert (row(hour["one"]).legal_name, row(hour["one"]).registration_number) == ("Bonn", "")
    assert (row(hour["two"]).legal_name, row(hour["three"]).legal_name) == ("Bonn", "Mainz")
    assert not companies().rows(registry_system()).filter(pk=hour["new"].pk).exists()
    assert companies().rows(registry_system()).filter(pk=hour["gone"].pk).exists()
    assert ChangeSet.objects.count() == before + 1
    made = ChangeSet.objects.filter(kind="undo").get()
    assert set(ChangeSet.objects.filter(pk__in=keys).values_list("undone_by", flat=True)) == {made.pk}
    entry = Change.objects.get(changeset_id=made.pk, record_id=hour["one"].pk)
    assert (entry.before["legal_name"], entry.after["legal_name"]) == ("Aachen", "Bonn"), (
        "one entry for two edits of a field"
    )
    assert ann_window(people) == []
    with pytest.raises(Refused):
        undo.undo(ann, *keys)


def test_only_oneself_or_who_may_undo_others(people, hour):
    keys = [found.pk for found in ann_window(people)]
    for call in (lambda: ann_window(people, people.actors.tom), lambda: undo.undo(people.actors.tom, *keys), lambda: undo.preview(people.actors.tom, keys[0])):  # fmt: skip
        with pytest.raises(Forbidden):
            call()
    assert len(ann_window(people, people.actors.eva)) == 5
    assert row(hour["one"]).legal_name == "Aachen"
    with pytest.raises(Refused):
        undo.undo(people.actors.ann)


def test_an_import_keeps_exactly_the_rows_that_were_edited_since(people):
    """Half of the rows are new, half updates; of each, some were edited since."""
    ann, eva, size = people.actors.ann, people.actors.eva, 10_000 if LONG else 300
    with at(-120):
        old = writes.create_many(
            ann, companies(), [{"name": f"Old {at}", "legal_name": "Bonn"} for at in range(size // 2)]
        )
    with at(-60), change_set(ann, kind="import", entity="parties.company") as changes:
        new = writes.create_many(ann, companies(), [{"name": f"New {at}"} for at in range(size - size // 2)])
        writes.update_many(ann, companies(), [record.pk for record in old], {"legal_name": "Trier"}, kind="import")
    with at(-30):
        edited = [*old[:5], *new[:5]]
        for record in edited:
            writes.save(eva, row(record), {"legal_name": "Mainz"})
    with time_machine.travel(NOON, tick=False):
        plan = undo.undo(ann, changes.id)
    assert plan.restored == size - 10
    assert sorted(title.split(":")[0] for _label, title, _why in plan.kept) == sorted(record.name for record in edited)
    assert plan.refused == []
    left = companies().rows(registry_system())
    assert left.filter(legal_name="Mainz").count() == 10 and left.filter(legal_name="Bonn").count() == size // 2 - 5
    assert left.filter(name__startswith="New ").count() == 5


def test_the_page_shows_the_hour_and_undoes_what_is_chosen(people, hour):
    span = {"user": str(people.ann.pk), "since": "2026-11-02T11:00:00", "until": "2026-11-02T12:00:00"}
    ann = people.clients.ann
    text = ann.get("/undo/together", span).content.decode()
    assert (
        text.count('name="changeset"') == 5
        and "10 records would be restored" in text
        and "Kept as they are now" in text
    )
    keys = [str(found.pk) for found in ann_window(people)]
    text = ann.post("/undo/together", span | {"changeset": keys[-1:], "preview": "1"}).content.decode()
    assert text.count("checked") == 1 and "Cannot be undone" not in text
    done = ann.post("/undo/together", {"changeset": keys})
    assert done.status_code == 200 and "10 records restored" in done.content.decode()
    assert row(hour["two"]).legal_name == "Bonn"
    assert "Nothing was changed" in ann.get("/undo/together", span).content.decode()
    assert people.clients.tom.get("/undo/together", span).status_code == 403
    for bad in ({"since": "x"}, {"user": "x"}, {"since": "2026-11-02T12:00:00", "until": "2026-11-02T11:00:00"}):
        assert ann.get("/undo/together", bad).status_code in (400, 422), bad
    assert ann.post("/undo/together", {"changeset": []}).status_code == 422
    assert ann.post("/undo/together", {"changeset": [str(uuid.uuid4())]}).status_code == 404
    assert "in the hour before, together" in people.clients.eva.get(f"/undo/{keys[0]}").content.decode()


def test_the_api_undoes_together(people, hour):
    keys = [str(found.pk) for found in ann_window(people)]
    ann, sent = people.clients.ann, {"content_type": "application/json"}
    body = ann.post("/api/v1/undo?preview=1", {"changesets": keys}, **sent).json()
    assert (body["restored"], len(body["kept"])) == (10, 1)
    assert ann.post("/api/v1/undo", {"changesets": keys}, **sent).json()["restored"] == 10
    assert ann.post("/api/v1/undo", {"changesets": keys}, **sent).status_code == 422
    for bad in ({}, {"changesets": "x"}, {"changesets": ["x"]}, {"changesets": [1]}, {"changesets": keys, "more": 1}):
        assert ann.post("/api/v1/undo", bad, **sent).status_code == 400, bad


def test_too_many_are_refused_before_any_of_them_is_looked_up(people, django_assert_num_queries):
    keys = [uuid.uuid4() for _each in range(undo.MOST + 1)]
    with django_assert_num_queries(0), pytest.raises(Refused, match="At most 500"):
        undo.find_all(people.actors.eva, keys)
    with django_assert_num_queries(0), pytest.raises(Refused, match="Choose"):
        undo.find_all(people.actors.eva, [])
