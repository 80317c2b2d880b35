"""A calendar by any date of a kind of record: custom ones, kinds that declare none, from one date to another; views, feed, moving."""

import datetime as dt

import pytest
import time_machine

from kith.core import calendars, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import fresh as actor_of
from kith.core.views import CALENDAR, Look

from .test_calendar_feed import lines, titles
from .test_calendar_page import HTMX, days, fresh, page

pytestmark = pytest.mark.django_db
COMPANY, TASK = "parties.company", "activities.task"


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def audits(people):
    """Two dates and a moment of companies."""
    fields = (("Audit from", "date"), ("Audit until", "date"), ("Visit", "moment"))
    for label, kind in fields:
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": COMPANY, "label": label, "kind": kind})


def company(people, name, **values):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": name, "owner": people.ann.pk} | values)


def move(client, record, query, **values):
    return client.post(
        f"/companies/calendar/{record.pk}/move?{query}", {"version": record.version, **values}, headers=HTMX
    )


def test_a_kind_without_one_has_a_calendar_as_soon_as_it_has_a_date_of_its_own(people):
    label = next(
        entity.label
        for entity in registry.declared.values()
        if entity.slug
        and not calendars.usual(entity)
        and not entity.is_about
        and any(column.name == "custom" for column in entity.model._meta.concrete_fields)
    )
    entity, actor = registry.get(label), people.actors.eva
    assert not calendars.offered(entity, actor)
    assert {spec.name for spec in calendars.possible(entity, actor)} <= {"created_at", "updated_at"}
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": label, "label": "Seen on", "kind": "date"})
    assert calendars.usual(entity, actor_of(people.eva)) == "x_seen_on"


def test_custom_dates_and_moments_are_days_of_the_reader(people, audits):
    writes.save(SYSTEM, people.ann, {"time_zone": "Asia/Shanghai"})
    company(people, "Early", x_audit_from="2026-11-25", x_visit="2026-11-25T15:59:00Z")
    company(people, "Late", x_audit_from="2026-11-25", x_visit="2026-11-25T16:00:00Z")
    company(people, "Never")
    company(people, "Of others", owner=people.eva.pk, x_audit_from="2026-11-25", x_visit="2026-11-25T15:59:00Z")
    client = people.clients.ann
    assert days(page(client, "/companies/calendar?group=x_audit_from")) == {"2026-11-25": ["Early", "Late"]}
    assert days(page(client, "/companies/calendar?group=x_visit")) == {"2026-11-25": ["Early"], "2026-11-26": ["Late"]}
    week = page(client, "/companies/calendar?group=x_visit:week")
    assert 'data-clock="23:59"' in week
    assert "/companies/calendar" in page(client, "/companies/")
    # The condition that a day leads to finds the same rows.
    assert "Early" not in (text := page(client, "/companies/?f=x_visit:on:2026-11-26"))
    assert "Late" in text


