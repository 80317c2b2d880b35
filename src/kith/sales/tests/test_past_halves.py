"""Pages and boards of then, asked as today's with the few changed put among them, beside the relation of then asked as a whole (N2)."""

import random
from decimal import Decimal

import pytest
from django.http import QueryDict

from kith.core import asof, axes, boards, listing, past, past_lists, past_rows, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import compile_filter
from kith.core.testing.people import fresh, grant, make_user
from kith.core.views import from_address

from .past_story import at, deal, deals
from .test_past import VALUES

pytestmark = pytest.mark.django_db
SORTS = ("name", "-updated_at", "-amount,name", "closes_on", "company,-name", "priority", "owner")
FILTERS = ("", "f=amount:gt:120", "f=priority:any:high", "f=owner:any:me", "f=company.name:contains:e")
DAYS = 9


def look(actor, when, query, shape=""):
    """The look of an address as of a day."""
    params = QueryDict(f"{query}&as_of={when}")
    with past.at(past.asked(params)):
        return from_address(deals(), actor, params, (), shape, everything=True)


@pytest.fixture
def history(people, company):
    """A function that plays a random history of two owners and answers the ids."""

    def play(seed):
        for code, rate in (("USD", "0.5"), ("CHF", "0.9")):
            writes.create(SYSTEM, registry.get("core.exchangerate"), {"currency": code, "valid_on": "2020-01-01", "rate": rate})  # fmt: skip
        rng, alive, trash = random.Random(seed), [], []
        owners = (people.ann.pk, people.tom.pk, people.eva.pk)
        for day in range(1, DAYS):
            with at(9, day, 10):
                step(rng, people, company, owners, alive, trash)
        return rng

    return play


def step(rng, people, company, owners, alive, trash):
    """What happens on a day."""
    eva = people.actors.eva
    for _number in range(4):
        alive.append(deal(people.actors.ann, company, f"Deal {rng.randrange(99):02}", 10 * rng.randrange(1, 30)).pk)
    for key in rng.sample(alive, min(3, len(alive))):
        names = rng.sample(sorted(VALUES), 2)
        values = {name: VALUES[name](rng) for name in names}
        if rng.random() < 0.4:
            values["owner"] = rng.choice(owners)
        writes.save(eva, deals().rows(SYSTEM).get(pk=key), values)
    if rng.random() < 0.5:
        trash.append(alive.pop(rng.randrange(len(alive))))
        writes.delete(eva, deals(), [trash[-1]])
    elif trash:
        alive.append(trash.pop(0))
        writes.restore(eva, deals(), [alive[-1]])


def told(record):
    """What a row says."""
    specs = [spec for name, spec in deals().fields.items() if spec.columns and name not in deals().untold]
    return record.pk, record.version, {spec.name: str(spec.get(record)) for spec in specs}


def expected(made, actor):
    """All rows of a look, from the relation of then, in no order."""
    found = asof.rows(deals(), actor, made.as_of).filter(compile_filter(deals(), made.filter, actor))
    return {record.pk: told(record) for record in found}


def walked(made, actor, size):
    """Every page of a look from the first one, and back again from the last."""
    forth, after, pages = [], "", []
    while True:
        page = listing.page(made, actor, after=after, size=size)
        pages.append(page)
        forth += page.records
        if not (after := page.after):
            break
    back, before = list(pages[-1].records), pages[-1].before
    while before:
        page = listing.page(made, actor, before=before, size=size)
        back, before = [*page.records, *back], page.before
    assert [record.pk for record in back] == [record.pk for record in forth]
    return forth, pages[0]


