"""R7: whatever is created, changed, deleted or imported here, undo brings every table back to what it was."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing.content import content, content_hash, tables
from kith.parties.entities.match_key import MatchKey

pytestmark = pytest.mark.django_db


def last():
    return ChangeSet.objects.order_by("-pk")[0].pk


@pytest.fixture
def house(make):
    """A small house with everything in it."""
    territory = make("parties.territory", name="Poland", areas=["PL"])
    company = make("parties.company", name="Arbor", email="office@arbor.example", phone="+48221234567")
    make("parties.address", party=company.pk, country="PL", city="Kraków")
    person = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    make("parties.contactpoint", party=person.pk, kind="email", value="eva@home.example")
    make("parties.employment", person=person.pk, company=company.pk, title="Buyer")
    assert registry.get("parties.company").rows(SYSTEM).get().territory_id == territory.pk
    return company, person


def one_of_each(company, person):
    """Something of every kind that belongs to a party."""
    kind = registry.get("parties.relationshiptype").rows(SYSTEM).first() or writes.create(
        SYSTEM, registry.get("parties.relationshiptype"), {"name": "adviser"}
    )
    return {
        "parties.contactpoint": {"party": person.pk, "kind": "email", "value": "new@arbor.example", "is_primary": True},
        "parties.address": {"party": company.pk, "country": "DE", "city": "Berlin", "is_primary": True},
        "parties.employment": {"person": person.pk, "company": company.pk, "title": "Director", "is_primary": True},
        "parties.relationship": {"party": company.pk, "other": person.pk, "type": kind.pk},
        "parties.personalfact": {"person": person.pk, "text": "chess"},
        "parties.relationshipassessment": {
            "party": company.pk,
            "assessed_on": "2026-01-02",
            "loyalty": 7,
            "potential": 4,
        },
        "parties.person": {
            "native_name": "Иванов Иван Петрович",
            "email": "ivan@arbor.example",
            "phone": "+48221234568",
            "website": "ivan.example",
        },
        "parties.company": {"name": "ООО «Ромашка»", "tax_id": "7701234567", "website": "romashka.example"},
        "parties.partygroup": {"name": "Key customers"},
        "parties.territory": {"name": "Germany", "areas": ["DE"]},
        "activities.task": {"name": "Call", "subject": f"parties.person/{person.pk}"},
        "activities.note": {"text": "called", "subject": f"parties.person/{person.pk}"},
    }


def test_undo_of_every_creation(house):
    for label, values in one_of_each(*house).items():
        before = content()
        writes.create(SYSTEM, registry.get(label), values)
        assert content() != before
        undo.undo(SYSTEM, last())
        assert content() == before, label


def test_undo_of_every_deletion(house):
    for label, values in one_of_each(*house).items():
        record = writes.create(SYSTEM, registry.get(label), values)
        before = content()
        writes.delete(SYSTEM, registry.get(label), [record.pk])
        assert content() != before
        undo.undo(SYSTEM, last())
        assert content() == before, label


@pytest.mark.parametrize(
    ("which", "values"),
    [
        (1, {"email": "other@arbor.example", "phone": "+48221234569", "website": "x.example"}),
        (1, {"email": ""}),
        (1, {"email": "eva@home.example"}),
        (1, {"given_name": "Anna", "family_name": "Berg", "native_name": "Анна Берг", "language": "ru"}),
        (0, {"name": "Birch GmbH", "tax_id": "12345678", "email": "", "external_ids": ["b-1"]}),
    ],
)
def test_undo_of_changes_of_the_card(house, which, values):
    before = content()
    writes.save(SYSTEM, house[which], values)
    assert content() != before
    undo.undo(SYSTEM, last())
    assert content() == before


def test_redo_is_undo_of_undo(house):
    writes.save(SYSTEM, house[1], {"email": "", "given_name": "Anna"})
    after = content()
    undo.undo(SYSTEM, last())
    undo.undo(SYSTEM, last())
    assert content() == after


def test_undo_of_a_deleted_person_with_all_parts(house):
    before = content()
    writes.delete(SYSTEM, registry.get("parties.person"), [house[1].pk])
    undo.undo(SYSTEM, last())
    assert content() == before


def test_undo_of_a_bulk_import_of_people(house):
    before = content_hash()
    keys = MatchKey.objects.count()
    rows = [
        {
            "given_name": "Nils",
            "family_name": f"Berg{number}",
            "email": f"nils{number}@birch.example",
            "phone": f"+4930901{number:04}",
        }
        for number in range(2500)
    ]
    writes.create_many(SYSTEM, registry.get("parties.person"), rows)
    assert MatchKey.objects.count() > keys + 2500 * 3
    plan = undo.undo(SYSTEM, last())
    assert (content_hash(), plan.restored, plan.kept, plan.refused) == (before, 7500, [], [])


def test_undo_of_a_bulk_change(house):
    people = writes.create_many(
        SYSTEM,
        registry.get("parties.person"),
        [{"family_name": f"Berg{number}", "email": f"nils{number}@birch.example"} for number in range(50)],
    )
    before = content()
    writes.update_many(
        SYSTEM,
        registry.get("parties.person"),
        [person.pk for person in people],
        lambda person: {"email": f"x{person.email}", "given_name": "Nils"},
    )
    assert content() != before
    undo.undo(SYSTEM, last())
    assert content() == before


def test_a_person_edited_since_is_kept_with_its_parts(make, points, fresh):
    kept, gone = writes.create_many(
        SYSTEM,
        registry.get("parties.person"),
        [{"family_name": name, "email": f"{name}@arbor.example"} for name in ("kept", "gone")],
    )
    created = last()
    writes.save(SYSTEM, kept, {"description": "important"})
    plan = undo.undo(SYSTEM, created)
    assert (plan.restored, len(plan.kept)) == (2, 2)
    assert (points(kept), points(gone)) == ([("email", "kept@arbor.example", True)], [])
    assert set(MatchKey.objects.values_list("party_id", flat=True)) == {kept.pk}


def test_the_hash_sees_every_entity_table_and_the_keys(make):
    assert {"parties_party", "parties_contactpoint", "activities_task", "access_user", "parties_matchkey"} <= set(
        tables()
    )
    before = content()
    make("parties.person", family_name="Lind", email="eva@arbor.example")
    changed = {table for table, digest in content().items() if digest != before[table]}
    assert changed == {"parties_party", "parties_contactpoint", "parties_matchkey"}
