"""The pages on which formulas and roll-ups are made: their live check, the words they are written with, whom they answer."""

import pytest

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import BadValue
from kith.core.formulas.building import build
from kith.core.formulas.fields import scope
from kith.core.formulas.functions import FUNCTIONS
from kith.core.worked_out import book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    yield
    custom_fields.forget()


def checked(client, slug="formula-fields", **typed):
    answer = client.post(f"/{slug}/formula/check", {"entity": "parties.company", "decimals": "0", **typed})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_formula_is_checked_while_it_is_typed(people):
    eva = people.clients.eva
    record = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Nord AS", "employees_count": 40})
    html = checked(eva, formula="employees_count * 2")
    assert "It gives a number." in html and "Nord AS" in html and "80" in html
    html = checked(eva, formula="emploees_count * 2")
    assert "Character 1:" in html and "<mark>emploees_count</mark> * 2" in html and "employees_count" in html
    assert "It gives" not in html
    assert "Type a formula" in checked(eva, formula="")
    assert "Choose the kind of record first" in checked(eva, entity="", formula="1")
    assert "<script>" not in checked(eva, formula='"<script>" & ')
    html = checked(
        eva, "rollup-fields", source="sales.opportunity", link="company", how="count", value="", condition=""
    )
    assert "It gives a number." in html and "Nord AS" in html
    assert "Choose the records" in checked(eva, "rollup-fields", source="sales.opportunity", link="", how="count")
    assert "no such roll-up" in checked(eva, "rollup-fields", source="sales.opportunity", link="company", how="sum", value="name")  # fmt: skip
    bad = checked(eva, "rollup-fields", source="sales.opportunity", link="company", how="count", condition='{"field": "colour", "op": "filled"}')  # fmt: skip
    assert "no field to filter by" in bad
    daily = {"how": "count", "condition": '{"field": "closes_on", "op": "next", "value": "30 days"}'}
    html = checked(eva, "rollup-fields", source="sales.opportunity", link="company", **daily, is_indexed="true")
    assert "change by themselves as days pass" in html and "It gives" not in html
    assert "It gives a number." in checked(eva, "rollup-fields", source="sales.opportunity", link="company", **daily)
    assert registry.get("parties.company").rows(SYSTEM).get().version == record.version


def test_only_those_who_may_define_fields_are_answered(people):
    for who, status in (("eva", 200), ("ann", 404), ("max", 404)):
        for slug, part in (("formula-fields", "check"), ("rollup-fields", "words")):
            assert getattr(people.clients, who).post(f"/{slug}/formula/{part}", {"entity": "parties.company"}).status_code == status  # fmt: skip
    assert people.clients.eva.post("/companies/formula/check", {}).status_code == 404
    assert people.clients.eva.get("/formula-fields/formula/check").status_code == 405


def test_the_words_of_formulas_are_on_the_page_and_its_examples_hold(people):
    html = people.clients.eva.post("/formula-fields/formula/words", {"entity": "parties.company"}).content.decode()
    assert "employees_count" in html and "days_between(from, to)" in html and "org_unit.…" in html
    html = people.clients.eva.post("/rollup-fields/formula/words", {"entity": "parties.company", "source": "sales.opportunity"}).content.decode()  # fmt: skip
    assert "company (company), partner (brought by partner)" in html and "closes_on" in html
    known = book()
    for one in FUNCTIONS.values():
        found = []
        for label in ("parties.company", "sales.opportunity", "people.employee"):
            try:
                found.append(build(one.example, lambda node, label=label: scope(known, label, node)).kind)
            except BadValue:  # fields of another kind of record
                continue
        assert found, one.example


def test_kinds_of_records_are_chosen_by_their_names_and_listed_under_settings(people):
    html = people.clients.eva.get("/formula-fields/new").content.decode()
    assert '<option value="parties.company"' in html and "Companies" in html and 'id="f-formula-check"' in html
    html = people.clients.eva.get("/rollup-fields/new").content.decode()
    assert '<option value="sales.opportunity"' in html and 'id="f-value-check"' in html
    settings = people.clients.eva.get("/settings/").content.decode()
    assert "/formula-fields/" in settings and "/rollup-fields/" in settings
