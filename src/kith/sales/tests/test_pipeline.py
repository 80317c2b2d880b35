"""The pipeline report with its worked example, average amounts, conversion of leads (R164, R166, R167)."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine

from kith.core import listing, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import EVERYTHING
from kith.core.money import Money
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.views import Look
from kith.sales import qualifying
from kith.sales.steering import pipeline, questions
from kith.sales.steering.periods import Period

MAY = Period("month", dt.date(2026, 5, 1))


def eur(amount):
    return {"amount": str(amount), "currency": "EUR"}


@pytest.fixture
def worked(make, people, company, stages, reasons):
    """R167: lead 640; open 1,450 and 260; quoted 820; quoted 730 and won by an order of 965; quoted and lost 510; lost unquoted 310."""

    def deal(amount, *moves, **values):
        found = make(
            "sales.opportunity", people.actors.ann, name=f"D{amount}", company=company.pk, amount=eur(amount), **values
        )
        for key in moves:
            more = {"reasons": [reasons.price.pk]} if key == "lost" else {"amount": eur(965)} if key == "won" else {}
            found = writes.save(SYSTEM, found, {"stage": getattr(stages, key).pk, **more})
        return found

    with time_machine.travel(dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC), tick=False):
        make("sales.lead", people.actors.ann, name="L", company=company.pk, amount=eur(640))
        (
            deal(1450),
            deal(260),
            deal(820, "offer"),
            deal(730, "offer", "won"),
            deal(510, "offer", "lost"),
            deal(310, "lost"),
        )
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        yield deal


def test_the_worked_example(worked, people):
    line = pipeline.total(pipeline.lines(people.actors.eva, MAY))
    assert (line.number, line.amount, line.converted, line.rate, line.converted_amount) == (
        7, Decimal(4955), 3, Decimal("0.4286"), Decimal(2295),
    )  # fmt: skip
    assert (line.decided, line.won, line.win_rate, line.won_amount, line.lost) == (
        4,
        1,
        Decimal("0.2500"),
        Decimal(965),
        2,
    )


def test_a_converted_lead_is_its_opportunity(worked, people, make):
    lead = registry.get("sales.lead").rows(SYSTEM).get(name="L")
    deal = registry.get("sales.opportunity").rows(SYSTEM).get(name="D260")
    qualifying.qualify(people.actors.ann, [lead], opportunity=deal.pk)
    line = pipeline.total(pipeline.lines(people.actors.eva, MAY))
    assert (line.leads, line.deals, line.amount) == (0, 6, Decimal(4315))


def test_by_person_and_only_what_the_reader_may_see(worked, people, make, company):
    with time_machine.travel(dt.datetime(2026, 5, 11, 9, tzinfo=dt.UTC), tick=False):
        make("sales.opportunity", name="Tom's", company=company.pk, amount=eur(40), owner=people.tom.pk)
    found = pipeline.lines(people.actors.eva, MAY)
    assert (found[people.ann.pk].number, found[people.tom.pk].number, found[people.tom.pk].decided) == (7, 1, 0)
    assert set(pipeline.lines(people.actors.ann, MAY)) == {people.ann.pk}
    assert pipeline.lines(people.actors.max, MAY) == {}
    assert pipeline.lines(people.actors.eva, MAY.shifted(1)) == {}


@pytest.mark.parametrize("name", ["leads", "deals", "converted", "decided", "won", "lost"])
def test_every_number_opens_its_rows(worked, people, name):
    label, node = pipeline.rows_of(name, MAY, people.ann.pk, of_all=False)
    count = getattr(pipeline.lines(people.actors.eva, MAY)[people.ann.pk], name)
    assert listing.total_of(Look(registry.get(label), filter=node), people.actors.eva) == (count, True)
    assert count


def test_which_stages_stand_for_an_offer_is_a_setting(worked, people, setting):
    setting("pipeline.offer_stages", "negotiation, proposal")
    line = pipeline.total(pipeline.lines(people.actors.eva, MAY))
    assert (line.converted, line.decided) == (1, 3)


def test_the_page_shows_it_with_tiles(worked, people):
    html = people.clients.eva.get("/sales/pipeline?kind=month&at=2026-05-01").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    row = re.search(r"Ann Own .*? Total", text)[0].split()
    assert row == [
        "Ann",
        "Own",
        "1",
        "6",
        "7",
        "€4,955",
        "3",
        "42.86%",
        "€2,295",
        "4",
        "1",
        "25.00%",
        "€965",
        "2",
        "Total",
    ]
    assert "New deals 6 +6 to the range before" in text
    assert people.clients.max.get("/sales/pipeline").status_code == 403
    empty = people.clients.eva.get("/sales/pipeline?kind=month&at=2024-05-01").content.decode()
    assert "No metrics available" in empty


def answer(question, rows=""):
    entity = registry.get(question.entity)
    table = engine.run(Report(entity, EVERYTHING, reading.dimensions(rows), (), question.figures), SYSTEM)
    return [[table.value(line, None, at) for at in range(len(table.columns))] for line in table.lines]


def test_average_amounts_of_open_and_won_deals(make, people, company, stages, reasons):
    """R164: 3 open of 1,200 and 2 won of 4,000 -> 1,200, 4,000, together 2,320; lost ones are in none."""
    for amount, stage, more in (
        [(1200, "new", {})] * 3 + [(4000, "won", {})] * 2 + [(9, "lost", {"reasons": [reasons.price.pk]})]
    ):
        make(
            "sales.opportunity",
            name="D",
            company=company.pk,
            amount=eur(amount),
            stage=getattr(stages, stage).pk,
            **more,
        )
    assert answer(questions.AVERAGES) == [
        [3, Money(Decimal(1200), "EUR"), Money(Decimal(4000), "EUR"), Money(Decimal(2320), "EUR")]
    ]


def test_win_rate_and_cycle(make, people, company, stages, reasons):
    """R165: open ones excluded; the cycle is that of won deals."""

    def deal(stage, began=None, **more):
        make(
            "sales.opportunity", name="D", company=company.pk, stage=getattr(stages, stage).pk, started_on=began, **more
        )

    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        for days in (4, 8, 9):
            deal("won", dt.date(2026, 6, 10) - dt.timedelta(days=days))
        deal("lost", dt.date(2026, 1, 1), reasons=[reasons.price.pk])
        deal("new", dt.date(2026, 1, 1))
    (row,) = answer(questions.CYCLE)
    assert row == [Decimal("0.75"), Decimal(7), Decimal(8), Decimal(6), Decimal("8.5"), Decimal("8.8")]


def test_conversion_of_leads_also_by_source(make, people, company):
    """R166: won or converted of all received; "(empty)" is a source of its own."""
    fair = make("parties.source", name="Fair")
    leads = [make("sales.lead", name=f"L{n}", company=company.pk, source=fair.pk if n < 3 else None) for n in range(4)]
    qualifying.qualify(people.actors.eva, [leads[0]], name="New deal")
    assert answer(questions.CONVERSION, "source") == [[3, Decimal(1) / 3], [1, Decimal(0)]]
    assert answer(questions.CONVERSION) == [[4, Decimal("0.25")]]
