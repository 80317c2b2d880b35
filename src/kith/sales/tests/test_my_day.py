"""My day for a rep and for a head of sales: exact numbers, each of which opens its rows; nothing that the reader may not see."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import client_of, make_user
from kith.core.testing.queries import counted
from kith.core.ui.tiles import Range, compared
from kith.processes.book import book
from kith.sales.home import attention, closing, figures, forecast, leads, pipeline, targets, team

DEALS = "sales.opportunity"


def at(day, month=6, hour=9):
    return time_machine.travel(dt.datetime(2026, month, day, hour, tzinfo=dt.UTC), tick=False)


def stage(key):
    return book().default(SYSTEM, DEALS).stage(key).pk


def deal(actor, company, name, amount, key="new", **more):
    values = {
        "name": name,
        "company": company.pk,
        "amount": {"amount": str(amount), "currency": "EUR"},
        "stage": stage(key),
    }
    return writes.create(actor, registry.get(DEALS), values | more)


def rows_at(client, href):
    """How many rows a list shows."""
    answer = client.get(href)
    assert answer.status_code == 200, (href, answer.content)
    return answer.content.decode().count('data-row="')


@pytest.fixture
def june(people, reasons):
    """Deals of Ann, of Tom, who is her superior, and of Eva; Ola, below Tom, has written nothing."""
    ann, tom, eva = people.actors.ann, people.actors.tom, people.actors.eva
    with at(10, 2):
        company = factory.make("parties.company", name="Halden Paper", owner=str(people.ann.pk))
        chief = factory.make("people.employee", user=str(people.tom.pk), name="Tom")
        ola = make_user("Ola")
        for name, user in (("Ann", people.ann), ("Ola", ola)):
            factory.make("people.employee", user=str(user.pk), name=name, manager=str(chief.pk))
        deal(ann, company, "Winter", 1000, "won")
    with at(2):
        rising = deal(ann, company, "Rising", 100, closes_on="2026-06-20")
        late = deal(
            ann, company, "Late", 200, "offer", closes_on="2026-06-09", next_step="Call", next_step_on="2026-06-09"
        )
        deal(
            ann,
            company,
            "Calm",
            400,
            "negotiation",
            closes_on="2026-07-20",
            next_step="Visit",
            next_step_on="2026-06-15",
        )
        deal(ann, company, "Sold", 1600, "won")
        deal(ann, company, "Gone", 300, "lost", reasons=[reasons.price.pk])
        soon = deal(ann, company, "Almost", 500, "negotiation", closes_on="2026-06-20")
        deal(tom, company, "Own", 50, "negotiation", closes_on="2026-06-20")
        deal(eva, company, "Secret", 9999, "negotiation", closes_on="2026-06-20")
    with at(8):
        writes.save(ann, soon, {"stage": stage("won")})
    with at(9):
        writes.save(ann, rising, {"stage": stage("qualified")})
        deal(ann, company, "Fresh", 10, next_step="Write")
    with at(10):
        yield SimpleNamespace(company=company, ola=ola, rising=rising, late=late)


@pytest.fixture
def rep(june, people):
    return actor_of(people.ann.pk)


@pytest.fixture
def head(june, people):
    return actor_of(people.tom.pk)


def test_a_rep_counts_own_deals_only(rep):
    found = pipeline.totals(rep)
    assert (found.count, found.weighted, found.soon) == (4, 426, 1)
    assert (found.flagged, found.signs) == (2, {"late_close": 1, "step_due": 1, "no_step": 1, "stuck": 0, "silent": 0})
    told = [(bar.label, bar.count, bar.amount, bar.share) for bar in pipeline.bars(rep)]
    assert told == [
        ("New", 1, 10, Decimal("2.5")),
        ("Need understood", 1, 100, 25),
        ("Offer sent", 1, 200, 50),
        ("Negotiation", 1, 400, 100),
    ]


def test_a_head_counts_those_below_too_and_nobody_else(head):
    found = pipeline.totals(head)
    assert (found.count, sum(amount for _count, amount in found.stages.values()), found.soon) == (5, 760, 2)
    assert (found.flagged, found.signs["no_step"]) == (1, 1)
    shown = closing.context(head)
    assert [(deal.name, customer.text, whose.text) for deal, customer, whose in shown["deals"]] == [
        ("Rising", "Halden Paper", "Ann Own"), ("Own", "Halden Paper", "Tom Team"),
    ]  # fmt: skip


def test_figures_with_the_difference_to_the_range_before(rep, people):
    won, weighted, rate = figures.context(rep)["tiles"]
    assert (str(won.value.striptags()), won.difference.text, won.difference.tone, won.share) == (
        "€2,100",
        "+€1,100",
        "up",
        None,
    )
    assert won.difference.title == "71 days before: €1,000"
    assert (str(weighted.value.striptags()), weighted.extra[0][0], weighted.difference) == (
        "€426",
        "4 open deals",
        None,
    )
    assert (rate.value, rate.difference.text, rate.difference.tone) == ("67%", "−33 pp", "down")
    assert [text for text, _href in rate.extra] == ["2 won", "1 lost"]
    client = client_of(people.ann)
    assert [rows_at(client, href) for href in (won.href, weighted.href, rate.href)] == [2, 4, 3]
    assert [rows_at(client, href) for _text, href in rate.extra] == [2, 1]


def test_figures_of_a_head_are_those_of_the_team(head, people):
    won, weighted, _rate = figures.context(head)["tiles"]
    assert (won.label, str(won.value.striptags()), weighted.extra[0][0]) == (
        "Team: won this quarter",
        "€2,100",
        "5 open deals",
    )
    assert rows_at(client_of(people.tom), weighted.href) == 5


def test_a_figure_without_any_record_says_so_in_words(people):
    company = factory.make("parties.company", owner=str(people.ann.pk))
    deal(people.actors.ann, company, "First", 100)
    won, weighted, rate = figures.context(actor_of(people.ann.pk))["tiles"]
    assert (won.value, rate.value) == (None, None) and "€10" in weighted.value
    page = client_of(people.ann).get("/").content.decode()
    tile = page.split('id="tile-won"')[1].split("</div></div>")[0]
    assert "No metrics available" in tile and "0" not in re.sub(r"<[^>]*>", "", tile)


def test_each_sign_of_the_rep_opens_its_rows(rep, people):
    shown, client = attention.context(rep), client_of(people.ann)
    assert [(str(label), number) for label, number, _href in shown["chips"]] == [
        ("close is past", "1"),
        ("next step due", "1"),
        ("no next step", "1"),
    ]
    assert [rows_at(client, href) for _label, _number, href in shown["chips"]] == [1, 1, 1]
    assert [(line.deal.name, line.about, [words for _tone, words in line.reasons]) for line in shown["lines"]] == [
        ("Late", "Halden Paper", ["close was 9 Jun", "Call · 9 Jun"]), ("Rising", "Halden Paper", ["no next step"]),
    ]  # fmt: skip
    assert shown["brief"] == "2 deals that need a look" and attention.note(rep)["line"].deal.name == "Late"


def test_what_stands_too_long_is_stuck_and_silent(rep, people):
    with at(30):
        later = actor_of(people.ann.pk)
        found = pipeline.totals(later)
        assert (found.signs["stuck"], found.signs["silent"], found.soon) == (3, 4, 0)
        told = {line.deal.name: [words for _tone, words in line.reasons] for line in attention.lines(later)}
    assert told["Calm"] == ["Visit · 15 Jun", "stuck for 28 days", "silent for 28 days"]
    assert told["Fresh"] == ["stuck for 21 days", "silent for 21 days"]


def test_an_open_task_is_a_next_step(rep, june, people):
    about = {"entity": DEALS, "id": str(june.rising.pk)}
    writes.create(people.actors.ann, registry.get("activities.task"), {"name": "Call", "subject": about})
    assert pipeline.totals(actor_of(people.ann.pk)).signs["no_step"] == 0


def test_bars_and_categories_open_their_rows(rep, head, people):
    for actor, user in ((rep, people.ann), (head, people.tom)):
        client = client_of(user)
        for bar in pipeline.bars(actor):
            assert rows_at(client, bar.href) == bar.count, bar.label
        for label, _share, count, _amount, href in forecast.context(actor)["lines"]:
            assert rows_at(client, href) == count, label
        assert rows_at(client, closing.context(actor)["href"]) == int(closing.context(actor)["count"])


def test_the_forecast_of_a_head_adds_up_those_below(rep, head):
    mine = {label: (count, amount) for label, _share, count, amount, _href in forecast.context(rep)["lines"]}
    assert mine == {"won": (2, 2100), "best case": (1, 200), "pipeline": (1, 100)}
    team_ = {label: (count, amount) for label, _share, count, amount, _href in forecast.context(head)["lines"]}
    assert team_ == {"won": (2, 2100), "commit": (1, 50), "best case": (1, 200), "pipeline": (1, 100)}


def test_targets_of_the_quarter_stand_behind_what_was_won(rep, people):
    days = {"starts_on": "2026-04-01", "ends_on": "2026-06-30"}
    for user, value in ((people.ann, "4200"), (people.tom, "800"), (people.eva, "77")):
        target = {"metric": "won_amount", "person": user.pk, "value": value, **days}
        writes.create(people.actors.eva, registry.get("sales.salestarget"), target)
    ann, tom = actor_of(people.ann.pk), actor_of(people.tom.pk)
    won = figures.context(ann)["tiles"][0]
    assert (str(won.of.striptags()), won.share) == ("€4,200", 50)
    assert (targets.of_period(tom, targets.period(tom)), figures.context(tom)["tiles"][0].share) == (5000, 42)
    (line,) = targets.context(ann)["lines"]
    assert (line.reached, line.share, round(line.pace), line.is_behind) == (2100, 50, 78, True)
    assert rows_at(client_of(people.ann), line.href) == 2
    assert [(line.reached, line.target.person_id) for line in targets.context(tom)["lines"]] == [
        (2100, people.ann.pk),
        (0, people.tom.pk),
    ]
    assert forecast.context(ann)["missing"] == 2100


def test_a_monthly_target_makes_the_month_the_period(rep, people):
    target = {
        "metric": "won_amount",
        "person": people.ann.pk,
        "value": "2100",
        "starts_on": "2026-06-01",
        "ends_on": "2026-06-30",
    }
    writes.create(people.actors.eva, registry.get("sales.salestarget"), target)
    won = figures.context(actor_of(people.ann.pk))["tiles"][0]
    assert (won.label, won.share, won.difference.title) == ("Won this month", 100, "10 days before: €0")


def test_the_team_of_a_head_with_what_moved_yesterday(head, june, people):
    task = {"name": "Offer", "assignee": str(people.ann.pk), "due_at": "2026-06-08T09:00:00Z"}
    writes.create(people.actors.ann, registry.get("activities.task"), task)
    factory.make("sales.lead", owner=str(people.ann.pk), stage=None, process=None)
    shown = team.context(actor_of(people.tom.pk))
    work = {tile.key: (tile.value, tile.href) for tile in shown["work"]}
    assert {key: value for key, (value, _href) in work.items()} == {
        "team-overdue": "1", "team-unanswered": "1", "team-late_close": "1", "team-no_step": "2", "team-idle": "1",
    }  # fmt: skip
    moved = {tile.key: (tile.value, tile.difference.text, tile.difference.tone) for tile in shown["moved"]}
    assert moved == {"team-created": ("1", "+1", "up"), "team-moved": ("1", "±0", ""), "team-won": ("0", "−1", "down")}
    client = client_of(people.tom)
    for tile in (*shown["work"], *shown["moved"]):
        if tile.key != "team-idle":
            assert rows_at(client, tile.href) == int(tile.value), tile.key
    text = client.get(work["team-idle"][1]).content.decode()
    assert "Ola" in text and "Ann Own" not in text and client.get("/sales/team?only=lazy").status_code == 400


def test_a_rep_has_no_team_and_who_sees_no_deals_no_sales(rep, people):
    assert team.context(rep) is None
    page = client_of(people.max).get("/").content.decode()
    assert not [
        name
        for name in ("home-pipeline", "home-attention", "home-team", "home-forecast", "tile-", "home-closing")
        if name in page
    ]


def test_pages_of_both_with_nothing_of_others(rep, people):
    ann, tom = (client_of(user).get("/").content.decode() for user in (people.ann, people.tom))
    assert all(
        words in ann
        for words in (
            "My pipeline",
            "Deals that need a look",
            "Closing in the next 14 days",
            "2 deals that need a look.",
        )
    )
    assert "home-team" not in ann and all(
        words in tom for words in ("home-team", "Pipeline of the team", "Team: won this quarter")
    )
    assert "Secret" not in ann + tom and "9,999" not in ann + tom and "Own" in tom


@pytest.mark.parametrize("field", ["amount", "next_step", "closes_on", "owner"])
def test_hidden_fields_are_neither_shown_nor_summed(rep, people, field):
    policy = {"role": people.roles.own.pk, "entity": DEALS, "field": field, "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    ann, page = actor_of(people.ann.pk), client_of(people.ann).get("/")
    assert page.status_code == 200
    text = page.content.decode()
    if field in ("amount", "closes_on", "owner"):
        assert figures.context(ann) is None and forecast.context(ann) is None and closing.context(ann) is None
        assert "€" not in text or field == "closes_on"
    if field == "next_step":
        assert "Call ·" not in text and "no_step" in pipeline.totals(ann).signs


def test_leads_wait_with_their_clock_until_they_are_answered(people):
    with at(10):

        def make(who, **more):
            return writes.create(SYSTEM, registry.get("sales.lead"), {"company": company.pk, "owner": who.pk} | more)

        company = factory.make("parties.company", name="Orbis", owner=str(people.ann.pk))
        late, fresh = make(people.ann, name="Late", received_at="2026-06-01T09:00:00Z"), make(people.ann, name="Fresh")
        make(people.tom, name="Of Tom")
        ann, client = actor_of(people.ann.pk), client_of(people.ann)
        shown = leads.context(ann)
        assert [(lead.name, about) for lead, about in shown["lines"]] == [("Late", "Orbis"), ("Fresh", "Orbis")]
        assert (shown["count"], shown["brief"], rows_at(client, shown["href"])) == ("2", "2 leads to answer", 2)
        page = client.get("/").content.decode()
        assert "was due" in page and "to be answered in" in re.sub(r"<[^>]*>", "", page) and "Of Tom" not in page
        assert client_of(people.max).post(f"/leads/{late.pk}/action/answered").status_code == 404
        assert len(leads.context(actor_of(people.ann.pk))["lines"]) == 2
        client.post(f"/leads/{late.pk}/action/answered")
        card = client.get("/leads/waiting").content.decode()
        assert "Fresh" in card and "Late" not in card
        client.post(f"/leads/{fresh.pk}/action/answered")
        assert "All leads are answered." in client.get("/leads/waiting").content.decode()
        assert leads.context(actor_of(people.ann.pk)) is None


def test_ranges_of_equal_length_and_signed_differences():
    days = Range(dt.date(2026, 4, 1), dt.date(2026, 6, 10))
    assert (days.days, days.before) == (71, Range(dt.date(2026, 1, 20), dt.date(2026, 3, 31)))
    assert [(one.text, one.arrow, one.tone) for one in (compared(7, 3, 1), compared(3, 7, 1), compared(3, 3, 1), compared(5, 3, 1, good=-1))] == [
        ("+4", "up", "up"), ("−4", "down", "down"), ("±0", "", ""), ("+2", "up", "down"),
    ]  # fmt: skip


@pytest.mark.parametrize(("who", "name"), [("ann", "home of a rep"), ("tom", "home of a head")])
def test_each_block_takes_one_or_two_queries(june, people, who, name):
    target = {"metric": "won_amount", "value": "100", "starts_on": "2026-04-01", "ends_on": "2026-06-30"}
    for user in (people.ann, people.tom):
        writes.create(people.actors.eva, registry.get("sales.salestarget"), target | {"person": user.pk})
        writes.create(
            SYSTEM, registry.get("sales.lead"), {"name": "Lead", "company": june.company.pk, "owner": user.pk}
        )
    client = client_of(getattr(people, who))
    client.get("/")
    with counted(name):
        assert client.get("/").status_code == 200