def test_moving_writes_the_custom_field_with_the_usual_checks(people, audits):
    record = company(people, "Halden", x_audit_from="2026-11-25", x_visit="2026-11-25T15:30:00Z")
    client = people.clients.ann
    assert move(client, record, "group=x_visit", day="2026-11-27").status_code == 204
    record = fresh(record)
    assert record.custom["x_visit"] == "2026-11-27T15:30:00+00:00"
    assert move(client, record, "group=x_audit_from", day="2026-12-01").status_code == 204
    assert fresh(record).custom == {"x_audit_from": "2026-12-01", "x_visit": "2026-11-27T15:30:00+00:00"}
    policy = {"role": people.roles.own.pk, "entity": COMPANY, "field": "x_audit_from", "level": "read", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    record = fresh(record)
    assert move(client, record, "group=x_audit_from", day="2026-12-02").status_code in (403, 422)
    assert move(people.clients.max, record, "group=x_audit_from", day="2026-12-02").status_code == 404
    assert move(client, record, "group=created_at", day="2026-12-02").status_code in (403, 422)
    assert move(client, record, "group=name", day="2026-12-02").status_code == 400
    assert fresh(record).custom["x_audit_from"] == "2026-12-01"
    assert "data-fixed" in page(client, "/companies/calendar?group=created_at")


def test_what_lasts_stands_on_all_of_its_days_with_the_numbers_of_each(people, audits):
    company(people, "Long", x_audit_from="2026-10-02", x_audit_until="2026-11-26")
    company(people, "Short", x_audit_from="2026-11-25", x_audit_until="2026-11-26")
    company(people, "Open", x_audit_from="2026-11-26")
    company(people, "Wrong", x_audit_from="2026-11-27", x_audit_until="2026-11-20")
    company(people, "Before", x_audit_from="2026-10-02", x_audit_until="2026-11-22")
    query = "group=x_audit_from:week:x_audit_until"
    html = page(people.clients.ann, f"/companies/calendar?{query}")
    assert days(html) == {
        "2026-11-23": ["Long"],
        "2026-11-24": ["Long"],
        "2026-11-25": ["Long", "Short"],
        "2026-11-26": ["Long", "Short", "Open"],
        "2026-11-27": ["Wrong"],
    }
    ids = [part.split('"')[0] for part in html.split('id="evt-')[1:]]
    assert len(ids) == len(set(ids)) == 8
    look = Look(registry.get(COMPANY), group=query.removeprefix("group="), shape=CALENDAR)
    spec, end = calendars.date_of(look, people.actors.ann), calendars.end_of(look, people.actors.ann)
    made = calendars.days(
        look,
        people.actors.ann,
        spec,
        calendars.period_of("week", dt.date(2026, 11, 24)),
        extra={},
        shown=[],
        each=2,
        end=end,
    )
    assert [(len(day.records), day.count) for day in made] == [(1, 1), (1, 1), (2, 2), (2, 3), (1, 1), (0, 0), (0, 0)]
    assert people.clients.ann.get("/companies/calendar?group=x_audit_from::x_visit").status_code == 400


def test_the_list_behind_a_day_has_its_rows(people, audits):
    for name, last in (
        ("Long", "2026-11-26"),
        ("Gone", "2026-11-24"),
        ("A", "2026-11-25"),
        ("B", "2026-11-25"),
        ("C", "2026-11-25"),
    ):
        company(people, name, x_audit_from="2026-11-23", x_audit_until=last)
    html = page(people.clients.ann, "/companies/calendar?group=x_audit_from:month:x_audit_until")
    address = html.split('id="more-2026-11-25" href="')[1].split('"')[0].replace("&amp;", "&")
    listed = page(people.clients.ann, address)
    assert [name for name in ("Long", "Gone", "A", "B", "C") if f">{name}<" in listed] == ["Long", "A", "B", "C"]


def test_a_period_moves_as_a_whole_by_the_day_that_was_taken_hold_of(people, audits):
    record = company(people, "Long", x_audit_from="2026-11-20", x_audit_until="2026-11-26")
    query = "group=x_audit_from::x_audit_until"
    assert move(people.clients.ann, record, query, day="2026-11-27", **{"from": "2026-11-24"}).status_code == 204
    assert fresh(record).custom == {"x_audit_from": "2026-11-23", "x_audit_until": "2026-11-29"}
    policy = {"role": people.roles.own.pk, "entity": COMPANY, "field": "x_audit_until", "level": "read", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    record = fresh(record)
    assert move(people.clients.ann, record, query, day="2026-11-28").status_code in (403, 422)
    assert fresh(record).custom == {"x_audit_from": "2026-11-23", "x_audit_until": "2026-11-29"}


def test_a_saved_view_keeps_it_and_its_feed_follows(people, audits):
    company(people, "Long", x_audit_from="2026-11-20", x_audit_until="2026-11-26", x_visit="2026-11-25T15:30:00Z")
    company(people, "Past", x_audit_from="2026-07-20", x_audit_until="2026-11-26")
    values = {
        "entity": COMPANY,
        "name": "Audits",
        "shape": "calendar",
        "group": "x_audit_from:month:x_audit_until",
        "is_public": True,
    }
    view = writes.create(people.actors.eva, registry.get("core.view"), values)
    client = people.clients.ann
    shown = days(page(client, f"/companies/calendar?view={view.pk}"))
    assert shown["2026-11-24"] == ["Past", "Long"]
    feed = client.get(f"/api/v1/companies/calendar.ics?view={view.pk}")
    assert titles(feed) == ["Past", "Long"]
    assert [line for line in lines(feed) if line.startswith("DT") and "DATE" in line][2:] == [
        "DTSTART;VALUE=DATE:20261120",
        "DTEND;VALUE=DATE:20261127",
    ]
    by = lines(client.get("/api/v1/companies/calendar.ics?by=x_visit"))
    assert "DTSTART:20261125T153000Z" in by
    assert not [line for line in by if line.startswith("DTEND")]
    assert (
        lines(client.get("/api/v1/companies/calendar.ics?by=x_audit_from&until=x_audit_until"))[8]
        == "DTSTART;VALUE=DATE:20260720"
    )
    assert client.get("/api/v1/companies/calendar.ics?by=x_audit_from&until=name").status_code == 400


def test_days_at_the_end_of_time_are_refused_when_moved_and_told_in_the_feed(people, audits):
    record = company(people, "Long", x_audit_from="2026-11-20", x_audit_until="9999-12-31")
    query, client = "group=x_audit_from::x_audit_until", people.clients.ann
    for values in ({"day": "2026-11-27"}, {"day": "9998-01-01", "from": "0002-01-02"}):
        assert move(client, record, query, **values).status_code == 422
    assert fresh(record).custom == {"x_audit_from": "2026-11-20", "x_audit_until": "9999-12-31"}
    company(people, "Old", x_audit_from="0987-01-02", x_audit_until="2026-12-01")
    feed = lines(client.get("/api/v1/companies/calendar.ics?by=x_audit_from&until=x_audit_until"))
    assert [line for line in feed if line.startswith(("DTSTART", "DTEND"))] == [
        "DTSTART;VALUE=DATE:09870102", "DTEND;VALUE=DATE:20261202", "DTSTART;VALUE=DATE:20261120",
    ]  # fmt: skip
    assert "Long" in page(client, f"/companies/calendar?{query}")


def test_a_shared_view_whose_end_one_may_not_read_shows_single_days(people, audits):
    company(people, "Long", x_audit_from="2026-11-23", x_audit_until="2026-11-25")
    values = {"entity": COMPANY, "name": "Audits", "shape": "calendar", "group": "x_audit_from:week:x_audit_until", "is_public": True}  # fmt: skip
    view = writes.create(people.actors.eva, registry.get("core.view"), values)
    for field, expected in (("x_visit", ["2026-11-23", "2026-11-24", "2026-11-25"]), ("x_audit_until", ["2026-11-23"])):
        policy = {"role": people.roles.own.pk, "entity": COMPANY, "field": field, "level": "none", "deny": True}
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
        shown = days(page(people.clients.ann, f"/companies/calendar?view={view.pk}"))
        assert shown == {key: ["Long"] for key in expected}
    assert titles(people.clients.ann.get(f"/api/v1/companies/calendar.ics?view={view.pk}")) == ["Long"]
    assert people.clients.ann.get("/companies/calendar?group=x_audit_from:week:x_audit_until").status_code == 400
