"""The plan of the day: appointments in the agenda, all other tasks in their card; only what the reader has to do."""

import datetime as dt

import pytest
import time_machine

from kith.activities import home
from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing.people import client_of

NOON = dt.datetime(2026, 6, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def day(people):
    """Tasks of Ann around a day in June, and one of Tom."""
    with time_machine.travel(NOON, tick=False):
        made = {}
        for name, kind, due, who in (
            ("Stand-up", "meeting", "2026-06-10T09:30:00Z", people.ann), ("Visit", "visit", "2026-06-10T16:00:00Z", people.ann), ("Missed", "meeting", "2026-06-08T09:00:00Z", people.ann),
            ("Call", "call", "2026-06-10T08:00:00Z", people.ann), ("Evening", "todo", "2026-06-10T20:00:00Z", people.ann), ("Next week", "todo", "2026-06-15T08:00:00Z", people.ann),
            ("Whenever", "todo", None, people.ann), ("Of Tom", "meeting", "2026-06-10T10:00:00Z", people.tom), ("Tomorrow", "meeting", "2026-06-11T10:00:00Z", people.ann),
        ):  # fmt: skip
            values = {"name": name, "kind": kind, "due_at": due, "assignee": who.pk}
            made[name] = writes.create(SYSTEM, registry.get("activities.task"), values)
        yield made


def names(found):
    return [line.task.name for line in found["lines"]]


def test_appointments_of_today_stand_in_the_agenda_and_nowhere_else(day, people):
    ann = actor_of(people.ann.pk)
    agenda, tasks, week = home.agenda(ann), home.context(ann), home.context(ann, week=True)
    assert (names(agenda), agenda["brief"]) == (["Stand-up", "Visit"], "2 appointments")
    assert (names(tasks), tasks["brief"]) == (["Missed", "Call", "Evening", "Whenever"], "3 tasks due")
    assert [line.is_late for line in tasks["lines"]] == [True, True, False, False]
    assert names(week) == ["Missed", "Call", "Evening", "Tomorrow", "Next week"]
    assert names(home.agenda(actor_of(people.tom.pk))) == ["Of Tom"]


def test_the_day_of_the_reader_counts_not_that_of_the_server(day, people):
    writes.save(SYSTEM, people.ann, {"time_zone": "Asia/Shanghai"})
    page = client_of(people.ann).get("/").content.decode()  # 20:00 in Shanghai: the visit at 16:00 UTC is tomorrow's
    agenda = page.split('id="home-agenda"')[1].split("</section>")[0]
    assert "Stand-up" in agenda and "17:30" in agenda and "Visit" not in agenda
    assert "1 appointment" in page


def test_the_sentence_says_what_waits(day, people):
    page = client_of(people.ann).get("/").content.decode()
    assert "2 appointments and 3 tasks due." in page
    assert "appointment" not in client_of(people.max).get("/").content.decode().split('id="main"')[1]


def test_ticking_off_is_for_those_who_may_and_leaves_the_card(day, people):
    assert client_of(people.max).post(f"/tasks/{day['Visit'].pk}/toggle").status_code == 404
    assert names(home.agenda(actor_of(people.ann.pk))) == ["Stand-up", "Visit"]
    for name in ("Visit", "Stand-up"):
        assert client_of(people.ann).post(f"/tasks/{day[name].pk}/toggle").status_code == 204
    assert home.agenda(actor_of(people.ann.pk)) is None
    assert "Nothing more is planned today." in client_of(people.ann).get("/tasks/today").content.decode()
