"""R27-R29: the score of possible duplicates, the queue that a job fills, decisions that are remembered, rights."""

import datetime as dt
import json
import random
import uuid
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import access, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.events import Event
from kith.core.ledger import Change
from kith.core.testing.people import make_people
from kith.parties import double_queue, doubles, duplicates, jobs, pairing, reactions
from kith.parties.entities.duplicate_pair import DuplicatePair, DuplicateScan
from kith.parties.entities.match_key import MatchKey
from kith.parties.known_score import known
from kith.parties.likeness import AGAINST, BY_KEY, FOR, TOLD_BY, Facts, joined, likeness

pytestmark = pytest.mark.django_db
PEOPLE = ("parties.person view", "parties.person edit")
LIND = Facts(name="Eva Lind", city="oslo", birth_date=dt.date(1980, 5, 17))


@pytest.mark.parametrize(
    ("kind", "reasons", "one", "other", "score", "signs"),
    [
        ("person", ("same_email",), Facts(name="Eva Lind"), Facts(name="Eva Lindt"), 90, ("similar_name",)),
        ("person", ("same_email", "same_name"), Facts(name="Eva Lind"), Facts(name="Eva Lind"), 92, ()),
        ("person", ("same_email",), Facts(name="Eva Lind"), Facts(name="Otto Kranz"), 38, ("other_name",)),
        ("person", ("same_name",), Facts(name="Eva Lind"), Facts(name="Eva Lind"), 45, ()),
        ("person", ("same_name",), LIND, LIND, 83, ("same_birth_date", "same_city")),
        (
            "person",
            ("same_name",),
            LIND,
            Facts(name="Eva Lind", birth_date=dt.date(1981, 5, 17)),
            11,
            ("other_birth_date",),
        ),
        ("company", ("same_tax_id",), Facts(name="Arbor"), Facts(name="Birch"), 44, ("other_name",)),
        ("company", ("same_company_name",), Facts(name="Arbor", tax_id="1"), Facts(name="Arbor", tax_id="2"), 26, ("other_tax_id",)),
    ],
)  # fmt: skip
def test_the_score_joins_what_speaks_for_and_against(kind, reasons, one, other, score, signs):
    found = likeness(kind, reasons, one, other)
    assert (found.score, found.signs) == (score, signs)


def test_a_reader_who_may_not_read_birth_dates_gets_a_score_without_them():
    found = likeness("person", ("same_name",), LIND, LIND, readable={"name", "city"})
    assert (found.score, found.signs) == (62, ("same_city",))


def test_the_likeliest_stands_first_hidden_ones_are_counted(make, actor):
    ann = actor("Ann", "parties.person view own")
    mine = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example", owner=ann.id)
    weak = make("parties.person", given_name="Eva", family_name="Lind", owner=ann.id)
    twin = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example", owner=ann.id)
    make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    found = duplicates.find(registry.get("parties.person"), ann, {}, record=mine)
    assert [(match.record.pk, match.score) for match in found.matches] == [(twin.pk, 92), (weak.pk, 45)]
    assert found.hidden == 1


@pytest.fixture(autouse=True)
def ended(monkeypatch):
    """A test is one transaction; what it wrote counts as ended."""
    monkeypatch.setattr(doubles, "settled", Change.objects.all)


def states():
    return sorted(DuplicatePair.objects.values_list("kind", "score", "state"))


def test_the_first_search_looks_at_all_the_next_ones_at_what_changed(make):
    eva = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    make("parties.person", given_name="Otto", family_name="Kranz")
    make("parties.company", name="Romashka LLC", tax_id="7701234567")
    make("parties.company", name="ООО «Ромашка»", tax_id="77 01 234567")
    assert jobs.find_duplicates() == {"open": 2}
    assert states() == [("company", 98, "open"), ("person", 92, "open")]
    last = DuplicateScan.objects.get().last_change
    make("parties.person", given_name="Otto", family_name="Kranz", phone="+4769184001")
    third = make("parties.person", given_name="Otto", family_name="Kranz")
    make("parties.contactpoint", party=third.pk, kind="phone", value="+4769184001")
    assert jobs.find_duplicates() == {"open": 3}
    assert states()[-1] == ("person", 92, "open") and ("person", 72, "open") in states()
    assert DuplicateScan.objects.get().last_change > last
    writes.save(SYSTEM, eva, {"email": "other@arbor.example"})
    assert jobs.find_duplicates() == {"open": 2}
    assert doubles.look_through() == 2


