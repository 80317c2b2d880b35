"""Proof that the figures of sales are right: 200 deals with two years of history, every figure for one who sees all and one who sees only own rows,
against a second computation in plain Python (`proof_oracle`) and numbers worked out by hand (R162-R166, B7, B18, F13, G4, G5, G6)."""

import datetime as dt
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.testing import factory
from kith.processes.book import book
from kith.sales.steering import flow, forecast, funnel, targets, team
from kith.sales.steering.cohorts import Cohort
from kith.sales.steering.periods import Period

from . import proof_oracle as oracle
from .proof_history import History, make
from .proof_table import NOW, Deal, deals

READERS = ("eva", "ann")
PERIODS = (
    (dt.date(2024, 6, 1), dt.date(2024, 6, 30)),
    (dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
    (dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
    (dt.date(2024, 6, 1), dt.date(2026, 5, 31)),
)
#: Expected to close from, to; between these two moments. All after the last change of rates: what currencies do is no movement of a deal.
FLOWS = (
    (dt.date(2026, 1, 1), dt.date(2026, 3, 31), dt.datetime(2025, 10, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    (dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.datetime(2026, 2, 1, tzinfo=dt.UTC), NOW),
    (dt.date(2025, 10, 1), dt.date(2025, 12, 31), dt.datetime(2025, 8, 1, tzinfo=dt.UTC), dt.datetime(2025, 11, 15, tzinfo=dt.UTC)),
)  # fmt: skip


@pytest.fixture
def proof(people: SimpleNamespace) -> Any:
    """The history of two years, looked at on 1 June 2026."""
    table = deals()
    history = History(people)
    history.write(table)
    with time_machine.travel(NOW, tick=False):
        yield SimpleNamespace(
            people=people, history=history, table=table, all=[deal for deal in table if deal.trashed_at is None]
        )


def seen(proof: SimpleNamespace, reader: str, *, trashed: bool = False) -> list[Deal]:
    """What a reader may see: Eva all, Ann her own."""
    return [deal for deal in (proof.table if trashed else proof.all) if reader == "eva" or deal.owner == reader]


def test_every_figure_is_the_one_of_the_table(proof: SimpleNamespace) -> None:
    the_table_holds_what_is_to_be_proved(proof)
    june_by_hand(proof)
    for reader in READERS:
        funnels_agree(proof, reader)
        funnels_of_parts_agree(proof, reader)
        cycles_and_win_rates_agree(proof, reader)
        pipeline_figures_agree(proof, reader)
        forecasts_agree(proof, reader)
        flows_agree(proof, reader)
        targets_agree(proof, reader)
        teams_agree(proof, reader)
    leads_by_hand(proof)


def the_table_holds_what_is_to_be_proved(proof: SimpleNamespace) -> None:
    """200 deals over two years, with every outcome, two currencies, lines, the trash; no part of a flow is empty everywhere."""
    assert len(proof.table) == 200 and len(proof.all) == 197
    assert {oracle.stage_at(deal) for deal in proof.all} == {*oracle.STAGES, "lost"}
    assert (NOW - min(deal.began for deal in proof.table)).days > 700
    parts = {name for found in FLOWS for name in oracle.flow(proof.table, *found)[1]}
    assert parts >= {"new", "pulled", "grown", "shrunk", "pushed", "won", "lost"}
    assert registry.get("sales.opportunity").rows(proof.people.actors.ann).count() == len(seen(proof, "ann"))


# --- by hand ------------------------------------------------------------------------------------------------------------


def june_by_hand(proof: SimpleNamespace) -> None:
    """June 2024, worked out with paper and pencil from `BY_HAND`: dollars were worth 0.90 when they were closed."""
    found = told(funnel.funnel(cohort(proof, "eva", *PERIODS[0])))
    hundred = Decimal("100.0")
    assert found["size"] == 10
    assert [step[:5] for step in found["steps"]] == [
        ("new", 10, Decimal(13_400), hundred, hundred),
        ("qualified", 9, Decimal(12_900), Decimal("90.0"), Decimal("90.0")),
        ("offer", 8, Decimal(8_900), Decimal("88.9"), Decimal("80.0")),
        ("negotiation", 6, Decimal(5_600), Decimal("75.0"), Decimal("60.0")),
        ("won", 5, Decimal(5_300), Decimal("83.3"), Decimal("50.0")),
    ]
    assert [
        tuple(map(str, step[5])) for step in found["steps"][:4]
    ] == [  # number, mean, a quarter, median, three quarters, nine tenths
        ("10", "5.8", "2.0", "4.0", "9.5", "10.6"),
        ("9", "9.3", "6.0", "10.0", "10.0", "12.0"),
        ("7", "7.0", "3.5", "10.0", "10.0", "10.0"),
        ("4", "9.8", "8.8", "10.0", "11.0", "12.8"),
    ]
    assert found["lost"] == {"new": 1, "qualified": 2, "offer": 1, "negotiation": 1}
    assert tuple(map(str, found["cycle"])) == ("5", "23.4", "24.0", "28.0", "30.0", "30.6")
    own = told(funnel.funnel(cohort(proof, "ann", *PERIODS[0])))
    assert (own["size"], [step[1] for step in own["steps"]], own["lost"]) == (4, [4, 3, 3, 3, 3], {"new": 1})
    summer = ["closed_at:between:2024-06-01,2024-07-31", "state:any:won,lost"]
    assert report(proof, "eva", "owner", summer, "avg:win_rate", "count") == {
        "Ann Own": [Decimal(75), 4], "Tom Team": [Decimal("33.3333"), 3], "Rob Rep": [Decimal("33.3333"), 3], "": [Decimal(50), 10],
    }  # fmt: skip
    assert report(proof, "ann", "owner", summer, "avg:win_rate", "count") == {
        "Ann Own": [Decimal(75), 4],
        "": [Decimal(75), 4],
    }
    second = forecast.lines(proof.people.actors.eva, Period("quarter", dt.date(2024, 4, 1)))
    assert {str(key and names(proof)[key]): line.own for key, line in second.items()} == {
        "ann": {"closed": Decimal(2_000)}, "tom": {"closed": Decimal(600)},
    }  # fmt: skip
    for reader, count in (("eva", 10), ("ann", 4)):
        page = getattr(proof.people.clients, reader).get("/sales/funnel?kind=month&at=2024-06-01&by=source")
        assert f"began in the period: {count}<" in page.content.decode()


def leads_by_hand(proof: SimpleNamespace) -> None:
    """R166: converted ÷ received, also per source, "(empty)" being one: Fair 2 of 5, Web 1 of 4, none 1 of 3."""
    for source, owner, stages in (
        ("Fair", "ann", "qqu"),
        ("Fair", "tom", "nw"),
        ("Web", "tom", "qun"),
        ("Web", "ann", "n"),
        ("", "rob", "qnu"),
    ):
        for key in stages:
            values = {"owner": proof.history.owners[owner].pk} | (
                {"source": proof.history.sources[source]} if source else {}
            )
            lead = factory.make("sales.lead", **values)
            stage = {"q": "qualified", "u": "unqualified", "w": "working", "n": ""}[key]
            reason = factory.make("sales.reason", result="unqualified", needs_text=False).pk
            if stage:
                writes.save(SYSTEM, lead, {"stage": stage} | ({"reasons": [reason]} if key == "u" else {}))
    rate = json.dumps(
        {
            "over": {"kind": "count", "where": {"field": "state", "op": "any", "value": ["won"]}},
            "under": {"kind": "count"},
        }
    )
    fields = [Decimal("0.4000"), 5], [Decimal("0.2500"), 4], [Decimal("0.3333"), 3], [Decimal("0.3333"), 12]
    assert report(proof, "eva", "source", [], rate, "count", label="sales.lead") == dict(
        zip(("Fair", "Web", "(empty)", ""), fields, strict=True)
    )
    own = report(proof, "ann", "source", [], rate, "count", label="sales.lead")
    assert own == {"Fair": [Decimal("0.6667"), 3], "Web": [Decimal(0), 1], "": [Decimal("0.5000"), 4]}


# --- against the oracle -------------------------------------------------------------------------------------------------


def cohort(proof: SimpleNamespace, reader: str, first: dt.date, last: dt.date) -> Cohort:
    """The deals that began in a period, as a reader sees them."""
    course = book().default(SYSTEM, "sales.opportunity")
    assert course is not None
    return Cohort(getattr(proof.people.actors, reader), course, first, last)


def told(found: funnel.Funnel) -> dict[str, Any]:
    """A funnel as the oracle writes it."""
    stages = book().stages
    return {
        "size": found.size, "lost": {stages[key].key: count for key, count in found.lost.items()}, "cycle": figures(found.cycle),
        "steps": [(step.stage.key, step.count, step.amount, step.of_before, step.of_all, figures(step.days)) for step in found.steps],
    }  # fmt: skip


def figures(found: funnel.Days) -> tuple[Any, ...]:
    """Days as the oracle writes them."""
    return (found.count, found.mean, found.p25, found.median, found.p75, found.p90)


def names(proof: SimpleNamespace) -> dict[Any, str]:
    """The word of the table for each record."""
    history = proof.history
    kinds = (history.sources, history.territories, history.products)
    return (
        {user.pk: name for name, user in history.owners.items()}
        | {key: name for kind in kinds for name, key in kind.items()}
        | {None: ""}
    )


def funnels_agree(proof: SimpleNamespace, reader: str) -> None:
    """Reached, conversion, amounts, median and percentiles of days, lost from where, cycle."""
    for period in PERIODS:
        assert told(funnel.funnel(cohort(proof, reader, *period))) == oracle.funnel(seen(proof, reader), *period), (
            reader,
            period,
        )


def funnels_of_parts_agree(proof: SimpleNamespace, reader: str) -> None:
    """The same for each owner, source and product."""
    parts = {"owner": lambda deal: [deal.owner], "source": lambda deal: [deal.source] if deal.source else [], "product": lambda deal: [line.product for line in deal.lines]}  # fmt: skip
    for period in PERIODS[1:]:
        cohorts = [deal for deal in seen(proof, reader) if period[0] <= deal.began.date() <= period[1]]
        for by, part in parts.items():
            found = funnel.split(cohort(proof, reader, *period), by)
            expected = {name: oracle.funnel(those, *period) for name, those in oracle.by_part(cohorts, part).items()}
            assert {names(proof)[key]: told(one) for key, one in found.items()} == expected, (reader, by)


def report(
    proof: SimpleNamespace,
    reader: str,
    rows: str,
    conditions: list[str],
    *measures: str,
    label: str = "sales.opportunity",
) -> dict[str, list[Any]]:
    """A report of the engine: figures with four places by label of the group, "" for all together; groups of nothing are left out."""
    asked = Report(
        registry.get(label), from_url(conditions), reading.dimensions(rows), (), tuple(map(reading.figure, measures))
    )
    table = engine.run(asked, getattr(proof.people.actors, reader))
    lines = {
        line.label: [plain(table.value(line, None, at)) for at in range(len(measures))]
        for line in (*table.lines, table.total)
    }
    return {name: values for name, values in lines.items() if any(values)}


def plain(value: Any) -> Any:
    """A figure with four places (R4)."""
    return None if value is None else value if isinstance(value, int) else oracle.half_up(Decimal(value), "0.0001")


def cycles_and_win_rates_agree(proof: SimpleNamespace, reader: str) -> None:
    """Win rate and cycle of what was closed in a period by owner and territory (R163, R165)."""
    owners = {name: str(user) for name, user in proof.history.owners.items()}
    ways = (
        ("owner", lambda deal: [owners[deal.owner]]),
        ("territory", lambda deal: [deal.territory]),
        ("source", lambda deal: [deal.source or "(empty)"]),
    )
    for first, last in PERIODS:
        days = f"closed_at:between:{first},{last}"
        ended = oracle.closed(seen(proof, reader), first, last, "won", "lost")
        won = oracle.closed(seen(proof, reader), first, last, "won")
        for path, part in ways:
            rates = report(proof, reader, path, [days, "state:any:won,lost"], "avg:win_rate", "count")
            assert rates == {name: [win_rate(those), len(those)] for name, those in parted(ended, part).items()}
            asked = [f"{kind}:cycle_days" for kind in ("avg", "p25", "median", "p75", "p90")]
            cycles = report(proof, reader, path, [days, "state:any:won"], "count", *asked)
            assert {name: rounded(values) for name, values in cycles.items()} == {
                name: oracle.days(oracle.cycle(deal) or 0 for deal in those)
                for name, those in parted(won, part).items()
            }


def parted(found: list[Deal], part: Any) -> dict[str, list[Deal]]:
    """Deals by part, and all of them."""
    return oracle.by_part(found, part) | ({"": found} if found else {})


def win_rate(found: list[Deal]) -> Decimal:
    """Won ÷ closed in percent with four places."""
    won = sum(1 for deal in found if oracle.state_at(deal) == "won")
    return oracle.half_up(Decimal(won) * 100 / len(found), "0.0001")


def rounded(values: list[Any]) -> tuple[Any, ...]:
    """Days with one place."""
    return (values[0], *(oracle.half_up(Decimal(value), "0.1") for value in values[1:]))


def pipeline_figures_agree(proof: SimpleNamespace, reader: str) -> None:
    """R164: average open, average won, both together, lost ones in none; and the sums by territory (R162)."""
    for states in (("open",), ("won",), ("open", "won")):
        those = [
            deal
            for deal in seen(proof, reader)
            if oracle.state_at(deal) in states and oracle.amount_at(deal) is not None
        ]
        amounts = [oracle.base(deal) for deal in those]
        found = report(
            proof, reader, "territory", [f"state:any:{','.join(states)}"], "sum:amount_base", "avg:amount_base"
        )
        assert found[""] == [sum(amounts), oracle.half_up(sum(amounts) / len(amounts), "0.0001")]
        for name, mine in oracle.by_part(those, lambda deal: [deal.territory]).items():
            assert found[name][0] == sum(oracle.base(deal) for deal in mine)


def forecasts_agree(proof: SimpleNamespace, reader: str) -> None:
    """Amounts by owner and category of quarters that are over, run, and are to come."""
    actor = getattr(proof.people.actors, reader)
    for first in (dt.date(2025, 1, 1), dt.date(2026, 4, 1), dt.date(2026, 7, 1)):
        period = Period("quarter", first)
        found = {names(proof)[key]: line.own for key, line in forecast.lines(actor, period).items()}
        assert found == oracle.forecast(seen(proof, reader), period.first, period.last), (reader, first)


def flows_agree(proof: SimpleNamespace, reader: str) -> None:
    """Sums at both moments and each part; the parts add up to the change exactly."""
    for first, last, since, until in FLOWS:
        found = flow.flow(flow.Question(getattr(proof.people.actors, reader), first, last, since, until))
        before, parts, after = oracle.flow(seen(proof, reader, trashed=True), first, last, since, until)
        assert (found.before, found.after) == (before, after), (reader, first)
        assert {part.key: (part.count, part.amount) for part in found.parts if part.count} == parts
        assert sum(part.amount for part in found.parts) == found.change == after - before


def targets_agree(proof: SimpleNamespace, reader: str) -> None:
    """What was reached of targets of a person, a territory, a product and of all."""
    history, mine = proof.history, seen(proof, reader)
    year = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    won = oracle.closed(mine, *year, "won")
    began = [deal for deal in mine if year[0] <= deal.began.date() <= year[1]]
    wanted = (
        ("won_amount", {"person": history.owners["ann"].pk}, sum(oracle.base(deal) for deal in won if deal.owner == "ann")),
        ("won_amount", {"territory": history.territories["North"]}, sum(oracle.base(deal) for deal in won if deal.territory == "North")),
        ("won_count", {}, len(won)),
        ("won_count", {"product": history.products["Press"]}, sum(1 for deal in won if any(line.product == "Press" for line in deal.lines))),
        ("won_amount", {"product": history.products["Lathe"]}, sum(of_product(deal, "Lathe") for deal in won)),
        ("created_count", {}, len(began)),
        ("created_amount", {}, sum(oracle.base(deal) for deal in began)),
    )  # fmt: skip
    rows = registry.get("sales.salestarget").rows(SYSTEM)
    for metric, scope, expected in wanted:
        whole = {"metric": metric, "starts_on": year[0], "ends_on": year[1]}
        links = {f"{name}_id": scope.get(name) for name in ("person", "territory", "product")}
        target = rows.filter(**whole, **links).first() or make(
            "sales.salestarget", value="1000", **{name: str(value) for name, value in whole.items()}, **scope
        )
        found = targets.reached(getattr(proof.people.actors, reader), [target])[target.pk]
        assert oracle.half_up(found, "0.01") == oracle.half_up(Decimal(expected), "0.01"), (reader, metric, scope)
        if not scope.get("product"):
            assert [total for _day, total in targets.burn_up(getattr(proof.people.actors, reader), target)][-1:] == [
                found
            ]


def of_product(deal: Deal, product: str) -> Decimal:
    """What the lines of a product come to, in the base currency."""
    return sum(
        (line.quantity * line.price for line in deal.lines if line.product == product), Decimal(0)
    ) * oracle.rate(deal.currency, oracle.closed_on(deal) or NOW.date())


def teams_agree(proof: SimpleNamespace, reader: str) -> None:
    """Every sign of the team page by person."""
    members = team.board(getattr(proof.people.actors, reader))
    found = {names(proof)[member.id]: member.counts for member in members if member.counts}
    assert found == oracle.team(seen(proof, reader)), reader
