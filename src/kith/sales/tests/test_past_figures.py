"""Differences between two days, and why a figure changed: the parts add up exactly (N2, N3)."""

import datetime as dt
import random
from decimal import Decimal

import pytest
import time_machine
from django.http import QueryDict

from kith.core import conversion, deltas, differences, listing, past, past_touched, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import BadFilter
from kith.core.testing import factory
from kith.core.views import from_address

FIRST, SECOND = "2026-09-30", "2026-10-31"


def deals():
    return registry.get("sales.opportunity")


def at(month, day, hour=9):
    return time_machine.travel(dt.datetime(2026, month, day, hour, tzinfo=dt.UTC), tick=False)


def look(actor, query=""):
    return from_address(deals(), actor, QueryDict(query), (), everything=True)


def figure(actor, measure="sum:amount", query="", first=FIRST, second=SECOND):
    return deltas.figure_of(look(actor, query), actor, measure, past.of(first), past.of(second))


def parts(explained):
    return {part.key: (part.count, part.amount) for part in explained.parts if part.count}


def deal(actor, company, name, amount, currency="EUR", **more):
    values = {"name": name, "company": company.pk, "amount": {"amount": str(amount), "currency": currency}}
    return writes.create(actor, deals(), values | more)


def money(amount, currency="EUR"):
    return {"amount": {"amount": str(amount), "currency": currency}}


@pytest.fixture
def company(people):
    return factory.make("parties.company", owner=str(people.ann.pk))


@pytest.fixture
def autumn(people, company):
    """One deal for each way to go in October."""
    ann, eva, tom = people.actors.ann, people.actors.eva, people.actors.tom
    with at(9, 1):
        made = {
            name: deal(ann, company, name, 100, closes_on="2026-12-01")
            for name in ("stays", "grows", "shrinks", "deleted", "went", "there and back")
        }
        made["came"] = deal(ann, company, "came", 100, closes_on="2027-06-01")
        made["gained"] = deal(tom, company, "gained", 40, closes_on="2026-12-01", owner=people.tom.pk)
    with at(10, 5):
        writes.save(ann, made["grows"], money(170), reason="they want more")
        writes.save(ann, made["shrinks"], money(60))
        back = writes.save(ann, made["there and back"], money(300))
        writes.save(ann, made["went"], {"closes_on": "2027-06-01"})
        writes.save(ann, made["came"], {"closes_on": "2026-12-02"} | money(130))
    with at(10, 6):
        writes.save(ann, back, money(100))
        writes.delete(eva, deals(), [made["deleted"].pk])
        made["new"] = deal(ann, company, "new", 500, closes_on="2026-12-31")
        writes.save(eva, made["gained"], {"owner": people.ann.pk})
    with at(11, 2):
        yield made


YEAR = "f=closes_on:before:2027-01-01"


@pytest.mark.django_db
def test_why_a_sum_changed(people, autumn):
    ann = people.actors.ann
    made = deltas.explain(figure(ann, query=YEAR))
    assert (made.before, made.after, made.currency, made.converted) == (Decimal(600), Decimal(1100), "EUR", False)
    assert parts(made) == {
        "added": (1, Decimal(500)), "removed": (1, Decimal(-100)), "changed": (2, Decimal(30)), "came": (1, Decimal(130)),
        "went": (1, Decimal(-100)), "gained": (1, Decimal(40)),
    }  # fmt: skip
    assert sum(part.amount for part in made.parts) == made.change == Decimal(500)
    count = deltas.explain(figure(ann, "count", YEAR))
    assert (count.before, count.after) == (Decimal(6), Decimal(7))
    assert sum(part.amount for part in count.parts) == count.change == 1


@pytest.mark.django_db
def test_every_part_opens_its_rows(people, autumn):
    ann = people.actors.ann
    question = figure(ann, query=YEAR)
    names = {key: autumn[key].pk for key in autumn}
    assert [(row.id, row.before, row.after, row.amount) for row in deltas.rows(question, "changed")] == [
        (names["grows"], 100, 170, 70), (names["shrinks"], 100, 60, -40),
    ]  # fmt: skip
    for part, name in (
        ("added", "new"),
        ("removed", "deleted"),
        ("came", "came"),
        ("went", "went"),
        ("gained", "gained"),
    ):
        assert [row.id for row in deltas.rows(question, part)] == [names[name]], part
    with pytest.raises(LookupError):
        list(deltas.rows(question, "nonsense"))


@pytest.mark.django_db
def test_figures_and_days_that_there_are_not(people, autumn):
    eva = people.actors.eva
    with pytest.raises(BadFilter, match="sum:score"):
        figure(eva, "sum:score")
    with pytest.raises(BadFilter, match="first day"):
        figure(eva, first=SECOND, second=FIRST)


@pytest.mark.django_db
def test_what_exchange_rates_did(people, company):
    ann, rate = people.actors.ann, registry.get("core.exchangerate")
    with at(9, 1):
        known = writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2026-08-01", "rate": "0.5"})
        deal(ann, company, "euro", 100)
        kept = deal(ann, company, "dollar", 100, "USD")
        grown = deal(ann, company, "grown dollar", 100, "USD")
    with at(10, 3):
        writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2026-10-03", "rate": "0.8"})
        writes.save(ann, grown, money(300, "USD"))
    with at(11, 2):
        writes.save(SYSTEM, known, {"rate": "0.1"})  # too late to be known at either day
        made = deltas.explain(figure(ann))
        assert (made.before, made.after, made.currency, made.converted) == (Decimal(200), Decimal(420), "EUR", True)
        # 200 USD more at 0.5, then 100 and 300 USD at 0.3 more
        assert parts(made) == {"changed": (1, Decimal(100)), "rates": (2, Decimal(120))}
        assert {row.id: row.amount for row in deltas.rows(figure(ann), "rates")} == {kept.pk: 30, grown.pk: 90}


