"""Numbers over the API are of the JSON type that its document tells: exact ones text, whole ones numbers, in every field of the registry."""

from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest

from kith.core.api.openapi_fields import as_read
from kith.core.entity import registry
from kith.core.money import Money
from kith.core.specs import BagSpec, ComputedSpec, FieldSpec
from kith.core.types import TYPES
from kith.core.types.numbers import Number

KINDS = {"string": str, "integer": int, "object": dict}
FIELDS = [
    pytest.param(entity, spec, id=f"{entity.label}.{spec.name}")
    for entity in registry
    for spec in entity.declared.values()
    if isinstance(spec.type, Number)
]


def documented(spec: FieldSpec) -> type:
    """The kind of value that the document tells besides null."""
    words, nothing = as_read(spec)["anyOf"]
    assert nothing == {"type": "null"}
    return KINDS[words["type"]]


def example(entity: Any, spec: FieldSpec) -> Any:
    """A value as the field has it: read from its column, or of the kind that its function says to return."""
    if isinstance(spec, ComputedSpec):
        returned = get_type_hints(spec.compute)["return"]
        return next(one for one in (returned, *get_args(returned)) if one in (int, Decimal, Money))(1)
    record = entity.model()
    for name, text in zip(spec.columns, ("1", "EUR"), strict=False):
        setattr(record, name, entity.model._meta.get_field(name).to_python(text))
    return spec.get(record)


@pytest.mark.parametrize(("entity", "spec"), FIELDS)
def test_a_number_is_answered_as_it_is_documented(entity: Any, spec: FieldSpec) -> None:
    answered = spec.type.dump(example(entity, spec), spec)
    assert type(answered) is documented(spec)


@pytest.mark.parametrize("kind", ["number", "percent"])
@pytest.mark.parametrize("decimals", [0, 2])
def test_so_is_one_that_the_user_has_added(kind: str, decimals: int) -> None:
    spec = BagSpec(name="x", label="x", type=TYPES[kind], decimals=decimals)
    answered = spec.type.dump(spec.type.load("1", spec), spec)
    assert type(answered) is documented(spec)


@pytest.mark.parametrize(("state", "rate"), [("won", "100"), ("lost", "0"), ("open", None)])
def test_the_win_rate_of_one_deal(state: str, rate: str | None) -> None:
    spec = registry.get("sales.opportunity").fields["win_rate"]
    record = registry.get("sales.opportunity").model(state=state)
    assert spec.type.dump(spec.get(record), spec) == rate
    assert rate is None or spec.get(record) == Decimal(rate)