def test_pairs_that_are_none_any_more_go_those_called_different_stay_so(make):
    one = make("parties.company", name="Arbor", tax_id="7701234567")
    other = make("parties.company", name="Arbor", tax_id="7701234567")
    entity = registry.get("parties.company")
    assert jobs.find_duplicates() == {"open": 1}
    double_queue.decide(SYSTEM, entity, other.pk, one.pk, "different")
    writes.save(SYSTEM, one, {"legal_form": "GmbH"})
    assert (jobs.find_duplicates(), doubles.look_through()) == ({"open": 0}, 0)
    assert states() == [("company", 99, "different")]
    double_queue.decide(SYSTEM, entity, one.pk, other.pk, "open")
    writes.save(SYSTEM, other, {"tax_id": "9999999999", "name": "Birch"})
    assert (jobs.find_duplicates(), DuplicatePair.objects.count()) == ({"open": 0}, 0)


def test_a_day_of_birth_stored_before_it_was_a_key_becomes_one(make):
    for family in ("Lindberg", "Lindbreg"):
        make("parties.person", given_name="Eva", family_name=family, birth_date="1980-05-17")
    MatchKey.objects.filter(kind="born").delete()
    assert doubles.look_through() == 1
    assert states() == [("person", 71, "open")]


def test_birthday_and_initials_alone_are_no_sign(make, actor):
    ann = actor("Ann", "parties.person view", "parties.person sensitive")
    tom = actor("Tom", "parties.person view")
    eva = make("parties.person", given_name="Eva", family_name="Lindberg", birth_date="1980-05-17")
    make("parties.person", given_name="Otto", family_name="Ekman", birth_date="1980-05-17")
    make("parties.person", given_name="Elsa", family_name="Lundgren", birth_date="1980-05-17")
    slip = make("parties.person", given_name="Eva", family_name="Lindbreg", birth_date="1980-05-17")
    seen = [duplicates.find(entity_of(), who, {}, record=eva) for who in (ann, tom)]
    assert [[match.record.pk for match in found.matches] for found in seen] == [[slip.pk], []]
    assert [found.hidden for found in seen] == [0, 0]


def entity_of():
    return registry.get("parties.person")


def test_keys_of_very_many_say_nothing(make, monkeypatch):
    monkeypatch.setitem(doubles.MOST, "phone", 2)
    monkeypatch.setitem(doubles.MOST, "person_name", 2)
    monkeypatch.setitem(doubles.MOST, "person_sound", 2)
    for _each in range(3):
        make("parties.person", given_name="Eva", family_name="Lind", phone="+4769184001")
    assert doubles.look_through() == 0


def test_each_pair_comes_once_and_a_key_of_very_many_is_read_only_so_far(make):
    values = {"given_name": "Eva", "family_name": "Lind", "phone": "+4769184001", "email": "eva@arbor.example"}
    one, other = sorted(make("parties.person", **values, birth_date=day).pk for day in ("1980-05-17", "1981-01-01"))
    third = make("parties.person", given_name="Eva", family_name="Lind", birth_date="1980-05-17").pk
    make("parties.company", name="Arbor", phone="+4769184001")

    def found(supported, **most):
        return [pair for some in pairing.pairs("person", most, supported=supported, chunk=1) for pair in some]

    assert found(False, email=20, phone=20) == [(one, other)]
    assert (found(False, person_name=3), found(False, person_name=2)) == (
        sorted(combinations(sorted((one, other, third)), 2)),
        [],
    )
    assert len(found(True, person_name=3, person_sound=60)) == 1, "those born on the same day"
    key = MatchKey.objects.get(party=one, kind="person_name").key
    about = [("person_name", key), ("phone", "+4769184001")]
    names = [name for name, _key, _party in pairing.sharing("person", about, {"person_name": 1, "phone": 20})]
    assert sorted(names) == ["person_name", "person_name", "phone", "phone"]


def test_who_may_read_everything_gets_the_queue_out_of_its_index(actor):
    eva, ann = actor("Eva", *PEOPLE, "parties.person sensitive"), actor("Ann", *PEOPLE)
    asked = [str(double_queue.told(who, entity_of(), "open").query) for who in (SYSTEM, eva, ann)]
    assert ["CASE" in query for query in asked] == [False, False, True]
    assert "birth_date" not in double_queue.knowable(ann, entity_of())


