"""The calendar of every entity that has one: days in the reader's zone, limits of rights, moving, overflow."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.test import override_settings

from kith.core import calendars, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing import factory
from kith.core.testing.queries import counted
from kith.core.ui.calendar_lanes import Placed, placed
from kith.core.views import CALENDAR, Look

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
CALENDARS = [entity.label for entity in registry if entity.calendar]
TUESDAY = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


def task(name, due, **values):
    return factory.make("activities.task", name=name, due_at=due, **values)


def page(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def days(html):
    """Names of entries by day, of the days that have some."""
    parts = re.findall(r'data-day="([\d-]+)"(.*?)</section>', html, re.S)
    found = {day: re.findall(r'data-name="([^"]+)"', part) for day, part in parts}
    return {day: names for day, names in found.items() if names}


def move(client, record, day, **values):
    url = f"/{registry.for_model(type(record)).slug}/calendar/{record.pk}/move"
    return client.post(url, {"day": day, "version": record.version, **values}, headers=HTMX)


def fresh(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


@pytest.mark.parametrize("label", CALENDARS)
def test_every_calendar_shows_an_entry_to_whom_may_see_it(people, label):
    entity = registry.get(label)
    day = {
        entity.calendar: "2026-11-26T10:00:00Z"
        if entity.fields[entity.calendar].type.name == "moment"
        else "2026-11-26"
    }
    hers, other = (factory.make(entity, owner=str(who.pk), **day) for who in (people.ann, people.tom))
    for option in ("", ":month", ":week", ":day"):
        address = f"/{entity.slug}/calendar?on=2026-11-26&group={entity.calendar}{option}"
        seen = page(people.clients.eva, address)
        assert f'data-evt="{hers.pk}"' in seen and f'data-evt="{other.pk}"' in seen, option
        limited = page(people.clients.ann, address)
        assert f'data-evt="{hers.pk}"' in limited and str(other.pk) not in limited, option
    assert people.clients.max.get(f"/{entity.slug}/calendar").status_code == 404
    before = Change.objects.filter(record_id=other.pk).count()
    assert [move(getattr(people.clients, who), other, "2026-11-27").status_code for who in ("ann", "max")] == [404, 404]
    assert (fresh(other).version, Change.objects.filter(record_id=other.pk).count()) == (other.version, before)
    assert move(people.clients.tom, other, "2026-11-27").status_code == 204
    assert calendars.local_day(entity.fields[entity.calendar].get(fresh(other))) == dt.date(2026, 11, 27)


def test_days_are_those_of_the_readers_time_zone(people):
    task("Late call", "2026-11-24T22:30:00Z")
    assert days(page(people.clients.eva, "/tasks/calendar")) == {"2026-11-24": ["Late call"]}
    writes.save(SYSTEM, people.eva, {"time_zone": "Asia/Shanghai"})
    html = page(people.clients.eva, "/tasks/calendar")
    assert days(html) == {"2026-11-25": ["Late call"]}
    assert 'data-clock="06:30"' in html


def test_a_month_has_whole_weeks_from_the_first_day_of_the_week(people):
    html = page(people.clients.eva, "/tasks/calendar")
    shown = re.findall(r'data-day="([\d-]+)"', html)
    assert (shown[0], shown[-1], len(shown)) == ("2026-10-26", "2026-12-06", 42)
    with override_settings(KITH_WEEK_START="sunday"):
        shown = re.findall(r'data-day="([\d-]+)"', page(people.clients.eva, "/tasks/calendar"))
    assert (shown[0], shown[-1], len(shown)) == ("2026-11-01", "2026-12-05", 35)
    week = page(people.clients.eva, "/tasks/calendar?group=due_at:week")
    assert re.findall(r'data-day="([\d-]+)"', week)[0] == "2026-11-23"
    assert "23–29 Nov 2026" in week and "Week 48" in week


def test_what_does_not_fit_is_behind_a_link_to_the_list_of_that_day(people):
    for n in range(6):
        task(f"Call {n}", f"2026-11-26T1{n}:00:00Z", priority="high")
    task("Other", "2026-11-26T15:00:00Z", priority="low")
    html = page(people.clients.eva, "/tasks/calendar?f=priority:any:high")
    assert days(html)["2026-11-26"] == ["Call 0", "Call 1"]
    assert "+4 more" in html
    address = re.search(r'id="more-2026-11-26" href="([^"]+)"', html)[1].replace("&amp;", "&")
    listed = page(people.clients.eva, address)
    assert re.findall(r'data-column="name"[^>]*><a href="[^"]+">([^<]+)', listed) == [f"Call {n}" for n in range(6)]


def test_a_full_month_reads_no_more_than_it_shows(people, django_assert_max_num_queries):
    for n in range(12):
        task(f"Call {n:02}", f"2026-11-{10 + n % 3}T{8 + n:02}:00:00Z")
    html = page(people.clients.eva, "/tasks/calendar")
    assert days(html)["2026-11-10"] == ["Call 00", "Call 03"]
    assert re.findall(r"\+\d more", html) == ["+2 more"] * 3
    look = Look(registry.get("activities.task"), group="due_at", shape=CALENDAR)
    period = calendars.period_of(calendars.MONTH, dt.date(2026, 11, 24))
    spec = look.entity.fields["due_at"]
    with django_assert_max_num_queries(2):
        found = calendars.days(look, SYSTEM, spec, period, extra={}, shown=[], each=3)
    assert [(len(day.records), day.count) for day in found if day.count] == [(3, 4)] * 3


def test_an_entry_keeps_its_time_of_day_or_takes_another_and_is_undone(people):
    writes.save(SYSTEM, people.eva, {"time_zone": "Europe/Berlin"})
    record = task("Call", "2026-10-20T08:00:00Z")  # 10:00 in summer time
    answer = move(people.clients.eva, record, "2026-11-26")
    assert fresh(record).due_at == dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)  # 10:00 in winter time
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    people.clients.eva.post(undo, headers=HTMX)
    assert fresh(record).due_at == record.due_at
    assert move(people.clients.eva, fresh(record), "2026-11-26", time="14:45").status_code == 204
    assert fresh(record).due_at == dt.datetime(2026, 11, 26, 13, 45, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("values", "status"),
    [({"day": "tomorrow"}, 400), ({"day": "0001-01-01"}, 400), ({"day": "2026-11-27", "time": "25:99"}, 422)],
)
def test_no_day_or_time_is_refused_and_nothing_changed(people, values, status):
    record = task("Call", "2026-11-24T08:00:00Z")
    answer = move(people.clients.eva, record, **values)
    assert answer.status_code == status
    assert (fresh(record).due_at, fresh(record).version) == (record.due_at, record.version)


def test_a_move_over_somebody_elses_change_is_a_conflict(people):
    record = task("Call", "2026-11-24T08:00:00Z")
    writes.save(SYSTEM, record, {"due_at": "2026-11-25T08:00:00Z"})
    assert move(people.clients.eva, record, "2026-11-27").status_code == 409
    assert fresh(record).due_at == dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize("query", ["on=yesterday", "on=9999-12-31", "group=due_at:decade", "group=name"])
def test_what_no_calendar_shows_is_refused(people, query):
    assert people.clients.eva.get(f"/tasks/calendar?{query}").status_code == 400


def test_a_view_remembers_period_and_date(people):
    answer = people.clients.ann.post(
        "/tasks/views/new?shape=calendar&group=created_at:week", {"name": "Mine"}, headers=HTMX
    )
    assert answer.status_code == 204, re.findall(r"err[^>]*>([^<]+)", answer.content.decode())
    url = json.loads(answer.headers["HX-Trigger"])["go-list"]["url"]
    html = page(people.clients.ann, url)
    assert url.startswith("/tasks/calendar?view=") and "Week 48" in html and "Unsaved changes" not in html
    assert "Date: Created" in html


def test_a_calendar_takes_few_queries(people):
    for n in range(30):
        task(f"Call {n}", f"2026-11-{n % 28 + 1:02}T08:00:00Z", assignee=str(people.ann.pk))
    people.clients.eva.get("/tasks/calendar")
    with counted("calendar tasks") as caught:
        people.clients.eva.get("/tasks/calendar")
    assert len(caught) <= 8, [query["sql"][:150] for query in caught]


def test_entries_that_meet_stand_side_by_side():
    assert placed([540, 540, 555, 600, 720], first=480) == [
        Placed(4, 0, 3), Placed(4, 1, 3), Placed(5, 2, 3), Placed(8, 0, 1), Placed(16, 0, 1),
    ]  # fmt: skip
