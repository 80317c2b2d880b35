"""Pages and API of distribution: rehearsal, queue, work, the ledger of owners; each with the right and without."""

import json

import pytest

from kith.core.access import SYSTEM
from kith.core.testing.people import grant
from kith.distribution import explaining, leases, rehearsal, running
from kith.distribution.entities.assignment import Assignment

from .help import entity, fresh, lead, pool, rule, waits

pytestmark = pytest.mark.django_db


def post(client, address, data=None):
    return client.post(address, json.dumps(data or {}), content_type="application/json")


# --- rehearsal ------------------------------------------------------------------------------------------------------


def test_a_rehearsal_explains_each_record_and_writes_nothing(reps, people):
    leads = [lead(), lead(), lead(owner=reps.ana.pk)]
    made = rule(reps.vera, reps.igor, is_active=False)
    found = rehearsal.rehearse(entity(), rehearsal.with_rule(made, running.rules_of(entity())), 7)
    assert [line.words for line in found.lines] == [
        "to Vera: 1st of 2 in turn, rule Web leads",
        "to Igor: 2nd of 2 in turn, rule Web leads",
        "to Vera: 1st of 2 in turn, rule Web leads",
    ]
    assert dict(found.tally) == {reps.vera.pk: 2, reps.igor.pk: 1} and found.waiting == 0
    assert [fresh(one).owner_id for one in leads] == [None, None, reps.ana.pk]
    assert not Assignment.objects.exists()


def test_quotas_begin_anew_each_day(reps):
    import datetime as dt

    from django.utils import timezone

    from kith.core.changes import maintenance

    leads = [lead() for _ in range(4)]
    with maintenance("age"):
        old = timezone.now() - dt.timedelta(days=2)
        entity().model._base_manager.filter(pk__in=[one.pk for one in leads[:3]]).update(created_at=old)
    made = rule((reps.vera, {"capacity": 60}), method="capacity")
    found = rehearsal.rehearse(entity(), [made], 7)
    assert [(line.owner is not None, line.day == timezone.localdate()) for line in found.lines] == [(True, False), (True, False), (True, True), (True, True)]  # fmt: skip


def test_the_words_of_every_outcome():
    by = {"to": "Vera", "place": 2, "of": 3, "by": "capacity", "rule": "Web leads"}
    assert explaining.words(by | {"preferred": True}) == "to Vera: 2nd of 3 by quota, rule Web leads, preferred"
    assert explaining.words(by | {"figure": 2, "instead": "Igor"}) == "to Vera: 2nd of 3 by quota, rule Web leads, 2 left today, stands in for Igor"  # fmt: skip
    assert explaining.words(by | {"by": "least_busy", "figure": 1, "place": 11}) == "to Vera: 11th of 3 as the least busy, rule Web leads, 1 open record"  # fmt: skip
    assert explaining.words({"none": "no_rule"}) == "stays without an owner: no rule takes it"
    assert explaining.words({"none": "full", "rule": "R", "then": "wait"}) == "rule R: quotas are used up or nobody fits; waits for the next run"  # fmt: skip
    assert explaining.words({"none": "nobody", "rule": "R", "pool": "Free"}) == "rule R: nobody takes part today; into the pool Free"  # fmt: skip


def test_the_rehearsal_on_its_page(reps, people):
    lead()
    made = rule(reps.vera)
    page = people.clients.eva.get(f"/assignment-rules/{made.pk}/?tab=rehearsal").content.decode()
    assert "Nothing is written" in page
    done = people.clients.eva.post(f"/assignment-rules/{made.pk}/rehearsal", {"days": "7"}).content.decode()
    assert "to Vera: 1st of 1 in turn, rule Web leads" in done and fresh(made).rehearsed_at is not None
    assert reps.clients.vera.post(f"/assignment-rules/{made.pk}/rehearsal", {"days": "7"}).status_code == 403
    over = people.clients.eva.get(f"/api/v1/assignment-rules/{made.pk}/rehearsal?days=7").json()
    assert [line["why"] for line in over["results"]] == ["to Vera: 1st of 1 in turn, rule Web leads"]


