"""R15, R24: the card shows the one primary contact point of each kind, whichever of the two is written."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.testing.content import content

pytestmark = pytest.mark.django_db


def test_a_new_card_creates_its_points(make, points):
    person = make(
        "parties.person",
        family_name="Lind",
        email="Eva@Arbor.example",
        phone="+48 22 123-45-67",
        website="arbor.example",
    )
    assert points(person) == [
        ("email", "eva@arbor.example", True),
        ("phone", "+48221234567", True),
        ("site", "https://arbor.example", True),
    ]
    assert ChangeSet.objects.order_by("-pk")[0].records == 4


def test_another_value_on_the_card_changes_the_primary_point(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="eva@arbor.example")
    writes.save(SYSTEM, person, {"email": "eva@birch.example"})
    assert points(person) == [("email", "eva@birch.example", True)]
    assert "arbor" not in fresh(person).search_text


def test_the_same_mail_in_other_letters_is_no_change(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="eva@arbor.example")
    count = Change.objects.count()
    writes.save(SYSTEM, person, {"email": '"Eva L." <EVA@arbor.example>'})
    assert (points(person), fresh(person).version, Change.objects.count()) == (
        [("email", "eva@arbor.example", True)],
        1,
        count,
    )


def test_a_known_point_written_on_the_card_becomes_primary(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="eva@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="eva@birch.example")
    writes.save(SYSTEM, person, {"email": "eva@birch.example"})
    assert points(person) == [("email", "eva@arbor.example", False), ("email", "eva@birch.example", True)]
    assert "arbor.example" in fresh(person).search_text


def test_emptying_the_card_ends_the_point_and_promotes_the_oldest_other(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="eva@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="eva@birch.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="eva@cedar.example")
    writes.save(SYSTEM, person, {"email": ""})
    assert points(person) == [
        ("email", "eva@arbor.example", False),
        ("email", "eva@birch.example", True),
        ("email", "eva@cedar.example", False),
    ]
    assert fresh(person).email == "eva@birch.example"
    old = registry.get("parties.contactpoint").rows(SYSTEM).get(value="eva@arbor.example")
    assert old.valid_to == timezone.localdate() - dt.timedelta(days=1)
    assert "eva@arbor.example" in fresh(person).search_text


def test_the_last_mark_wins_and_the_first_is_primary(make, points, fresh):
    person = make("parties.person", family_name="Lind")
    first = make("parties.contactpoint", party=person.pk, kind="email", value="a@arbor.example")
    assert first.is_primary and fresh(person).email == "a@arbor.example"
    make("parties.contactpoint", party=person.pk, kind="email", value="b@arbor.example", is_primary=True)
    assert points(person) == [("email", "a@arbor.example", False), ("email", "b@arbor.example", True)]
    writes.save(SYSTEM, fresh(first), {"is_primary": True})
    assert points(person) == [("email", "a@arbor.example", True), ("email", "b@arbor.example", False)]
    assert fresh(person).email == "a@arbor.example"


def test_two_marks_in_one_import_leave_the_last(make, points):
    person = make("parties.person", family_name="Lind")
    rows = [
        {"party": person.pk, "kind": "phone", "value": value, "is_primary": True}
        for value in ("+48221234567", "+48221234568")
    ]
    made = writes.create_many(SYSTEM, registry.get("parties.contactpoint"), rows)
    assert [point.is_primary for point in made] == [False, True]
    assert points(person) == [("phone", "+48221234567", False), ("phone", "+48221234568", True)]


def test_deleting_the_primary_promotes_the_oldest_and_undo_brings_it_back(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="a@arbor.example")
    second = make("parties.contactpoint", party=person.pk, kind="email", value="b@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="c@arbor.example")
    before = content()
    entity = registry.get("parties.contactpoint")
    primary = entity.rows(SYSTEM).get(value="a@arbor.example")
    outcome = writes.delete(SYSTEM, entity, [primary.pk])
    assert fresh(person).email == "b@arbor.example" and fresh(second).is_primary
    undo.undo(SYSTEM, outcome.changeset)
    assert fresh(person).email == "a@arbor.example"
    assert content() == before


def test_deleting_another_one_changes_no_mark(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="a@arbor.example")
    second = make("parties.contactpoint", party=person.pk, kind="email", value="b@arbor.example")
    writes.delete(SYSTEM, registry.get("parties.contactpoint"), [second.pk])
    assert points(person) == [("email", "a@arbor.example", True)]
    assert "b@arbor.example" not in fresh(person).search_text


def test_a_restored_point_comes_back_without_the_mark_that_moved_on(make, points):
    person = make("parties.person", family_name="Lind", email="a@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="b@arbor.example")
    entity = registry.get("parties.contactpoint")
    primary = entity.rows(SYSTEM).get(value="a@arbor.example")
    writes.delete(SYSTEM, entity, [primary.pk])
    writes.save(SYSTEM, person, {"description": "x"})
    writes.restore(SYSTEM, entity, [primary.pk])
    assert [mark for _kind, _value, mark in points(person)].count(True) == 1


def test_an_invalid_point_loses_the_mark(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="a@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="b@arbor.example")
    primary = registry.get("parties.contactpoint").rows(SYSTEM).get(value="a@arbor.example")
    writes.save(SYSTEM, primary, {"invalid_reason": "bounced"})
    assert points(person) == [("email", "a@arbor.example", False), ("email", "b@arbor.example", True)]
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, primary, {"is_primary": True})
    assert list(refused.value.errors) == ["is_primary"]
    assert fresh(person).email == "b@arbor.example"


def test_the_trash_takes_points_along_and_leaves_the_card_as_it_was(make, points, fresh):
    person = make("parties.person", family_name="Lind", email="a@arbor.example")
    before = content()
    entity = registry.get("parties.person")
    writes.delete(SYSTEM, entity, [person.pk])
    assert (points(person), fresh(person).email) == ([], "a@arbor.example")
    writes.restore(SYSTEM, entity, [person.pk])
    assert content() == before


def test_many_points_need_as_many_queries_as_few(make, points):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (40, 200):
        people = writes.create_many(
            SYSTEM,
            registry.get("parties.person"),
            [{"family_name": f"Berg {number} {index}"} for index in range(number)],
        )
        rows = [
            {"party": person.pk, "kind": "email", "value": f"{kind}{index}@arbor{number}.example"}
            for index, person in enumerate(people)
            for kind in "ab"
        ]
        with CaptureQueriesContext(connection) as queries:
            writes.create_many(SYSTEM, registry.get("parties.contactpoint"), rows)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
    assert points(people[7]) == [("email", "a7@arbor200.example", True), ("email", "b7@arbor200.example", False)]