@pytest.mark.django_db
def test_differences_of_a_list(people, autumn):
    ann = people.actors.ann
    found = differences.of_list(look(ann, YEAR), ann, past.of(FIRST), past.of(SECOND))
    told = {
        kind: sorted((entry.record.name, entry.what) for entry in entries) for kind, entries in found.entries.items()
    }
    assert told == {
        "added": [("came", "in"), ("gained", "in"), ("new", "create")], "removed": [("deleted", "delete"), ("went", "out")],
        "changed": [("grows", "update"), ("shrinks", "update")],
    }  # fmt: skip
    assert found.counts == {"added": 3, "removed": 2, "changed": 2} and not found.is_cut
    (grown,) = (entry for entry in found.entries["changed"] if entry.record.name == "grows")
    line = next(line for line in grown.lines if line.spec.name == "amount")
    assert (line.before.amount, line.after.amount) == (Decimal(100), Decimal(170))
    assert (line.by.actor_name, line.by.reason, line.at.day) == ("Ann Own", "they want more", 5)
    (went,) = (entry for entry in found.entries["removed"] if entry.what == "out")
    assert [line.spec.name for line in went.lines if line.spec.name == "closes_on"] == ["closes_on"]
    lines = differences.of_record(deals(), ann, autumn["there and back"].pk, past.of(FIRST), past.of(SECOND))
    assert "amount" not in {line.spec.name for line in lines}


def worths(question, when):
    """The figure in plain Python: what each row counts for at a moment."""
    spec = deals().fields["amount"]
    with past.at(when):
        return {
            row.pk: conversion.of_record(deals(), row, spec.get(row)) or Decimal(0)
            for row in listing.rows(question.at(when), question.actor)
        }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_the_parts_of_twenty_random_figures_add_up(people, company, monkeypatch, seed):
    """Sum of parts = difference of two evaluations in plain Python, for random histories, conditions, readers and days."""
    rng, rate = random.Random(seed), registry.get("core.exchangerate")
    eva, owners, alive, trash = people.actors.eva, [people.ann.pk, people.tom.pk, people.eva.pk], [], []
    with at(8, 1):
        writes.create(SYSTEM, rate, {"currency": "USD", "valid_on": "2026-01-01", "rate": "0.5"})
    for day in range(1, 16):
        with at(9, day):
            if day % 5 == 0:
                writes.create(
                    SYSTEM,
                    rate,
                    {"currency": "USD", "valid_on": f"2026-09-{day:02}", "rate": str(rng.randrange(3, 12) / 10)},
                )
            for _step in range(rng.randrange(5)):
                amount = money(rng.randrange(1, 99), rng.choice(["EUR", "USD"]))
                what = rng.choice(["new", "amount", "owner", "closes", "delete", "restore"])
                if what == "new" or not alive:
                    made = writes.create(
                        eva,
                        deals(),
                        {
                            "name": "Deal",
                            "company": company.pk,
                            "owner": rng.choice(owners),
                            "closes_on": f"2026-{rng.randrange(9, 13):02}-10",
                        }
                        | amount,
                    )
                    alive.append(made.pk)
                elif what == "delete":
                    trash.append(alive.pop(rng.randrange(len(alive))))
                    writes.delete(eva, deals(), [trash[-1]])
                elif what == "restore" and trash:
                    alive.append(trash.pop())
                    writes.restore(eva, deals(), [alive[-1]])
                else:
                    values = {
                        "amount": amount,
                        "owner": {"owner": rng.choice(owners)},
                        "closes": {"closes_on": f"2026-{rng.randrange(9, 13):02}-10"},
                    }
                    writes.save(eva, deals().rows(SYSTEM).get(pk=rng.choice(alive)), values.get(what, amount))
    with at(10, 1):
        for _figure in range(4):
            first, second = sorted(rng.sample(range(1, 17), 2))
            query = rng.choice(["", "f=closes_on:before:2026-11-01", "f=closes_on:this:quarter", "f=amount:gt:40"])
            who = rng.choice([people.actors.ann, people.actors.tom, eva])
            measure = rng.choice(["sum:amount", "sum:amount", "count"])
            question = figure(who, measure, query, f"2026-09-{first:02}", f"2026-09-{second:02}")
            made = deltas.explain(question)
            one, two = worths(question, question.since), worths(question, question.until)
            if measure == "count":
                assert (made.before, made.after) == (len(one), len(two))
            elif made.converted or made.currency == "EUR":
                assert (made.before, made.after) == (sum(one.values(), Decimal(0)), sum(two.values(), Decimal(0)))
            assert sum(part.amount for part in made.parts) == made.after - made.before
            opened = {part.key: list(deltas.rows(question, part.key)) for part in made.parts}
            for part in made.parts:
                assert (len(opened[part.key]), sum((row.amount for row in opened[part.key]), Decimal(0))) == (
                    part.count,
                    part.amount,
                )
            with monkeypatch.context() as patch:  # all records compared, instead of those that were written since
                patch.setattr(past_touched, "MOST", -1)
                again = figure(who, measure, query, f"2026-09-{first:02}", f"2026-09-{second:02}")
                assert deltas.explain(again) == made
                assert {part.key: list(deltas.rows(again, part.key)) for part in made.parts} == opened
