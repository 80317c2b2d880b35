"""Prepared queries: built once, the same rows with other values as the ORM gives, never by other rights, never with an old moment."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from kith.core import predicates, prepared, titles
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.predicates import Compiled
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"


@pytest.fixture
def companies(people: SimpleNamespace) -> list[Any]:
    """Five companies, of which Ann owns the first three."""
    owners = [people.ann.pk] * 3 + [people.eva.pk] * 2
    return [factory.make(COMPANY, name=f"House {at}", owner=str(owner)) for at, owner in enumerate(owners)]


class Asked:
    """Companies by ids; counts how often the query was built."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.built, self.name = actor, 0, uuid.uuid4()  # people of all tests keep what was built

    def __call__(self, keys: list[uuid.UUID]) -> QuerySet[Any]:
        self.built += 1
        return registry.get(COMPANY).rows(self.actor).filter(pk__in=keys).order_by("name", "pk")

    def run(self, companies: list[Any]) -> list[str]:
        """Their names."""
        found = prepared.run(self.actor, self.name, self, [company.pk for company in companies])
        return [company.name for company in found]


def test_the_query_is_built_once_and_finds_what_is_asked(people: Any, companies: list[Any]) -> None:
    asked = Asked(people.actors.eva)
    assert [asked.run([company]) for company in companies] == [[f"House {at}"] for at in range(5)]
    assert asked.built == 1


def test_lists_are_made_longer_not_more(people: Any, companies: list[Any]) -> None:
    asked = Asked(people.actors.eva)
    assert asked.run(companies[:3]) == ["House 0", "House 1", "House 2"]
    assert asked.run(companies[1:]) == ["House 1", "House 2", "House 3", "House 4"]  # four, as room for three has
    assert asked.built == 1
    assert asked.run(companies) == [f"House {at}" for at in range(5)]
    assert asked.run([]) == []
    assert asked.built == 3


@pytest.mark.parametrize(("who", "seen"), [("ann", 3), ("tom", 3), ("eva", 5), ("max", 0)])
def test_each_finds_by_own_rights(people: Any, companies: list[Any], who: str, seen: int) -> None:
    actor = getattr(people.actors, who)
    asked, keys = Asked(actor), {company.pk for company in companies}
    plain = set(registry.get(COMPANY).rows(actor).filter(pk__in=keys).values_list("name", flat=True))
    for _time in range(2):
        assert set(asked.run(companies)) == plain
        assert len(titles.load(actor, [(COMPANY, key) for key in keys])) == seen
    assert len(plain) == seen


def test_other_rights_are_asked_anew(people: Any, companies: list[Any]) -> None:
    before = Asked(people.actors.ann)
    assert before.run(companies) == ["House 0", "House 1", "House 2"]
    grant(people.ann, (COMPANY, "view", "all"))
    after = Asked(fresh(people.ann))
    assert len(after.run(companies)) == 5 and after.built == 1


def test_moments_and_days_are_values_too(people: Any, companies: list[Any]) -> None:
    actor, entity = people.actors.eva, registry.get(COMPANY)
    built = []

    name = uuid.uuid4()

    def since(moment: dt.datetime) -> QuerySet[Any]:
        built.append(moment)
        return entity.rows(actor).filter(created_at__gte=moment)

    now = timezone.now()
    ways = (now - dt.timedelta(days=1), now + dt.timedelta(days=1))
    assert [len(prepared.run(actor, name, since, moment)) for moment in ways] == [5, 0]
    assert len(built) == 1


def test_a_query_with_a_moment_of_its_own_is_built_each_time(people: Any, companies: list[Any]) -> None:
    actor, entity = people.actors.eva, registry.get(COMPANY)
    ends = [timezone.now() + dt.timedelta(days=1), timezone.now() - dt.timedelta(days=1)]

    def before(key: uuid.UUID) -> QuerySet[Any]:
        return entity.rows(actor).filter(pk=key, created_at__lt=ends[0])

    assert len(prepared.run(actor, "before", before, companies[0].pk)) == 1
    ends.reverse()
    assert prepared.run(actor, "before", before, companies[0].pk) == []


def test_a_value_inside_the_text_is_never_kept(people: Any, companies: list[Any]) -> None:
    actor, entity = people.actors.eva, registry.get(COMPANY)

    def written(key: uuid.UUID) -> QuerySet[Any]:
        return entity.rows(actor).filter(Compiled(f"{predicates.TABLE}.\"id\" = '{key}'::uuid", ()))

    found = [prepared.run(actor, "written", written, company.pk) for company in companies]
    assert [[row.pk for row in rows] for rows in found] == [[company.pk] for company in companies]


def test_what_can_find_nothing_asks_nothing(people: Any, companies: list[Any], django_assert_num_queries: Any) -> None:
    asked = Asked(people.actors.eva)
    asked.run([])
    with django_assert_num_queries(0):
        assert asked.run([]) == []
    assert asked.built == 1


