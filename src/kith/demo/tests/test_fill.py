"""The demo: filled once, seen by every user as far as their roles reach, written as people write."""

from collections import Counter
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import change_set
from kith.core.configuration import applying
from kith.core.configuration.kinds import scope
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.testing import tables

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def logins(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The filled database, emptied again after the tests of this module."""
    from kith.demo import fill, filling

    with django_db_blocker.unblock():
        with patch.object(filling.log, "warning") as told:
            made = fill()
        assert told.call_args_list == []  # nothing had to be taken back: it was written at a stretch
        yield made
        tables.empty()


def counts() -> Counter[str]:
    return Counter({entity.label: entity.rows(SYSTEM).count() for entity in registry})


def seen(mail: str, label: str) -> int:
    user = registry.get("access.user").rows(SYSTEM).get(email=mail)
    return int(registry.get(label).rows(actor_of(user.pk)).count())


def test_filling_twice_is_one_filling(logins: Any) -> None:
    from kith.demo import fill

    before, sets = counts(), ChangeSet.objects.count()
    again = fill()
    assert counts() == before and ChangeSet.objects.count() == sets
    assert [login["email"] for login in again] == [login["email"] for login in logins]
    assert before["parties.company"] == 119 and before["parties.person"] > 240 and before["access.user"] == 12


def test_what_cannot_be_written_at_a_stretch_is_written_with_savepoints(db: None) -> None:
    """A part that fails, which a savepoint would have taken back, costs a second go and nothing else."""
    from kith.demo import filling

    told, tag = list[int](), registry.get("core.tag")

    def write() -> None:
        told.append(tag.rows(SYSTEM).count())
        writes.create(SYSTEM, tag, {"name": "First"})
        with suppress(Refused), change_set(SYSTEM):
            raise Refused("a part that fails alone")
        writes.create(SYSTEM, tag, {"name": "Second"})

    with transaction.atomic():
        filling.at_a_stretch(write)
    assert told[0] == told[1] and len(told) == 2
    assert tag.rows(SYSTEM).filter(name__in=["First", "Second"]).count() == 2 == tag.rows(SYSTEM).count() - told[0]


def test_a_database_in_use_is_left_alone() -> None:
    from kith.core.testing.people import make_user
    from kith.demo import filling

    make_user("Somebody Else")
    before = counts()
    with pytest.raises(filling.NotEmpty):
        filling.build("!")
    assert counts() == before


@pytest.mark.parametrize(
    ("who", "companies"),
    [
        ("sofia.lindqvist", 119),
        ("thomas.adler", 119),
        ("grace.okafor", 119),
        ("priya.nair", 119),
        ("nadia.brandt", 119),
        ("anna.kovaleva", 20),
        ("li.jing", 20),
        ("igor.belov", 20),
        ("wang.lei", 20),
    ],
)
def test_every_user_sees_what_the_roles_reach(logins: Any, who: str, companies: int) -> None:
    assert seen(f"{who}@meridian.example", "parties.company") == companies


@pytest.mark.parametrize("who", ["erik.solberg", "jonas.weber", "marc.fournier"])
def test_salespeople_see_their_team_only(logins: Any, who: str) -> None:
    mail = f"{who}@meridian.example"
    assert 25 < seen(mail, "parties.company") < 70
    assert 50 < seen(mail, "parties.person") < 140


def test_everybody_has_work_to_do(logins: Any) -> None:
    tasks = registry.get("activities.task").rows(SYSTEM).filter(status__in=("todo", "doing"))
    by_user = Counter(tasks.values_list("assignee__email", flat=True))
    assert set(by_user) == {login["email"] for login in logins} and min(by_user.values()) >= 9


def test_the_ledger_looks_like_the_work_of_people(logins: Any) -> None:
    sets = list(ChangeSet.objects.all())
    assert {row.origin for row in sets} >= {"ui", "import", "sync", "cli"}
    assert len({row.actor_name for row in sets}) >= 10
    assert len({row.at.date() for row in sets}) > 60


def test_the_password_signs_in(logins: Any) -> None:
    from kith.access.backend import Backend
    from kith.demo import fill

    password = fill()[0]["password"]
    user = Backend().authenticate(None, username="nadia.brandt@meridian.example", password=password)
    assert user is not None and user.name == "Nadia Brandt"
    assert Backend().authenticate(None, username="nadia.brandt@meridian.example", password="meridian") is None


# --- distribution and calling -------------------------------------------------------------------------------------------


def rows(label: str) -> Any:
    return registry.get(label).rows(SYSTEM)


def test_rules_gave_every_inquiry_to_somebody(logins: Any) -> None:
    from kith.demo.data.trade import STRANGERS
    from kith.distribution.entities.assignment import Assignment

    web = rows("sales.lead").filter(channel="web")
    assert web.count() == len(STRANGERS) == Assignment.objects.count()
    assert not web.filter(owner=None).exists()
    by_rule = Counter(one.explanation["rule"] for one in Assignment.objects.all())
    assert by_rule == {"Inquiries from the web, Europe": 6, "Заявки с сайта: Россия": 3, "网站线索自动分配": 3}
    owners = Counter(web.filter(language="en").values_list("owner__name", flat=True))
    assert owners == {"Erik Solberg": 2, "Jonas Weber": 2, "Marc Fournier": 2}


def test_a_rehearsal_has_something_to_tell(logins: Any) -> None:
    from kith.distribution import rehearsal, running

    entity = registry.get("sales.lead")
    trial = rows("distribution.assignmentrule").get(is_active=False)
    found = rehearsal.rehearse(entity, rehearsal.with_rule(trial, running.rules_of(entity)), 30)
    assert len(found.lines) >= 12 and len(found.tally) >= 5
    alone = rehearsal.rehearse(entity, [trial], 30)
    shares = {rows("access.user").get(pk=key).name: count for key, count in alone.tally.items()}
    assert list(shares) == ["Erik Solberg", "Jonas Weber", "Marc Fournier"] and sum(shares.values()) == 6
    assert shares["Erik Solberg"] == 3 > shares["Jonas Weber"] >= shares["Marc Fournier"]


def test_pools_hold_what_came_back_with_its_story(logins: Any) -> None:
    from kith.distribution import ownership, route
    from kith.distribution.entities.work_item import WorkItem

    waiting = Counter(
        rows("distribution.pool").get(pk=key).name
        for key in WorkItem.objects.filter(state="waiting").values_list("pool_id", flat=True)
    )
    assert waiting == {"Free leads": 3, "Свободные лиды": 2, "线索公海": 2}
    passed = rows("sales.lead").get(person__name="Gareth Pryce")
    assert [one.after for one in reversed(ownership.of(registry.get("sales.lead"), passed.pk))] == [
        "Erik Solberg", "", "Marc Fournier", "", "Jonas Weber",
    ]  # fmt: skip
    found = route.of(SYSTEM, passed)
    assert found is not None and [one.holder for one in reversed(found.stretches)][:3] == [
        "Erik Solberg",
        "Erik Solberg",
        "",
    ]
    assert all(one.since < one.until for one in found.stretches if one.until)


@pytest.mark.parametrize("who", ["erik.solberg", "jonas.weber", "marc.fournier", "igor.belov", "wang.lei"])
def test_salespeople_have_prospects_to_call(logins: Any, who: str) -> None:
    from kith.marketing import queues

    user = rows("access.user").get(email=f"{who}@meridian.example")
    mine = rows("marketing.calllistentry").filter(owner=user.pk)
    places = Counter(entry.place for entry in queues.of(actor_of(user.pk)))
    assert places[1] >= 2 and mine.filter(status="reached").count() == 1
    assert mine.filter(attempts__gt=0).count() >= 2


def test_nobody_calls_those_who_asked_to_be_left_in_peace(logins: Any) -> None:
    quiet = (
        rows("marketing.targetlistmember").filter(target_list__kind="suppression").values_list("party_id", flat=True)
    )
    assert len(quiet) == 2 and not rows("marketing.calllistentry").filter(party__in=list(quiet)).exists()
    listed = rows("marketing.targetlist").values_list("name", flat=True)
    assert len(listed) == 5 and "Users' day Hamburg: follow up" in listed


def test_the_configuration_of_the_demo_goes_into_files_and_says_the_same(logins: Any) -> None:
    files, left_out = applying.export(scope(people=True))
    assert (len(files), left_out) == (25, [])
    assert applying.compared(scope(people=True), files)[:2] == (files, files)
    assert applying.apply(SYSTEM, scope(people=True), files, prune=True).differences == []
