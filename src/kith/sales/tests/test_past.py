"""Lists and boards as of a day: the same as what was seen then, on a worked case and on random histories (N2)."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict

from kith.core import boards, listing, past, past_lists, past_rows, rates, sums, writes
from kith.core.access import SYSTEM
from kith.core.axes import axis_of
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.filters import BadFilter
from kith.core.grouping import groups
from kith.core.views import from_address

from .past_story import at, deal, deals


@pytest.fixture(autouse=True, params=["few", "many"])
def changed(request, monkeypatch):
    """Where few records were changed since, the queries of a page name them; where many, each gathers them."""
    if request.param == "many":
        monkeypatch.setattr(past_rows, "FEW_CHANGED", -1)


def look(actor, when, query="", shape=""):
    """The look of an address as of a day."""
    params = QueryDict(f"{query}&as_of={when}" if when else query)
    with past.at(past.asked(params)):
        return from_address(deals(), actor, params, (), shape, everything=True)


def names(made, actor):
    """Names of the first page in order."""
    with past.at(made.as_of):
        return [record.name for record in listing.page(made, actor).records]


@pytest.mark.django_db
def test_a_list_is_what_it_was_on_that_day(people, autumn):
    eva = people.actors.eva
    assert names(look(eva, "", "sort=name"), eva) == ["a grown one", "given", "later", "stays"]
    assert names(look(eva, "2026-09-30", "sort=name"), eva) == ["deleted", "given", "grows", "stays"]
    assert names(look(eva, "2026-10-10", "sort=name"), eva) == ["a grown one", "deleted", "given", "stays"]
    assert names(look(eva, "2026-08-31", "sort=name"), eva) == []
    then = look(eva, "2026-09-30", "sort=-amount,name")
    assert sums.totals(then, eva)["amount"].amount == Decimal(400)
    assert sums.totals(look(eva, "2026-10-31"), eva)["amount"].amount == Decimal(870)
    assert listing.total_of(then, eva) == (4, True)


@pytest.mark.django_db
def test_conditions_orders_and_groups_are_asked_of_the_values_of_then(people, autumn):
    eva, ann = people.actors.eva, str(people.ann.pk)
    assert names(look(eva, "2026-09-30", "f=amount:gt:150"), eva) == []
    assert names(look(eva, "2026-10-10", "f=amount:gt:150"), eva) == ["a grown one"]
    assert names(look(eva, "2026-09-30", "f=name:contains:grows"), eva) == ["grows"]
    assert names(look(eva, "2026-10-10", "f=name:contains:grows"), eva) == []
    assert names(look(eva, "2026-09-30", f"f=owner:any:{ann}&sort=name"), eva) == ["deleted", "given", "grows", "stays"]
    assert names(look(eva, "2026-10-10", "sort=-amount,name"), eva) == ["a grown one", "deleted", "given", "stays"]
    assert names(look(eva, "2026-10-10", "sort=-updated_at"), eva)[:2] in (
        ["a grown one", "given"],
        ["given", "a grown one"],
    )
    grouped = look(eva, "2026-09-30", "group=owner")
    assert [(group.value, group.count, group.sums["amount"].amount) for group in groups(grouped, eva)] == [
        (people.ann.pk, 4, Decimal(400))
    ]
    with past.at(past.of("2026-09-30")):
        assert names(look(eva, "2026-09-30", "f=created_at:this:month&sort=name"), eva) == [
            "deleted",
            "given",
            "grows",
            "stays",
        ]


def grant_own(people):
    """Tom as somebody who sees only what is his."""
    return replace(
        people.actors.tom, rules=tuple(replace(rule, level="own") for rule in people.actors.tom.rules), memo={}
    )


@pytest.mark.django_db
def test_the_rights_of_today_decide_on_the_row_of_today_and_on_that_of_then(people, autumn):
    """Ann gave a deal away: she no longer sees what it was. Tom sees it since he has it, not before."""
    ann, tom = people.actors.ann, people.actors.tom
    assert names(look(ann, "2026-09-30", "sort=name"), ann) == ["deleted", "grows", "stays"]
    assert names(look(ann, "2026-10-10", "sort=name"), ann) == ["a grown one", "deleted", "stays"]
    assert names(look(tom, "2026-10-10", "sort=name"), tom) == ["a grown one", "deleted", "given", "stays"]
    own = grant_own(people)
    assert names(look(own, "2026-09-30"), own) == [] and names(look(own, "2026-10-10"), own) == ["given"]
    with pytest.raises(Forbidden):  # who sees none has no history either
        look(people.actors.max, "2026-09-30")


@pytest.mark.django_db
def test_what_the_past_cannot_answer_is_refused_by_name(people, autumn):
    eva = people.actors.eva
    for query, word in (
        ("q=grows", "Words"), ("f=score:gt:1", "Score"), ("sort=score", "Score"),
        ("f=activities.task:empty", "task"),
    ):  # fmt: skip
        with pytest.raises(BadFilter, match=word) if word != "task" else pytest.raises(BadFilter):
            look(eva, "2026-09-30", query)
    for text in ("2026-13-01", "yesterday", "2027-01-01", "x" * 300, "2026-09-30T99:00"):
        assert people.clients.eva.get(f"/opportunities/?as_of={text}").status_code == 400
    assert people.clients.eva.get("/opportunities/report?as_of=2026-09-30&rows=score").status_code == 400
    assert people.clients.eva.get("/opportunities/new?as_of=2026-09-30").status_code == 400


@pytest.mark.django_db
def test_pages_of_a_long_list_put_the_changed_between_the_others(people, company):
    ann, eva = people.actors.ann, people.actors.eva
    with at(9, 1):
        made = writes.create_many(ann, deals(), [
            {"name": f"Deal {number:03}", "company": company.pk, "amount": {"amount": str(number), "currency": "EUR"}} for number in range(130)
        ])  # fmt: skip
    with at(10, 1):
        for number, record in enumerate(made[::7]):
            writes.save(ann, record, {"amount": {"amount": "9000", "currency": "EUR"}, "name": f"Zz {number}"})
    for sort, expected in (
        ("name", [f"Deal {number:03}" for number in range(130)]), ("-amount", [f"Deal {number:03}" for number in reversed(range(130))]),
        ("name,-amount", [f"Deal {number:03}" for number in range(130)]),
    ):  # fmt: skip
        made_look, found, after = look(eva, "2026-09-30", f"sort={sort}"), [], ""
        while True:
            page = listing.page(made_look, eva, after=after, size=50)
            found += [record.name for record in page.records]
            assert page.count == 130 and page.exact
            if not (after := page.after):
                break
        assert found == expected
        back = listing.page(made_look, eva, before=page.before, size=50)
        assert [record.name for record in back.records] == expected[50:100]
        assert [record.name for chunk in listing.stream(made_look, eva, chunk=40) for record in chunk] == expected


@pytest.mark.django_db
def test_pages_of_those_who_see_few_rows_are_gathered_and_agree_with_the_walk(people, company, monkeypatch):
    """Ann's 70 deals among 130, of which some were changed, given away or deleted since; gathered and walked alike."""
    ann, eva, own = people.actors.ann, people.actors.eva, people.ann.pk
    with at(9, 1):
        made = writes.create_many(eva, deals(), [
            {"name": f"Deal {number:03}", "company": company.pk, "owner": own if number % 13 < 7 else people.tom.pk, "amount": {"amount": str(number), "currency": "EUR"}}
            for number in range(130)
        ])  # fmt: skip
    with at(10, 1):
        for number, record in enumerate(made):
            if number % 11 == 0:
                writes.save(eva, record, {"name": f"Zz {number}", "amount": {"amount": "9000", "currency": "EUR"}})
            if number % 17 == 0:
                writes.save(eva, deals().rows(SYSTEM).get(pk=record.pk), {"owner": people.tom.pk})
        writes.delete(eva, deals(), [made[1].pk, made[2].pk])
    expected = [f"Deal {number:03}" for number in range(130) if number % 13 < 7 and number % 17]
    with at(11, 1):
        for few in (listing.FEW, 0):
            monkeypatch.setattr(listing, "FEW", few)
            for sort, wanted in (("name", expected), ("-amount", expected[::-1]), ("amount,name", expected)):
                then, found, after = look(ann, "2026-09-30", f"sort={sort}"), [], ""
                while True:
                    page = listing.page(then, ann, after=after, size=20)
                    found += [record.name for record in page.records]
                    assert (page.count, page.exact) == (len(expected), True)
                    if not (after := page.after):
                        break
                assert found == wanted, (few, sort)
                back = listing.page(then, ann, before=page.before, size=20)
                start = (len(wanted) - 1) // 20 * 20 - 20
                assert [record.name for record in back.records] == wanted[start : start + 20]
        board_of_very_many(ann, expected, monkeypatch)
        nothing = look(ann, "2026-08-31", "sort=name")
        assert (listing.page(nothing, ann).records, listing.page(nothing, ann).count) == ([], 0)


