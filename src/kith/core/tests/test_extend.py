"""An app adds to an entity of another one; what was derived from its declaration before is worked out anew."""

from functools import cached_property

import pytest

from kith.core.entity import Entity, extend, field_sources, registry
from kith.core.specs import BagSpec, ComputedSpec
from kith.core.types import TYPES

LENGTH = ComputedSpec(name="length", label="length", type=TYPES["number"], editable=False, compute=lambda tag: 1)
DEPTH = BagSpec(name="x_depth", label="depth", type=TYPES["number"])


@pytest.fixture
def tag():
    """The entity of tags with a field defined at run time, as it was before the test."""
    entity = registry.get("core.tag")
    before = dict(entity.__dict__)

    def source(label):
        return [DEPTH] if label == "core.tag" else []

    field_sources.append(source)
    yield entity
    field_sources.remove(source)
    entity.__dict__.clear()
    entity.__dict__.update(before)


def test_new_fields_are_there_beside_those_of_run_time(tag):
    assert "length" not in tag.fields and "x_depth" in tag.fields
    extend("core.tag", computed=(LENGTH,))
    assert tag.fields["length"] is LENGTH and tag.declared["length"] is LENGTH
    assert tag.fields["x_depth"] is DEPTH


def test_new_columns_are_listed(tag):
    assert tag.list_columns == ("name", "hue", "is_active", "updated_at")
    extend("core.tag", columns=("created_at",))
    assert tag.list_columns == ("name", "hue", "is_active", "updated_at", "created_at")


def test_nothing_derived_is_kept(tag):
    derived = {name for name, value in vars(Entity).items() if isinstance(value, cached_property)}
    for name in derived:
        getattr(tag, name)
    assert derived <= tag.__dict__.keys()
    extend("core.tag", search_body=("name",))
    assert not derived & tag.__dict__.keys()


def test_what_is_no_list_of_names_cannot_be_extended(tag):
    with pytest.raises(TypeError, match=r"core\.tag\.title is no list of names"):
        extend("core.tag", title=("name",))


def test_a_second_entity_of_a_label_is_a_mistake():
    company = registry.get("parties.company")
    twin = type("Twin", (), {"label": "parties.company"})()
    with pytest.raises(LookupError, match="CompanyEntity, Twin"):
        registry.add(twin)
    assert registry.get("parties.company") is company
