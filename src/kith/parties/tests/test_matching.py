"""R10, R28, R29, N7: match keys are kept with every change; duplicates are found across scripts, with the reason."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Warned
from kith.core.ledger import ChangeSet
from kith.core.testing.content import content
from kith.parties import duplicates, naming
from kith.parties.entities.match_key import MatchKey

pytestmark = pytest.mark.django_db
PEOPLE = ("parties.person view", "parties.person create", "parties.person edit")


def keys(party):
    return set(MatchKey.objects.filter(party_id=party.pk).values_list("kind", "key"))


def reasons(found):
    return [(str(match.record), match.reasons) for match in found.matches]


def find(label, actor=SYSTEM, **values):
    return duplicates.find(registry.get(label), actor, values)


def last():
    return ChangeSet.objects.order_by("-pk")[0].pk


def test_keys_come_from_names_points_and_numbers(make):
    person = make(
        "parties.person",
        given_name="Ivan",
        family_name="Ivanov",
        email="Ivan@arbor.example",
        phone="+48221234567",
        external_ids=["crm-7"],
    )
    found = keys(person)
    assert {
        ("email", "ivan@arbor.example"),
        ("phone", "+48221234567"),
        ("external_id", "crm-7"),
        ("person_name", "ivan ivanov"),
    } <= found
    company = make("parties.company", name="ООО «Ромашка»", tax_id="77 01 234567", website="www.romashka.example")
    assert {("company_name", "ромашка"), ("tax_id", "7701234567"), ("domain", "romashka.example")} <= keys(company)


def test_keys_follow_every_change_and_undo(make):
    person = make("parties.person", given_name="Ivan", family_name="Ivanov", email="ivan@arbor.example")
    before = keys(person)
    point = make("parties.contactpoint", party=person.pk, kind="email", value="second@birch.example")
    assert keys(person) - before == {("email", "second@birch.example")}
    writes.save(SYSTEM, person, {"email": "third@cedar.example", "family_name": "Petrov"})
    assert {("email", "third@cedar.example"), ("person_name", "ivan petrov")} <= keys(person)
    assert not {("email", "ivan@arbor.example"), ("person_name", "ivan ivanov")} & keys(person)
    undo.undo(SYSTEM, last())
    writes.delete(SYSTEM, registry.get("parties.contactpoint"), [point.pk])
    assert keys(person) == before


def test_trash_keeps_keys_but_finds_nobody_erasing_removes_them(make):
    person = make("parties.person", given_name="Ivan", family_name="Ivanov", email="ivan@arbor.example")
    entity = registry.get("parties.person")
    writes.delete(SYSTEM, entity, [person.pk])
    assert not find("parties.person", email="ivan@arbor.example")
    writes.restore(SYSTEM, entity, [person.pk])
    assert reasons(find("parties.person", email="ivan@arbor.example")) == [("Ivan Ivanov", ("same_email",))]
    writes.delete(SYSTEM, entity, [person.pk])
    writes.purge(SYSTEM, entity, [person])
    assert (keys(person), MatchKey.objects.count()) == (set(), 0)


@pytest.mark.parametrize(
    ("label", "stored", "asked", "reason"),
    [
        (
            "parties.person",
            {"native_name": "Иванов Иван"},
            {"given_name": "Ivan", "family_name": "Ivanov"},
            "same_name_transliterated",
        ),
        ("parties.person", {"native_name": "张伟"}, {"given_name": "Wei", "family_name": "Zhang"}, "same_name_pinyin"),
        (
            "parties.person",
            {"given_name": "Eva", "family_name": "Lind", "phone": "+7 916 123-45-67"},
            {"family_name": "Berg", "phone": "+79161234567"},
            "same_phone",
        ),
        ("parties.company", {"name": "ООО «Ромашка»"}, {"name": "Romashka LLC"}, "same_company_name_transliterated"),
        (
            "parties.company",
            {"name": "Arbor GmbH"},
            {"name": "ARBOR"},
            "same_company_name same_company_name_transliterated",
        ),
        (
            "parties.company",
            {"name": "Arbor", "tax_id": "DE 123 456 789"},
            {"name": "Birch", "registration_number": "DE123456789"},
            "same_tax_id",
        ),
        (
            "parties.company",
            {"name": "Arbor", "website": "https://arbor.example"},
            {"name": "Birch", "email": "kim@arbor.example"},
            "same_domain",
        ),
    ],
)
def test_duplicates_are_found_with_their_reason(make, label, stored, asked, reason):
    record = make(label, **stored)
    assert reasons(find(label, **asked)) == [(str(record), tuple(reason.split()))]


@pytest.mark.parametrize(
    ("label", "stored", "asked"),
    [
        ("parties.person", {"native_name": "Иванов Иван Петрович"}, {"native_name": "Иванов Иван Сергеевич"}),
        ("parties.person", {"native_name": "张伟"}, {"native_name": "章薇"}),
        (
            "parties.person",
            {"family_name": "Lind", "email": "kim@mailbox.example"},
            {"family_name": "Berg", "email": "li@mailbox.example"},
        ),
        ("parties.company", {"name": "Arbor", "email": "a@gmail.com"}, {"name": "Birch", "email": "b@gmail.com"}),
        (
            "parties.company",
            {"name": "Arbor", "email": "a@arbor.example"},
            {"name": "Birch", "email": "b@eu.arbor.example"},
        ),
    ],
)
def test_others_are_not(make, label, stored, asked):
    make(label, **stored)
    entity = registry.get(label)
    if "native_name" in asked:
        asked = {**asked, **naming.split(asked["native_name"])}
    assert not duplicates.find(entity, SYSTEM, asked)


def test_a_record_is_no_duplicate_of_itself(make):
    person = make("parties.person", given_name="Ivan", family_name="Ivanov", email="ivan@arbor.example")
    entity = registry.get("parties.person")
    assert not duplicates.find(entity, SYSTEM, {}, record=person)
    make(
        "parties.contactpoint",
        party=make("parties.person", family_name="Lind").pk,
        kind="email",
        value="ivan@arbor.example",
    )
    assert reasons(duplicates.find(entity, SYSTEM, {}, record=person)) == [("Lind", ("same_email",))]


def test_a_new_person_with_a_known_mail_needs_a_confirmation(make, actor):
    make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    ann, entity = actor("Ann", *PEOPLE), registry.get("parties.person")
    before = content()
    with pytest.raises(Warned) as warned:
        writes.create(ann, entity, {"family_name": "Lindh", "email": '"Eva" <EVA@arbor.example>'})
    (warning,) = warned.value.warnings
    assert (warning.code, [str(record) for record in warning.records]) == ("duplicate", ["Eva Lind"])
    assert str(warning.message) == "This e-mail address is already on “Eva Lind”."
    assert content() == before
    writes.create(ann, entity, {"family_name": "Lindh", "email": "eva@arbor.example"}, confirm=["duplicate"])
    assert entity.rows(SYSTEM).filter(email="eva@arbor.example").count() == 2
    assert ChangeSet.objects.get(pk=last()).confirmed == ["duplicate"]


def test_those_one_may_not_see_are_counted_not_named(make, actor):
    make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    ann = actor("Ann", "parties.person view own", "parties.person create own")
    with pytest.raises(Warned) as warned:
        writes.create(ann, registry.get("parties.person"), {"family_name": "Lindh", "email": "eva@arbor.example"})
    (warning,) = warned.value.warnings
    assert (warning.records, str(warning.message)) == (
        (),
        "This e-mail address is already on 1 record that you may not see.",
    )
    found = find("parties.person", ann, email="eva@arbor.example")
    assert (found.matches, found.hidden) == ((), 1)


def test_a_company_with_the_mail_of_a_person_is_not_warned_about(make, actor):
    make("parties.person", family_name="Lind", email="eva@arbor.example")
    eva = actor("Eva", "parties.company view", "parties.company create")
    assert writes.create(eva, registry.get("parties.company"), {"name": "Arbor", "email": "eva@arbor.example"}).pk


def test_an_edit_and_an_import_are_not_stopped(make, actor):
    make("parties.person", family_name="Lind", email="eva@arbor.example")
    ann, entity = actor("Ann", *PEOPLE), registry.get("parties.person")
    (person,) = writes.create_many(ann, entity, [{"family_name": "Berg", "email": "eva@arbor.example"}])
    assert writes.save(ann, person, {"email": "eva@arbor.example", "family_name": "Dahl"}).name == "Dahl"


def test_a_thousand_people_need_as_many_queries_as_two(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (40, 1000):
        rows = [
            {
                "family_name": f"Lind{number}x{index}",
                "given_name": "Eva",
                "email": f"p{number}.{index}@arbor.example",
                "phone": f"+4930{number:04}{index:04}",
            }
            for index in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            writes.create_many(SYSTEM, registry.get("parties.person"), rows)
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_a_name_of_very_many_tells_nothing_a_mail_still_does(monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_SHARED", 3)
    rows = [{"given_name": "Ivan", "family_name": "Ivanov", "email": "office@arbor.example"} for _number in range(5)]
    writes.create_many(SYSTEM, registry.get("parties.person"), rows)
    assert not find("parties.person", given_name="Ivan", family_name="Ivanov")
    assert {match.reasons for match in find("parties.person", email="office@arbor.example").matches} == {
        ("same_email",)
    }
