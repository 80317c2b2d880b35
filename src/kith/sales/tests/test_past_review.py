"""The past where it is easily told wrongly: merged and deleted customers, confirmations, what was undone and done again, erased records (N2)."""

import datetime as dt

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kith.core import asof, confirming, control_totals, listing, past, titles, undo, writes
from kith.core.access import SYSTEM
from kith.core.control_totals import State
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, Change, Op
from kith.core.merging import merge
from kith.core.testing.people import client_of, grant, make_user
from kith.core.views import from_address

from .past_story import at, deal, deals
from .test_past import look, names

pytestmark = pytest.mark.django_db
THEN = "as_of=2026-09-30"


def companies():
    return registry.get("parties.company")


@pytest.fixture
def moved(people, make):
    """Three customers with a deal each; in October one is merged into another, one is deleted with its deal left."""
    ann, eva = people.actors.ann, people.actors.eva
    with at(9, 1):
        made = {name: make("parties.company", name=name, owner=people.ann.pk) for name in ("Kept", "Doubled", "Gone")}
        found = {name: deal(ann, company, f"deal of {name}", 100) for name, company in made.items()}
    with at(10, 5):
        merge.merge(eva, companies(), [made["Kept"].pk, made["Doubled"].pk], survivor=made["Kept"].pk)
    with at(10, 6):
        writes.delete(eva, companies(), [made["Gone"].pk])
    with at(11, 1):
        yield made | {"deals": found}


def test_customers_that_were_merged_or_deleted_since_are_called_as_then(people, moved):
    eva = people.actors.eva
    made = look(eva, "2026-09-30", "cols=name,company&sort=name")
    with past.at(made.as_of):
        records = listing.page(made, eva).records
        found = titles.for_records(eva, [deals().fields["company"]], records)
        assert [found[("parties.company", record.company_id)].text for record in records] == ["Doubled", "Gone", "Kept"]
    page = people.clients.eva.get(f"/opportunities/?{THEN}&f=&cols=name,company&sort=name").content.decode()
    rows = page.split('id="list"')[1]
    assert all(f">{name}<" in rows for name in ("Doubled", "Gone", "Kept"))
    stranger = make_user("Nils")
    grant(stranger, ("sales.opportunity", "view", "all"), ("sales.opportunity", "history", "all"), ("parties.company", "view", "all"))  # fmt: skip
    rows = (
        client_of(stranger)
        .get(f"/opportunities/?{THEN}&f=&cols=name,company&sort=name")
        .content.decode()
        .split('id="list"')[1]
    )
    assert ">Kept<" in rows and ">Gone<" not in rows and ">Doubled<" not in rows


def test_the_page_of_a_customer_that_was_merged_since_shows_it_as_it_was(people, moved):
    eva, key = people.clients.eva, moved["Doubled"].pk
    then = look(people.actors.eva, "2026-09-30")
    assert then
    answer = eva.get(f"/companies/{key}/?{THEN}")
    assert answer.status_code == 200 and "Doubled" in answer.content.decode()
    assert f'href="/companies/{key}/"' in answer.content.decode(), "the way back leads on to the survivor"
    assert eva.get(f"/api/v1/companies/{key}?{THEN}&fields=name").json()["name"] == "Doubled"
    later = eva.get(f"/companies/{key}/?as_of=2026-10-20")
    assert later.status_code == 302 and str(moved["Kept"].pk) in later.headers["Location"] and "as_of=2026-10-20" in later.headers["Location"]  # fmt: skip
    assert people.clients.max.get(f"/companies/{key}/?{THEN}").status_code == 404


