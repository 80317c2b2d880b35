"""Calendars as files: what stands in them, by which date and view, for whom, and that long lines are folded."""

import datetime as dt

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.api.calendar_feed import folded
from kith.core.entity import registry
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db
FEED = "/api/v1/tasks/calendar.ics"


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def tasks(people):
    today = dt.datetime.now(dt.UTC).replace(hour=10, minute=30, second=0, microsecond=0)
    rows = [("Call; then, write", 1, "todo"), ("Visit", 30, "doing"), ("Long ago", -200, "todo"), ("Far ahead", 500, "todo")]  # fmt: skip
    return writes.create_many(
        SYSTEM, registry.get("activities.task"),
        [{"name": name, "assignee": people.ann.pk, "owner": people.ann.pk, "due_at": (today + dt.timedelta(days=days)).isoformat(), "status": status} for name, days, status in rows],
    )  # fmt: skip


def lines(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    text = answer.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def titles(answer):
    return [line.removeprefix("SUMMARY:") for line in lines(answer) if line.startswith("SUMMARY:")]


@time_machine.travel("2026-11-29T08:00:00Z", tick=False)
def test_each_record_is_an_event_at_its_moment(people, settings):
    settings.BASE_URL = "https://kith.example.org"
    task = writes.create(SYSTEM, registry.get("activities.task"), {"name": "Call; then, write", "assignee": people.ann.pk, "due_at": "2026-12-01T10:30:00Z"})  # fmt: skip
    assert lines(people.clients.ann.get(FEED)) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kith//Kith//EN", "CALSCALE:GREGORIAN", "X-WR-CALNAME:Tasks",
        "BEGIN:VEVENT", f"UID:{task.pk}@activities.task.kith", "DTSTAMP:20261129T080000Z", "DTSTART:20261201T103000Z",
        "SUMMARY:Call\\; then\\, write", f"URL:https://kith.example.org/tasks/{task.pk}/", "SEQUENCE:0", "LAST-MODIFIED:20261129T080000Z",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


def test_a_view_says_which_records_and_the_address_by_which_date(people, tasks):
    values = {"entity": "activities.task", "name": "Doing", "filter": {"field": "status", "op": "any", "value": ["doing"]}}  # fmt: skip
    view = writes.create(people.actors.ann, registry.get("core.view"), {**values, "shape": "calendar", "group": "due_at:week"})  # fmt: skip
    assert titles(people.clients.ann.get(FEED)) == ["Call\\; then\\, write", "Visit"]
    assert titles(people.clients.ann.get(f"{FEED}?view={view.pk}")) == ["Visit"]
    assert len(titles(people.clients.ann.get(f"{FEED}?by=created_at"))) == 4
    assert "X-WR-CALNAME:Doing" in lines(people.clients.ann.get(f"{FEED}?view={view.pk}"))
    assert titles(people.clients.tom.get(f"{FEED}?f=name:is:Visit")) == ["Visit"]  # of the team
    assert people.clients.tom.get(f"{FEED}?view={view.pk}").status_code == 404


def test_the_calendar_page_leads_to_its_own_file(people, tasks):
    import re

    for address, expected in (
        ("/tasks/calendar", 2),
        ("/tasks/calendar?f=status:any:doing", 1),
        ("/tasks/calendar?f=", 2),
    ):
        page = people.clients.ann.get(address).text
        href = re.search(r'id="cal-feed" href="([^"]+)"', page)[1].replace("&amp;", "&")
        assert len(titles(people.clients.ann.get(href))) == expected, href
    values = {"entity": "activities.task", "name": "Doing", "filter": {"field": "status", "op": "any", "value": ["doing"]}}  # fmt: skip
    view = writes.create(people.actors.ann, registry.get("core.view"), {**values, "shape": "calendar", "group": "due_at"})  # fmt: skip
    page = people.clients.ann.get(f"/tasks/calendar?view={view.pk}").text
    assert f'href="/api/v1/tasks/calendar.ics?view={view.pk}&amp;by=due_at"' in page


def test_a_date_without_time_is_a_whole_day(people):
    with time_machine.travel("2026-11-29T08:00:00Z", tick=False):
        writes.create(SYSTEM, registry.get("people.employee"), {"name": "Anna", "hired_on": "2026-12-05"})
        found = lines(people.clients.eva.get("/api/v1/employees/calendar.ics?by=hired_on"))
    assert "DTSTART;VALUE=DATE:20261205" in found
    assert "TRANSP:TRANSPARENT" in found


def test_what_may_not_be_seen_or_is_no_date_is_refused(people, tasks):
    assert people.clients.max.get(FEED).status_code in (403, 404)
    answer = people.clients.ann.get(f"{FEED}?by=name")
    assert (answer.status_code, "is no" in answer.json()["detail"]) == (400, True)
    assert people.clients.ann.get(f"{FEED}?bogus=1").status_code == 400
    assert people.clients.ann.get("/api/v1/nothing/calendar.ics").status_code == 404


def test_long_lines_are_folded_between_signs():
    line = "SUMMARY:" + "维" * 60
    made = folded(line)
    assert made.replace("\r\n ", "") == line + "\r\n"
    assert max(len(piece.encode()) for piece in made.split("\r\n")) <= 75
