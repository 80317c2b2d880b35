"""Which matches are shown: titles that begin with the question, own records, recent ones; rare words miss nothing (DESIGN 4)."""

import random
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Q

from kith.core import finding, foremost, listing, search, writes
from kith.core.access import SYSTEM
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.views import from_address

COMPANIES = "parties.company"


def firms(count: int, name: str, owner: Any, days: int = 0) -> list[Any]:
    """Companies changed so many days ago, the first one first."""
    import datetime as dt

    made = []
    for number in range(count):
        with change_set(SYSTEM) as changes:
            changes.at -= dt.timedelta(days=days, seconds=count - number)
            made += writes.create_many(
                SYSTEM, registry.get(COMPANIES), [{"name": name.format(n=number), "owner": owner.pk}]
            )
    return made


def names(found: list[Any]) -> list[str]:
    return [str(record) for record in found]


def test_titles_that_begin_with_it_then_own_then_recent(people: SimpleNamespace) -> None:
    firms(1, "Old Fjord", people.eva, days=9)
    firms(1, "New Fjord", people.eva)
    firms(1, "My Fjord", people.ann, days=20)
    firms(1, "Fjord First", people.eva, days=30)
    found = search.best(registry.get(COMPANIES), people.actors.eva, "fjord")
    assert names(found) == ["Fjord First", "New Fjord", "Old Fjord", "My Fjord"]
    assert names(search.best(registry.get(COMPANIES), people.actors.ann, "fjord")) == ["My Fjord"]


def test_a_frequent_word_shows_the_latest_and_the_own_ones(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"CANDIDATES": 4, "ENOUGH": 4, "RECENT": 3, "SMALL": 0}.items():
        monkeypatch.setattr(finding, name, value)
    own = firms(1, "Steel own {n}", people.eva, days=200)
    firms(8, "Steel old {n}", people.ann, days=100)
    latest = firms(3, "Steel new {n}", people.ann)
    found = search.best(registry.get(COMPANIES), people.actors.eva, "steel", 4)
    assert found[0].pk == own[0].pk
    assert [record.pk for record in found[1:]] == [record.pk for record in reversed(latest)]


@pytest.mark.parametrize(("small", "queries"), [(0, 3), (1000, 2)])
def test_everywhere_finds_all_kinds_in_three_queries_two_where_tables_are_small(
    people: SimpleNamespace, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch, small: int, queries: int
) -> None:
    monkeypatch.setattr(finding, "SMALL", small)
    firms(1, "Kestrel Works", people.eva)
    writes.create(SYSTEM, registry.get("parties.person"), {"given_name": "Ann", "family_name": "Kestrel"})
    entities = [entity for entity in registry if entity.in_search]
    search.union_keys(entities, people.actors.eva, "kestrel", 5)  # what the process remembers is read
    with django_assert_num_queries(queries):
        keys = search.union_keys(entities, people.actors.eva, "kestrel", 5)
    assert {label: len(found) for label, found in keys.items()} == {"parties.company": 1, "parties.person": 1}


def test_nothing_is_found_of_what_may_not_be_seen(people: SimpleNamespace) -> None:
    firms(3, "Secret {n}", people.eva)
    assert search.best(registry.get(COMPANIES), people.actors.ann, "secret") == []
    assert search.everywhere(people.actors.max, "secret") == []