def test_a_confirmation_is_no_change_of_the_record(people, company):
    eva = people.actors.eva
    with at(9, 1):
        record = deal(people.actors.ann, company, "one", 100)
        deal(people.actors.ann, company, "two", 100)
    with at(9, 5):
        made = deals().rows(SYSTEM).get(pk=record.pk).updated_at
    with at(9, 10):
        confirming.confirm(eva, deals(), [record.pk], ["name"])
    with at(10, 5):
        writes.save(eva, deals().rows(SYSTEM).get(pk=record.pk), {"name": "one more"})
    with at(11, 1):
        then = asof.of_record(deals(), record.pk, past.of("2026-09-30"))
        assert (then.name, then.version, then.updated_at) == ("one", 1, made)
        assert names(look(eva, "2026-09-30", "f=updated_at:on:2026-09-10"), eva) == []
        assert not asof.was_touched(deals(), record.pk, past.of("2026-10-30"))
    with at(11, 2):
        confirming.confirm(eva, deals(), [record.pk], ["name"])
    with at(11, 3):
        assert not asof.was_touched(deals(), record.pk, past.of("2026-11-01"))


def test_a_record_that_was_undone_and_made_again_was_not_there_between(people, company):
    """Made on the 1st, taken back on the 5th, made again on the 10th."""
    ann = people.actors.ann
    with at(9, 1):
        record = deal(ann, company, "again", 100)
        deal(ann, company, "other", 50)
        key = Change.objects.get(record_id=record.pk, op=Op.CREATE).changeset_id
    with at(9, 2, 0):
        control_totals.store(deals(), dt.date(2026, 9, 1))
    with at(9, 5):
        undo.undo(ann, key)
    with at(9, 6, 0):
        control_totals.store(deals(), dt.date(2026, 9, 5))
    with at(9, 10):
        undo.redo(ann, key)
    with at(9, 11, 0):
        control_totals.store(deals(), dt.date(2026, 9, 10))
    with at(9, 20):
        shown = {day: names(look(ann, f"2026-09-{day:02}", "sort=name"), ann) for day in (1, 5, 7, 10)}
        assert shown == {1: ["again", "other"], 5: ["other"], 7: ["other"], 10: ["again", "other"]}
        states = {day: control_totals.check(deals(), dt.date(2026, 9, day)) for day in (1, 5, 10)}
        assert states == {1: State.SAME, 5: State.SAME, 10: State.SAME}
        assert asof.of_record(deals(), record.pk, past.of("2026-09-07")) is None
        then = past.of("2026-09-07")
        with past.at(then):
            assert asof.there(deals(), then, keys=[record.pk]).count() == 0


def test_how_many_records_were_erased_is_told_to_those_who_see_all_of_them(people, autumn):
    gone = deals().rows(SYSTEM, trashed=True).get(pk=autumn["deleted"].pk)
    writes.purge(people.actors.eva, deals(), [gone])
    between = "f=&from=2026-09-30&to=2026-10-31"
    for address in (f"/opportunities/differences?{between}", f"/opportunities/why?{between}", f"/opportunities/?{THEN}&f="):  # fmt: skip
        assert "erased for good" in people.clients.eva.get(address).content.decode(), address
        assert "erased for good" not in people.clients.ann.get(address).content.decode(), address


def test_a_day_ends_when_its_last_hour_has_come_twice():
    """In Beirut clocks went from midnight back to 23:00; in 2022 on 29 October, which had 25 hours."""
    with timezone.override("Asia/Beirut"):
        ends = {day: past.of(f"2022-10-{day}").moment for day in (28, 29, 30)}
        assert [past.of(f"2022-10-{day}").day.day for day in (28, 29, 30)] == [28, 29, 30]
    assert ends[29] - ends[28] == dt.timedelta(hours=25) and ends[30] - ends[29] == dt.timedelta(hours=24)
    assert ends[29] == dt.datetime(2022, 10, 29, 22, tzinfo=dt.UTC) - past.TICK
    with timezone.override("Europe/Moscow"):
        assert past.of("2026-10-31").moment == dt.datetime(2026, 10, 31, 21, tzinfo=dt.UTC) - past.TICK


DAYS = (
    "2026-02-30", "0001-01-01", "9999-12-31", "1899-12-31", "2026-W53-8", "2026-10-31T25:00", "2026-10-31T18:00 00:00", "９９９９-12-31", "-026-10-31", "31.10.2026",
    "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2026-10-31T18:00+99:00", "2026-10-31%00", "%F0%9F%92%A9", "1e9", "today",
)  # fmt: skip