def test_distribute_now_needs_the_right_to_edit_the_rule(reps, people):
    one = lead()
    made = rule(reps.vera)
    assert reps.clients.vera.post(f"/assignment-rules/{made.pk}/action/run").status_code == 403
    assert fresh(one).owner_id is None
    people.clients.eva.post(f"/assignment-rules/{made.pk}/action/run")
    assert fresh(one).owner_id == reps.vera.pk


# --- pools ----------------------------------------------------------------------------------------------------------


def test_the_queue_and_its_menu(reps, people):
    made = pool(reps.vera)
    one = lead(name="Pump for Oslo")
    waits(made, one, reason="No answer")
    page = reps.clients.vera.get(f"/pools/{made.pk}/queue").content.decode()
    assert "Pump for Oslo" in page and "No answer" in page and f'href="/pools/{made.pk}/queue"' in page
    assert reps.clients.igor.get(f"/pools/{made.pk}/queue").status_code == 404
    assert people.clients.eva.get(f"/pools/{made.pk}/queue").status_code == 200
    assert f"/pools/{made.pk}/queue" not in reps.clients.igor.get("/").content.decode()


def test_taking_by_selection_by_next_and_giving_out(reps, people):
    made = pool(reps.vera, (reps.ana, "manages"))
    leads = [lead() for _ in range(3)]
    waits(made, *leads)
    assert reps.clients.vera.post(f"/pools/{made.pk}/take", {"ids": str(leads[1].pk)}).status_code == 302
    assert reps.clients.vera.post(f"/pools/{made.pk}/next").status_code == 302
    assert reps.clients.vera.post(f"/pools/{made.pk}/give?go=1", {"ids": str(leads[2].pk), "owner": str(reps.igor.pk)}).status_code == 403  # fmt: skip
    assert reps.clients.igor.post(f"/pools/{made.pk}/take", {"ids": str(leads[2].pk)}).status_code == 404
    assert reps.clients.ana.post(f"/pools/{made.pk}/give?go=1", {"ids": str(leads[2].pk), "owner": str(reps.igor.pk)}).status_code == 302  # fmt: skip
    assert [fresh(one).owner_id for one in leads] == [reps.vera.pk, reps.vera.pk, reps.igor.pk]


def test_the_verbs_of_a_record_and_of_a_selection(reps, people):
    made = pool(reps.vera)
    one, two = lead(), lead()
    waits(made, one, two)
    assert reps.clients.vera.post(f"/leads/{one.pk}/action/claim").status_code in (204, 302)
    assert reps.clients.vera.post("/leads/bulk/claim", {"ids": str(two.pk)}).status_code == 204
    assert fresh(one).owner_id == fresh(two).owner_id == reps.vera.pk
    back = reps.clients.vera.post("/leads/bulk/give_back?go=1", {"ids": f"{one.pk},{two.pk}", "pool": str(made.pk), "reason": "Too far away"})  # fmt: skip
    assert back.status_code == 204 and fresh(one).owner_id is None
    assert {leases.current(key).reason for key in (one.pk, two.pk)} == {"Too far away"}


def test_verbs_stand_only_where_they_are_of_use(reps, people):
    one = lead(owner=people.eva.pk)
    assert "action/give_back" not in people.clients.eva.get(f"/leads/{one.pk}/").content.decode()
    pool(reps.vera)
    assert "action/give_back" in people.clients.eva.get(f"/leads/{one.pk}/").content.decode()
    assert "action/claim" not in people.clients.eva.get(f"/leads/{one.pk}/").content.decode()


