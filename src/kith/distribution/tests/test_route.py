"""The route of a record: exact stretches of stage and holder, what happened on the way, and what may be read (F12)."""

import datetime as dt

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant, make_user
from kith.distribution import leases, route
from kith.distribution.stretches import Note, Turn, together
from kith.processes.book import book

from .help import entity, fresh, lead, pool, waits

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def at(hours):
    return time_machine.travel(START + dt.timedelta(hours=hours), tick=False)


def seen(actor, record, hours=100):
    """The route as somebody reads it so many hours after the beginning."""
    with at(hours):
        return route.of(actor, record)


def moment(hours):
    return START + dt.timedelta(hours=hours)


def lines(found):
    """Stage, holder, from and to in hours since START, by, why; the oldest first."""
    return [
        (one.stage.key, one.holder, hours(one.since), one.until and hours(one.until), one.by, one.why)
        for one in reversed(found.stretches)
    ]


def hours(value):
    return (value - START).total_seconds() / 3600


@pytest.fixture
def moved(reps, people):
    """A lead of nobody's, given to Vera, begun by her, given to Igor by Eva with a reason."""
    company = factory.make("parties.company")
    with at(0):
        one = lead(name="Pump", company=company.pk)
    with at(2):
        writes.save(people.actors.eva, one, {"owner": reps.vera.pk})
    with at(26):
        writes.save(reps.actors.vera, fresh(one), {"stage": "working"})
    with at(50):
        writes.save(people.actors.eva, fresh(one), {"owner": reps.igor.pk}, reason="Vera is away")
    return fresh(one)


def test_two_stages_and_two_owners_make_exactly_these_lines(moved, people):
    found = seen(people.actors.eva, moved)
    assert lines(found) == [
        ("new", "", 0, 2, "Kith", "created"),
        ("new", "Vera", 2, 26, "Eva All", ""),
        ("working", "Vera", 26, 50, "Vera", ""),
        ("working", "Igor", 50, None, "Eva All", "Vera is away"),
    ]
    assert found.now == ["Now in “In work” since 2 Jun 11:00, held by Igor since 3 Jun 11:00."]


def test_a_stage_and_an_owner_that_change_together_make_one_line(moved, people, reps):
    with at(60):
        writes.save(people.actors.eva, moved, {"owner": reps.ana.pk, "stage": "recycled"})
    found = seen(people.actors.eva, fresh(moved))
    assert lines(found)[-2:] == [
        ("working", "Igor", 50, 60, "Eva All", "Vera is away"),
        ("recycled", "Ana", 60, None, "Eva All", ""),
    ]
    assert found.now == ["Now in “Put back”, held by Ana, since 3 Jun 21:00."]


def test_an_undone_move_leaves_the_stage_and_tells_the_owners(moved, people, reps):
    from kith.core import undo
    from kith.core.ledger import ChangeSet

    with at(60):
        writes.save(people.actors.eva, moved, {"owner": reps.ana.pk, "stage": "recycled"})
    with at(61):
        undo.undo(people.actors.eva, ChangeSet.objects.get(at=moment(60)).pk)
    assert lines(seen(people.actors.eva, fresh(moved)))[-2:] == [
        ("working", "Ana", 60, 61, "Eva All", ""),
        ("working", "Igor", 61, None, "Eva All", "undone"),
    ]


def test_waiting_in_a_pool_and_work_are_told_where_they_happened(moved, people, reps):
    free = pool(reps.vera)
    with at(60):
        waits(free, moved, reason="No answer")
    inside = seen(people.actors.eva, fresh(moved))
    assert lines(inside)[-1] == ("working", "", 60, None, "Kith", "")
    assert inside.now == ["Now in “In work” since 2 Jun 11:00; it waits in the pool “Free leads” since 3 Jun 21:00."]
    assert [note.text for note in inside.stretches[0].notes] == ["waits in the pool “Free leads”"]


def test_who_works_on_it_now_is_said(moved, people, reps):
    with at(52):
        leases.take(reps.actors.igor, entity(), moved, minutes=60)
    found = seen(people.actors.eva, moved, 52.5)
    assert found.now[1:] == ["Igor is working on it until 14:00."]
    assert [(note.kind, note.text, hours(note.at)) for note in found.stretches[0].notes] == [("work", "Igor worked on it", 52)]  # fmt: skip
    assert seen(people.actors.eva, moved, 54).now[1:] == []


def test_notes_belong_to_the_stretch_in_which_they_began():
    stages, holders = [Turn(moment(0), "a"), Turn(moment(5), "b")], [Turn(moment(3), "Vera")]
    notes = [Note("work", moment(hour), f"at {hour}") for hour in (-1, 0, 3, 4, 5, 9)]
    found = together(stages, holders, notes)
    assert [(one.stage, one.holder, [note.text for note in one.notes]) for one in found] == [
        ("a", None, ["at -1", "at 0"]),
        ("a", "Vera", ["at 3", "at 4"]),
        ("b", "Vera", ["at 5", "at 9"]),
    ]
    assert together([], []) == []


# --- rights -------------------------------------------------------------------------------------------------------------


def reader(*rules, hides=""):
    """Somebody with these rights on leads who may not read one field."""
    user = make_user("Nora")
    role = grant(user, *rules)
    if hides:
        hidden = {"role": str(role.pk), "entity": "sales.lead", "field": hides, "level": "none"}
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), hidden)
    return user


