"""Anomalies are told to those who may read the log: each once, in the language of the reader, with the way to its lines."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.access import holders, shipped
from kith.audit import anomalies, jobs, telling
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.notify import Notification
from kith.core.testing.people import grant, make_group, make_user, role_of

from .test_anomalies import every, limit, people, write  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def told(user):
    return list(Notification.objects.filter(user=user, kind="anomaly").order_by("pk").values_list("title", flat=True))


def test_each_is_told_once_to_those_who_may_read_the_log(people):  # noqa: F811
    write(people.ann, "export", [NOW - 2 * HOUR], count=1500)
    assert telling.tell(NOW) == 1
    assert (told(people.eva), told(people.ann), told(people.max)) == (["Mass export: Ann, 1,500 records"], [], [])
    assert telling.tell(NOW) == telling.tell(NOW + HOUR) == 0
    write(people.ann, "export", [NOW - HOUR], count=1500)  # the same day: it only grew
    assert telling.tell(NOW + HOUR) == 0
    write(people.tom, "export", [NOW - HOUR], count=1000)
    assert telling.tell(NOW + HOUR) == 1
    assert told(people.eva)[1:] == ["Mass export: Tom, 1,000 records"]


def test_the_next_day_is_another_anomaly(people):  # noqa: F811
    write(people.ann, "export", [NOW - 2 * HOUR, NOW + 22 * HOUR], count=1500)
    assert [telling.tell(NOW), telling.tell(NOW + 23 * HOUR), telling.tell(NOW + 24 * HOUR)] == [1, 1, 0]


def test_a_night_is_told_once_however_it_is_cut_off(people):  # noqa: F811
    limit("anomaly.night_reads", 2)
    evening = dt.datetime(2026, 3, 9, 22, 30, tzinfo=dt.UTC)
    write(people.ann, "view", every(60, 3, evening))
    write(people.ann, "view", every(60, 3, evening + 5 * HOUR))
    moments = [evening + dt.timedelta(minutes=5), evening + 4 * HOUR, evening + 7 * HOUR, evening + 25 * HOUR]
    assert [telling.tell(moment) for moment in moments] == [1, 0, 0, 0]


def test_it_opens_its_lines_in_the_language_of_the_reader(people):  # noqa: F811
    writes.save(SYSTEM, people.eva, {"language": "ru"})
    write(people.ann, "export", [NOW - HOUR], count=1500)
    telling.tell(NOW)
    note = Notification.objects.get(user=people.eva, kind="anomaly")
    assert note.title == "Массовая выгрузка: Ann, 1\xa0500 записей"
    shown = people.clients.eva.get("/notifications").text
    assert note.title[:20] in shown and f"/notifications/{note.pk}" in shown
    answer = people.clients.eva.get(f"/notifications/{note.pk}", follow=True)
    assert answer.status_code == 200 and answer.text.count("data-peek=") == 1


def test_very_many_are_told_together(people):  # noqa: F811
    for number in range(telling.SINGLE + 3):
        write(None, "login_failed", every(30, 12, NOW - HOUR), title=f"user{number}@kith.test")
    assert telling.tell(NOW) == telling.SINGLE + 1
    assert told(people.eva)[0] == "3 more anomalies"
    assert telling.tell(NOW) == 0


def test_no_crowd_of_failed_sign_ins_hides_what_people_did(people):  # noqa: F811
    write(people.ann, "export", [NOW - 2 * HOUR], count=1500)
    for number in range(telling.SINGLE + 3):
        write(None, "login_failed", every(30, 12, NOW - HOUR), title=f"user{number}@kith.test")
    found = anomalies.find(1, NOW, each=2)
    assert [one.rule.name for one in found] == ["failed", "failed", "failed", "exports"]
    shown, are_more = anomalies.cut(found, 2)
    assert ([one.rule.name for one in shown], are_more) == (["failed", "failed", "exports"], True)
    telling.tell(NOW)
    assert told(people.eva)[-1] == "Mass export: Ann, 1,500 records"


def test_a_quiet_log_tells_nobody_anything(people):  # noqa: F811
    write(people.ann, "export", [timezone.now() - HOUR], count=999)
    assert jobs.watch() == 0
    assert not Notification.objects.filter(kind="anomaly").exists()


def test_who_holds_a_right_on_kith_as_a_whole(people):  # noqa: F811
    assert holders.of_system_right("audit") == [people.eva.pk]
    named = grant(people.max, ("system", "audit", "all"))
    assert set(holders.of_system_right("audit")) == {people.eva.pk, people.max.pk}
    assert holders.of_system_right("jobs") == [people.eva.pk]
    grant(people.max, ("system", "audit", "all", True))  # a denial wins
    assert holders.of_system_right("audit") == [people.eva.pk]
    inner, bot = make_user("Inner"), make_user("Bot", kind="service")
    shipped.give(named, group=make_group("Outer", make_group("Inside", inner, bot, is_team=False), is_team=False))
    assert set(holders.of_system_right("audit")) == {people.eva.pk, inner.pk}
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "Audit"})
    writes.save(SYSTEM, people.tom, {"org_unit": unit.pk})
    shipped.give(role_of("Of the department", [("system", "*", "all")]), org_unit=unit)
    assert set(holders.of_system_right("audit")) == {people.eva.pk, inner.pk, people.tom.pk}
    writes.save(SYSTEM, people.tom, {"is_active": False})
    assert set(holders.of_system_right("audit")) == {people.eva.pk, inner.pk}
