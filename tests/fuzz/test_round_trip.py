"""What is exported comes back as it was: any kind of record, any values, every format of tables, and address cards."""

from random import Random

import pytest
from hypothesis import strategies as st

from .drawing import drawn, value

pytestmark = pytest.mark.django_db
#: Fields that hang together with others by rules of their own are left to chance of the rules, not of the dice.
FIELDS = {
    "parties.company": ("name", "roles", "tier", "description", "website", "email", "phone", "legal_name", "employees_count", "credit_limit", "annual_revenue", "discount", "payment_terms", "bank_account", "owner", "tags", "external_ids", "industry"),
    "parties.person": ("given_name", "family_name", "middle_name", "prefix", "suffix", "email", "phone", "website", "birth_date", "description", "tags"),
    "people.employee": ("name", "position", "status", "email", "phone", "hired_on", "birth_date", "skills", "languages", "capacity", "owner", "tags"),
    "activities.task": ("name", "kind", "due_at", "priority", "description", "result", "tags", "owner"),
    "sales.opportunity": ("name", "company", "closes_on", "started_on", "need", "plan", "budget", "next_step", "next_step_on", "priority", "tags"),
    "catalogue.product": ("name", "description", "price"),
}  # fmt: skip
KINDS = ("csv", "xlsx", "json")
#: Of the ordinary run: three records of a kind, in one format after the other.
FIXED = [1, 2, 3]
SEEDS = st.lists(st.integers(0, 10**9), min_size=1, max_size=4)


def targets(people):
    """What links may lead to."""
    from kith.core.testing import factory

    return {
        "access.user": [str(people.ann.pk), str(people.tom.pk)],
        "core.tag": [str(factory.make("core.tag", name=name).pk) for name in ("red", "a, b", "c;d")],
        "parties.industry": [str(factory.make("parties.industry").pk)],
        "parties.company": [str(factory.make("parties.company", name="Halden").pk)],
    }


def record(label, seed, known):
    """One record with random values, through the product's writes."""
    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing import factory

    entity, dice = registry.get(label), Random(seed)
    drawn_values = {name: value(entity.fields[name], dice, known) for name in FIELDS[label] if name in entity.fields}
    given = {name: each for name, each in drawn_values.items() if each is not None}
    return writes.create(SYSTEM, entity, factory.values(entity) | given, confirm=("duplicate", "similar"))


@pytest.mark.parametrize(("index", "label"), list(enumerate(FIELDS)), ids=FIELDS)
def test_any_export_comes_back_as_nothing_new(people, index, label):
    from django.db import transaction

    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.exchange import mapping as maps
    from kith.core.exchange.importing import import_file
    from kith.core.exchange.tests.test_import_round_trip import exported
    from kith.core.testing.content import content_hash

    known, entity = targets(people), registry.get(label)

    @drawn(st.tuples(SEEDS, st.sampled_from(KINDS)), short=0, long=300, fixed=[(FIXED, KINDS[index % len(KINDS)])])
    def holds(drawing):
        seeds, kind = drawing
        with transaction.atomic():
            for seed in seeds:
                record(label, seed, known)
            before, count = content_hash(), entity.rows(SYSTEM).count()
            outcome = import_file(SYSTEM, entity, exported(label, kind), maps.Mapping(), file=f"export.{kind}")
            assert [(row.errors, row.cells) for row in outcome.rejected] == []
            assert (outcome.summary.read, outcome.summary.unchanged, outcome.changeset) == (count, count, None)
            assert content_hash() == before
            transaction.set_rollback(True)

    holds()


def test_any_address_card_comes_back_as_the_same_person(people):
    """The people are erased in between: the cards alone make them anew."""
    from django.db import transaction

    from kith.core import writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.exchange import mapping as maps
    from kith.core.exchange.importing import import_file
    from kith.core.exchange.tests.test_import_round_trip import exported

    known, entity = targets(people), registry.get("parties.person")
    names = ("name", "given_name", "family_name", "middle_name", "prefix", "suffix", "email", "phone", "website", "birth_date", "description")  # fmt: skip

    def people_now():
        return sorted(([entity.fields[name].get(one) for name in names] for one in entity.rows(SYSTEM)), key=repr)

    @drawn(SEEDS, short=0, long=300, fixed=[FIXED])
    def holds(seeds):
        with transaction.atomic():
            made = [record("parties.person", seed, known) for seed in seeds]
            before, cards = people_now(), exported("parties.person", "vcf")
            writes.delete(SYSTEM, entity, [one.pk for one in made])
            outcome = import_file(SYSTEM, entity, cards, maps.from_json({"strategy": "add"}), file="people.vcf")
            assert [(row.errors, row.cells) for row in outcome.rejected] == []
            assert people_now() == before
            transaction.set_rollback(True)

    holds()


def test_a_reader_that_loses_something_is_seen(people):
    """Negative control: one changed character in the file is a change."""
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.exchange import mapping as maps
    from kith.core.exchange.importing import import_file
    from kith.core.exchange.tests.test_import_round_trip import exported

    record("parties.company", 1, targets(people))
    content = exported("parties.company", "csv").replace(b"Halden", b"Halde")
    outcome = import_file(SYSTEM, registry.get("parties.company"), content, maps.Mapping(), file="export.csv")
    assert outcome.summary.updated == 1
