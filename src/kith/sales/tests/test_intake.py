"""Leads come in: who it is, provisional parties, the clock, what is refused (R9-R14)."""

import datetime as dt
import json

import pytest
import time_machine

from kith.core import events, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.events import OutboxEvent
from kith.sales import intake, leads, working

MONDAY = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def rows(label):
    return registry.get(label).rows(SYSTEM)


def take(actor=SYSTEM, who=None, **values):
    return intake.take(
        actor, who or {"name": "Zoya Lind", "email": "zoya@arbor.example"}, values, intake.Request(data=who or {})
    )


def refusal(action):
    with pytest.raises(Refused) as refused:
        action()
    return {name: [str(line) for line in lines] for name, lines in refused.value.errors.items()}


def test_a_new_party_is_provisional_and_belongs_to_the_owner_of_the_lead(people):
    lead = take(
        who={
            "name": "Zoya Lind",
            "company": "Arbor Ltd",
            "email": "Zoya@Arbor.example",
            "phone": "+47 22 12 34 56",
            "job_title": "Buyer",
        },
        owner=people.ann.pk,
    )
    person, company = lead.person, lead.company
    assert (person.given_name, person.family_name, person.email, person.phone, person.status) == (
        "Zoya",
        "Lind",
        "zoya@arbor.example",
        "+4722123456",
        "provisional",
    )
    assert (company.name, company.status) == ("Arbor Ltd", "provisional")
    assert (person.owner_id, company.owner_id, lead.owner_id) == (people.ann.pk,) * 3
    assert (lead.person_by, lead.company_by, lead.name) == ("new", "new", "Arbor Ltd")
    (job,) = rows("parties.employment").filter(person=person.pk)
    assert (job.company_id, job.title) == (company.pk, "Buyer")
    (kept,) = rows("sales.leadsubmission").filter(lead=lead.pk)
    assert kept.data["email"] == "Zoya@Arbor.example"


def test_a_known_party_is_linked_and_left_as_it_is(people, make):
    known = make("parties.person", family_name="Lind", email="zoya@arbor.example")
    firm = make("parties.company", name="Arbor")
    lead = take(
        who={"name": "Somebody Else", "company": "ARBOR", "email": "ZOYA@arbor.example", "phone": "+4722123456"}
    )
    assert (lead.person_id, lead.person_by, lead.company_id, lead.company_by) == (
        known.pk,
        "same_email",
        firm.pk,
        "same_company_name",
    )
    after = rows("parties.person").get(pk=known.pk)
    assert (after.family_name, after.phone, after.status, after.version) == ("Lind", "", "active", known.version)
    assert not rows("parties.employment").exists()


def test_a_phone_or_a_name_alone_joins_nobody(people, make):
    make("parties.person", given_name="Zoya", family_name="Lind", phone="+4722123456")
    assert take(who={"name": "Zoya Lind", "phone": "+4722123456"}).person_by == "new"


def test_an_address_alone_names_the_lead(people):
    lead = take(who={"email": "sales@arbor.example"})
    assert (lead.name, lead.person.name) == ("sales", "sales")


def test_nobody_is_refused_and_nothing_is_left(people):
    before = rows("parties.person").count()
    assert list(refusal(lambda: take(who={"phone": "+4722123456"}))) == ["email"]
    assert list(refusal(lambda: take(who={"name": "Zoya", "email": "broken"}))) == ["email"]
    assert rows("parties.person").count() == before and not rows("sales.lead").exists()


def test_the_title_follows_the_party_when_it_is_renamed(people, fresh):
    lead = take(who={"company": "Arbor Ltd"})
    company = lead.company
    writes.save(people.actors.eva, company, {"name": "Arbor Group"})
    deliver()
    assert fresh(lead).name == "Arbor Group"


def deliver():
    """Hand waiting events to their subscribers, as the worker would."""
    for row in OutboxEvent.objects.filter(delivered_at=None).order_by("at", "pk"):
        events.deliver(row)


