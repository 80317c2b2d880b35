"""What was exported comes back by id as no change at all; and a change made in the file arrives."""

import pytest

from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import exporting
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.testing import factory
from kith.core.testing.content import content_hash
from kith.core.views import from_address

pytestmark = pytest.mark.django_db
LABELS = (
    "parties.company",
    "parties.person",
    "people.employee",
    "people.orgunit",
    "parties.territory",
    "activities.task",
    "parties.industry",
)


def exported(label: str, kind: str) -> bytes:
    entity = registry.get(label)
    return b"".join(
        exporting.WRITERS[kind](
            exporting.of(from_address(entity, SYSTEM, {}, everything=True), SYSTEM, every_field=True)
        )
    )


@pytest.mark.parametrize(
    ("label", "kind"),
    [*((label, "csv") for label in LABELS), *((label, kind) for label in LABELS[:2] for kind in ("json", "xlsx"))],
)
def test_an_export_comes_back_as_nothing_new(label, kind):
    for _each in range(2):
        factory.make(label, full=True)
    factory.make(label)
    before = content_hash()
    outcome = import_file(SYSTEM, registry.get(label), exported(label, kind), maps.Mapping(), file=f"export.{kind}")
    assert [(row.errors, row.cells) for row in outcome.rejected] == []
    assert (outcome.summary.read, outcome.summary.unchanged, outcome.changeset) == (3, 3, None)
    assert content_hash() == before


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_change_in_the_file_arrives_and_can_be_undone(kind):
    company = factory.make("parties.company", name="Old name", credit_limit={"amount": "1250.5", "currency": "CNY"})
    before = content_hash()
    content = exported("parties.company", kind).replace(b"Old name", b"New name").replace(b"1250.5", b"99.25")
    outcome = import_file(SYSTEM, registry.get("parties.company"), content, maps.Mapping())
    found = registry.get("parties.company").rows(SYSTEM).get(pk=company.pk)
    assert (outcome.summary.updated, found.name, str(found.credit_limit), found.credit_limit_currency) == (
        1,
        "New name",
        "99.2500",
        "CNY",
    )
    assert undo.undo(SYSTEM, outcome.changeset).kept == [] and content_hash() == before


def test_address_cards_come_back_as_the_same_people():
    company = factory.make("parties.company", name="Halden Paper")
    person = factory.make(
        "parties.person", given_name="Ann", family_name="Lind", email="ann@example.org", phone="+4769184000"
    )
    factory.make("parties.employment", person=str(person.pk), company=str(company.pk), title="Buyer")
    content = exported("parties.person", "vcf")
    people = registry.get("parties.person").rows(SYSTEM)
    before = sorted(people.values_list("name", "employer", "job_title"), key=str)
    outcome = import_file(SYSTEM, registry.get("parties.person"), content, maps.Mapping())
    assert (outcome.summary.read, outcome.summary.added, outcome.summary.rejected) == (len(before), 0, 0)
    assert sorted(people.all().values_list("name", "employer", "job_title"), key=str) == before


def test_cards_from_a_phone_make_people_with_their_companies():
    card = (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lind;Ann;;Dr.;\r\nFN:Dr. Ann Lind\r\nORG:Halden Paper\r\nTITLE:Buyer\r\nTEL;TYPE=WORK:+47 69 18 40 00\r\nTEL;TYPE=CELL:+47 69 18 40 01\r\n"
        b"EMAIL:ann@example.org\r\nEMAIL;TYPE=HOME:home@example.org\r\nADR;TYPE=WORK:;;Storgata 1;Halden;;1771;Norway\r\nBDAY:1980-02-03\r\nNOTE:met in Oslo\r\nEND:VCARD\r\n"
    )
    outcome = import_file(
        SYSTEM, registry.get("parties.person"), card, maps.from_json({"missing": "create"}), file="contacts.vcf"
    )
    assert (outcome.summary.added, dict(outcome.summary.created)) == (1, {"parties.company": 1})
    person = registry.get("parties.person").rows(SYSTEM).get()
    assert (person.name, person.prefix, person.employer.name, person.job_title, person.city, str(person.birth_date), person.description) == (
        "Ann Lind", "Dr.", "Halden Paper", "Buyer", "Halden", "1980-02-03", "met in Oslo",
    )  # fmt: skip
    points = registry.get("parties.contactpoint").rows(SYSTEM).values_list("value", flat=True)
    assert sorted(points) == ["+4769184000", "+4769184001", "ann@example.org", "home@example.org"]
