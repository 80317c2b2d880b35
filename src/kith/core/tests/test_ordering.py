"""The order of lists: every row exactly once in both directions, empty values last, hidden links as if empty (R157)."""

from types import SimpleNamespace
from typing import Any

import pytest

from kith.core import choice_order, listing, ordering
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.filters import BadFilter
from kith.core.testing import factory
from kith.core.views import Look, from_address

SORTS = (
    "name",
    "-name",
    "employees_count",
    "-employees_count",
    "industry",
    "-industry",
    "parent",
    "-parent",
    "owner",
    "-owner",
    "-updated_at",
    "employees_count,-name",
    "parent,employees_count",
    "annual_revenue",
    "status",
    "-status,name",
)


@pytest.fixture(scope="module")
def firms(world: SimpleNamespace, django_db_blocker: Any) -> None:
    """Thirteen companies, made once."""
    with django_db_blocker.unblock():
        lay(world)


@pytest.fixture
def people(people: SimpleNamespace, firms: None) -> SimpleNamespace:
    return people


def lay(found: SimpleNamespace) -> None:
    industries = [factory.make("parties.industry", name=name) for name in ("Zinc", "Amber")]
    parents = [
        factory.make("parties.company", name=name, owner=owner.pk)
        for name, owner in (("Visible", found.ann), ("Hidden", found.eva))
    ]
    for number in range(11):
        links = {"industry": industries[number % 2].pk} if number % 3 else {}
        links |= {"parent": parents[number % 2].pk} if number % 4 else {}
        facts = {"employees_count": number % 5} if number % 5 != 2 else {}
        facts |= {"status": ("active", "dormant", "prospect")[number % 3]}
        factory.make(
            "parties.company",
            name=f"Firm {number:02}",
            owner=found.ann.pk if number % 2 else found.tom.pk,
            **links,
            **facts,
        )


def look(actor: Actor, sort: str) -> Look:
    return from_address(registry.get("parties.company"), actor, {"sort": sort})


def forward(view: Look, actor: Actor, size: int) -> list[Any]:
    found, after = [], ""
    while True:
        page = listing.page(view, actor, after=after, size=size)
        found += page.records
        if not page.after:
            return found
        after = page.after


def backward(view: Look, actor: Actor, last: Any, size: int) -> list[Any]:
    """From before the last row to the first one, nearest first."""
    found, before = [], ordering.cursor_of(last, listing.order_of(view, actor))
    while before:
        page = listing.page(view, actor, before=before, size=size)
        found += reversed(page.records)
        before = page.before
    return found


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("who", ["tom", "eva"])
def test_every_row_once_and_the_same_way_back(people: SimpleNamespace, sort: str, who: str) -> None:
    actor = getattr(people.actors, who)
    view = look(actor, sort)
    whole = forward(view, actor, 100)
    expected = [company.pk for company in whole]
    assert (
        set(expected) == set(registry.get("parties.company").rows(actor).values_list("pk", flat=True))
        and len(expected) >= 11
    )
    assert [company.pk for company in forward(view, actor, 3)] == expected
    assert [company.pk for company in backward(view, actor, whole[-1], 3)] == expected[-2::-1]
    assert [company.pk for part in listing.stream(view, actor, "view", chunk=4) for company in part] == expected


@pytest.mark.parametrize("sort", ["status", "-status,name", "status,-employees_count", "status,parent"])
@pytest.mark.parametrize("who", ["tom", "eva"])
def test_very_many_rows_by_a_choice_stand_as_few_do(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, sort: str, who: str
) -> None:
    actor = getattr(people.actors, who)
    view = look(actor, sort)
    expected = [company.pk for company in forward(view, actor, 100)]
    parts = list[int]()
    ways = choice_order.apart
    monkeypatch.setattr("kith.core.counting.EXACT", 0)
    monkeypatch.setattr(listing, "gathered_up_to", lambda *_args, **_kwargs: 0)
    monkeypatch.setattr(choice_order, "apart", lambda *args: parts.append(1) or ways(*args))
    whole = forward(view, actor, 100)
    assert [company.pk for company in whole] == expected and len({company.status for company in whole}) == 3
    for size in (1, 3, 4):
        assert [company.pk for company in forward(view, actor, size)] == expected
        assert [company.pk for company in backward(view, actor, whole[-1], size)] == expected[-2::-1]
    assert len(parts) > 6


def test_a_place_at_a_choice_that_is_no_more_is_refused_by_name(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    eva = people.actors.eva
    monkeypatch.setattr("kith.core.counting.EXACT", 0)
    monkeypatch.setattr(listing, "gathered_up_to", lambda *_args, **_kwargs: 0)
    view = look(eva, "status")
    last = forward(view, eva, 100)[-1]
    last.sort_status = 77
    with pytest.raises(BadFilter, match="start at the first page"):
        listing.page(view, eva, after=ordering.cursor_of(last, listing.order_of(view, eva)))


@pytest.mark.parametrize(("sort", "descending"), [("employees_count", False), ("-employees_count", True)])
def test_empty_values_come_last_in_both_directions(people: SimpleNamespace, sort: str, descending: bool) -> None:
    counts = [company.employees_count for company in forward(look(people.actors.eva, sort), people.actors.eva, 4)]
    filled = [count for count in counts if count is not None]
    assert counts == sorted(filled, reverse=descending) + [None] * (len(counts) - len(filled)) and None in counts


def test_a_hidden_target_sorts_as_if_there_was_none(people: SimpleNamespace) -> None:
    tom = people.actors.tom
    names = [(company.parent_id and company.parent.name) for company in forward(look(tom, "parent"), tom, 4)]
    assert names.count("Visible") > 0 and names[: names.count("Visible")] == ["Visible"] * names.count("Visible")
    assert set(names[names.count("Visible") :]) == {None, "Hidden"}


@pytest.mark.parametrize(("sort", "plain"), [("status,-status", "status"), ("name,-name", "name"), ("-employees_count,employees_count,name", "-employees_count,name")])  # fmt: skip
@pytest.mark.parametrize("words", ["", "Firm"])
def test_a_field_that_is_named_twice_sorts_once(people: SimpleNamespace, sort: str, plain: str, words: str) -> None:
    entity, eva = registry.get("parties.company"), people.actors.eva
    looks = [from_address(entity, eva, {"sort": each, "q": words}) for each in (sort, plain)]
    twice, once = ([record.pk for record in forward(each, eva, 7)] for each in looks)
    assert once == twice and len(once) > 10


def test_the_rows_beside_one(people: SimpleNamespace) -> None:
    eva = people.actors.eva
    view = look(eva, "parent,employees_count")
    whole = forward(view, eva, 100)
    for place, company in enumerate(whole):
        before, after, position = listing.beside(view, eva, company)
        assert position == place
        assert before == (whole[place - 1].pk if place else None)
        assert after == (whole[place + 1].pk if place + 1 < len(whole) else None)


def test_only_what_is_shown_is_loaded(people: SimpleNamespace) -> None:
    eva = people.actors.eva
    entity = registry.get("parties.company")
    page = listing.page(look(eva, "industry"), eva, shown=[entity.fields["name"], entity.fields["city"]])
    deferred = page.records[0].get_deferred_fields()
    assert {"description", "tax_id", "search_vector"} <= deferred and not {
        "id",
        "name",
        "city",
        "version",
        "kind",
    } & deferred
    assert page.records[0].tax_id == entity.rows(eva).get(pk=page.records[0].pk).tax_id