def test_the_owner_is_not_the_contact(people, make, fresh):
    person = make("parties.person", family_name="Own", email="ann@kith.test")
    assert list(refusal(lambda: make("sales.lead", name="x", person=person.pk, owner=people.ann.pk))) == ["owner"]
    lead = make("sales.lead", name="x", person=person.pk, owner=people.tom.pk)
    assert list(refusal(lambda: writes.save(people.actors.eva, lead, {"owner": people.ann.pk}))) == ["owner"]
    assert fresh(lead).owner_id == people.tom.pk


def test_the_provisional_party_goes_with_its_lead(people, fresh):
    lead = take(owner=people.ann.pk)
    writes.save(people.actors.eva, lead, {"owner": people.tom.pk})
    assert fresh(lead.person).owner_id == people.tom.pk
    leads.activate(people.actors.tom, [fresh(lead)])
    assert fresh(lead.person).status == "active"
    writes.save(people.actors.eva, fresh(lead), {"owner": people.ann.pk})
    assert fresh(lead.person).owner_id == people.tom.pk  # a known party stays with its owner


# --- the clock ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (MONDAY.replace(hour=10), 4, MONDAY.replace(hour=14)),
        (MONDAY.replace(hour=16), 4, dt.datetime(2026, 6, 2, 11, tzinfo=dt.UTC)),
        (MONDAY.replace(hour=3), 8, MONDAY.replace(hour=17)),
        (dt.datetime(2026, 6, 5, 17, tzinfo=dt.UTC), 8, dt.datetime(2026, 6, 8, 16, tzinfo=dt.UTC)),  # over a weekend
        (dt.datetime(2026, 6, 6, 12, tzinfo=dt.UTC), 9, dt.datetime(2026, 6, 8, 18, tzinfo=dt.UTC)),
        (MONDAY.replace(hour=9), 20, dt.datetime(2026, 6, 3, 11, tzinfo=dt.UTC)),
    ],
)
def test_working_hours(start, hours, end):
    assert working.after(start, hours) == end


def test_a_calendar_without_working_days_ends(setting):
    setting("lead.work_days", [])
    assert working.after(MONDAY, 1).year == 2029


def test_the_clock_runs_until_the_first_answer(people, fresh, make):
    with time_machine.travel(MONDAY.replace(hour=10), tick=False):
        lead, other = take(owner=people.ann.pk), take(owner=people.ann.pk)
        assert lead.respond_by == MONDAY.replace(hour=18)
        listed = people.clients.eva.get("/api/v1/leads?f=is_late:is:true").json()
        assert listed["results"] == []
    with time_machine.travel(MONDAY.replace(hour=19), tick=False):
        late = people.clients.eva.get("/api/v1/leads?f=is_late:is:true&fields=is_late").json()
        assert {row["id"] for row in late["results"]} == {str(lead.pk), str(other.pk)} and late["results"][0][
            "is_late"
        ] is True
        task = make("activities.task", people.actors.ann, name="Call", kind="call", subject=f"sales.lead/{lead.pk}")
        deliver()
        assert fresh(lead).first_response_at is None
        writes.save(people.actors.ann, task, {"status": "done"})
        make("activities.note", people.actors.ann, text="Wrote", subject=f"sales.lead/{other.pk}")
        deliver()
        assert fresh(lead).first_response_at == fresh(other).first_response_at == MONDAY.replace(hour=19)
        assert people.clients.eva.get("/api/v1/leads?f=is_late:is:true").json()["results"] == []


def test_a_task_to_do_is_no_answer_and_by_hand_it_stops(people, fresh, make):
    lead = take(owner=people.ann.pk)
    make(
        "activities.task",
        people.actors.ann,
        name="Look up",
        kind="todo",
        status="done",
        subject=f"sales.lead/{lead.pk}",
    )
    deliver()
    assert fresh(lead).first_response_at is None
    assert people.clients.ann.post(f"/leads/{lead.pk}/action/answered").status_code in (204, 302)
    stopped = fresh(lead).first_response_at
    assert stopped is not None
    leads.answered(people.actors.ann, [fresh(lead)])
    assert fresh(lead).first_response_at == stopped