def test_a_search_needs_the_same_number_of_queries_for_more_parties(make):
    counts = []
    for number in range(6):
        for _twice in range(2):
            make("parties.company", name=f"Arbor {number}", tax_id=f"770123456{number}")
        with CaptureQueriesContext(connection) as queries:
            assert doubles.look_through() == number + 1
        counts.append(len(queries))
    assert counts[1] == counts[5]


def test_the_queue_shows_pairs_both_of_which_one_sees_and_counts_the_others(make, actor):
    ann = actor("Ann", "parties.person view own", "parties.person edit own")
    entity = registry.get("parties.person")
    for number, owners in enumerate(((ann.id, ann.id), (ann.id, None), (None, None))):
        for owner in owners:
            make("parties.person", given_name="Eva", family_name=f"Lind{'abc'[number]}", email=f"eva{number}@arbor.example", owner=owner)  # fmt: skip
    jobs.find_duplicates()
    page = double_queue.page(ann, entity)
    assert ([str(line.one) for line in page.lines], page.count, page.hidden) == (["Eva Linda"], 1, 2)
    everything = double_queue.page(SYSTEM, entity, size=2)
    assert (len(everything.lines), everything.count, everything.hidden) == (2, 3, 0)
    rest = double_queue.page(SYSTEM, entity, after=everything.after, size=2)
    assert (len(rest.lines), rest.after) == (1, "")


@pytest.mark.parametrize("counted", [2, 3, 2000])
def test_pages_follow_each_other_beyond_what_is_counted(make, monkeypatch, counted):
    monkeypatch.setattr(double_queue, "COUNTED", counted)
    for number in range(5):
        for _twice in range(2):
            make("parties.person", given_name="Eva", family_name=f"Lind{'abcde'[number]}", email=f"eva{number}@arbor.example")  # fmt: skip
    jobs.find_duplicates()
    shown, after = [], ""
    for left in (4, 3, 2, 1, 0):
        page = double_queue.page(SYSTEM, entity_of(), after=after, size=1)
        shown += [line.pair.pk for line in page.lines]
        after = page.after
        assert (page.count, bool(after)) == (min(5, counted), left > 0)
    assert shown == sorted(DuplicatePair.objects.values_list("pk", flat=True))


def test_only_who_may_edit_both_decides(make, actor):
    ann = actor("Ann", "parties.person view", "parties.person edit own")
    one = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example", owner=ann.id)
    other = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    jobs.find_duplicates()
    entity = registry.get("parties.person")
    with pytest.raises(Forbidden):
        double_queue.decide(ann, entity, one.pk, other.pk, "different")
    with pytest.raises(Missing):
        double_queue.decide(actor("Max"), entity, one.pk, other.pk, "different")
    with pytest.raises(Refused):
        double_queue.decide(SYSTEM, entity, one.pk, other.pk, "merged")
    assert states() == [("person", 92, "open")]


def test_pages_and_api(make):
    people = make_people()
    one = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    other = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    jobs.find_duplicates()
    eva, max_ = people.clients.eva, people.clients.max
    page = eva.get("/duplicates?kind=people")
    assert page.status_code == 200 and "same e-mail, same name" in page.content.decode()
    beside = eva.get(f"/people/{one.pk}/duplicates").content.decode()
    assert f"/people/merge?ids={one.pk},{other.pk}" in beside and "92" in beside
    assert (max_.get("/duplicates").status_code, max_.get(f"/people/{one.pk}/duplicates").status_code) == (404, 404)
    found = eva.get("/api/v1/people/duplicates").json()
    assert [(set(row["records"]), row["score"]) for row in found["results"]] == [({str(one.pk), str(other.pk)}, 92)]
    assert eva.get(f"/api/v1/people/{one.pk}/duplicates").json()["results"][0]["reasons"] == ["same e-mail", "same name", "same name in another spelling or script"]  # fmt: skip
    assert eva.get("/api/v1/people/duplicates?state=odd").status_code == 400
    assert eva.get("/api/v1/tasks/duplicates").status_code == 404
    values = {"kind": "people", "one": str(one.pk), "other": str(other.pk), "state": "different"}
    assert (max_.post("/duplicates/decide", values).status_code, states()) == (404, [("person", 92, "open")])
    assert eva.post("/duplicates/decide", values).status_code == 204
    assert states() == [("person", 92, "different")]
    assert eva.get(f"/api/v1/people/{one.pk}/duplicates").json() == {"results": [], "hidden": 0}
    body = {"records": [str(one.pk), str(other.pk)], "state": "open"}
    assert eva.post("/api/v1/people/duplicates/decide", json.dumps(body), "application/json").status_code == 204
    assert states() == [("person", 92, "open")]
    assert eva.post("/api/v1/people/duplicates/decide", "{}", "application/json").status_code == 400
    assert eva.post("/duplicates/look").status_code == 204