def test_without_the_history_only_the_stages_are_told(moved):
    user = reader(("sales.lead", "view", "all"))
    found = seen(actor_of(user.pk), moved)
    assert [(one.stage.key, one.holder, one.why) for one in reversed(found.stretches)] == [
        ("new", None, "created"),
        ("working", None, ""),
    ]
    assert (found.has_holders, found.now) == (False, ["Now in “In work” since 2 Jun 11:00, held by Igor."])
    page = client_of(user).get(f"/leads/{moved.pk}/?tab=route").content.decode()
    assert "Vera is away" not in page and "Whose it was is hidden" in page
    told = client_of(user).get(f"/api/v1/leads/{moved.pk}/route").json()
    assert [(one["stage"], one["holder"], one["holder_known"]) for one in told["results"]] == [
        ("new", None, False),
        ("working", None, False),
    ]


def test_without_the_stage_there_is_no_route(moved):
    user = reader(("sales.lead", "view", "all"), ("sales.lead", "history", "all"), hides="stage")
    assert route.of(actor_of(user.pk), moved) is None
    page = client_of(user).get(f"/leads/{moved.pk}/?tab=route").content.decode()
    assert "The route is hidden" in page and "In work" not in page
    assert client_of(user).get(f"/api/v1/leads/{moved.pk}/route").status_code == 404
    document = client_of(user).get("/api/v1/openapi.json").json()
    assert "/api/v1/leads/{id}/route" not in document["paths"]


def test_without_the_owner_nobody_is_named(moved, reps):
    with at(51):
        leases.take(
            reps.actors.igor, entity(), moved, minutes=30
        )  # the owner himself, who is therefore known as a worker
    user = reader(("sales.lead", "view", "all"), ("sales.lead", "history", "all"), hides="owner")
    found = seen(actor_of(user.pk), moved, 54)
    assert {one.holder for one in found.stretches} == {None} and found.now == ["Now in “In work” since 2 Jun 11:00."]
    assert client_of(user).get(f"/api/v1/leads/{moved.pk}/ownership").status_code == 404
    assert "Vera" not in client_of(user).get(f"/leads/{moved.pk}/?tab=owners").content.decode()


def test_a_record_that_may_not_be_seen_has_no_route(moved, people):
    assert people.clients.max.get(f"/leads/{moved.pk}/?tab=route").status_code == 404
    assert people.clients.max.get(f"/api/v1/leads/{moved.pk}/route").status_code == 404


# --- doors --------------------------------------------------------------------------------------------------------------


def test_the_tab_and_the_api(moved, people):
    page = people.clients.eva.get(f"/leads/{moved.pk}/?tab=route").content.decode()
    assert page.count('<td class="k1">') == 4 and "Vera is away" in page and "held by Igor since" in page
    told = people.clients.eva.get(f"/api/v1/leads/{moved.pk}/route").json()
    assert [(one["name"], one["holder"], one["seconds"] // 3600) for one in told["results"]][:3] == [("New", None, 2), ("New", "Vera", 24), ("In work", "Vera", 24)]  # fmt: skip
    assert told["results"][0]["holder_known"] and told["results"][3]["to"] is None
    assert told["results"][0]["from"] == START.isoformat()
    document = people.clients.eva.get("/api/v1/openapi.json").json()
    assert "/api/v1/leads/{id}/route" in document["paths"] and "/api/v1/tasks/{id}/route" not in document["paths"]
    assert people.clients.eva.get(f"/api/v1/leads/{moved.pk}/route?x=1").status_code == 400
    company = factory.make("parties.company", owner=str(people.eva.pk))
    assert people.clients.eva.get(f"/api/v1/companies/{company.pk}/route").status_code == 404


def test_moves_that_wait_or_were_answered(people):
    from kith.processes import approval, editions

    eva, current = people.actors.eva, book().default(SYSTEM, "sales.opportunity")
    draft = editions.copy(eva, current.process)
    course = book().courses[draft.pk]
    rule = {"process": draft.pk, "to_stage": course.stage("qualified").pk, "approver": people.eva.pk}
    writes.create(eva, registry.get("processes.transition"), rule)
    editions.publish(eva, [draft])
    company = factory.make("parties.company", owner=str(people.ann.pk))
    opportunities = registry.get("sales.opportunity")
    with at(0):
        deal = writes.create(people.actors.ann, opportunities, {"name": "Press", "company": company.pk})
    stage = book().courses[draft.pk].stage("qualified")
    with at(1):
        request = approval.ask(people.actors.ann, deal, stage, {})
    found = seen(eva, deal)
    assert [note.text for note in found.stretches[0].notes] == [
        "Ann Own asked for “Need understood”; waiting for Eva All"
    ]
    assert found.now[1:] == ["Since 1 Jun 10:00 it waits for Eva All to allow “Need understood”."]
    with at(3):
        approval.approve(eva, [request])
    done = seen(eva, opportunities.rows(SYSTEM).get(pk=deal.pk))
    assert [(line[:5]) for line in lines(done)] == [
        ("new", "Ann Own", 0, 3, "Ann Own"),
        ("qualified", "Ann Own", 3, None, "Eva All"),
    ]
    assert lines(done)[1][5] == "Approved; asked for by Ann Own"
    assert [note.text for note in done.stretches[1].notes] == [
        "Ann Own asked for “Need understood”; approved by Eva All"
    ]


def test_the_number_of_queries_does_not_grow(moved, people, reps, django_assert_num_queries):
    route.of(people.actors.eva, moved)  # the book of processes is read
    with django_assert_num_queries(11):
        route.of(people.actors.eva, moved)
    with at(60):
        leases.take(reps.actors.igor, entity(), moved)
    for hour, (owner, stage) in enumerate(((reps.ana, "new"), (reps.vera, "working"), (reps.igor, "recycled"))):
        with at(70 + hour):
            writes.save(people.actors.eva, fresh(moved), {"owner": owner.pk, "stage": stage})
    with django_assert_num_queries(11):
        found = seen(people.actors.eva, moved)
    assert len(found.stretches) == 7
