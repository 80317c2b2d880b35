"""Fields defined at run time: known everywhere at once, kept by their rules, gone with undo."""

import pytest

from kith.core import custom_fields, undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entities.field_definition import name_for
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db


def define(**values):
    return writes.create(
        SYSTEM,
        registry.get("core.fielddefinition"),
        {"entity": "parties.company", "label": "Area, m²", "kind": "number", **values},
    )


def test_a_field_is_known_at_once_and_its_values_keep_their_type():
    companies = registry.get("parties.company")
    found = define(decimals=1)
    assert (
        found.name,
        companies.fields["x_area_m2"].type.name,
        "x_area_m2" in registry.get("parties.person").fields,
    ) == ("x_area_m2", "number", False)
    record = writes.create(SYSTEM, companies, {"name": "A", "x_area_m2": "12.5"})
    assert (record.custom, str(companies.fields["x_area_m2"].get(record))) == ({"x_area_m2": "12.5"}, "12.5")
    with pytest.raises(Refused):
        writes.save(SYSTEM, record, {"x_area_m2": "wide"})
    writes.save(SYSTEM, record, {"x_area_m2": None})
    assert companies.rows(SYSTEM).get().custom == {}
    assert undo.undo(SYSTEM, ChangeSet.objects.filter(entity="core.fielddefinition").latest("at").pk).restored == 1
    assert "x_area_m2" not in companies.fields


def test_other_processes_learn_of_it_with_the_next_request():
    people = make_people()
    define()
    custom_fields.known().update(at=1, specs={})  # another process, which has read before
    assert "x_area_m2" not in registry.get("parties.company").fields
    actor_of(people.eva.pk)
    assert "x_area_m2" in registry.get("parties.company").fields


@pytest.mark.parametrize(
    ("values", "field"),
    [({"entity": "parties.planet"}, "entity"), ({"name": "area"}, "name"), ({"name": "x_Ä"}, "name"), ({"kind": "choice"}, "options"), ({"decimals": 11}, "decimals"), ({"label": ""}, "label"), ({"kind": "planet"}, "kind")],
)  # fmt: skip
def test_a_wrong_definition_is_refused_by_field(values, field):
    with pytest.raises(Refused) as refused:
        define(**values)
    assert field in refused.value.errors


def test_two_fields_of_one_name_and_a_change_of_kind_are_refused():
    found = define()
    with pytest.raises(Refused):
        define()
    with pytest.raises(Refused, match="kind"):
        writes.save(SYSTEM, found, {"kind": "text"})
    assert writes.save(SYSTEM, found, {"label": "Area"}).label == "Area"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Annual sales, USD", "x_annual_sales_usd"),
        ("Площадь", "x_ploshchad"),
        ("面积", "x_mianji"),
        ("…", "x_field"),
        ("A" * 100, "x_" + "a" * 58),
    ],
)
def test_names_are_made_from_labels_in_any_script(label, name):
    assert name_for(label) == name