def test_more_than_two_can_be_compared_together(make):
    keys = [make("parties.company", name="Arbor", tax_id="7701234567").pk for _each in range(3)]
    make("parties.company", name="Birch")
    jobs.find_duplicates()
    page = double_queue.page(SYSTEM, registry.get("parties.company"))
    assert [sorted(line.group) for line in page.lines] == [sorted(keys)] * 3


def test_whoever_comes_in_by_the_dozen_is_looked_at_at_once(make, monkeypatch):
    woken = []
    monkeypatch.setattr(reactions, "wake", woken.append)
    for count in (19, 20):
        reactions.many_came(
            Event("parties.person.created", "parties.person", uuid.uuid4(), (uuid.uuid4(),) * count, None)
        )
    assert woken == [jobs.find_duplicates]


def test_the_queue_is_in_the_order_of_what_the_reader_may_know(make, actor):
    """Hidden birth dates take no part in score, order, pages, numbers and presence; the SQL computes what `likeness` does."""
    entity = registry.get("parties.person")
    dates = {"plain": ("", ""), "other": ("", ""), "same": ("1980-05-17", "1980-05-17")}
    for name, days in dates.items():
        for day in days:
            make("parties.person", given_name="Eva", family_name=f"Lind{name}", email=f"{name}@arbor.example", birth_date=day or None)  # fmt: skip
    for _twice in range(2):  # name and day of birth: the name alone is not enough
        make("parties.person", given_name="Otto", family_name="Ek", birth_date="1990-01-02")
    jobs.find_duplicates()
    DuplicatePair.objects.filter(one__name="Eva Lindother").update(score=61, signs=["other_birth_date"])  # fmt: skip
    ann = actor("Ann", *PEOPLE)
    assert "birth_date" not in access.readable(ann, entity)

    def seen(who, **more):
        page = double_queue.page(who, entity, **more)
        return [(line.pair.pk, line.one.name, line.score) for line in page.lines], page

    full, _page = seen(SYSTEM)
    assert [(name, score) for _pk, name, score in full] == [("Eva Lindsame", 96), ("Eva Lindplain", 92), ("Otto Ek", 75), ("Eva Lindother", 61)]  # fmt: skip
    told, page = seen(ann)
    assert {name: score for _pk, name, score in told} == dict.fromkeys(("Eva Lindsame", "Eva Lindplain", "Eva Lindother"), 92)  # fmt: skip
    assert told == sorted(told) and (page.count, page.hidden) == (3, 0)
    first, page = seen(ann, size=1)
    rest, _page = seen(ann, after=page.after)
    assert page.after == f"92-{told[0][0]}" and first + rest == told


@pytest.mark.parametrize("kind", ["person", "company"])
@pytest.mark.parametrize(
    "hidden", [set(), {"birth_date"}, {"email", "tax_id"}, {"city", "country", "employer", "phone"}]
)
def test_what_is_known_is_computed_alike_by_the_database(make, kind, hidden):
    fields = {"name", *TOLD_BY.values()} - hidden
    words = [*BY_KEY[kind]], [*FOR, *AGAINST]
    chosen = random.Random(7)
    one, *others = [make("parties.company", name=f"C {number}").pk for number in range(41)]
    for other in others:
        reasons, signs = (chosen.sample(some, chosen.randint(0, 4)) for some in words)
        DuplicatePair.objects.create(one_id=one, other_id=other, kind=kind, score=0, reasons=reasons, signs=signs, state="different")  # fmt: skip
    for pair in known(DuplicatePair.objects.all(), kind, fields):
        reasons, signs = ([word for word in some if TOLD_BY.get(word, "name") in fields] for some in (pair.reasons, pair.signs))  # fmt: skip
        is_touched = len(reasons) + len(signs) < len(pair.reasons) + len(pair.signs)
        assert abs(pair.known - (joined(kind, reasons, signs) if is_touched else 0)) <= 1  # at a half either way