def test_days_that_are_none_are_refused_on_every_door(people, autumn):
    eva, record = people.clients.eva, autumn["grows"].pk
    for day in DAYS:
        assert eva.get(f"/opportunities/?as_of={day}").status_code == 400, day
        assert eva.get(f"/api/v1/opportunities/why?from=2026-09-30&to={day}").status_code == 400, day
    for day in ("9999-12-31", "2026-10-31%00"):
        for address in (
            f"/opportunities/?as_of={day}", f"/opportunities/board?as_of={day}", f"/opportunities/calendar?as_of={day}", f"/opportunities/report?as_of={day}&rows=owner",
            f"/opportunities/export?as_of={day}&format=csv", f"/opportunities/totals?as_of={day}&count=1", f"/opportunities/as-of?as_of={day}",
            f"/opportunities/{record}/?as_of={day}", f"/opportunities/{record}/as-of?as_of={day}", f"/opportunities/{record}/differences?from={day}",
            f"/opportunities/differences?from=2026-09-30&to={day}", f"/opportunities/why?from={day}", f"/opportunities/report/why?rows=owner&from={day}",
            f"/opportunities/{record}/access?from={day}", f"/opportunities/{record}/access?to={day}", f"/settings/explain?user={people.ann.pk}&entity=sales.opportunity&operation=view&record={record}&as_of={day}",
            f"/api/v1/opportunities?as_of={day}", f"/api/v1/opportunities/{record}?as_of={day}", f"/api/v1/opportunities/report?rows=owner&as_of={day}",
            f"/api/v1/opportunities/differences?from={day}", f"/api/v1/opportunities/differences?from=2026-09-30&to={day}", f"/api/v1/opportunities/{record}/differences?from={day}",
            f"/api/v1/opportunities/why?from={day}", f"/api/v1/opportunities/report/why?rows=owner&from={day}", f"/api/v1/opportunities/{record}/access?from={day}",
        ):  # fmt: skip
            assert eva.get(address).status_code in (400, 422), address


@pytest.fixture
def regions(people, make):
    """South with Bavaria and Tyrol; in October Tyrol goes to East, and Munich is made below Bavaria; a company in each."""
    territory = registry.get("parties.territory")
    with at(9, 1):
        south, east = (make("parties.territory", name=name) for name in ("South", "East"))
        lower = {name: make("parties.territory", name=name, parent=south.pk) for name in ("Bavaria", "Tyrol")}
        firms = {name: make("parties.company", name=f"in {name}", territory=one.pk) for name, one in lower.items()}
    with at(10, 5):
        writes.save(SYSTEM, territory.rows(SYSTEM).get(pk=lower["Tyrol"].pk), {"parent": east.pk})
        munich = make("parties.territory", name="Munich", parent=lower["Bavaria"].pk)
        make("parties.company", name="in Munich", territory=munich.pk)
    with at(11, 1):
        yield {"south": south, "east": east} | lower | {"firms": firms}


def inside(actor, when, region):
    params = QueryDict(f"f=territory:within:{region.pk}&sort=name" + (f"&as_of={when}" if when else ""))
    with past.at(past.asked(params)):
        made = from_address(companies(), actor, params, (), "", everything=True)
        return [record.name for record in listing.page(made, actor).records]


