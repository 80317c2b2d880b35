"""R12, R13: how people are called, split and sorted."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet
from kith.parties import naming

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"given_name": "Zoya", "family_name": "Lind"}, "Zoya Lind"),
        ({"given_name": "Иван", "middle_name": "Петрович", "family_name": "Иванов", "language": "ru"}, "Иван Иванов"),
        ({"given_name": "Иван", "middle_name": "Петрович"}, "Иван Петрович"),
        ({"given_name": "Wei", "family_name": "Zhang"}, "Wei Zhang"),
        ({"given_name": "Wei", "family_name": "Zhang", "language": "zh-hans"}, "Zhang Wei"),
        ({"given_name": "伟", "family_name": "张"}, "张伟"),
        ({"family_name": "Lind"}, "Lind"),
        ({"native_name": "张伟"}, "张伟"),
        ({"native_name": "Иванов Иван Петрович"}, "Иван Иванов"),
        ({"given_name": "Wei", "family_name": "Zhang", "native_name": "张伟"}, "Wei Zhang"),
    ],
)
def test_the_display_name_follows_the_parts(make, values, name):
    assert make("parties.person", **values).name == name


def test_a_whole_name_is_divided_only_when_no_part_is_given(make):
    person = make("parties.person", native_name="Иванов Иван Петрович")
    assert (person.family_name, person.given_name, person.middle_name, person.native_name) == (
        "Иванов",
        "Иван",
        "Петрович",
        "Иванов Иван Петрович",
    )
    other = make("parties.person", family_name="García Márquez")
    assert (other.family_name, other.given_name) == ("García Márquez", "")
    assert naming.split("ZHANG Wei") == {"given_name": "Wei", "family_name": "Zhang"}


def test_every_change_of_a_part_renames(make, fresh):
    person = make("parties.person", given_name="Zoya", family_name="Lind")
    assert writes.save(SYSTEM, person, {"family_name": "Lindh"}).name == "Zoya Lindh"
    assert writes.save(SYSTEM, person, {"language": "hu"}).name == "Lindh Zoya"
    assert fresh(person).sort_key == "lindh zoya"
    assert Change.objects.filter(record_id=person.pk, op="update", after__has_key="name").count() == 2


def test_a_person_needs_a_name(make):
    with pytest.raises(Refused) as refused:
        make("parties.person", email="kim@arbor.example", prefix="Dr.")
    assert list(refused.value.errors) == ["family_name"]
    assert (registry.get("parties.person").rows(SYSTEM).count(), ChangeSet.objects.count()) == (0, 0)


def test_the_last_part_of_a_name_cannot_be_removed(make, fresh):
    person = make("parties.person", family_name="Lind")
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, person, {"family_name": ""})
    assert list(refused.value.errors) == ["family_name"]
    assert (fresh(person).family_name, fresh(person).version) == ("Lind", 1)


def test_a_provisional_person_is_named_after_mail_or_phone(make):
    assert make("parties.person", status="provisional", email="sales@arbor.example").name == "sales"
    assert make("parties.person", status="provisional", phone="+49 30 9018207").name == "+49 30 9018207"


def test_a_birth_lies_in_the_past(make):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(Refused) as refused:
        make("parties.person", family_name="Lind", birth_date=tomorrow.isoformat())
    assert list(refused.value.errors) == ["birth_date"]


def test_people_sort_by_family_name_in_their_alphabet(make):
    for values in (
        {"given_name": "Ян", "family_name": "Ёлкин"},
        {"given_name": "Ия", "family_name": "Ежова"},
        {"native_name": "张伟"},
        {"given_name": "Ann", "family_name": "Zorn"},
    ):
        make("parties.person", **values)
    people = registry.get("parties.person").rows(SYSTEM).order_by("sort_key", "pk")
    assert [person.name for person in people] == ["张伟", "Ann Zorn", "Ия Ежова", "Ян Ёлкин"]


def test_a_manual_edit_makes_a_provisional_person_active(make, actor, fresh):
    person = make("parties.person", status="provisional", email="sales@arbor.example")
    writes.save(SYSTEM, person, {"description": "from the fair"})
    assert fresh(person).status == "provisional"
    writes.save(actor("Eva", "parties.person view", "parties.person edit"), person, {"given_name": "Kim"})
    assert (fresh(person).status, fresh(person).name) == ("active", "Kim")
