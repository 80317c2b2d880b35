"""Which matches are shown: titles that begin with the question, own records, recent ones; rare words miss nothing (DESIGN 4)."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Q

from kith.core import listing, search, writes
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
    for name, value in {"CANDIDATES": 4, "ENOUGH": 4, "RECENT": 3}.items():
        monkeypatch.setattr(search, name, value)
    own = firms(1, "Steel own {n}", people.eva, days=200)
    firms(8, "Steel old {n}", people.ann, days=100)
    latest = firms(3, "Steel new {n}", people.ann)
    found = search.best(registry.get(COMPANIES), people.actors.eva, "steel", 4)
    assert found[0].pk == own[0].pk
    assert [record.pk for record in found[1:]] == [record.pk for record in reversed(latest)]


def test_everywhere_finds_all_kinds_in_three_queries(people: SimpleNamespace, django_assert_num_queries: Any) -> None:
    firms(1, "Kestrel Works", people.eva)
    writes.create(SYSTEM, registry.get("parties.person"), {"given_name": "Ann", "family_name": "Kestrel"})
    entities = [entity for entity in registry if entity.in_search]
    search.union_keys(entities, people.actors.eva, "kestrel", 5)  # what the process remembers is read
    with django_assert_num_queries(3):
        keys = search.union_keys(entities, people.actors.eva, "kestrel", 5)
    assert {label: len(found) for label, found in keys.items()} == {"parties.company": 1, "parties.person": 1}


def test_nothing_is_found_of_what_may_not_be_seen(people: SimpleNamespace) -> None:
    firms(3, "Secret {n}", people.eva)
    assert search.best(registry.get(COMPANIES), people.actors.ann, "secret") == []
    assert search.everywhere(people.actors.max, "secret") == []


def test_a_word_that_many_of_the_latest_rows_hold_is_found_in_older_ones_too(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LATEST": 5, "FREQUENT": 4, "DEEP": 7}.items():
        monkeypatch.setattr(search, name, value)
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
    }.items():
        monkeypatch.setattr(search, name, value)
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
    for name, value in {"LATEST": 5, "FREQUENT": 4, "DEEP": 6, "CANDIDATES": 4, "ENOUGH": 4, "RECENT": 3}.items():
        monkeypatch.setattr(search, name, value)
    told = firms(1, "Steel {n}", people.eva, days=200)
    others = firms(20, "Copper steel {n}", people.eva)
    monkeypatch.setattr(search, "within_rights", lambda *_: Q(name__startswith="Steel"))
    found = search.best(registry.get(COMPANIES), people.actors.eva, "steel", 9)
    assert [record.pk for record in found] == [told[0].pk]
    assert len(others) > search.CANDIDATES


@pytest.mark.parametrize(("together", "ways"), [(50, 1), (0, 0)])
def test_what_is_looked_for_in_a_list_by_name_is_the_same_whether_it_is_gathered_first(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, together: int, ways: int
) -> None:
    made, gathered = firms(6, "Steel {n}", people.ann), []
    firms(3, "Copper {n}", people.ann)
    monkeypatch.setattr(listing, "TOGETHER", together)
    monkeypatch.setattr(listing, "total_of", lambda look, actor: (30, False))
    picked = listing.picked
    monkeypatch.setattr(listing, "picked", lambda look, actor: gathered.append(look) or picked(look, actor))
    look = from_address(registry.get(COMPANIES), people.actors.eva, {"q": "steel", "sort": "name"})
    first = listing.page(look, people.actors.eva, size=4)
    second = listing.page(look, people.actors.eva, size=4, after=first.after)
    assert [record.pk for record in first.records + second.records] == [record.pk for record in made]
    assert len(gathered) == 2 * ways