def test_branches_of_a_tree_are_those_of_then(people, regions):
    eva = people.actors.eva
    assert inside(eva, "", regions["south"]) == ["in Bavaria", "in Munich"]
    assert inside(eva, "2026-09-30", regions["south"]) == ["in Bavaria", "in Tyrol"]
    assert inside(eva, "2026-10-31", regions["south"]) == ["in Bavaria", "in Munich"]
    assert inside(eva, "2026-09-30", regions["east"]) == [] and inside(eva, "2026-10-31", regions["east"]) == [
        "in Tyrol"
    ]
    assert (
        inside(eva, "2026-09-30", regions["Tyrol"]) == ["in Tyrol"]
        and inside(eva, "2026-08-31", regions["south"]) == []
    )
    between = f"f=territory:within:{regions['south'].pk}&from=2026-09-30&to=2026-10-31"
    body = people.clients.eva.get(f"/api/v1/companies/why?{between}").json()
    assert (float(body["before"]), float(body["after"])) == (2, 2)
    assert {part["part"]: (part["count"], float(part["effect"])) for part in body["parts"] if part["count"]} == {"added": (1, 1), "went": (1, -1)}  # fmt: skip


def test_a_branch_of_then_needs_the_right_to_the_history_of_the_tree(people, regions):
    nils = make_user("Nils")
    grant(nils, ("parties.company", "view", "all"), ("parties.company", "history", "all"), ("parties.territory", "view", "all"))  # fmt: skip
    address = f"/api/v1/companies?f=territory:within:{regions['south'].pk}"
    assert client_of(nils).get(address).json()["count"] == 2
    assert client_of(nils).get(f"{address}&{THEN}").status_code == 403
    assert client_of(nils).get(f"/api/v1/companies?f=territory:any:{regions['south'].pk}&{THEN}").status_code == 200


def test_the_differences_of_a_deleted_record_are_told_on_page_and_api_alike(people, autumn):
    between, key = "from=2026-09-30&to=2026-10-31", autumn["deleted"].pk
    with at(10, 30):
        writes.restore(people.actors.eva, deals(), [key])
        writes.save(people.actors.eva, deals().rows(SYSTEM).get(pk=key), {"next_step": "call"})
        writes.delete(people.actors.eva, deals(), [key])
    assert "call" in people.clients.eva.get(f"/opportunities/{key}/differences?{between}").content.decode()
    lines = people.clients.eva.get(f"/api/v1/opportunities/{key}/differences?{between}").json()["changes"]
    assert [(line["field"], line["after"]) for line in lines] == [("next_step", "call")]
    assert AuditEvent.objects.filter(record_id=key, kind="view", detail__how="differences").count() == 2
    for client, status in ((people.clients.max, 404), (people.clients.tom, 200)):
        assert client.get(f"/api/v1/opportunities/{key}/differences?{between}").status_code == status


def test_looks_at_the_past_ask_no_query_for_each_record(people, make):
    ann, eva, doors = people.actors.ann, people.actors.eva, people.clients.eva
    between = "f=&from=2026-09-30&to=2026-10-31"
    addresses = (
        f"/opportunities/?{THEN}&f=&cols=name,company,owner,amount,company.legal_name", f"/opportunities/board?{THEN}&f=", f"/opportunities/report?{THEN}&f=&rows=company&m=sum:amount",
        f"/opportunities/differences?{between}", f"/opportunities/why?{between}&part=changed", f"/opportunities/report/why?{between}&rows=company&m=sum:amount&part=changed",
        f"/api/v1/opportunities?{THEN}", "/api/v1/opportunities/differences?from=2026-09-30&to=2026-10-31",
    )  # fmt: skip
    counts = []
    for more in (3, 9):
        with at(9, 1):
            made = [deal(ann, make("parties.company", name=f"Firm {more} {number}", owner=people.ann.pk), f"Deal {more} {number}", 100) for number in range(more)]  # fmt: skip
        with at(10, 5):
            for record in made:
                other = make("parties.company", name=f"New {record.name}", owner=people.ann.pk)
                writes.save(eva, record, {"amount": {"amount": "170", "currency": "EUR"}, "company": other.pk}, reason=record.name)  # fmt: skip
        with at(11, 1):
            for address in addresses:
                assert doors.get(address).status_code == 200, address
            found = []
            for address in addresses:
                with CaptureQueriesContext(connection) as queries:
                    doors.get(address)
                found.append(len(queries))
            counts.append(found)
    assert counts[0] == counts[1], list(zip(addresses, *counts, strict=True))
