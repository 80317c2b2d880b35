"""Pages that are gathered, or found owner by owner, hold the same rows in the same order as walking the list does."""

import random
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import access, few_values, foremost, listing, writes
from kith.core.access import SYSTEM, Actor
from kith.core.entity import registry
from kith.core.filters import Group, Test
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant
from kith.core.views import Look, from_address

COMPANIES = "parties.company"
CITIES = ("", "Samara", "Новая Самара", "Самара", "100%_city", "Perm")
PERM, ACTIVE = Test("city", "contains", "perm"), Test("status", "any", ["active"])
OWNER_INDEX = "party_owner_sort"


@pytest.fixture(scope="module")
def firms(world: SimpleNamespace, django_db_blocker: Any) -> None:
    """Many companies of few names, so that many are equal; of Ann, Tom, Eva and of nobody, some with a task or a share for Ann."""
    with django_db_blocker.unblock():
        lay(world)


@pytest.fixture
def people(people: SimpleNamespace, firms: None) -> SimpleNamespace:
    return people


def lay(found: SimpleNamespace) -> None:
    chance, owners = random.Random(7), (found.ann.pk, found.tom.pk, found.eva.pk, None)
    rows = [
        {
            "name": f"{chance.choice(('Steel', 'Ёлка', '钢铁'))} {chance.randrange(4)}",
            "owner": chance.choice(owners),
            "employees_count": chance.choice((None, 1, 2)),
            "status": chance.choice(("active", "lost")),
        }
        for _number in range(120)
    ]
    made = writes.create_many(SYSTEM, registry.get(COMPANIES), rows)
    made += [
        writes.create(
            access.actor_of(found.ann.pk), registry.get(COMPANIES), {"name": "Steel 1"}, confirm=("duplicate",)
        )
    ]
    where = [
        {"party": record.pk, "kind": "main", "street": "1 Road", "city": chance.choice(CITIES), "is_primary": True}
        for record in made
    ]
    writes.create_many(SYSTEM, registry.get("parties.address"), where)
    for number, record in enumerate(made[:20]):
        subject = {"entity": COMPANIES, "id": str(record.pk)}
        if number % 2:
            factory.make("activities.task", subject=subject, assignee=found.ann.pk)
        else:
            factory.make("access.share", subject=subject, user=found.ann.pk, level="view")


def look(actor: Actor, **query: str) -> Look:
    return from_address(registry.get(COMPANIES), actor, query)


def pages(view: Look, actor: Actor, size: int) -> list[Any]:
    """Forward to the end, and back again from there: both must hold the same."""
    found, after, last = [], "", None
    while True:
        page = listing.page(view, actor, after=after, size=size)
        found += [record.pk for record in page.records]
        last, after = page, page.after
        if not after:
            break
    back, before = [record.pk for record in last.records], last.before
    while before:
        page = listing.page(view, actor, before=before, size=size)
        back, before = [record.pk for record in page.records] + back, page.before
    assert back == found
    return found


QUERIES = (
    {"sort": "name"},
    {"sort": "-name"},
    {"sort": "name", "f": "status:any:active"},
    {"sort": "name", "f": "status:any:lost,active"},
    {"sort": "-name", "f": "status:any:active,lost", "q": "steel"},
    {"sort": "-name", "f": "status:any:active,lost"},
    {"sort": "employees_count", "f": "status:any:active,lost"},
    {"sort": "employees_count,-name"},
    {"sort": "-owner"},
    {"sort": "-updated_at"},
    {"sort": "name", "q": "steel"},
    {"sort": "-name", "q": "елка"},
    {"sort": "name", "f": "city:contains:самара"},
    {"sort": "-name", "f": "city:contains:amara"},
    {"sort": "employees_count", "f": "city:contains:amara"},
    {"sort": "name", "f": "city:is:самара"},
    {"sort": "name", "f": "city:starts:s"},
    {"sort": "name", "f": "city:contains:0%_C"},
    {"sort": "name", "f": "city:contains:самара", "q": "steel"},
    {"sort": "status,name", "q": "gangtie"},
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("who", ["ann", "tom", "eva"])
def test_every_way_gives_the_same_rows_in_the_same_order(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], who: str
) -> None:
    actor = fresh(getattr(people, who))
    view = look(actor, **query)
    with monkeypatch.context() as plain:
        plain.setattr(listing, "way_of", lambda *_, **__: listing.ALONG)
        plain.setattr(few_values, "spelled_out", lambda look, _actor: few_values.Spelled(look))
        walked = pages(view, actor, 7)
    gathered = pages(view, actor, 7)
    monkeypatch.setattr(listing, "FEWEST", 0)
    led = pages(view, actor, 7)
    assert walked == gathered == led
    assert len(set(walked)) == len(walked) == listing.total_of(view, actor)[0] > 0


def ways_of(view: Look, actor: Actor) -> list[str]:
    """The statements of a page in which each owner's rows are walked."""
    with CaptureQueriesContext(connection) as caught:
        listing.page(view, actor, size=7)
    return [
        query["sql"] for query in caught if "gathered(k0, k1)" in query["sql"] and query["sql"].count("LIMIT 8") > 2
    ]