def test_a_word_that_many_of_the_latest_rows_hold_is_found_in_older_ones_too(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LATEST": 5, "FREQUENT": 4, "DEEP": 7, "SMALL": 0}.items():
        monkeypatch.setattr(finding, name, value)
    own = firms(1, "Steel own {n}", people.eva, days=200)
    old = firms(8, "Steel old {n}", people.ann, days=100)
    latest = firms(5, "New steel {n}", people.ann)
    found = search.best(registry.get(COMPANIES), people.actors.eva, "steel", 20)
    expected = [own[0], *reversed(old), *reversed(latest)]
    assert [record.pk for record in found] == [record.pk for record in expected]


@pytest.mark.parametrize("frequent", [4, 100])
def test_what_one_may_see_is_not_pushed_out_by_matches_of_others(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, frequent: int
) -> None:
    for name, value in {
        "LATEST": 5,
        "FREQUENT": frequent,
        "DEEP": 6,
        "CANDIDATES": 4,
        "ENOUGH": 4,
        "RECENT": 3,
        "SMALL": 0,
    }.items():
        monkeypatch.setattr(finding, name, value)
    monkeypatch.setattr(search, "similar", lambda *_: [])  # which forgives what is missed
    mine = firms(4, "Old steel {n}", people.ann, days=200)
    mine += firms(1, "Steel of Ann {n}", people.ann, days=300)
    firms(20, "Steel of Eva {n}", people.eva)
    for actor in (people.actors.ann, people.actors.tom):  # her own, those of a team
        found = search.best(registry.get(COMPANIES), actor, "steel", 9)
        assert [record.pk for record in found] == [mine[4].pk, *(record.pk for record in reversed(mine[:4]))]
    assert search.best(registry.get(COMPANIES), people.actors.max, "steel", 9) == []


def test_all_words_are_asked_before_matches_are_cut(people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden field matches in many rows, a readable one in a single old one."""
    for name, value in {
        "LATEST": 5,
        "FREQUENT": 4,
        "DEEP": 6,
        "CANDIDATES": 4,
        "ENOUGH": 4,
        "RECENT": 3,
        "SMALL": 0,
    }.items():
        monkeypatch.setattr(finding, name, value)
    told = firms(1, "Steel {n}", people.eva, days=200)
    others = firms(20, "Copper steel {n}", people.eva)
    monkeypatch.setattr(search, "within_rights", lambda *_: Q(name__startswith="Steel"))
    found = search.best(registry.get(COMPANIES), people.actors.eva, "steel", 9)
    assert [record.pk for record in found] == [told[0].pk]
    assert len(others) > finding.CANDIDATES


@pytest.mark.parametrize(("together", "ways"), [(50, 1), (0, 0)])
def test_what_is_looked_for_in_a_list_by_name_is_the_same_whether_it_is_gathered_first(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, together: int, ways: int
) -> None:
    made, gathered = firms(6, "Steel {n}", people.ann), []
    firms(3, "Copper {n}", people.ann)
    monkeypatch.setattr(listing, "TOGETHER", together)
    monkeypatch.setattr(listing, "count", lambda *_, **__: (30, False))
    way = foremost.gathered
    monkeypatch.setattr(
        foremost, "gathered", lambda found, *more, **how: gathered.append(found) or way(found, *more, **how)
    )
    look = from_address(registry.get(COMPANIES), people.actors.eva, {"q": "steel", "sort": "name"})
    first = listing.page(look, people.actors.eva, size=4)
    second = listing.page(look, people.actors.eva, size=4, after=first.after)
    assert [record.pk for record in first.records + second.records] == [record.pk for record in made]
    assert len(gathered) == 2 * ways


def expected(actor: Any, text: str, limit: int) -> list[Any]:
    """The best matches, by looking at all that the actor may see."""
    found = registry.get(COMPANIES).rows(actor).filter(search.condition(text))
    latest = sorted(found, key=lambda one: (one.updated_at, one.pk), reverse=True)
    return [one.pk for one in sorted(latest, key=lambda one: (not one.name.lower().startswith(text), one.owner_id != actor.id))][:limit]  # fmt: skip


@pytest.mark.parametrize(
    "limits", [{}, {"SMALL": 0}, {"SMALL": 0, "LATEST": 9, "FREQUENT": 2, "DEEP": 12, "ENOUGH": 100}]
)
def test_what_not_many_hold_is_found_whole_and_in_order_for_everybody(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    chance = random.Random(11)
    owners = (people.ann, people.tom, people.eva)
    for _number in range(25):
        parts = chance.sample(("Steel", "Steelworks", "Nord", "Норд", "Copper", "Stahl"), 2)
        firms(1, " ".join(parts), chance.choice(owners), days=chance.randrange(100))
    for name, value in limits.items():
        monkeypatch.setattr(finding, name, value)
    for who, text in product(("ann", "tom", "eva", "max"), ("steel", "nord", "стил", "steel nord", "st", "сop")):
        actor = getattr(people.actors, who)
        keys = search.union_keys([registry.get(COMPANIES)], actor, text, 7).get(COMPANIES, [])
        assert keys == expected(actor, text, 7), (who, text)


def test_very_words_go_before_longer_ones_where_many_hold_them(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = firms(4, "Steel {n}", people.eva, days=50)
    longer = firms(3, "Steelworks {n}", people.ann, days=90)
    company = registry.get(COMPANIES)
    for name, value in {"SMALL": 0, "EXACT": 4, "NEAR": 4, "RECENT": 4}.items():
        monkeypatch.setattr(finding, name, value)
    keys = search.union_keys([company], people.actors.eva, "steel", 4)[COMPANIES]
    assert keys == [record.pk for record in reversed(exact)]
    keys = search.union_keys([company], people.actors.ann, "steel", 4)[COMPANIES]  # who sees only the longer ones
    assert keys == [record.pk for record in reversed(longer)]
    monkeypatch.setattr(finding, "EXACT", 5)
    keys = search.union_keys([company], people.actors.eva, "steel", 9)[COMPANIES]
    assert keys == [record.pk for record in (*reversed(exact), *reversed(longer))]