def test_the_right_to_the_history_decides_and_not_that_to_see(people, history):
    """Who sees all deals and the history of the own ones has these in a list of then, whoever owned them."""
    history(1)
    user = make_user("Vera")
    grant(user, ("sales.opportunity", "view", "all"), ("sales.opportunity", "history", "own"))
    with at(10, 1):
        for record in list(deals().rows(SYSTEM).order_by("pk"))[::3]:
            writes.save(people.actors.eva, record, {"owner": user.pk})
    with at(10, 2):
        for day, count in (("2026-09-08", 0), ("2026-10-01", None)):
            made = look(fresh(user), day, "sort=name")
            with past.at(made.as_of):
                wanted = expected(made, fresh(user))
                found = listing.page(made, fresh(user), size=200)
                assert {record.pk: told(record) for record in found.records} == wanted
                assert len(wanted) == (count if count is not None else len(wanted)) and found.count == len(wanted)
                assert wanted or count == 0


@pytest.mark.parametrize("seed", range(3))
def test_pages_agree_with_the_relation_of_then(people, history, monkeypatch, seed):
    rng = history(seed)
    with at(10, 1):
        for who in ("eva", "tom", "ann"):
            actor = fresh(getattr(people, who))
            for day in rng.sample(range(1, DAYS), 3):
                monkeypatch.setattr(listing, "FEW", rng.choice([0, 2000]))
                query = f"sort={rng.choice(SORTS)}&{rng.choice(FILTERS)}"
                made = look(actor, f"2026-09-{day:02}", query)
                with past.at(made.as_of):
                    wanted = expected(made, actor)
                    keys = listing.order_of(made, actor)
                    assert past_lists.halves(made, actor, keys) is not None
                    forth, first = walked(made, actor, 7)
                    assert {record.pk: told(record) for record in forth} == wanted, (who, day, query)
                    assert len(forth) == len(wanted) and (first.count, first.exact) == (len(wanted), True)
                    monkeypatch.setattr(past_rows, "FEW_CHANGED", -1)
                    other = look(actor, f"2026-09-{day:02}", query)
                    assert past_lists.halves(other, actor, keys) is None
                    assert [one.pk for one in walked(other, actor, 7)[0]] == [one.pk for one in forth], (who, query)
                    monkeypatch.setattr(past_rows, "FEW_CHANGED", 1000)


def summed(records, axis):
    """Count, sums and weighted sums by column and currency, from the rows themselves."""
    found = {column.key: [0, {}, {}] for column in axis.columns}
    for record in records:
        lane = found[axis.key_of(record)]
        lane[0] += 1
        if record.amount is not None:
            for at_, share in ((1, Decimal(1)), (2, Decimal(record.probability or 0) / 100)):
                lane[at_][record.amount_currency] = lane[at_].get(record.amount_currency, 0) + record.amount * share
    return found


@pytest.mark.parametrize("few", [boards.FEW, -1])
@pytest.mark.parametrize("named", [1000, -1])
def test_boards_agree_with_the_relation_of_then(people, history, monkeypatch, few, named):
    """Cards, counts and sums, also for who sees a part: amounts that were changed since are added up as they were."""
    rng = history(7)
    monkeypatch.setattr(boards, "FEW", few)
    monkeypatch.setattr(past_rows, "FEW_CHANGED", named)
    with at(10, 1):
        for who in ("eva", "tom", "ann"):
            actor = fresh(getattr(people, who))
            for day in rng.sample(range(2, DAYS), 2):
                made = look(actor, f"2026-09-{day:02}", f"sort={rng.choice(SORTS[:4])}", "board")
                with past.at(made.as_of):
                    axis = axes.axis_of(made, actor)
                    rows = list(asof.rows(deals(), actor, made.as_of))
                    lanes = boards.lanes(axis, extra={}, shown=())
                    wanted = summed(rows, axis)
                    got = {lane.column.key: [lane.total.count, lane.total.sums, lane.total.weighted] for lane in lanes}
                    assert got == wanted, (who, day)
                    values = {record.pk: told(record) for record in rows}
                    for lane in lanes:
                        cards, after = lane.records, lane.after
                        while after or lane.is_unread:
                            more, after = boards.more(axis, lane.column, after, extra={}, shown=())
                            cards, lane.is_unread = [*cards, *more], False
                        assert len(cards) == wanted[lane.column.key][0]
                        assert all(told(card) == values[card.pk] for card in cards)