@pytest.mark.django_db
def test_what_is_changed_while_the_past_is_read_out_is_in_it_all_the_same(people, company):
    eva = people.actors.eva
    with at(9, 1):
        made = writes.create_many(eva, deals(), [{"name": f"Deal {number}", "company": company.pk} for number in range(6)])  # fmt: skip
    with at(11, 1):
        then = look(eva, "2026-09-30", "sort=name&f=name:starts:Deal")
        parts = listing.stream(then, eva, chunk=2)
        read = [record.name for record in next(parts)]
        writes.save(eva, made[4], {"name": "Zz"})
        read += [record.name for part in parts for record in part]
        assert read == [f"Deal {number}" for number in range(6)]


def board_of_very_many(actor, expected, monkeypatch):
    """The board of then, its cards taken from the order as of very many rows: beginning, rest, and values."""
    monkeypatch.setattr(boards, "FEW", -1)
    for sort, wanted in (("name", expected), ("-amount", expected[::-1])):
        then = look(actor, "2026-09-30", f"sort={sort}", "board")
        with past.at(then.as_of):
            axis = axis_of(then, actor)
            lane = boards.lanes(axis, extra={}, shown=())[0]
            more, _after = boards.more(axis, lane.column, lane.after, extra={}, shown=())
        shown = [(record.name, record.amount) for record in [*lane.records, *more]]
        assert shown == [(name, Decimal(int(name[-3:]))) for name in wanted[: boards.FIRST + boards.PAGE]]