def test_pools_over_the_api(reps, people):
    made = pool(reps.vera, reps.igor, hidden_fields=["company"])
    leads = [lead(), lead(), lead()]
    waits(made, *leads)
    listed = reps.clients.vera.get(f"/api/v1/pools/{made.pk}/queue").json()
    assert [row["id"] for row in listed["results"]] == [str(one.pk) for one in leads] and listed["count"] == 3
    assert "company" not in listed["results"][0]
    taken = post(reps.clients.vera, f"/api/v1/pools/{made.pk}/claim", {"records": [str(leads[0].pk)]}).json()
    assert taken["taken"] == [str(leads[0].pk)] and taken["refused"] == []
    again = post(reps.clients.igor, f"/api/v1/pools/{made.pk}/claim", {"records": [str(leads[0].pk)]}).json()
    assert again["taken"] == [] and again["refused"][0]["id"] == str(leads[0].pk) and again["changeset"] is None
    assert post(reps.clients.igor, f"/api/v1/pools/{made.pk}/claim", {"next": 1}).json()["taken"] == [str(leads[1].pk)]
    for bad in ({}, {"next": 0}, {"next": True}, {"records": ["x"]}, {"records": [], "next": 1}, {"what": 1}):
        assert post(reps.clients.vera, f"/api/v1/pools/{made.pk}/claim", bad).status_code in (400, 422), bad
    given = {"records": [str(leads[2].pk)], "owner": str(reps.ana.pk)}
    assert post(reps.clients.vera, f"/api/v1/pools/{made.pk}/assign", given).status_code == 403
    assert post(reps.clients.ana, f"/api/v1/pools/{made.pk}/claim", {"next": 1}).status_code == 404
    assert fresh(leads[2]).owner_id is None


# --- work and owners --------------------------------------------------------------------------------------------------


def test_work_over_the_api(reps, people):
    one = lead(owner=reps.vera.pk)
    address = f"/api/v1/leads/{one.pk}/lease"
    assert reps.clients.vera.get(address).json() == {"state": "free"}
    assert post(reps.clients.vera, address, {"minutes": 10}).json()["name"] == "Vera"
    assert reps.clients.igor.get(address).status_code == 404
    assert post(people.clients.eva, address).status_code == 422
    assert people.clients.eva.delete(address).status_code == 422, "a reason is missing"
    assert reps.clients.vera.delete(address).status_code == 204
    assert reps.clients.vera.get(address).json() == {"state": "free"}


def test_the_block_about_work_says_who_and_since_when(reps, people):
    one = lead(owner=reps.vera.pk)
    assert reps.clients.vera.post(f"/leads/{one.pk}/action/work").status_code in (204, 302)
    shown = people.clients.eva.get(f"/leads/{one.pk}/work").content.decode()
    assert "Vera" in shown and "works on it since" in shown and "End this work" in shown
    assert reps.clients.igor.get(f"/leads/{one.pk}/work").status_code == 404


def test_the_ledger_of_owners(reps, people):
    made = pool(reps.igor)
    one = lead()
    running.run(entity(), [rule(reps.vera)])
    from kith.core.access import actor_of
    from kith.distribution import claiming

    claiming.give_back(actor_of(reps.vera.pk), entity(), [one.pk], made.pk, "Budget cut")
    claiming.claim(actor_of(reps.igor.pk), made.pk, [one.pk])
    found = people.clients.eva.get(f"/api/v1/leads/{one.pk}/ownership").json()["results"]
    assert [(row["from"], row["to"], row["by"], row["reason"]) for row in found] == [
        (None, "Igor", "Igor", ""),
        ("Vera", None, "Vera", "Budget cut"),
        (None, "Vera", "Kith", "to Vera: 1st of 1 in turn, rule Web leads"),
    ]
    page = people.clients.eva.get(f"/leads/{one.pk}/?tab=ownership").content.decode()
    assert "Budget cut" in page and "taken from the pool" in page
    assert reps.clients.vera.get(f"/api/v1/leads/{one.pk}/ownership").status_code == 404
    grant(reps.vera, ("sales.lead", "view", "all"))
    assert reps.clients.vera.get(f"/api/v1/leads/{one.pk}/ownership").status_code == 403


def test_hand_over_over_the_api(reps, people):
    one = lead(owner=reps.vera.pk)
    wanted = {"user": str(reps.vera.pk), "targets": {"sales.lead": f"person:{reps.igor.pk}"}}
    assert post(people.clients.eva, "/api/v1/handover", wanted | {"preview": True}).json() == {"plans": [{"entity": "sales.lead", "to": {"Igor": 1}, "stays": 0}], "changeset": None}  # fmt: skip
    assert fresh(one).owner_id == reps.vera.pk
    assert post(people.clients.eva, "/api/v1/handover", wanted).json()["changeset"]
    assert fresh(one).owner_id == reps.igor.pk
    assert entity().rows(SYSTEM).count() == 1
