"""The score: worked numbers of R69 and R70, per team, at once for what is written, by a job for the others (R66-R71)."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.staged import State, Step
from kith.processes import book, shipped
from kith.sales import score, scoring, scoring_basis
from kith.sales.score import Counts

COUNTS = Counts(6, 10, {0: 8, 1: 2}, {"source": {"fair": (4, 3), "web": (2, 7)}})


@pytest.mark.parametrize(
    ("position", "source", "value"),
    [
        (0, ["fair"], "56.79"),
        (0, ["web"], "22.71"),
        (1, ["web"], "58.57"),
        (0, [], "37.65"),
        (1, ["phone"], "74.39"),
    ],
)
def test_the_worked_example(position, source, value):
    assert score.compute(COUNTS, position, {"source": source}).value == Decimal(value)


def test_the_reasons_of_the_worked_example():
    found = score.compute(COUNTS, 1, {"source": ["web"]})
    assert [(one.field, round(one.impact, 3)) for one in found.good] == [("stage", Decimal("0.792"))]
    assert [(one.field, one.value, round(one.impact, 3)) for one in found.bad] == [("source", "web", Decimal("0.327"))]
    first = score.compute(COUNTS, 0, {"source": ["web"]})
    assert first.good == [] and [one.field for one in first.bad] == ["source"]


def test_states_of_phone_and_mail_that_are_no_news_are_not_told():
    states = {"phone": {"ok": (1, 9), "empty": (9, 1)}, "email": {"ok": (9, 1), "bad": (1, 9)}}
    found = score.compute(Counts(10, 10, {0: 10}, states), 0, {"phone": ["ok"], "email": ["ok"]})
    assert ([one.field for one in found.good], found.bad) == (["email"], [])
    found = score.compute(Counts(10, 10, {0: 10}, states), 0, {"phone": ["empty"], "email": ["bad"]})
    assert (found.good, [one.field for one in found.bad]) == ([], ["email"])


def test_the_score_stays_between_its_bounds():
    sure = Counts(100000, 0, {}, {"source": {"fair": (100000, 0)}})
    assert score.compute(sure, 0, {"source": ["fair"]}).value == Decimal("99.99")
    never = Counts(0, 100000, {0: 100000}, {"source": {"fair": (0, 100000)}})
    assert score.compute(never, 0, {"source": ["fair"]}).value == Decimal("0.01")


def test_rare_tags_are_left_out():
    counts = Counts(5, 5, {0: 5}, {"tags": {"a": (1, 0), "b": (4, 5)}})
    assert len(score.compute(counts, 0, {"tags": ["a", "b"]}).factors) == 3
    assert [one.value for one in score.compute(counts, 0, {"tags": ["a", "b"]}, least_tags=2).factors] == ["0", "b"]


# --- from stored records -----------------------------------------------------------------------------------------------


@pytest.fixture
def world16(people, make, company, setting, reasons):
    """The sixteen closed opportunities of R69 in a process with the stages New and Offer, of department North."""
    setting("score.fields", ["source"])
    entity = registry.get("sales.opportunity")
    steps = (
        Step("new", "New"),
        Step("offer", "Offer"),
        Step("won", "Won", State.WON),
        Step("lost", "Lost", State.LOST),
    )
    made = shipped.ship(entity, "Short", steps, is_default=False)
    course = book.book().courses[made.pk]
    stages = SimpleNamespace(**{stage.key: stage for stage in course.stages})
    north = make("people.orgunit", name="North")
    fair, web, phone = (make("parties.source", name=name) for name in ("fair", "web", "phone"))

    def deal(source, stage=stages.new, unit=north, **values):
        given = {"source": source.pk} if source else {}
        return make(
            "sales.opportunity",
            name="x",
            company=company.pk,
            stage=stage.pk,
            org_unit=unit and unit.pk,
            **given,
            **values,
        )

    for source, number in ((fair, 4), (web, 2)):
        for _each in range(number):
            writes.save(SYSTEM, deal(source), {"stage": stages.won.pk})
    for source, number, origin in ((fair, 3, stages.new), (web, 5, stages.new), (web, 2, stages.offer)):
        for _each in range(number):
            writes.save(SYSTEM, deal(source, origin), {"stage": stages.lost.pk, "reasons": [reasons.price.pk]})
    return SimpleNamespace(deal=deal, stages=stages, north=north, fair=fair, web=web, phone=phone)


def test_stored_records_give_the_worked_numbers(world16, people, fresh):
    w = world16
    deals = [
        w.deal(w.fair),
        w.deal(w.web),
        w.deal(w.web, w.stages.offer),
        w.deal(None),
        w.deal(w.phone, w.stages.offer),
    ]
    assert [deal.score for deal in deals] == [None] * 5  # nothing was counted yet
    assert scoring.renew("sales.opportunity") == 5
    wanted = [Decimal(text) for text in ("56.79", "22.71", "58.57", "37.65", "74.39")]
    assert [fresh(deal).score for deal in deals] == wanted
    assert scoring.renew("sales.opportunity") == 0
    found = scoring.explain(registry.get("sales.opportunity"), deals[2])
    assert (found.value, found.counts.won, found.counts.lost) == (Decimal("58.57"), 6, 10)


def test_what_is_written_is_scored_at_once(world16, people, fresh, reasons):
    w = world16
    scoring.renew("sales.opportunity")
    made = w.deal(w.web)
    assert (made.score, made.score_auto, made.version) == (Decimal("22.71"), Decimal("22.71"), 1)
    moved = writes.save(people.actors.eva, made, {"stage": w.stages.offer.pk})
    assert (moved.score, fresh(made).score) == (Decimal("58.57"), Decimal("58.57"))
    by_hand = writes.save(people.actors.eva, moved, {"score": "90"})
    assert (by_hand.score, by_hand.score_auto, by_hand.score_mode) == (Decimal(90), Decimal("58.57"), "manual")
    back = writes.save(people.actors.eva, by_hand, {"stage": w.stages.new.pk, "source": w.fair.pk})
    assert (back.score, back.score_auto) == (Decimal(90), Decimal("56.79"))
    cleared = writes.save(people.actors.eva, back, {"score": None})
    assert (cleared.score, cleared.score_mode) == (Decimal("56.79"), "automatic")
    won = writes.save(people.actors.eva, cleared, {"stage": w.stages.won.pk})
    assert fresh(won).score == 100
    lost = writes.save(people.actors.eva, won, {"stage": w.stages.lost.pk, "reasons": [reasons.price.pk]})
    assert fresh(lost).score == 0


def test_each_team_has_its_experience_and_a_new_one_that_of_all(world16, make, fresh):
    w = world16
    south, west = make("people.orgunit", name="South"), make("people.orgunit", name="West")
    writes.save(SYSTEM, w.deal(w.web, unit=south), {"stage": w.stages.won.pk})
    there, nowhere = w.deal(w.web, unit=south), w.deal(w.web, unit=west)
    scoring.renew("sales.opportunity")
    # South: 1 won, 0 lost; web seen once among the won.
    assert (
        fresh(there).score == score.compute(Counts(1, 0, {}, {"source": {"web": (1, 0)}}), 0, {"source": ["web"]}).value
    )
    every = Counts(7, 10, {0: 8, 1: 2}, {"source": {"fair": (4, 3), "web": (3, 7)}})
    assert fresh(nowhere).score == score.compute(every, 0, {"source": ["web"]}).value
    assert scoring_basis.counts_of(registry.get("sales.opportunity"))["all"].won == 7


def test_experience_begins_at_a_day(world16, setting, fresh):
    w = world16
    setting("score.start_date", "2999-01-01")
    made = w.deal(w.web)
    scoring.renew("sales.opportunity")
    assert fresh(made).score is None


def test_a_team_may_count_other_things(people, make, setting):
    setting("score.fields", ["source"])
    north = make("people.orgunit", name="North")
    setting("score.fields", ["language"], north)
    person = make("parties.person", family_name="Lind", language="no")
    web = make("parties.source", name="web")
    deals = [
        make("sales.opportunity", name="a", person=person.pk, source=web.pk, org_unit=unit) for unit in (north.pk, None)
    ]
    found = {
        key: values for key, *_rest, values in scoring.facts(registry.get("sales.opportunity"), [d.pk for d in deals])
    }
    assert [found[deal.pk] for deal in deals] == [{"language": ["no"]}, {"source": [str(web.pk)]}]


def test_probability_may_be_the_score(people, make, company, setting, reasons, fresh):
    setting("score.fields", ["source"])
    entity = registry.get("sales.opportunity")
    steps = (Step("new", "New", probability=10), Step("won", "Won", State.WON), Step("lost", "Lost", State.LOST))
    made = shipped.ship(entity, "Scored", steps, is_default=False, probability_source="score")
    course = book.book().courses[made.pk]
    stages = {stage.key: stage.pk for stage in course.stages}
    web = make("parties.source", name="web")
    one, hand = (
        make("sales.opportunity", name="x", company=company.pk, stage=stages["new"], source=web.pk) for _ in "ab"
    )
    hand = writes.save(people.actors.eva, hand, {"probability": "70"})
    assert (one.probability, hand.probability) == (None, Decimal(70))
    won = make("sales.opportunity", name="x", company=company.pk, stage=stages["new"], source=web.pk)
    writes.save(people.actors.eva, won, {"stage": stages["won"]})
    scoring.renew("sales.opportunity")
    value = fresh(one).score
    assert value is not None and (fresh(one).probability, fresh(one).probability_auto) == (value, value)
    assert (fresh(hand).probability, fresh(hand).probability_auto) == (Decimal(70), value)


def test_what_the_party_says_counts(people, make, setting):
    setting("score.fields", ["country", "language", "phone", "email", "tags"])
    tag = make("core.tag", name="hot")
    person = make("parties.person", family_name="Lind", email="lind@arbor.example", language="no")
    bad = make("parties.person", family_name="Moe", phone="12")
    other = make("parties.company", name="Arbor", phone="+4722123456")
    dead = make("parties.person", family_name="Berg")
    make("parties.contactpoint", party=dead.pk, kind="email", value="x@y.example", invalid_reason="bounced")
    deals = [
        make("sales.opportunity", name="a", person=person.pk, company=other.pk, tags=[tag.pk]),
        make("sales.opportunity", name="b", person=bad.pk),
        make("sales.opportunity", name="c", person=dead.pk),
    ]
    found = {
        key: values for key, *_rest, values in scoring.facts(registry.get("sales.opportunity"), [d.pk for d in deals])
    }
    assert found[deals[0].pk] == {"language": ["no"], "phone": ["ok"], "email": ["ok"], "tags": [str(tag.pk)]}
    assert found[deals[1].pk] == {"phone": ["bad"], "email": ["empty"], "tags": []}
    assert found[deals[2].pk] == {"phone": ["empty"], "email": ["bad"], "tags": []}


def test_leads_have_scores_of_their_own(people, make, setting, fresh, reasons):
    setting("score.fields", ["source"])
    web = make("parties.source", name="web")
    person = make("parties.person", family_name="Lind")
    course = book.book().default(SYSTEM, "sales.lead")
    won, lost = (
        make("sales.lead", name="a", person=person.pk, source=web.pk),
        make("sales.lead", name="b", person=person.pk),
    )
    open_one = make("sales.lead", name="c", person=person.pk, source=web.pk)
    writes.save(SYSTEM, won, {"stage": course.of_kind("won")[0].pk})
    writes.save(SYSTEM, lost, {"stage": course.of_kind("lost")[0].pk, "reasons": [reasons.no_need.pk]})
    scoring.renew("sales.lead")
    assert (
        fresh(open_one).score
        == score.compute(Counts(1, 1, {0: 1}, {"source": {"web": (1, 0)}}), 0, {"source": ["web"]}).value
    )