@pytest.mark.django_db
def test_amounts_are_converted_by_the_rates_that_were_known_then(people, company):
    eva, rate = people.actors.eva, registry.get("core.exchangerate")
    with at(9, 1):
        known = writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2026-08-01", "rate": "0.5"})
        deal(people.actors.ann, company, "euro", 100)
        deal(people.actors.ann, company, "dollar", 100, currency="USD")
    with at(10, 1):
        writes.save(SYSTEM, known, {"rate": "0.8"})
    with at(10, 2):
        assert sums.totals(look(eva, ""), eva)["amount"].amount == Decimal(180)
        then = look(eva, "2026-09-30")
        with past.at(then.as_of):
            assert sums.totals(then, eva)["amount"].amount == Decimal(150)
            assert rates.rate("USD") == Decimal("0.5")
        assert rates.rate("USD") == Decimal("0.8")


VALUES = {
    "name": lambda rng: f"Name {rng.randrange(9)}",
    "amount": lambda rng: rng.choice([None, {"amount": str(rng.randrange(1, 50) * 10), "currency": rng.choice(["EUR", "USD"])}]),
    "closes_on": lambda rng: rng.choice([None, f"2026-{rng.randrange(6, 13):02}-15"]),
    "priority": lambda rng: rng.choice(["high", "normal"]),
    "budget": lambda rng: rng.choice([None, {"amount": "12.50", "currency": "CHF"}]),
    "external_ids": lambda rng: rng.choice([[], ["a"], ["b", "c"]]),
    "need": lambda rng: rng.choice([None, "one", "two %s"]),
}  # fmt: skip


def state_of(rows):
    """What rows hold: every field that the ledger tells, by id."""
    specs = [
        spec
        for name, spec in deals().fields.items()
        if spec.columns and name not in deals().untold and name != "updated_at"
    ]
    return {row.pk: {spec.name: spec.get(row) for spec in specs} | {"key": row.sort_key} for row in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_random_histories_are_shown_as_they_were_seen(people, company, seed):
    """What a plain query saw at the end of each day is what the list of that day shows later."""
    writes.create(
        SYSTEM, registry.get("core.exchangerate"), {"currency": "USD", "valid_on": "2020-01-01", "rate": "0.5"}
    )
    writes.create(
        SYSTEM, registry.get("core.exchangerate"), {"currency": "CHF", "valid_on": "2020-01-01", "rate": "0.9"}
    )
    rng, eva, seen, alive, trash = random.Random(seed), people.actors.eva, {}, [], []
    for day in range(1, 13):
        with at(9, day, 10):
            for _step in range(rng.randrange(4)):
                what = rng.choice(["new", "new", "edit", "edit", "edit", "delete", "restore"])
                if what == "new" or not alive:
                    alive.append(deal(eva, company, f"Deal {rng.randrange(99)}", 10 * rng.randrange(1, 9)).pk)
                elif what == "edit":
                    names = rng.sample(sorted(VALUES), 2)
                    record = deals().rows(SYSTEM).get(pk=rng.choice(alive))
                    values = {name: VALUES[name](rng) for name in names}
                    writes.save(eva, record, values)
                elif what == "delete":
                    trash.append(alive.pop(rng.randrange(len(alive))))
                    writes.delete(eva, deals(), [trash[-1]])
                elif trash:
                    alive.append(trash.pop())
                    writes.restore(eva, deals(), [alive[-1]])
        with at(9, day, 20):
            seen[day] = state_of(deals().rows(SYSTEM))
    with at(10, 1):
        for day, expected in seen.items():
            then = look(eva, f"2026-09-{day:02}", "sort=name")
            assert state_of(listing.rows(then, eva)) == expected
            parts = [row for found in past_lists.past_parts(then, eva) for row in found]
            assert state_of(parts) == expected and len(parts) == len(expected)
            ordered = [row.sort_key for row in listing.page(then, eva, size=200).records]
            assert ordered == sorted(row["key"] for row in expected.values())
