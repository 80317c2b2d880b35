"""The demo: filled once, seen by every user as far as their roles reach, written as people write."""

from collections import Counter
from typing import Any

import pytest

from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.ledger import ChangeSet

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def logins(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The filled database, emptied again after the tests of this module."""
    from kith.demo import fill

    with django_db_blocker.unblock():
        made = fill()
        yield made
        from conftest import flush

        flush()


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
