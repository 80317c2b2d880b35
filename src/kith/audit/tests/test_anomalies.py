"""Anomalies: exact figures of each rule, on both sides of its limit; each line opens the very events it is made of."""

import datetime as dt
import re

import pytest
from django.http import QueryDict
from django.utils import timezone

from kith.audit import anomalies, stream
from kith.core import settings_store, writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.ledger import AuditEvent
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def people(people):
    with maintenance("maintenance"):
        AuditEvent.objects.all().delete()
    return people


def at(text):
    """A moment of the tenth of March, or of another day of it."""
    day, _space, clock = text.rpartition(" ")
    return dt.datetime.fromisoformat(f"2026-03-{(day or '10').zfill(2)}T{clock}:00+00:00")


def write(user, kind, moments, **facts):
    facts = (
        {"actor_id": user.pk, "actor_name": str(user).split()[0], "entity": "parties.company", "ip": "10.1.2.3"} | facts
        if user
        else facts
    )
    AuditEvent.objects.bulk_create(AuditEvent(kind=kind, at=moment, **facts) for moment in moments)


def every(seconds, count, start):
    return [start + dt.timedelta(seconds=seconds * number) for number in range(count)]


def found(rule, days=7):
    """The anomalies of a rule; each of them opens exactly its lines."""
    lines = [one for one in anomalies.find(days, NOW) if one.rule is rule]
    for one in lines:
        query = stream.read(QueryDict(one.address))
        rows = list(stream.rows(query))
        assert (len(rows), query.errors) == (one.lines, {})
    return [(one.name, one.start, one.end, one.lines, one.total) for one in lines]


def limit(name, value):
    settings_store.put(SYSTEM, name, value)


def test_a_quiet_log_has_none(people):
    write(people.ann, "view", every(60, 30, at("09:00")))
    assert anomalies.find(30, NOW) == []


def test_many_records_exported_in_an_hour(people):
    write(people.ann, "export", [at("09:00"), at("09:59")], count=500)
    write(people.tom, "export", [at("09:00"), at("10:01")], count=500)
    write(people.eva, "export", [at("09:00")], count=999)
    assert found(anomalies.EXPORTS) == [("Ann", at("09:00") - dt.timedelta(minutes=1), at("09:59"), 2, 1000)]
    limit("anomaly.exports", 999)
    assert [(name, total) for name, _start, _end, _lines, total in found(anomalies.EXPORTS)] == [
        ("Ann", 1000),
        ("Eva", 999),
    ]


def test_a_burst_of_views_slides_over_the_clock(people):
    write(people.ann, "view", every(6, 100, at("09:05")))
    write(people.tom, "view", every(7, 100, at("09:05")))
    last = at("09:05") + dt.timedelta(seconds=6 * 99)
    assert found(anomalies.VIEWS) == [("Ann", last - dt.timedelta(minutes=10), last, 100, 100)]


def test_the_fullest_stretch_of_each_day_is_told(people):
    limit("anomaly.views", 5)
    write(people.ann, "view", every(1, 5, at("8 09:00")) + every(1, 9, at("8 15:00")) + every(1, 6, at("9 09:00")))
    assert [(end.day, lines) for _name, _start, end, lines, _total in found(anomalies.VIEWS)] == [(9, 6), (8, 9)]
    assert [end.day for _name, _start, end, *_counts in found(anomalies.VIEWS, days=1)] == []


def test_night_is_that_of_the_reader(people):
    limit("anomaly.night_reads", 3)
    writes.save(SYSTEM, people.ann, {"time_zone": "Asia/Vladivostok"})  # UTC+10: 13:00 UTC is 23:00 there
    writes.save(SYSTEM, people.tom, {"time_zone": "Europe/Berlin"})  # UTC+1
    for user in (people.ann, people.tom):
        write(user, "view", [at("9 13:00"), at("9 13:10")])
        write(user, "list", [at("9 13:20")])
        write(user, "update", [at("9 13:30")])
    assert found(anomalies.NIGHT) == [("Ann", at("9 12:00"), at("9 20:00") - dt.timedelta(microseconds=1), 3, 3)]
    write(people.tom, "search", [at("9 20:59"), at("9 21:00"), at("9 21:01"), at("10 04:59"), at("10 05:00")])
    assert [(name, lines) for name, _start, _end, lines, _total in found(anomalies.NIGHT)] == [("Tom", 3), ("Ann", 3)]


def test_a_night_within_one_day_and_none_at_all(people):
    limit("anomaly.night_reads", 1)
    limit("anomaly.night_begins", "1")
    limit("anomaly.night_ends", "3")
    write(people.tom, "view", [at("9 00:59"), at("9 01:00"), at("9 02:59"), at("9 03:00")])
    assert [lines for *_name, lines, _total in found(anomalies.NIGHT)] == [2]
    limit("anomaly.night_ends", "1")
    assert found(anomalies.NIGHT) == []