def test_the_oldest_go_when_there_is_no_room(people: Any, companies: list[Any], monkeypatch: Any) -> None:
    monkeypatch.setattr(prepared, "shelf", prepared.Shelf())
    monkeypatch.setattr(prepared, "ROOM", 1)
    asked = Asked(people.actors.eva)
    assert asked.run(companies[:1]) == ["House 0"]
    prepared.run(people.actors.eva, "another", lambda: registry.get(COMPANY).rows(people.actors.eva))
    assert (asked.run(companies[:1]), asked.built) == (["House 0"], 2)
    assert len(prepared.shelf.made) == 1


def test_text_and_rows_of_one_name_are_kept_apart(people: Any, companies: list[Any]) -> None:
    asked, key = Asked(people.actors.eva), [companies[0].pk]
    assert f"'{companies[0].pk}'::uuid" in prepared.sql(asked.actor, asked.name, asked, key)
    assert asked.run(companies[:1]) == ["House 0"]


def test_kith_itself_keeps_for_as_long_as_the_fields_stay(companies: list[Any]) -> None:
    asked = Asked(SYSTEM)
    assert asked.run(companies) == [f"House {at}" for at in range(5)]
    assert asked.run(companies[1:]) == ["House 1", "House 2", "House 3", "House 4"]
    assert prepared.store(SYSTEM) is not SYSTEM.memo


# --- of the running day ---------------------------------------------------------------------------------------------


class AskedToday:
    """Companies by a condition on when they were made; counts how often the query was built."""

    def __init__(self, actor: Actor, condition: Any) -> None:
        self.actor, self.condition, self.built, self.name = actor, condition, 0, uuid.uuid4()

    def __call__(self) -> QuerySet[Any]:
        self.built += 1
        return registry.get(COMPANY).rows(self.actor).filter(self.condition()).order_by("name")

    def run(self) -> list[str]:
        """Their names."""
        return [company.name for company in prepared.of_day(self.actor, self.name, self)]


@pytest.mark.parametrize("distance", [dt.timedelta(hours=3), dt.timedelta(days=9000), dt.timedelta(days=-9000)])
def test_now_is_the_moment_at_which_a_query_of_the_day_is_run(people: Any, companies: list[Any], distance: Any) -> None:
    made, asked = companies[0].created_at, AskedToday(people.actors.eva, lambda: Q(created_at__lt=prepared.now() - distance))  # fmt: skip
    moments = (made + distance - dt.timedelta(minutes=1), made + distance + dt.timedelta(minutes=1))
    with time_machine.travel(made.replace(hour=12), tick=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared.past, "today", lambda: made.date())  # the same day all the time
        found = []
        for moment in moments:
            with time_machine.travel(moment, tick=False):
                found.append(len(asked.run()))
    assert found == [0, 5] and asked.built == 1
    assert prepared.now().year != prepared.NOW.year


def test_what_is_asked_of_a_day_is_built_anew_on_the_next(people: Any, companies: list[Any]) -> None:
    def today() -> Q:
        return Q(created_at__gte=timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0))

    asked, noon = AskedToday(people.actors.eva, today), companies[0].created_at.replace(hour=12)
    built = []
    for days, found in ((0, 5), (0, 5), (1, 0)):
        with time_machine.travel(noon + dt.timedelta(days=days), tick=False):
            assert len(asked.run()) == found
        built.append(asked.built)
    assert built == [1, 1, 2]


def beginning() -> dt.datetime:
    """Of the day in which what stands for now lies."""
    return prepared.now().replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("moment", [timezone.now, beginning])
def test_a_day_keeps_no_moment_that_is_not_reckoned_from_now(people: Any, companies: list[Any], moment: Any) -> None:
    asked = AskedToday(people.actors.eva, lambda: Q(created_at__gt=moment() - dt.timedelta(days=2)))
    assert [len(asked.run()) for _time in range(2)] == [5, 5]
    assert asked.built == 3  # tried once to keep it, then built for each


def test_rows_of_values_are_those_of_the_orm(people: Any, companies: list[Any]) -> None:
    entity = registry.get(COMPANY)

    def counted() -> QuerySet[Any, Any]:
        rows = entity.rows(people.actors.eva).order_by()
        return rows.values("owner_id").annotate(number=Count("pk"), part=Sum(Decimal("1.5"))).order_by("number")

    def pairs() -> QuerySet[Any, Any]:
        return counted().values_list("number", "part", "owner_id")

    for build in (counted, pairs, lambda: pairs().values_list("owner_id", flat=True)):
        name = uuid.uuid4()
        kept = [prepared.of_day(people.actors.eva, name, build) for _time in range(2)]
        assert kept[0] == kept[1] == list(build()) and len(kept[0]) == 2


def test_rules_with_conditions_are_asked_with_the_moment_itself(people: Any, companies: list[Any]) -> None:
    grant(people.max, (COMPANY, "view", "all", False, {"field": "created_at", "op": "last", "value": "7 days"}))
    asked = AskedToday(fresh(people.max), lambda: Q(created_at__lte=prepared.now()))
    assert [len(asked.run()) for _time in range(2)] == [5, 5] and asked.built == 2
