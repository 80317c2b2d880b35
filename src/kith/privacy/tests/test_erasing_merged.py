"""Erasing and giving out somebody who stood twice: what was merged into the record is the same person."""

import json
import zipfile

import pytest

from kith.core import files, undo, writes
from kith.core.access import SYSTEM
from kith.core.chain.models import Erasure
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.merging import merge as merging
from kith.core.merging.merged import Merged
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.parties import doubles
from kith.parties.entities.duplicate_pair import DuplicatePair
from kith.privacy import dossier, erasing, holds, subjects

from .test_erasing import tables_naming

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = registry.get("parties.person")
FORMER = ("quistgaard", "thorvaldine", "old@nordhavn.example", "tea in the morning", "bergen road")


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def once():
    """Ada Holm, who stood there as two others before, one merged into the next."""
    first = factory.make("parties.person", given_name="Thorvaldine", family_name="Quistgaard", email="old@nordhavn.example", description="tea in the morning")  # fmt: skip
    second = factory.make("parties.person", given_name="Thora", family_name="Quistgaard", email="ada@holm.example")
    third = factory.make("parties.person", given_name="Ada", family_name="Holm", email="ada@holm.example", status="deceased")  # fmt: skip
    factory.make("parties.address", party=first.pk, street="Bergen Road 7")
    for source, target in ((first, second), (second, third)):
        merging.merge(SYSTEM, PEOPLE, [target.pk, source.pk], survivor=target.pk)
    return PEOPLE.rows(SYSTEM).get(pk=third.pk)


def test_what_was_merged_into_it_is_erased_with_it(people, once):
    assert all(tables_naming(name) for name in FORMER)
    assert [one.family_name for one in subjects.of(PEOPLE, once).merged] == ["Quistgaard", "Quistgaard"]
    merged = [one.pk for one in subjects.of(PEOPLE, once).merged]
    erasing.erase(people.actors.eva, PEOPLE, once.pk, reason="asked for")
    assert {name: tables_naming(name) for name in (*FORMER, "ada@holm")} == {name: {} for name in (*FORMER, "ada@holm")}
    assert not PEOPLE.rows(SYSTEM, trashed=True).exists() and not Merged.objects.filter(record_id__in=merged).exists()
    assert set(Erasure.objects.values_list("record_id", flat=True)) >= {once.pk, *merged}


def test_a_merge_that_was_taken_apart_leaves_no_name(people, once):
    changes = Merged.objects.filter(survivor_id=once.pk).values_list("changeset_id", flat=True)[0]
    undo.undo(SYSTEM, changes)
    other = PEOPLE.rows(SYSTEM).get(given_name="Thora")
    assert Merged.objects.filter(record_id=other.pk, ended_at__isnull=False).get().title == "Thora Quistgaard"
    erasing.erase(people.actors.eva, PEOPLE, writes.save(SYSTEM, other, {"status": "deceased"}).pk, reason="asked for")
    assert Merged.objects.filter(title__icontains="quistgaard").count() == 0
    assert str(PEOPLE.rows(SYSTEM).get(pk=once.pk)) == "Ada Holm"


def test_a_hold_goes_on_after_a_merge(people):
    free = factory.make("parties.person", given_name="Ida", family_name="Lind", status="deceased")
    held = factory.make("parties.person", given_name="Ida", family_name="Lind", status="deceased", legal_hold=True)
    kept = merging.merge(SYSTEM, PEOPLE, [free.pk, held.pk], survivor=free.pk).survivor
    assert kept.legal_hold
    with pytest.raises(Refused, match="legal hold"):
        erasing.erase(people.actors.eva, PEOPLE, kept.pk, reason="asked for")
    lifted = writes.save(SYSTEM, kept, {"legal_hold": False})  # the one that was merged still has it
    with pytest.raises(Refused, match="legal hold"):
        erasing.erase(people.actors.eva, PEOPLE, lifted.pk, reason="asked for")
    assert Erasure.objects.count() == 0 and PEOPLE.rows(SYSTEM).get(pk=free.pk).name == "Ida Lind"


def test_the_file_holds_what_was_merged(people, once):
    own, linked = subjects.counts(PEOPLE, once)
    made = dossier.write(people.actors.eva, PEOPLE, once.pk)
    with zipfile.ZipFile(files.path_of(made["stored"]["key"])) as found:
        data = json.loads(found.read("data.json"))
    assert [one["name"] for one in data["records"]["parties.person"]] == ["Ada Holm", "Thora Quistgaard", "Thorvaldine Quistgaard"]  # fmt: skip
    assert {label: len(rows) for label, rows in data["records"].items() if label != "parties.person"} == own
    assert linked == {label: len(rows) for label, rows in data["linked"].items()}


def test_erased_people_are_nobodys_double(people, once):
    other = factory.make("parties.person", given_name="Ada", family_name="Holm", email="ada@holm.example", status="deceased")  # fmt: skip
    doubles.look_through()
    assert DuplicatePair.objects.filter(state="open").count() == 1
    for one in (once, other):
        erasing.erase(people.actors.eva, PEOPLE, one.pk, reason="asked for")
    assert DuplicatePair.objects.count() == 0
    doubles.look_through()
    assert DuplicatePair.objects.count() == 0


def test_a_namesake_in_the_trash_keeps_the_name(people, once):
    other = factory.make("parties.person", given_name="Ada", family_name="Holm")
    writes.delete(SYSTEM, PEOPLE, [other.pk])
    erasing.erase(people.actors.eva, PEOPLE, once.pk, reason="asked for")
    assert PEOPLE.rows(SYSTEM, trashed=True).get(pk=other.pk).name == "Ada Holm"


def test_custom_fields_that_name_the_person_count(people, once):
    writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "sales.opportunity", "kind": "link", "label": "inspector", "target": "parties.person"})  # fmt: skip
    deals = registry.get("sales.opportunity")
    (name,) = (name for name, spec in deals.fields.items() if spec.is_bag)
    deal = factory.make("sales.opportunity", name="Planks", person=None, **{name: once.pk})
    assert [row.pk for row in subjects.of(PEOPLE, once).linked["sales.opportunity"]] == [deal.pk]
    assert subjects.counts(PEOPLE, once)[1] == {"sales.opportunity": 1}
    writes.save(SYSTEM, once, {"legal_hold": True})
    other = factory.make("sales.opportunity", name="Nails", person=None)
    assert list(deals.rows(SYSTEM).filter(holds.held(deals))) == [deal]
    assert list(deals.rows(SYSTEM).exclude(holds.held(deals))) == [other]