def test_owners_are_asked_one_after_the_other_where_only_they_decide(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEWEST", 0)
    tom = people.actors.tom
    assert len(ways_of(look(tom, sort="name"), tom)) == 1
    assert not ways_of(look(tom, sort="employees_count"), tom)
    assert not ways_of(look(tom, sort="name", q="steel"), tom)
    assert not ways_of(look(people.actors.eva, sort="name"), people.actors.eva)
    monkeypatch.setattr(foremost, "OWNERS", 2)
    assert not ways_of(look(tom, sort="name"), tom)


def test_conditions_on_other_things_than_owners_are_not_divided(people: SimpleNamespace) -> None:
    company = registry.get(COMPANIES)
    ann = fresh(people.ann)
    assert len(access.branches(company, ann) or ()) == 4  # own, made by her and of nobody, shared, of tasks
    assert len(access.branches(company, people.actors.tom) or ()) >= 4  # two owners
    assert access.branches(company, people.actors.eva) is None
    grant(people.max, (COMPANIES, "view", "all", False, {"field": "status", "op": "any", "value": ["active"]}))
    assert access.branches(company, fresh(people.max)) is None
    grant(people.tom, (COMPANIES, "view", "all", True, {"field": "name", "op": "filled"}))
    assert access.branches(company, fresh(people.tom)) is None


@pytest.mark.parametrize("who", ["ann", "tom", "eva", "max"])
def test_ways_apart_reach_the_same(people: SimpleNamespace, who: str) -> None:
    actor, company = getattr(people.actors, who), registry.get(COMPANIES)
    apart, joined = (
        [set(way.values_list("pk", flat=True)) for way in access.ways(company, actor, apart=apart)]
        for apart in (True, False)
    )
    assert set().union(*apart) == set().union(*joined) == set(company.rows(actor).values_list("pk", flat=True))


def test_there_is_an_index_that_begins_with_the_owner(people: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [OWNER_INDEX])
        (definition,) = cursor.fetchone()
    assert definition.endswith("(owner_id, kind, sort_key, id) INCLUDE (status) WHERE (deleted_at IS NULL)")
    assert foremost.is_led(registry.get(COMPANIES).model, "sort_key")
    assert not foremost.is_led(registry.get(COMPANIES).model, "updated_at")


@pytest.mark.parametrize(
    ("term", "values"),
    [
        ("city:contains:самара", ("Новая Самара", "Самара")),
        ("city:is:САМАРА", ("Самара",)),
        ("city:starts:s", ("Samara",)),
        ("city:contains:%", ("100%_city",)),
        ("city:contains:Nowhere", ()),
        ("city:empty", ()),
        ("region:contains:самара", ()),
        ("name:contains:steel", ()),
    ],
)
def test_values_of_a_column_of_few_are_looked_up(people: SimpleNamespace, term: str, values: tuple[str, ...]) -> None:
    eva = people.actors.eva
    view = look(eva, f=term)
    spelled = few_values.spelled_out(view, eva)
    assert (spelled.values, spelled.column) == (values, "city" if values else "")
    assert (spelled.look is view) == (not values)


def test_values_that_a_condition_names_are_walked_by_who_sees_all(people: SimpleNamespace) -> None:
    """One value is found by the planner; who sees the rows of a few owners has those of each."""
    eva, ann = people.actors.eva, fresh(people.ann)
    spelled = few_values.spelled_out(look(eva, f="status:any:lost,active"), eva)
    assert (spelled.values, spelled.column) == (("lost", "active"), "status")
    for actor, term in ((eva, "status:any:lost"), (eva, "status:not_any:lost,active"), (eva, "tier:any:A,B"), (ann, "status:any:lost,active")):  # fmt: skip
        view = look(actor, f=term)
        assert few_values.spelled_out(view, actor) == few_values.Spelled(view)


def test_too_many_values_are_not_spelled_out(people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    eva = people.actors.eva
    view = look(eva, f="city:contains:самара")
    for name, most in {"MOST": len(CITIES) - 1, "FITTING": 1}.items():
        with monkeypatch.context() as less:
            less.setattr(few_values, name, most)
            assert few_values.spelled_out(view, eva) == few_values.Spelled(view)


def test_values_of_a_hidden_column_are_not_looked_up(people: SimpleNamespace) -> None:
    company, tom = registry.get(COMPANIES), people.actors.tom
    rule = access.FieldRule("x", COMPANIES, "city", "none", deny=True)
    assert not few_values.asked_of(
        company, Test("city", "contains", "a"), replace(tom, field_rules=(rule,), memo={}, kept=None)
    )
    assert few_values.asked_of(company, Test("city", "contains", "a"), tom) == "a"


def test_conditions_beside_it_and_any_of_several_stay(people: SimpleNamespace) -> None:
    eva = people.actors.eva
    spelled = few_values.spelled_out(Look(registry.get(COMPANIES), Group("all", (PERM, ACTIVE))), eva)
    assert (spelled.look.filter, spelled.values) == (Group("all", (ACTIVE,)), ("Perm",))
    either = Look(registry.get(COMPANIES), Group("any", (PERM, ACTIVE)))
    assert few_values.spelled_out(either, eva) == few_values.Spelled(either)