def test_put_back_it_waits_without_an_owner(people, fresh):
    lead = take(owner=people.ann.pk)
    leads.recycle(people.actors.ann, [lead])
    assert (fresh(lead).state, fresh(lead).owner_id) == ("hold", None)


def test_who_puts_it_back_over_the_api_is_told_that_it_is_done_and_gone(people, fresh):
    lead = take(owner=people.ann.pk)
    answer = people.clients.ann.post(f"/api/v1/leads/{lead.pk}/actions/recycle", "{}", content_type="application/json")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (fresh(lead).state, fresh(lead).owner_id) == ("hold", None)
    assert people.clients.ann.get(f"/api/v1/leads/{lead.pk}").status_code == 404


# --- other programs ------------------------------------------------------------------------------------------------------


def post(client, body, **headers):
    return client.post("/api/v1/leads/intake", json.dumps(body), content_type="application/json", headers=headers)


def test_a_program_hands_a_lead_over_once(people, make):
    web = make("parties.source", name="Shop")
    body = {
        "name": "Zoya Lind",
        "email": "zoya@arbor.example",
        "subject": "Gauge",
        "text": "Please call",
        "source": str(web.pk),
    }
    answer = post(people.clients.eva, body, **{"Idempotency-Key": "order-17"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["name"], found["channel"], found["source"], found["owner"], found["person_by"]) == (
        "Gauge",
        "api",
        str(web.pk),
        None,
        "new",
    )
    again = post(people.clients.eva, body, **{"Idempotency-Key": "order-17"})
    assert (again.status_code, again.json()["id"]) == (201, found["id"])
    assert rows("sales.lead").count() == 1 and rows("sales.leadsubmission").count() == 1


def test_who_may_not_give_leads_away_keeps_them(people):
    assert post(people.clients.ann, {"email": "a@b.example"}).json()["owner"] == str(people.ann.pk)


def test_bad_requests_name_the_field(people):
    eva = people.clients.eva
    assert post(eva, {"email": "a@b.example", "secret": "x"}).status_code == 400
    wrong = post(eva, {"email": "broken", "name": "x"})
    assert wrong.status_code == 422 and [one["field"] for one in wrong.json()["errors"]] == ["email"]
    assert post(eva, {"email": "a@b.example", "source": "nonsense"}).json()["errors"][0]["field"] == "source"
    assert post(eva, {"phone": "+4722123456"}).status_code == 422
    assert post(people.clients.max, {"email": "a@b.example"}).status_code == 403
    assert not rows("sales.lead").exists()
    paths = eva.get("/api/v1/openapi.json").json()["paths"]
    assert (
        "/api/v1/leads/intake" in paths
        and "/api/v1/leads/intake" not in people.clients.max.get("/api/v1/openapi.json").json()["paths"]
    )


# --- typed in ------------------------------------------------------------------------------------------------------------


def test_typed_in_it_finds_who_it_is_and_warns_of_an_open_lead(people, make):
    known = make("parties.person", family_name="Lind", email="zoya@arbor.example", owner=people.ann.pk)
    form = {"who_name": "Zoya", "who_email": "zoya@arbor.example", "name": "Gauge", "text": "Asks for a price"}
    ann = people.clients.ann
    assert ann.post("/leads/new", form).status_code == 302
    (lead,) = rows("sales.lead")
    assert (lead.person_id, lead.name, lead.owner_id, lead.person_by) == (
        known.pk,
        "Gauge",
        people.ann.pk,
        "same_email",
    )
    warned = ann.post("/leads/new", form)
    assert warned.status_code == 409 and "This person has an open lead already." in warned.content.decode()
    assert rows("sales.lead").count() == 1
    assert ann.post("/leads/new", form | {"confirm": "open_lead"}).status_code == 302
    assert rows("sales.lead").count() == 2


def test_typed_in_without_anybody_it_comes_back_with_what_was_typed(people):
    answer = people.clients.ann.post("/leads/new", {"who_phone": "+4722123456", "text": "Kept words"})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode() and str(intake.NOBODY) in answer.content.decode()
    assert not rows("sales.lead").exists()
    assert people.clients.max.get("/leads/new").status_code == 404