def test_a_sign_in_from_a_new_network(people):
    old = NOW - dt.timedelta(days=30)
    write(people.ann, "login", [old], ip="10.1.2.3")
    write(people.ann, "login", [at("9 08:00")], ip="10.1.2.99")  # the same /24
    write(people.ann, "login", [at("9 09:00"), at("9 10:00")], ip="10.1.3.1")
    write(people.tom, "login", [at("9 08:00")], ip="10.9.9.9")  # the first one ever says nothing
    write(people.eva, "login", [old], ip="2001:db8:1:1::1")
    write(people.eva, "login", [at("9 08:00")], ip="2001:db8:1:1::2")
    write(people.eva, "login", [at("9 08:30")], ip="2001:db8:1:2::1")
    write(people.eva, "login", [at("9 08:40")], ip="unknown")
    assert [(name, end) for name, _start, end, *_counts in found(anomalies.NETWORK)] == [
        ("Ann", at("9 09:00")),
        ("Eva", at("9 08:30")),
    ]
    assert [one.detail for one in anomalies.find(7, NOW)] == ["10.1.3.1", "2001:db8:1:2::1"]


def test_a_network_not_used_for_long_is_new_again(people):
    write(people.ann, "login", [NOW - dt.timedelta(days=91)], ip="10.1.2.3")
    write(people.ann, "login", [NOW - dt.timedelta(days=50)], ip="10.7.7.7")
    write(people.ann, "login", [at("10 09:00")], ip="10.1.2.3")
    assert [end for _name, _start, end, *_counts in found(anomalies.NETWORK)] == [at("10 09:00")]
    limit("anomaly.network_days", 120)
    assert found(anomalies.NETWORK) == []


def test_series_of_refusals_and_of_failed_sign_ins(people):
    write(people.max, "denied", every(60, 10, at("09:00")))
    write(people.tom, "denied", every(120, 10, at("09:00")))
    write(None, "login_failed", every(30, 6, at("09:00")), title="Ann@kith.test")
    write(None, "login_failed", every(30, 6, at("09:05")), title="ann@kith.test")
    write(None, "login_failed", every(30, 9, at("09:00")), title="tom@kith.test")
    assert found(anomalies.DENIED) == [("Max", at("08:54"), at("09:09"), 10, 10)]
    ((name, _start, end, lines, total),) = found(anomalies.FAILED)
    assert (name.lower(), end, lines, total) == ("ann@kith.test", at("09:07") + dt.timedelta(seconds=30), 12, 12)


def test_many_records_deleted(people):
    write(people.ann, "delete", [at("09:00")], count=60)
    write(people.ann, "purge", [at("09:30")], count=40)
    write(people.tom, "delete", [at("09:00")], count=99)
    assert found(anomalies.DELETIONS) == [("Ann", at("08:30"), at("09:30"), 2, 100)]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_only_who_may_read_the_log_sees_them(people):
    assert {
        who: getattr(people.clients, who).get("/audit/anomalies").status_code for who in ("ann", "tom", "max", "eva")
    } == {
        "ann": 403,
        "tom": 403,
        "max": 403,
        "eva": 200,
    }
    grant(people.max, ("system", "audit", "all"))
    page = people.clients.max.get("/audit/anomalies")
    assert (page.status_code, "/settings/company" in page.text.split("</header>")[0]) == (200, False)


def test_each_line_of_the_page_opens_its_events(people):
    limit("anomaly.views", 5)
    moment = timezone.now() - dt.timedelta(hours=2)
    write(people.ann, "view", every(1, 7, moment))
    write(people.ann, "view", [moment - dt.timedelta(hours=1)])
    write(people.tom, "view", every(1, 3, moment))
    write(people.ann, "export", [moment], count=5000)
    page = people.clients.eva.get("/audit/anomalies?days=1").text
    links = re.findall(r'<a class="link" href="(/audit/\?[^"]+)">(\d+) lines?</a>', page)
    assert sorted(int(count) for _address, count in links) == [1, 7]
    for address, count in links:
        text = people.clients.eva.get(address.replace("&amp;", "&")).text
        assert text.count("data-peek=") == int(count)
        assert "Events of an anomaly" in text
    only = people.clients.eva.get("/audit/anomalies?days=1&rule=exports").text
    assert (only.count('class="link"'), "5,000 records" in only) == (1, True)


def test_a_filter_keeps_the_events_of_an_anomaly(people):
    moment = timezone.now() - dt.timedelta(hours=2)
    write(people.ann, "view", every(1, 7, moment))
    address = stream.Query(
        kind="view", who=people.ann.pk, since=moment, until=moment + dt.timedelta(seconds=3)
    ).address()
    text = people.clients.eva.get(f"/audit/?{address}").text
    assert text.count("data-peek=") == 4
    assert re.search(r'<input type="hidden" name="since" value="2', text)
    assert people.clients.eva.get("/audit/?since=yesterday").text.count('class="note warn"') == 1


def test_the_limits_are_settings_of_the_company(people):
    page = people.clients.eva.get("/settings/company").text
    for name in (
        "exports",
        "views",
        "night_reads",
        "night_begins",
        "night_ends",
        "network_days",
        "denied",
        "deletions",
    ):
        assert f'name="anomaly__{name}"' in page
