"""Lists that are asked by kept statements show what lists built anew show, and nothing of what was before."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from kith.core import axes, boards, list_statements, listing, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant
from kith.core.tests.test_custom_fields_walk import define
from kith.core.ui import list_rows
from kith.core.views import BOARD, Look

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"
STEADY = [
    "", "status:any:lost,active", "status:any:active", "status:not_any:lost", "status:empty", "owner:any:me", "owner:any:my_team", "city:is:Köln",
    "name:contains:House", "name:contains:100%", "city:starts:K", "country:any:DE", "parent:filled", "employees_count:gt:3", "employees_count:between:2,5", "annual_revenue:ge:100", "annual_revenue:empty",
]  # fmt: skip
ANEW = [
    "updated_at:this:day",
    "updated_at:last:3 days",
    "created_at:on:today",
    "parent:any:{key}",
    "parent.city:is:Köln",
]


@pytest.fixture
def companies(people: SimpleNamespace) -> list[Any]:
    """Twelve companies of three owners, of different states and cities."""
    owners = [people.ann.pk, people.eva.pk, None]
    made: list[Any] = []
    for at in range(12):
        facts = {
            "status": ["prospect", "active", "lost"][at % 3],
            "parent": str(made[0].pk) if at > 9 else None,
            "employees_count": at % 7,
            "annual_revenue": {"amount": str(20 * at), "currency": "EUR"} if at % 4 else None,
        }
        owner, name = owners[at // 4], f"House {at:02} 100%" if at % 5 else f"Mill {at:02}"
        made.append(factory.make(COMPANY, name=name, owner=owner and str(owner), **facts))
        if at % 3 != 1:
            place = {"city": ["Köln", "", "Perm"][at % 3], "country": "DE" if at % 2 else "RU"}
            factory.make("parties.address", party=made[-1].pk, **place)
    return made


def look(term: str = "", sort: str = "name", **more: Any) -> Look:
    """A list of companies."""
    return Look(registry.get(COMPANY), from_url([term] if term else []), ("name", "city"), (sort,), **more)


def shown(made: Look, actor: Any, size: int = 5) -> tuple[list[str], int, bool]:
    """What a first page shows."""
    page = listing.page(made, actor, size=size)
    return [record.name for record in page.records], page.count, page.exact


@pytest.mark.parametrize("sort", ["name", "-updated_at", "city", "-status", "owner", "parent"])
@pytest.mark.parametrize("who", ["ann", "tom", "eva", "max"])
def test_kept_lists_show_what_those_built_anew_do(
    people: Any, companies: list[Any], monkeypatch: Any, who: str, sort: str
) -> None:
    actor = getattr(people.actors, who)
    made = [look(term.format(key=companies[0].pk), sort) for term in (*STEADY, *ANEW)]
    with monkeypatch.context() as plain:
        plain.setattr(list_statements, "name_of", lambda *_: None)
        expected = [shown(one, actor) for one in made]
    for _time in range(2):
        assert [shown(one, actor) for one in made] == expected


def test_what_is_kept(people: Any, companies: list[Any]) -> None:
    actor, key = people.actors.eva, companies[0].pk

    def name(made: Look) -> Any:
        return list_statements.name_of(listing.few_values.Spelled(made), actor, listing.order_of(made, actor))

    assert all(name(look(term)) for term in STEADY)
    assert not any(name(look(term.format(key=key))) for term in ANEW)
    assert not name(look(q="House")) and not name(look(right="view", only=listing.Q(pk=key)))
    views = [name(look(f"in_view:any:{uuid.uuid4()}")), name(look(sort="parent.city"))]
    assert views == [None, None]
    assert name(look("status:any:lost")) != name(look("status:any:active")) != name(look("city:is:active"))


def test_a_page_is_built_once(people: Any, companies: list[Any], monkeypatch: Any) -> None:
    built: list[Any] = []
    monkeypatch.setattr(list_statements.prepared, "shelf", list_statements.prepared.Shelf())
    plain = listing.rows
    monkeypatch.setattr(listing, "rows", lambda *given, **more: built.append(1) or plain(*given, **more))
    actor = fresh(people.eva)
    made = look("name:contains:House", "-updated_at")
    first = shown(made, actor)
    count = len(built)
    assert count and shown(made, actor) == first and len(built) == count


def test_new_rows_and_new_rights_show(people: Any, companies: list[Any]) -> None:
    assert shown(look(), people.actors.ann)[1] == 4
    factory.make(COMPANY, name="A first one", owner=str(people.ann.pk))
    names, count, _exact = shown(look(), people.actors.ann)
    assert (names[0], count) == ("A first one", 5)
    grant(people.ann, (COMPANY, "view", "all"))
    assert shown(look(), fresh(people.ann))[1] == 13


def test_a_choice_that_is_merged_or_renamed_is_found_by_what_it_is_now(people: Any, companies: list[Any]) -> None:
    actor, entity = people.actors.eva, registry.get(COMPANY)
    made = look(f"parent:any:{companies[0].pk}")
    assert shown(made, actor)[1] == 2
    writes.update_many(SYSTEM, entity, [companies[11].pk], {"parent": str(companies[1].pk)})
    assert shown(made, actor)[1] == 1


def test_choices_that_are_put_in_another_order_sort_so_at_once(people: Any, companies: list[Any]) -> None:
    field = define("choice", options=["alpha", "beta"])
    for company, value in zip(companies, ("beta", "alpha"), strict=False):
        writes.save(SYSTEM, company, {field.name: value})

    def first(term: str = "") -> str:
        return shown(look(term, field.name), fresh(people.eva))[0][0]

    assert [first(), first(f"{field.name}:any:beta")] == [companies[1].name, companies[0].name]
    writes.save(SYSTEM, field, {"options": ["beta", "alpha"]})
    assert first() == companies[0].name


def lanes(actor: Any, term: str, sort: str) -> list[tuple[str, list[str], int]]:
    """What a board by state shows: its columns with their cards and how many there are."""
    axis = axes.axis_of(look(term, sort, shape=BOARD, group="status"), actor)
    found = boards.lanes(axis, extra=list_rows.marks_of(axis.look, actor), shown=[axis.entity.fields["name"]])
    return [(lane.column.key, [record.name for record in lane.records], lane.total.count) for lane in found]


@pytest.mark.parametrize("few", [0, 400])
@pytest.mark.parametrize("who", ["ann", "tom", "eva"])
def test_boards_show_the_same_cards(people: Any, companies: list[Any], monkeypatch: Any, who: str, few: int) -> None:
    monkeypatch.setattr(boards, "FEW", few)
    actor = getattr(people.actors, who)
    asked = [
        (term, sort)
        for term in ("", "owner:any:me", "name:contains:House", "updated_at:this:day")
        for sort in ("name", "-updated_at", "city")
    ]
    with monkeypatch.context() as plain:
        plain.setattr(list_statements, "name_of", lambda *_: None)
        expected = [lanes(actor, *one) for one in asked]
    for _time in range(2):
        assert [lanes(actor, *one) for one in asked] == expected
    moved = companies[0]
    writes.save(SYSTEM, moved, {"status": "active"})
    there = {key: names for key, names, _count in lanes(actor, "", "name")}
    assert moved.name in there["active"] and moved.name not in there["prospect"]
